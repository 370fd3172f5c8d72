//! Operations against a volatile store: what no snapshot of one request shows. Requests are unsigned; the bucket is
//! public-read-write and objects are written public-read.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use md5::{Digest, Md5};
use spacelet_engine::{
    AccountId, Acl, BucketName, CannedAcl, Engine, EngineSettings, NewAccount, NewBucket, Region, World,
};

use crate::{S3Service, S3Settings};

struct Fixture {
    service: S3Service,
    world: Arc<World>,
}

struct Answer {
    status: StatusCode,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The text between `<tag>` and `</tag>`.
    fn element(&self, tag: &str) -> String {
        let text = self.text();
        let (_, rest) = text.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once(&format!("</{tag}>")).unwrap().0.to_owned()
    }
}

async fn fixture() -> Fixture {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let owner = AccountId::new("7");
    let account = NewAccount { id: owner.clone(), display_name: "seven".to_owned(), email: None, suspended: None };
    world.put_account(account).await.unwrap();
    let acl = Acl::canned(CannedAcl::PublicReadWrite, &owner, &owner);
    let name = BucketName::parse("box").unwrap();
    let bucket = NewBucket { name, region: Region::new("nyc3"), owner, acl, buckets_max: 1 };
    world.create_bucket(bucket).await.unwrap();
    let mut settings = S3Settings::new(engine);
    settings.limits.part_bytes_min = 1;
    Fixture { service: S3Service::new(settings), world }
}

impl Fixture {
    async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
        let body = body.into();
        let mut request = http::Request::builder().method(method).uri(target).header("host", "localhost");
        for (name, value) in headers.iter().chain([&("x-amz-acl", "public-read")]) {
            request = request.header(*name, *value);
        }
        let request = request.header("content-length", body.len()).body(Full::new(body)).unwrap();
        let (parts, body) = self.service.serve(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Begins an upload and sends `bodies` as parts 1, 2, …: its id and the parts' XML.
    async fn upload(&self, key: &str, bodies: &[&'static str]) -> (String, String) {
        let begun = self.send("POST", &format!("/box/{key}?uploads"), &[], "").await;
        let id = begun.element("UploadId");
        let mut parts = String::new();
        for (body, number) in bodies.iter().zip(1..) {
            let target = format!("/box/{key}?partNumber={number}&uploadId={id}");
            let part = self.send("PUT", &target, &[], *body).await;
            let etag = part.header("etag");
            parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
        }
        (id, parts)
    }

    async fn complete(&self, key: &str, id: &str, parts: &str, headers: &[(&str, &str)]) -> Answer {
        let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        self.send("POST", &format!("/box/{key}?uploadId={id}"), headers, body).await
    }
}

fn etag_of(body: &[u8]) -> String {
    let hex: String = Md5::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reads_and_copies_stay_whole_while_the_source_is_overwritten() {
    const ROUNDS: usize = 200;
    let fixture = Arc::new(fixture().await);
    assert_eq!(fixture.send("PUT", "/box/hot", &[], vec![b'0'; 5_000]).await.status, StatusCode::OK);
    let writer = {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                let letter = b'a' + u8::try_from(round % 26).unwrap();
                let answer = fixture.send("PUT", "/box/hot", &[], vec![letter; 5_000 + round]).await;
                assert_eq!(answer.status, StatusCode::OK);
            }
        })
    };
    let reader = {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move {
            for _ in 0..ROUNDS {
                let answer = fixture.send("GET", "/box/hot", &[], "").await;
                assert_eq!(answer.header("etag"), etag_of(&answer.body), "{}", answer.status);
            }
        })
    };
    for round in 0..ROUNDS {
        let target = format!("/box/cold-{round}");
        let copied = fixture.send("PUT", &target, &[("x-amz-copy-source", "/box/hot")], "").await;
        assert_eq!(copied.status, StatusCode::OK, "{}", copied.text());
        let answer = fixture.send("GET", &target, &[], "").await;
        assert_eq!(answer.header("etag"), etag_of(&answer.body), "{}", answer.status);
    }
    writer.await.unwrap();
    reader.await.unwrap();
}

#[tokio::test]
async fn what_nobody_signed_belongs_to_the_buckets_owner() {
    let fixture = fixture().await;
    fixture.send("PUT", "/box/k", &[], "x").await;
    let listing = fixture.send("GET", "/box", &[], "").await;
    assert!(listing.text().contains("<Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner>"), "{}", listing.text());
}

