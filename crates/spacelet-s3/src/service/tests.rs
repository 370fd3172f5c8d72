#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicBool, Ordering};

use expect_test::{Expect, expect};
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use spacelet_engine::{
    AccessKeyId, AccountId, Acl, BucketName, Engine, EngineSettings, KeyGrant, KeyPermission, NewAccessKey, NewAccount,
    NewBucket, NewCdnEndpoint, Region, Secret,
};
use spacelet_sigv4::Head;
use spacelet_sigv4::sign::{BodyHash, Credentials, sign_v4};
use tower::{Service, ServiceExt};

use super::*;

const FULL: (&str, &str) = ("DO00FULLKEYAAAAAAAAA", "full-secret");
const LIMITED: (&str, &str) = ("DO00LIMITEDKEYBBBBBB", "limited-secret");

/// A service over a volatile engine with one account, a full key, and a key that may only read `readable`.
async fn service(change: impl FnOnce(&mut S3Settings)) -> S3Service {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let account = AccountId::new("7");
    let new = NewAccount { id: account.clone(), display_name: "seven".to_owned(), email: None, suspended: None };
    world.put_account(new).await.unwrap();
    for ((id, secret), bucket, permission) in
        [(FULL, "", KeyPermission::FullAccess), (LIMITED, "readable", KeyPermission::Read)]
    {
        let key = NewAccessKey {
            account: account.clone(),
            name: String::new(),
            grants: vec![KeyGrant { bucket: bucket.to_owned(), permission }],
            given: Some((AccessKeyId::new(id), Secret::new(secret))),
        };
        world.create_key(key).await.unwrap();
    }
    let mut settings = S3Settings::new(engine);
    change(&mut settings);
    S3Service::new(settings)
}

/// `METHOD target`, header lines, an empty line, the body. Signed with `key` when there is one.
fn request(text: &str, key: Option<(&str, &str)>) -> http::Request<Full<Bytes>> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = http::Request::builder().method(method).uri(target);
    let mut has_host = false;
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        has_host |= name.eq_ignore_ascii_case("host");
        request = request.header(name, value);
    }
    if !has_host {
        request = request.header("host", "localhost:9000");
    }
    if !body.is_empty() || method == "PUT" {
        request = request.header("content-length", body.len());
    }
    let mut request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    if let Some((access_key, secret)) = key {
        let head = Head {
            method,
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            host_bucket: None,
        };
        let now_s = spacelet_engine::Clock::system().now().seconds();
        let credentials = Credentials { access_key, secret, region: "nyc3" };
        for (name, value) in sign_v4(&head, &credentials, now_s, BodyHash::Unsigned) {
            request.headers_mut().insert(name, value);
        }
    }
    request
}

