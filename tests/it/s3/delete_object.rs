//! DELETE /bucket/key.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn removes_an_object() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    check(
        &server,
        "DELETE /b-one/k",
        expect![[r#"
        204 No Content
    "#]],
    );
    check_outcomes(
        &server,
        &["GET /b-one/k", "DELETE /b-one/k", "GET /b-one?prefix=k"],
        expect![[r#"
        GET /b-one/k → 404 NoSuchKey
        DELETE /b-one/k → 204
        GET /b-one?prefix=k → 200
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let requests = [
        "DELETE /none/k",
        "DELETE /b-one/k as B",
        "DELETE /b-one/k as nobody",
        "DELETE /k at b-one.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        DELETE /none/k → 404 NoSuchBucket
        DELETE /b-one/k as B → 403 AccessDenied
        DELETE /b-one/k as nobody → 403 AccessDenied
        DELETE /k at b-one.nyc3.digitaloceanspaces.com → 204
    "#]],
    );
}
