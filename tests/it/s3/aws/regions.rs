//! Amazon's host names, and what a bucket of another region is told there. The host that a client resolves here is in
//! the Host header.

use crate::server::Server;
use crate::support::{Call, outcome, shown};
use crate::wire::Answer;
use expect_test::expect;
use spacelet::Profile;
use std::fmt::Write as _;

/// Sends a request that is signed for `region`, at `host`.
fn send(server: &Server, region: &str, host: &str, method: &str, target: &str, body: &str) -> Answer {
    Call::new(&format!("{method} {target} at {host} in {region}")).body(body).send(server)
}

fn located(region: &str) -> String {
    format!("<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>")
}

/// Buckets `virginia` and `frankfurt`, made at their endpoints.
fn two_regions() -> Server {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    let made = [
        send(&server, "us-east-1", "s3.amazonaws.com", "PUT", "/virginia", ""),
        send(&server, "eu-central-1", "s3.eu-central-1.amazonaws.com", "PUT", "/frankfurt", &located("eu-central-1")),
        send(&server, "us-east-1", "virginia.s3.us-east-1.amazonaws.com", "PUT", "/k", "hello"),
        send(&server, "eu-central-1", "frankfurt.s3-eu-central-1.amazonaws.com", "PUT", "/k", "hallo"),
    ];
    assert!(made.iter().all(|answer| answer.status == 200));
    server
}

#[test]
fn every_form_of_a_host_is_understood() {
    let server = two_regions();
    for (region, host, target) in [
        ("us-east-1", "s3.amazonaws.com", "/virginia/k"),
        ("us-east-1", "virginia.s3.amazonaws.com", "/k"),
        ("us-east-1", "s3.us-east-1.amazonaws.com", "/virginia/k"),
        ("us-east-1", "virginia.s3.dualstack.us-east-1.amazonaws.com", "/k"),
        ("eu-central-1", "s3.eu-central-1.amazonaws.com", "/frankfurt/k"),
        ("eu-central-1", "frankfurt.s3.eu-central-1.amazonaws.com", "/k"),
        ("eu-central-1", "s3-eu-central-1.amazonaws.com", "/frankfurt/k"),
        ("eu-central-1", "s3.dualstack.eu-central-1.amazonaws.com", "/frankfurt/k"),
        ("eu-central-1", "frankfurt.s3.eu-central-1.localhost", "/k"),
        ("eu-central-1", "frankfurt.s3.amazonaws.com", "/k"),
        ("eu-central-1", "localhost", "/frankfurt/k"),
    ] {
        let answer = send(&server, region, host, "GET", target, "");
        assert_eq!((answer.status, answer.text().len()), (200, 5), "{host}{target}: {}", answer.text());
    }
}

