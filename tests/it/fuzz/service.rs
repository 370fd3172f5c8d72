//! The whole path of a request through `S3Service`, the CDN's edge included, without a socket: targets, hosts, ranges,
//! copy sources. XML bodies are in `documents.rs`.

use std::sync::Arc;

use crate::sign::{self, Scope, Signed};
use crate::support::key;
use bytes::Bytes;
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use spacelet_engine::{
    AccessKeyId, AccountId, BucketName, Engine, EngineSettings, KeyGrant, KeyPermission, NewAccessKey, NewAccount,
    NewCdnEndpoint, Secret, World,
};
use spacelet_s3::{Profile, S3Service, S3Settings};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

const ACCOUNT: &str = "6174283";
const WEBSITE: &str = "<WebsiteConfiguration><IndexDocument><Suffix>k</Suffix></IndexDocument></WebsiteConfiguration>";

/// A service over a volatile store, and a runtime for the calls.
pub(super) struct Bench {
    runtime: Runtime,
    service: S3Service,
}

impl Bench {
    /// With account A, a public Space `b-one` that is a website and has a CDN endpoint, `b-two` (made for object locks
    /// where the profile has them), and an object `k` in each.
    pub(super) fn new(profile: Profile) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (engine, service) = runtime.block_on(service(profile));
        let bench = Self { runtime, service };
        let public = [("x-amz-acl", "public-read-write"), ("x-amz-object-ownership", "ObjectWriter")];
        let locked = [("x-amz-bucket-object-lock-enabled", "true")];
        for (target, headers, body) in [
            ("/b-one", &public[..], ""),
            ("/b-one/k", &public[..1], "hello world"),
            ("/b-one?website", &[], WEBSITE),
            ("/b-two", if profile.is_aws { &locked } else { &[] }, ""),
            ("/b-two/k", &[], "hello world"),
        ] {
            let request = signed("PUT", target, headers).body(Bytes::from_static(body.as_bytes()));
            let (status, text) = bench.call(request.unwrap());
            assert_eq!(status, 200, "{target}: {text}");
        }
        let endpoint = endpoint(&engine.world());
        bench.runtime.block_on(engine.world().create_cdn_endpoint(endpoint)).unwrap();
        bench
    }

    /// The id of an upload of `b-one/k` that is begun.
    pub(super) fn upload(&self) -> String {
        let (_, text) = self.call(signed("POST", "/b-one/k?uploads", &[]).body(Bytes::new()).unwrap());
        text.split_once("<UploadId>").and_then(|(_, rest)| rest.split_once('<')).unwrap().0.to_owned()
    }

    /// Status and body; an answer that tells of a defect fails.
    fn call(&self, request: Request<Bytes>) -> (u16, String) {
        let length = request.body().len();
        let (mut parts, body) = request.into_parts();
        if length > 0 || parts.method == "PUT" || parts.method == "POST" {
            parts.headers.entry("content-length").or_insert(HeaderValue::from(length));
        }
        let request = Request::from_parts(parts, Full::new(body));
        let (status, body) = self.runtime.block_on(async {
            let answer = self.service.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.map(|b| b.to_bytes());
            (status, body.unwrap_or_else(|_| panic!("an answer breaks off")))
        });
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(!(text.contains("<Code>InternalError") || status == 500), "{text}");
        (status, text)
    }

    /// Status and error code.
    pub(super) fn outcome(&self, request: Request<Bytes>) -> String {
        let (status, text) = self.call(request);
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once('<')).map_or("", |(code, _)| code);
        format!("{status} {code}")
    }
}

async fn service(profile: Profile) -> (Arc<Engine>, S3Service) {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let (world, owner, account) = (engine.world(), key("A"), AccountId::new(ACCOUNT));
    let new = NewAccount { id: account.clone(), display_name: ACCOUNT.to_owned(), email: None, suspended: None };
    world.put_account(new).await.unwrap();
    let grants = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }];
    let given = Some((AccessKeyId::new(&owner.id), Secret::new(owner.secret)));
    world.create_key(NewAccessKey { account, name: "a".to_owned(), grants, given }).await.unwrap();
    let service = S3Service::new(S3Settings { profile, ..S3Settings::new(Arc::clone(&engine)) });
    (engine, service)
}

