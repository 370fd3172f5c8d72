//! GET /bucket?location tells the region.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn tells_the_region() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "GET /b-one?location",
        expect![[r#"
        200 OK
        content-length: 131

        <?xml version="1.0" encoding="UTF-8"?><LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">nyc3</LocationConstraint>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check_outcomes(
        &server,
        &["GET /none?location", "GET /b-one?location as B", "GET /b-one?location as nobody"],
        expect![[r#"
        GET /none?location → 404 NoSuchBucket
        GET /b-one?location as B → 403 AccessDenied
        GET /b-one?location as nobody → 403 AccessDenied
    "#]],
    );
}
