//! GET and PUT /bucket/key?acl.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn an_objects_acl_opens_and_shuts_it() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    check(
        &server,
        "GET /b-one/k?acl",
        expect![[r#"
        200 OK
        content-length: 433
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
    let requests = [
        "GET /b-one/k as nobody",
        "PUT /b-one/k?acl\nx-amz-acl: public-read",
        "GET /b-one/k as nobody",
        "GET /b-one/k as C",
        "PUT /b-one/k?acl\nx-amz-acl: authenticated-read",
        "GET /b-one/k as nobody",
        "GET /b-one/k as C",
        "PUT /b-one/k?acl\nx-amz-acl: private",
        "GET /b-one/k as C",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/k as nobody → 403 AccessDenied
        PUT /b-one/k?acl | x-amz-acl: public-read → 200
        GET /b-one/k as nobody → 200
        GET /b-one/k as C → 200
        PUT /b-one/k?acl | x-amz-acl: authenticated-read → 200
        GET /b-one/k as nobody → 403 AccessDenied
        GET /b-one/k as C → 200
        PUT /b-one/k?acl | x-amz-acl: private → 200
        GET /b-one/k as C → 403 AccessDenied
    "#]],
    );
    server.prepare(&["PUT /b-one/k?acl\nx-amz-acl: public-read"]);
    check(
        &server,
        "GET /b-one/k?acl",
        expect![[r#"
        200 OK
        content-length: 625
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let requests = [
        "GET /b-one/none?acl",
        "PUT /b-one/none?acl\nx-amz-acl: private",
        "PUT /b-one/k?acl\nx-amz-acl: bogus",
        "PUT /b-one/k?acl as B\nx-amz-acl: public-read",
        "GET /b-one/k?acl as nobody",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/none?acl → 404 NoSuchKey
        PUT /b-one/none?acl | x-amz-acl: private → 404 NoSuchKey
        PUT /b-one/k?acl | x-amz-acl: bogus → 400 InvalidArgument
        PUT /b-one/k?acl as B | x-amz-acl: public-read → 403 AccessDenied
        GET /b-one/k?acl as nobody → 403 AccessDenied
    "#]],
    );
}
