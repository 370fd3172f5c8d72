//! GET and PUT /bucket?acl: canned ACLs, and what they open.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn a_new_bucket_is_its_owners_alone() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "GET /b-one?acl",
        expect![[r#"
        200 OK
        content-length: 433
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
}

#[test]
fn a_canned_acl_replaces_the_grants() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one?acl\nx-amz-acl: public-read"]);
    check(
        &server,
        "GET /b-one?acl",
        expect![[r#"
        200 OK
        content-length: 625
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
}

#[test]
fn a_public_listing_opens_no_files() {
    let server = Server::start();
    server.prepare(&[
        "PUT /b-one\nx-amz-acl: public-read",
        "PUT /b-one/shut\n\nx",
        "PUT /b-one/open\nx-amz-acl: public-read\n\nx",
    ]);
    let requests = [
        "GET /b-one as nobody",
        "GET /b-one/shut as nobody",
        "GET /b-one/open as nobody",
        "GET /b-one/none as nobody",
        "PUT /b-one/new as nobody\n\nx",
        "DELETE /b-one/open as nobody",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one as nobody → 200
        GET /b-one/shut as nobody → 403 AccessDenied
        GET /b-one/open as nobody → 200
        GET /b-one/none as nobody → 404 NoSuchKey
        PUT /b-one/new as nobody |  | x → 403 AccessDenied
        DELETE /b-one/open as nobody → 403 AccessDenied
    "#]],
    );
}

#[test]
fn public_files_open_no_listing() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/open\nx-amz-acl: public-read\n\nx"]);
    let requests =
        ["GET /b-one as nobody", "GET /b-one/open as nobody", "GET /b-one/none as nobody", "GET /b-one/open as C"];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one as nobody → 403 AccessDenied
        GET /b-one/open as nobody → 200
        GET /b-one/none as nobody → 403 AccessDenied
        GET /b-one/open as C → 200
    "#]],
    );
}

#[test]
fn public_read_write_lets_anybody_write() {
    let server = Server::start();
    server.prepare(&["PUT /b-one\nx-amz-acl: public-read-write"]);
    let requests =
        ["PUT /b-one/new as nobody\n\nx", "DELETE /b-one/new as nobody", "PUT /b-one/new as B\n\nx", "GET /b-one/new"];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/new as nobody |  | x → 200
        DELETE /b-one/new as nobody → 204
        PUT /b-one/new as B |  | x → 200
        GET /b-one/new → 403 AccessDenied
    "#]],
    );
}

#[test]
fn authenticated_read_wants_a_key() {
    let server = Server::start();
    server.prepare(&["PUT /b-one\nx-amz-acl: authenticated-read"]);
    check_outcomes(
        &server,
        &["GET /b-one as nobody", "GET /b-one as C"],
        expect![[r#"
        GET /b-one as nobody → 403 AccessDenied
        GET /b-one as C → 200
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let requests = [
        "GET /none?acl",
        "GET /b-one?acl as B",
        "GET /b-one?acl as nobody",
        "PUT /b-one?acl\nx-amz-acl: bogus",
        "PUT /b-one?acl as B\nx-amz-acl: public-read",
        "PUT /b-one?acl as nobody\nx-amz-acl: public-read",
        "PUT /none?acl\nx-amz-acl: private",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /none?acl → 404 NoSuchBucket
        GET /b-one?acl as B → 403 AccessDenied
        GET /b-one?acl as nobody → 403 AccessDenied
        PUT /b-one?acl | x-amz-acl: bogus → 400 InvalidArgument
        PUT /b-one?acl as B | x-amz-acl: public-read → 403 AccessDenied
        PUT /b-one?acl as nobody | x-amz-acl: public-read → 403 AccessDenied
        PUT /none?acl | x-amz-acl: private → 404 NoSuchBucket
    "#]],
    );
}
