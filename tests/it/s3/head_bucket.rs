//! HEAD /bucket tells whether it is there, and how much is in it.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn the_owner_sees_counts_and_quotas() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nhello", "PUT /b-one/l\n\nworld!"]);
    check(
        &server,
        "HEAD /b-one",
        expect![[r#"
        200 OK
        content-length: 0
        x-rgw-bytes-used: 11
        x-rgw-object-count: 2
        x-rgw-quota-bucket-objects: -1
        x-rgw-quota-bucket-size: -1
        x-rgw-quota-max-buckets: 100
        x-rgw-quota-user-objects: -1
        x-rgw-quota-user-size: -1
    "#]],
    );
}

#[test]
fn refusals_have_no_body() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "HEAD /none",
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        content-length: 231
        content-type: application/xml
    "#]],
    );
    let requests =
        ["HEAD /b-one as B", "HEAD /b-one as nobody", "HEAD / at b-one.nyc3.digitaloceanspaces.com", "HEAD /b-one/"];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        HEAD /b-one as B → 403
        HEAD /b-one as nobody → 403
        HEAD / at b-one.nyc3.digitaloceanspaces.com → 200
        HEAD /b-one/ → 200
    "#]],
    );
}

/// As Amazon's clients look for the region of a bucket, which need not be theirs.
#[test]
fn amazon_tells_the_region_to_whoever_is_refused_too() {
    let server = Server::start_with(|settings| settings.profile = spacelet::Profile::AWS);
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-far\n\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
         </CreateBucketConfiguration>",
    ]);
    for (request, expected) in [
        ("HEAD /b-one", (200, Some("us-east-1"))),
        ("HEAD /b-one as B", (403, Some("us-east-1"))),
        ("HEAD /b-one as nobody", (403, Some("us-east-1"))),
        ("HEAD /b-far", (400, Some("eu-west-1"))),
        ("GET /b-far", (400, Some("eu-west-1"))),
        ("HEAD /b-none", (404, None)),
        ("GET /b-one as B", (403, None)),
        ("GET /b-one?location", (200, None)),
    ] {
        let answer = server.send(request);
        assert_eq!((answer.status, answer.header("x-amz-bucket-region")), expected, "{request}");
    }
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one"]);
    for request in ["HEAD /b-one", "HEAD /b-one as B"] {
        assert_eq!(spaces.send(request).header("x-amz-bucket-region"), None, "{request}");
    }
}