/// The answer as text; request and host ids masked, headers in order of names.
async fn shown(answer: http::Response<ResponseBody>) -> String {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut lines: Vec<String> = parts
        .headers
        .iter()
        .filter(|(name, _)| !["x-amz-request-id", "x-amz-id-2", "last-modified"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.sort();
    let mut body = String::from_utf8_lossy(&body).into_owned();
    for element in ["RequestId", "HostId", "CreationDate", "LastModified"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        if let Some((before, rest)) = body.split_once(&open)
            && let Some((value, after)) = rest.split_once(&close)
            && value != "not available"
        {
            body = format!("{before}{open}…{close}{after}");
        }
    }
    format!("{}\n{}\n\n{body}\n", parts.status.as_u16(), lines.join("\n"))
}

async fn check(service: &S3Service, text: &str, key: Option<(&str, &str)>, expected: &Expect) {
    expected.assert_eq(&shown(service.serve(request(text, key)).await).await);
}

async fn status(service: &S3Service, text: &str, key: Option<(&str, &str)>) -> u16 {
    service.serve(request(text, key)).await.status().as_u16()
}

/// The future is made, moved and dropped once for each request, whatever it asks for; allocators are quickest up to 1 KiB.
#[tokio::test]
async fn the_future_of_a_request_is_small() {
    let mut service = service(|_| {}).await;
    let future = service.call(request("GET /readable/k", None));
    assert!(size_of_val(&*future) <= 1_024, "{} bytes", size_of_val(&*future));
}

#[tokio::test]
async fn a_thin_thread_from_bucket_to_listing() {
    let service = service(|_| {}).await;
    check(
        &service,
        "PUT /box",
        Some(FULL),
        &expect![[r#"
        200



    "#]],
    )
    .await;
    check(
        &service,
        "PUT /box/a%2Fk\ncontent-type: text/plain\n\nhello",
        Some(FULL),
        &expect![[r#"
        200
        accept-ranges: bytes
        etag: "5d41402abc4b2a76b9719d911017c592"


    "#]],
    )
    .await;
    check(
        &service,
        "GET /a/k\nhost: box.nyc3.digitaloceanspaces.com",
        Some(FULL),
        &expect![[r#"
        200
        accept-ranges: bytes
        content-type: text/plain
        etag: "5d41402abc4b2a76b9719d911017c592"
        x-rgw-object-type: Normal

        hello
    "#]],
    )
    .await;
    check(
        &service,
        "GET /box/a/k",
        Some(FULL),
        &expect![[r#"
        200
        accept-ranges: bytes
        content-type: text/plain
        etag: "5d41402abc4b2a76b9719d911017c592"
        x-rgw-object-type: Normal

        hello
    "#]],
    )
    .await;
    check(
        &service,
        "HEAD /box/a/k",
        Some(FULL),
        &expect![[r#"
        200
        accept-ranges: bytes
        content-length: 5
        content-type: text/plain
        etag: "5d41402abc4b2a76b9719d911017c592"
        x-rgw-object-type: Normal


    "#]],
    )
    .await;
    check(&service, "GET /box?list-type=2", Some(FULL), &expect![[r#"
        200
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>box</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a/k</Key><LastModified>…</LastModified><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><KeyCount>1</KeyCount></ListBucketResult>
    "#]]).await;
    check(&service, "GET /", Some(FULL), &expect![[r#"
        200
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><Buckets><Bucket><Name>box</Name><CreationDate>…</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>
    "#]]).await;
    check(&service, "DELETE /box", Some(FULL), &expect![[r#"
        409
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: objects, old versions or delete markers remain in it

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>BucketNotEmpty</Code><Message></Message><BucketName>box</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]]).await;
}

#[tokio::test]
async fn the_proxy_refuses_unsigned_roots_and_limited_keys() {
    let service = service(|_| {}).await;
    assert_eq!(status(&service, "PUT /readable", Some(FULL)).await, 200);
    check(&service, "GET /", None, &expect![[r#"
        403
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: an unsigned request to the root; sign it to list your Spaces

        <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource><RequestId>not available</RequestId></Error>
    "#]]).await;
    check(&service, "GET /", Some(LIMITED), &expect![[r#"
        403
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: the access key is limited to some Spaces; this operation takes a full access key

        <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource><RequestId>not available</RequestId></Error>
    "#]]).await;
    check(&service, "PUT /readable/x\n\nx", Some(LIMITED), &expect![[r#"
        403
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: the access key may only read in this Space

        <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>readable/x</Resource><RequestId>not available</RequestId></Error>
    "#]]).await;
    assert_eq!(status(&service, "GET /readable", Some(LIMITED)).await, 200);
    check(&service, "GET /readable?inventory", Some(FULL), &expect![[r#"
        501
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: Spaces does not offer ListBucketInventoryConfigurations

        <Error><Code>NotImplemented</Code><Message>Server does not support the functionality required to fulfill the request. Please see https://developers.digitalocean.com/documentation/spaces/#aws-s3-compatibility</Message><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]]).await;
}

#[tokio::test]
async fn a_regional_host_shows_its_region_only() {
    let service = service(|_| {}).await;
    assert_eq!(status(&service, "PUT /\nhost: far.ams3.digitaloceanspaces.com", Some(FULL)).await, 200);
    assert_eq!(status(&service, "PUT /near", Some(FULL)).await, 200);
    assert_eq!(status(&service, "GET /far", Some(FULL)).await, 200);
    assert_eq!(status(&service, "GET /far\nhost: ams3.digitaloceanspaces.com", Some(FULL)).await, 200);
    check(&service, "GET /far\nhost: nyc3.digitaloceanspaces.com", Some(FULL), &expect![[r#"
        404
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: no Space of this name in nyc3; a regional host shows its own region only

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message></Message><BucketName>far</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]]).await;
    check(&service, "GET /\nhost: nyc3.localhost:9000", Some(FULL), &expect![[r#"
        200
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><Buckets><Bucket><Name>near</Name><CreationDate>…</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>
    "#]]).await;
    let wrong = "PUT /third\nhost: nyc3.localhost\n\n<CreateBucketConfiguration><LocationConstraint>ams3\
                 </LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(status(&service, wrong, Some(FULL)).await, 400);
    let copy = "PUT /near/k\nx-amz-copy-source: /far/k";
    assert_eq!(status(&service, "PUT /far/k\n\nx", Some(FULL)).await, 200);
    check(&service, copy, Some(FULL), &expect![[r#"
        404
        accept-ranges: bytes
        content-type: application/xml
        x-spacelet-explain: the source is in another region; Spaces copies within one

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message></Message><BucketName>near</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]]).await;
}

#[tokio::test]
async fn health_follows_readiness() {
    let ready = Arc::new(AtomicBool::new(false));
    let service = service(|settings| settings.ready = Arc::clone(&ready)).await;
    for (path, before, after) in [
        ("/_spacelet/health/live", 200, 200),
        ("/_spacelet/health/ready", 503, 200),
        ("/minio/health/live", 200, 200),
        ("/minio/health/ready", 503, 200),
        ("/minio/health/cluster", 503, 200),
    ] {
        ready.store(false, Ordering::Release);
        assert_eq!(status(&service, &format!("GET {path}"), None).await, before, "{path}");
        ready.store(true, Ordering::Release);
        assert_eq!(status(&service, &format!("HEAD {path}"), None).await, after, "{path}");
    }
    assert_eq!(status(&service, "PUT /minio", Some(FULL)).await, 200);
    assert_eq!(status(&service, "GET /minio/health/live", None).await, 403);
}

/// A body that must not be touched: polling it panics.
struct Untouchable;

impl Body for Untouchable {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body was read")
    }
}

fn with_untouchable(text: &str, key: Option<(&str, &str)>) -> http::Request<Untouchable> {
    let (parts, _) = request(text, key).into_parts();
    http::Request::from_parts(parts, Untouchable)
}

#[tokio::test]
async fn nothing_is_read_before_admission_so_100_continue_waits() {
    let service = service(|_| {}).await;
    assert_eq!(status(&service, "PUT /box", Some(FULL)).await, 200);
    let unsigned = with_untouchable("PUT /box/k\nexpect: 100-continue", None);
    assert_eq!(service.serve(unsigned).await.status(), 403);
    let mut huge = with_untouchable("PUT /box/k\nexpect: 100-continue", Some(FULL));
    huge.headers_mut().insert("content-length", HeaderValue::from_static("5368709121"));
    let answer = shown(service.serve(huge).await).await;
    assert!(answer.contains("EntityTooLarge"), "{answer}");
}

#[tokio::test]
async fn a_panic_is_answered() {
    let service = service(|_| {}).await;
    assert_eq!(status(&service, "PUT /box", Some(FULL)).await, 200);
    let broken = with_untouchable("PUT /box/k\nexpect: 100-continue\n\nx", Some(FULL));
    let answer = shown(service.serve(broken).await).await;
    assert!(answer.starts_with("500") && answer.contains("InternalError"), "{answer}");
    assert_eq!(status(&service, "GET /box/k", Some(FULL)).await, 404);
}

/// A refused request's body is read to its end, and that is no part of an operation.
#[tokio::test]
async fn a_panic_outside_of_operations_is_answered() {
    let mut engine = None;
    let service = service(|settings| engine = Some(Arc::clone(&settings.engine))).await;
    let (world, account, name) = (engine.unwrap().world(), AccountId::new("7"), BucketName::parse("box").unwrap());
    let region = Region::new("nyc3");
    let bucket = NewBucket {
        name: name.clone(),
        region: region.clone(),
        owner: account.clone(),
        acl: Acl::private(&account),
        buckets_max: 1,
    };
    world.create_bucket(bucket).await.unwrap();
    let endpoint = NewCdnEndpoint {
        account,
        bucket: name,
        region,
        origin: "box.nyc3.digitaloceanspaces.com".to_owned(),
        ttl_s: 60,
        certificate_id: None,
        custom_domain: None,
    };
    world.create_cdn_endpoint(endpoint).await.unwrap();
    for host in ["localhost", "box.nyc3.cdn.digitaloceanspaces.com"] {
        let broken = with_untouchable(&format!("PUT /box/k\nhost: {host}\n\nx"), None);
        let answer = service.clone().oneshot(broken).await.unwrap();
        assert_eq!(answer.status(), 500, "{host}");
    }
}

#[tokio::test]
async fn explanations_can_be_turned_off_and_stay_in_the_journal() {
    let service = service(|settings| settings.explain = false).await;
    let answer = service.serve(request("GET /nope?X-Foo=1&signature=abc", Some((FULL.0, "wrong")))).await;
    assert_eq!(answer.status(), 403);
    assert!(!answer.headers().contains_key("x-spacelet-explain"));
    let journal = service.journal();
    let entry = journal.last().unwrap();
    assert_eq!(entry.code, Some("SignatureDoesNotMatch"));
    assert_eq!(entry.target, "/nope?X-Foo=1&signature=***");
    assert_eq!(entry.access_key.as_deref(), Some(FULL.0));
    assert_eq!(answer.headers().get("x-amz-request-id").unwrap(), entry.request_id.as_str());
    assert!(!entry.explanation.is_empty() && entry.canonical_request.is_some(), "{entry:?}");
    let all = format!("{journal:?}");
    assert!(!all.contains("full-secret") && !all.contains("wrong"), "{all}");
}

#[tokio::test]
async fn a_stalled_body_times_out_and_leaves_nothing() {
    let service = service(|settings| settings.limits.body_idle = std::time::Duration::from_millis(20)).await;
    assert_eq!(status(&service, "PUT /box", Some(FULL)).await, 200);
    let (parts, _) = request("PUT /box/k\nexpect: 100-continue\n\nhello", Some(FULL)).into_parts();
    let stalled = http_body_util::StreamBody::new(futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>());
    let answer = shown(service.serve(http::Request::from_parts(parts, stalled)).await).await;
    assert!(answer.starts_with("408") && answer.contains("RequestTimeout"), "{answer}");
    assert_eq!(status(&service, "GET /box/k", Some(FULL)).await, 404);
}

#[tokio::test]
async fn the_aws_profile_says_what_went_wrong_in_its_own_words() {
    let service = service(|settings| settings.profile = crate::Profile::AWS).await;
    check(&service, "GET /none/k", Some(FULL), &expect![[r#"
        404
        content-type: application/xml
        x-spacelet-explain: no Space of this name

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist.</Message><BucketName>none</BucketName><Resource>/none/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]]).await;
}