fn endpoint(world: &World) -> NewCdnEndpoint {
    let bucket = world.bucket(&BucketName::parse("b-one").unwrap()).unwrap().unwrap();
    NewCdnEndpoint {
        account: AccountId::new(ACCOUNT),
        bucket: bucket.name,
        region: bucket.region,
        origin: "b-one.nyc3.digitaloceanspaces.com".to_owned(),
        ttl_s: 60,
        certificate_id: None,
        custom_domain: Some("files.example.com".to_owned()),
    }
}

/// A request signed as A, with its payload unsigned.
fn signed(method: &str, target: &str, more: &[(&str, &str)]) -> http::request::Builder {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let scope = Scope::now(0);
    let mut headers = vec![
        ("host".to_owned(), "localhost".to_owned()),
        ("x-amz-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()),
        ("x-amz-date".to_owned(), scope.amz_date()),
    ];
    headers.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let parts = Signed { method, path, query, headers: &headers, names: None, payload_hash: "UNSIGNED-PAYLOAD" };
    let made = sign::v4(&key("A"), &scope, &parts);
    let mut request = Request::builder().method(method).uri(target);
    request = request.header("authorization", sign::authorization(&key("A"), &scope, &made));
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// Signs again now and then, because a signature holds for a quarter of an hour.
pub(super) struct Signer {
    method: &'static str,
    target: String,
    left: u32,
    head: Request<()>,
}

impl Signer {
    pub(super) fn new(method: &'static str, target: &str) -> Self {
        let head = signed(method, target, &[]).body(()).unwrap();
        Self { method, target: target.to_owned(), left: 10_000, head }
    }

    pub(super) fn request(&mut self, body: &[u8]) -> Request<Bytes> {
        self.left -= 1;
        if self.left == 0 {
            *self = Self::new(self.method, &self.target);
        }
        self.head.clone().map(|()| Bytes::copy_from_slice(body))
    }
}

/// The input is `METHOD TARGET`; callers are anonymous, because a signature would not fit.
#[test]
fn request_targets() {
    let bench = Bench::new(Profile::SPACES);
    let corpus: &[&[u8]] = &[
        b"GET /",
        b"GET /b-one",
        b"GET /b-one/k",
        b"HEAD /b-one/k?versionId=null",
        b"GET /b-one?list-type=2&prefix=k&delimiter=/&max-keys=2&start-after=a&continuation-token=x&encoding-type=url",
        b"GET /b-one?marker=a&max-keys=-1",
        b"GET /b-one?uploads&key-marker=a&upload-id-marker=b&max-uploads=3",
        b"GET /b-one/k?uploadId=2~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&max-parts=2&part-number-marker=1",
        b"PUT /b-one/k?partNumber=1&uploadId=2~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"GET http://b-one.nyc3.digitaloceanspaces.com/k",
        b"GET http://b-one.nyc3.cdn.digitaloceanspaces.com/k",
        b"GET http://b-one.s3-website-nyc3.localhost/none/",
        b"GET /b-one?website",
        b"PUT /b-one?logging",
        b"DELETE /b-one?cors",
        b"GET /b-one?lifecycle",
        b"GET /b-one/k?tagging",
        b"GET /b-one/%zz%00%ff?a=%zz",
        b"OPTIONS /b-one/k",
        b"POST /b-one?delete",
        b"DELETE /b-one/x",
        b"GET /_spacelet/health/ready",
    ];
    let tokens = [
        "GET ",
        "PUT ",
        "HEAD ",
        "POST ",
        "DELETE ",
        "/b-one",
        "%2F",
        "%",
        "%00",
        "//",
        "..",
        "?",
        "&",
        "=",
        "acl",
        "uploads",
        "versions",
        "max-keys=",
        "inventory",
        "+",
        "http://",
        "99999999999999999999",
    ];
    super::fuzz(corpus, &tokens, |input| {
        let Some((method, target)) = std::str::from_utf8(input).ok().and_then(|t| t.split_once(' ')) else {
            return "no request line".to_owned();
        };
        let Ok(uri) = target.parse::<Uri>() else { return "no target".to_owned() };
        let request = Request::builder().method(method).uri(uri).header("host", "localhost").body(Bytes::new());
        request.map_or_else(|_| "no method".to_owned(), |request| bench.outcome(request))
    });
}

#[test]
fn hosts() {
    let bench = Bench::new(Profile::SPACES);
    let corpus: &[&[u8]] = &[
        b"localhost:9000",
        b"b-one.nyc3.digitaloceanspaces.com",
        b"b-one.nyc3.cdn.digitaloceanspaces.com",
        b"b-one.s3-website-nyc3.localhost",
        b"files.example.com:9000",
        b"127.0.0.1",
        b"[::1]:9000",
        b"b-one.localhost",
        b"a.b.c.example",
        b"",
    ];
    let tokens = [
        ".",
        "..",
        ":",
        "nyc3",
        "ams3",
        "digitaloceanspaces.com",
        "localhost",
        "cdn",
        "-static",
        "[",
        "]",
        "@",
        "/",
        "%2e",
        "B-ONE",
    ];
    super::fuzz(corpus, &tokens, |input| {
        let Ok(host) = HeaderValue::from_bytes(input) else { return "no header".to_owned() };
        let request = Request::builder().uri("/k").header("host", host).body(Bytes::new()).unwrap();
        bench.outcome(request)
    });
}

/// The input is the value of every header that selects a part of a body or sets a condition.
#[test]
fn ranges_and_conditions() {
    let bench = Bench::new(Profile::SPACES);
    let mut get = Signer::new("GET", "/b-one/k");
    let corpus: &[&[u8]] = &[
        b"bytes=0-4",
        b"bytes=-5",
        b"bytes=6-",
        b"bytes=0-1,3-4",
        b"items=0-1",
        b"\"5eb63bbbe01eeed093cb22bb8f5acdc3\"",
        b"*",
        b"Thu, 01 Jan 2037 00:00:00 GMT",
        b"W/\"x\", \"y\"",
    ];
    let tokens = [
        "bytes=",
        "-",
        ",",
        "18446744073709551615",
        "99999999999999999999999",
        "0",
        "\"",
        "W/",
        "GMT",
        "Jan",
        " ",
        "=",
        "9223372036854775808",
    ];
    super::fuzz(corpus, &tokens, |input| {
        let Ok(value) = HeaderValue::from_bytes(input) else { return "no header".to_owned() };
        let mut seen = String::new();
        for name in ["range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] {
            let mut request = get.request(b"");
            request.headers_mut().insert(name, value.clone());
            let (status, text) = bench.call(request);
            seen += &format!("{status} {} ", if status < 300 { text.len() } else { 0 });
        }
        seen
    });
}

/// The input is `SOURCE RANGE` of a copy.
#[test]
fn copy_sources() {
    let bench = Bench::new(Profile::SPACES);
    let upload = bench.upload();
    let mut copy = Signer::new("PUT", "/b-one/copy");
    let mut part = Signer::new("PUT", &format!("/b-one/k?partNumber=1&uploadId={upload}"));
    let corpus: &[&[u8]] = &[
        b"/b-one/k bytes=0-4",
        b"b-one/k bytes=2-",
        b"/b-one/any%25.txt bytes=0-0",
        b"/b-one/k?versionId=null bytes=0-10",
        b"garbage x",
    ];
    let tokens = [
        "/b-one",
        "/",
        "?versionId=",
        "null",
        "%",
        "%25",
        "%2F",
        "%00",
        "bytes=",
        "-",
        "99999999999999999999",
        " ",
        "k",
    ];
    super::fuzz(corpus, &tokens, |input| {
        let cut = input.iter().position(|b| *b == b' ').unwrap_or(input.len());
        let (source, range) = input.split_at(cut);
        let values = (HeaderValue::from_bytes(source), HeaderValue::from_bytes(range.trim_ascii()));
        let (Ok(source), Ok(range)) = values else { return "no header".to_owned() };
        let mut whole = copy.request(b"");
        whole.headers_mut().insert("x-amz-copy-source", source.clone());
        let mut piece = part.request(b"");
        piece.headers_mut().insert("x-amz-copy-source", source);
        piece.headers_mut().insert("x-amz-copy-source-range", range);
        format!("{}; {}", bench.outcome(whole), bench.outcome(piece))
    });
}