#[test]
fn another_regions_endpoint_tells_where_the_bucket_is() {
    let server = two_regions();
    let answer = send(&server, "us-east-1", "s3.us-east-1.amazonaws.com", "GET", "/frankfurt/k", "");
    expect![[r#"
        301 Moved Permanently
        content-length: 480
        content-type: application/xml
        x-amz-bucket-region: eu-central-1

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.</Message><Endpoint>s3.eu-central-1.amazonaws.com</Endpoint><Bucket>frankfurt</Bucket><Resource>/frankfurt/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]].assert_eq(&shown(&answer));
    let answer = send(&server, "us-east-1", "frankfurt.s3.us-east-1.amazonaws.com", "HEAD", "/", "");
    expect![[r#"
        301 Moved Permanently
        content-length: 488
        content-type: application/xml
        x-amz-bucket-region: eu-central-1
    "#]]
    .assert_eq(&shown(&answer));
    for (region, host, target, endpoint) in [
        ("us-east-1", "s3.amazonaws.com", "/frankfurt", "s3.eu-central-1.amazonaws.com"),
        ("us-east-1", "frankfurt.s3-us-east-1.amazonaws.com", "/k", "frankfurt.s3-eu-central-1.amazonaws.com"),
        ("eu-central-1", "virginia.s3.eu-central-1.amazonaws.com", "/k", "virginia.s3.us-east-1.amazonaws.com"),
    ] {
        let answer = send(&server, region, host, "GET", target, "");
        assert_eq!((answer.status, answer.xml("Endpoint").as_deref()), (301, Some(endpoint)), "{host}{target}");
    }
    let nobody = server.send("GET /k as nobody at frankfurt.s3.us-east-1.amazonaws.com");
    assert_eq!(outcome(&nobody), "301 PermanentRedirect");
    let missing = send(&server, "us-east-1", "s3.us-east-1.amazonaws.com", "GET", "/nowhere/k", "");
    assert_eq!(outcome(&missing), "404 NoSuchBucket");
}

#[test]
fn the_signatures_region_is_the_endpoints() {
    let server = two_regions();
    for (region, host, target, expected) in [
        ("us-east-1", "s3.eu-central-1.amazonaws.com", "/", Some("eu-central-1")),
        ("eu-central-1", "s3.eu-central-1.amazonaws.com", "/", None),
        ("eu-central-1", "s3.amazonaws.com", "/", Some("us-east-1")),
        ("us-east-1", "s3.amazonaws.com", "/", None),
        ("us-east-1", "s3.eu-central-1.amazonaws.com", "/frankfurt/k", Some("eu-central-1")),
        ("eu-west-1", "s3.us-east-1.amazonaws.com", "/frankfurt/k", Some("us-east-1")),
        ("us-east-1", "frankfurt.s3.amazonaws.com", "/k", Some("eu-central-1")),
        ("us-east-1", "localhost", "/", None),
        ("eu-west-1", "localhost", "/", None),
    ] {
        let answer = send(&server, region, host, "GET", target, "");
        let told = answer.xml("Region");
        assert_eq!(told.as_deref(), expected, "{region} {host}{target}: {}", answer.text());
        assert_eq!(answer.status, if expected.is_some() { 400 } else { 200 });
    }
}

#[test]
fn a_new_bucket_is_where_its_endpoint_is() {
    let server = two_regions();
    let mut text = String::new();
    for (number, (region, host, location)) in [
        ("us-east-1", "s3.amazonaws.com", ""),
        ("us-east-1", "s3.amazonaws.com", "ap-south-1"),
        ("us-east-1", "s3.amazonaws.com", "us-east-1"),
        ("eu-west-1", "s3.amazonaws.com", ""),
        ("us-east-1", "s3.us-east-1.amazonaws.com", "EU"),
        ("eu-west-1", "s3.eu-west-1.amazonaws.com", ""),
        ("eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-2"),
        ("eu-west-1", "s3.eu-west-1.amazonaws.com", "us-east-1"),
        ("nyc3", "localhost", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let body = if location.is_empty() { String::new() } else { located(location) };
        let answer = send(&server, region, host, "PUT", &format!("/new-{number}"), &body);
        let message = answer.xml("Message").unwrap_or_default();
        let line = format!("{region} at {host} {location:?} → {} {message}", outcome(&answer));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    expect![[r#"
        us-east-1 at s3.amazonaws.com "" → 200
        us-east-1 at s3.amazonaws.com "ap-south-1" → 200
        us-east-1 at s3.amazonaws.com "us-east-1" → 400 InvalidLocationConstraint The specified location-constraint is not valid
        eu-west-1 at s3.amazonaws.com "" → 400 AuthorizationHeaderMalformed The authorization header is malformed; the region &apos;eu-west-1&apos; is wrong; expecting &apos;us-east-1&apos;
        us-east-1 at s3.us-east-1.amazonaws.com "EU" → 200
        eu-west-1 at s3.eu-west-1.amazonaws.com "" → 400 IllegalLocationConstraintException The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.
        eu-west-1 at s3.eu-west-1.amazonaws.com "eu-west-1" → 200
        eu-west-1 at s3.eu-west-1.amazonaws.com "eu-west-2" → 400 IllegalLocationConstraintException The eu-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.
        eu-west-1 at s3.eu-west-1.amazonaws.com "us-east-1" → 400 IllegalLocationConstraintException The us-east-1 location constraint is incompatible for the region specific endpoint this request was sent to.
        nyc3 at localhost "" → 200
    "#]].assert_eq(&text);
}
