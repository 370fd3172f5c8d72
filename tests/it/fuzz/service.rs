//! The whole path of a request through `S3Service`, without a socket: targets, hosts, ranges, XML bodies.

use crate::sign::{self, Scope, Signed};
use crate::support::key;
use bytes::Bytes;
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use spacelet_engine::{
    AccessKeyId, AccountId, Engine, EngineSettings, KeyGrant, KeyPermission, NewAccessKey, NewAccount, Secret,
};
use spacelet_s3::{S3Service, S3Settings};
use tokio::runtime::{Builder, Runtime};

/// A service over a volatile store, and a runtime for the calls.
struct Bench {
    runtime: Runtime,
    service: S3Service,
}

impl Bench {
    /// With account A, a public Space `b-one`, an object `k` in it and an upload of `k` open.
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let service = runtime.block_on(async {
            let engine = Engine::open(EngineSettings::default()).unwrap();
            let owner = key("A");
            let id = AccountId::new("6174283");
            let account = NewAccount { id: id.clone(), display_name: "6174283".to_owned(), email: None };
            engine.world().put_account(account).await.unwrap();
            let grants = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }];
            let given = Some((AccessKeyId::new(&owner.id), Secret::new(owner.secret)));
            engine.world().create_key(NewAccessKey { account: id, name: "a".to_owned(), grants, given }).await.unwrap();
            S3Service::new(S3Settings::new(engine))
        });
        let bench = Self { runtime, service };
        for (method, target, acl) in [("PUT", "/b-one", "public-read-write"), ("PUT", "/b-one/k", "public-read")] {
            let request = signed(method, target, &[("x-amz-acl", acl)]).body(Bytes::from_static(b"hello world"));
            let body = if target == "/b-one" { Bytes::new() } else { request.as_ref().unwrap().body().clone() };
            let (status, text) = bench.call(request.unwrap().map(|_| body));
            assert_eq!(status, 200, "{text}");
        }
        bench
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
            let answer = self.service.serve(request).await;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.map(|b| b.to_bytes());
            (status, body.unwrap_or_else(|_| panic!("an answer breaks off")))
        });
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(!(text.contains("<Code>InternalError") || status == 500), "{text}");
        (status, text)
    }

    /// Status and error code.
    fn outcome(&self, request: Request<Bytes>) -> String {
        let (status, text) = self.call(request);
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once('<')).map_or("", |(code, _)| code);
        format!("{status} {code}")
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
struct Signer {
    method: &'static str,
    target: String,
    left: u32,
    head: Request<()>,
}

impl Signer {
    fn new(method: &'static str, target: &str) -> Self {
        let head = signed(method, target, &[]).body(()).unwrap();
        Self { method, target: target.to_owned(), left: 10_000, head }
    }

    fn request(&mut self, body: &[u8]) -> Request<Bytes> {
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
    let bench = Bench::new();
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
    let bench = Bench::new();
    let corpus: &[&[u8]] = &[
        b"localhost:9000",
        b"b-one.nyc3.digitaloceanspaces.com",
        b"b-one.nyc3.cdn.digitaloceanspaces.com",
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
    let bench = Bench::new();
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
    let bench = Bench::new();
    let (_, text) = bench.call(signed("POST", "/b-one/k?uploads", &[]).body(Bytes::new()).unwrap());
    let upload = text.split_once("<UploadId>").and_then(|(_, rest)| rest.split_once('<')).unwrap().0.to_owned();
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

#[test]
fn xml_bodies() {
    let bench = Bench::new();
    let (_, text) = bench.call(signed("POST", "/b-one/k?uploads", &[]).body(Bytes::new()).unwrap());
    let upload = text.split_once("<UploadId>").and_then(|(_, rest)| rest.split_once('<')).unwrap().0.to_owned();
    let mut targets = [
        Signer::new("POST", "/b-one?delete"),
        Signer::new("POST", &format!("/b-one/k?uploadId={upload}")),
        Signer::new("PUT", "/b-new"),
        Signer::new("PUT", "/b-one?acl"),
    ];
    let corpus: &[&[u8]] = &[
        b"<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet><Object><Key>a&amp;b</Key><VersionId>null</VersionId></Object></Delete>",
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"d41d8cd98f00b204e9800998ecf8427e\"</ETag></Part></CompleteMultipartUpload>",
        b"<CreateBucketConfiguration><LocationConstraint>nyc3</LocationConstraint></CreateBucketConfiguration>",
        b"<AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>6174283</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
        b"<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;&b;\">]><Delete><Object><Key>&d;</Key></Object></Delete>",
        b"",
    ];
    let tokens = [
        "<Delete>",
        "</Delete>",
        "<Object>",
        "<Key>",
        "</Key>",
        "<Part>",
        "<PartNumber>",
        "-1",
        "10001",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&#0;",
        "&#x1F680;",
        "&lt;",
        "&unknown;",
        "<a/>",
        "<a><a><a><a><a><a><a><a>",
        "xmlns=\"x\"",
        "\u{feff}",
        "<?pi?>",
        "<!DOCTYPE",
    ];
    let mut turn = 0;
    super::fuzz(corpus, &tokens, |input| {
        turn += 1;
        let which = turn % targets.len();
        format!("{which}: {}", bench.outcome(targets[which].request(input)))
    });
}
