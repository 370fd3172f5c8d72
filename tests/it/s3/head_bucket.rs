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