#[tokio::test]
async fn a_part_named_twice_counts_once_and_the_later_etag_holds() {
    let fixture = fixture().await;
    let (id, parts) = fixture.upload("m", &["one", "two"]).await;
    let stale = "<Part><PartNumber>1</PartNumber><ETag>stale</ETag></Part>";
    let checksum = [("x-amz-checksum-crc32", "AAAAAA==-2")];
    let completed = fixture.complete("m", &id, &format!("{stale}{parts}"), &checksum).await;
    assert_eq!(
        completed.status,
        StatusCode::OK,
        "the checksum is the object's, not this document's: {}",
        completed.text()
    );
    assert_eq!(completed.element("Location"), "localhost/box/m");
    assert_eq!(fixture.send("GET", "/box/m", &[], "").await.text(), "onetwo");
    let again = fixture.complete("m", &id, &parts, &[]).await;
    assert_eq!(again.text(), completed.text(), "repeating it answers the same");
}

#[tokio::test]
async fn a_list_of_parts_over_a_mebibyte_is_refused_as_by_spaces() {
    let fixture = fixture().await;
    let (id, parts) = fixture.upload("m", &["one"]).await;
    let padded = format!("{parts}<!--{}-->", " ".repeat(1 << 20));
    let refused = fixture.complete("m", &id, &padded, &[]).await;
    assert_eq!((refused.status, refused.element("Code").as_str()), (StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange"));
    assert_eq!(fixture.complete("m", &id, &parts, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn parts_of_whole_objects_ranges_and_multipart_objects() {
    let fixture = fixture().await;
    fixture.send("PUT", "/box/whole", &[], "0123456789").await;
    let (id, parts) = fixture.upload("joined", &["abc", "def"]).await;
    fixture.complete("joined", &id, &parts, &[]).await;
    let (id, _) = fixture.upload("m", &[]).await;
    let mut parts = String::new();
    for (number, source, range, body) in
        [(1, "whole", None, "0123456789"), (2, "whole", Some("bytes=3-4"), "34"), (3, "joined", None, "abcdef")]
    {
        let source = format!("/box/{source}");
        let mut headers = vec![("x-amz-copy-source", source.as_str())];
        headers.extend(range.map(|range| ("x-amz-copy-source-range", range)));
        let copied = fixture.send("PUT", &format!("/box/m?partNumber={number}&uploadId={id}"), &headers, "").await;
        let etag = copied.element("ETag");
        assert_eq!(format!("\"{etag}\""), etag_of(body.as_bytes()));
        parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    assert_eq!(fixture.complete("m", &id, &parts, &[]).await.status, StatusCode::OK);
    assert_eq!(fixture.send("GET", "/box/m", &[], "").await.text(), "012345678934abcdef");
}

#[tokio::test]
async fn pages_of_both_versions_make_up_the_whole() {
    let fixture = fixture().await;
    let keys: Vec<String> = (0..25).map(|number| format!("d{}/k{number:02}", number % 3)).collect();
    for key in &keys {
        fixture.send("PUT", &format!("/box/{key}"), &[], "x").await;
    }
    let whole = fixture.send("GET", "/box", &[], "").await;
    for (first, next_element, next_parameter) in [
        ("/box?max-keys=4", "NextMarker", "marker"),
        ("/box?list-type=2&max-keys=4", "NextContinuationToken", "continuation-token"),
    ] {
        let mut listed = Vec::new();
        let mut target = first.to_owned();
        loop {
            let page = fixture.send("GET", &target, &[], "").await;
            listed.extend(page.text().split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
            if page.element("IsTruncated") == "false" {
                break;
            }
            target = format!("{first}&{next_parameter}={}", page.element(next_element));
        }
        let expected: Vec<_> =
            whole.text().split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        assert_eq!(listed, expected, "{first}");
        assert_eq!(listed.len(), keys.len());
    }
}

#[tokio::test]
async fn a_thousand_deletions_at_once() {
    let fixture = fixture().await;
    let bucket = fixture.world.bucket(&BucketName::parse("box").unwrap()).unwrap().unwrap();
    for number in (0..1000).step_by(2) {
        fixture.send("PUT", &format!("/box/k{number}"), &[], "x").await;
    }
    let objects: String = (0..1000).map(|number| format!("<Object><Key>k{number}</Key></Object>")).collect();
    let answer = fixture.send("POST", "/box?delete", &[], format!("<Delete>{objects}</Delete>")).await;
    assert_eq!(answer.text().matches("<Deleted>").count(), 1000);
    assert_eq!(fixture.world.bucket_usage(&bucket).unwrap().objects, 0);
    let objects = format!("<Delete>{objects}<Object><Key>one more</Key></Object></Delete>");
    let refused = fixture.send("POST", "/box?delete", &[], objects).await;
    assert_eq!((refused.status, refused.body.len()), (StatusCode::BAD_REQUEST, 0));
    assert!(refused.header("x-amz-request-id").is_empty());
    assert!(refused.header("x-spacelet-explain").contains("1000"), "{}", refused.header("x-spacelet-explain"));
}
