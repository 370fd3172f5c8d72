//! Ownership controls, and what new buckets have.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;
use spacelet::NewBuckets;
use spacelet_s3::Profile;

const OPEN: &str = "PUT /b-one?policy\n\n{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":[\"arn:aws:s3:::b-one\",\"arn:aws:s3:::b-one/*\"]}]}";

fn controls(ownership: &str) -> String {
    format!(
        "PUT /b-one?ownershipControls\n\n<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>"
    )
}

/// Who owns an object that B wrote in each setting: with no ACL, with full control for the bucket's owner, private.
#[test]
fn who_owns_what_another_writes() {
    let mut shown = String::new();
    for ownership in ["ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"] {
        let server = with_bucket();
        server.prepare(&[&controls(ownership), OPEN]);
        let owners = ["", "\nx-amz-acl: bucket-owner-full-control", "\nx-amz-acl: private"].map(|acl| {
            let put = server.send(&format!("PUT /b-one/k as B{acl}\n\nx"));
            let owner = server.send("GET /b-one/k?acl as B").xml("ID").unwrap_or_default();
            if put.status == 200 { owner } else { put.xml("Code").unwrap_or_default() }
        });
        shown += &format!("{ownership}: {}\n", owners.join(", "));
    }
    expect![[r#"
        ObjectWriter: 7000001, 7000001, 7000001
        BucketOwnerPreferred: 7000001, 6174283, 7000001
        BucketOwnerEnforced: 6174283, 6174283, AccessControlListNotSupported
    "#]]
    .assert_eq(&shown);
}

#[test]
fn an_upload_shows_who_will_own_its_object() {
    let server = with_bucket();
    server.prepare(&[&controls("BucketOwnerEnforced"), OPEN]);
    let upload = super::super::upload(&server, "POST /b-one/k?uploads as B");
    let listed = server.send(&format!("GET /b-one/k?uploadId={upload} as B")).text();
    let owner = "<Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner>";
    assert!(listed.contains(owner), "{listed}");
}

#[test]
fn without_acls_none_counts_and_none_is_taken() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/open\nx-amz-acl: public-read\n\nx", "GET /b-one/open as nobody"]);
    let requests = [
        "PUT /b-one?acl\nx-amz-acl: public-read".to_owned(),
        controls("BucketOwnerEnforced"),
        "PUT /b-one?acl\nx-amz-acl: private".to_owned(),
        controls("BucketOwnerEnforced"),
        "GET /b-one/open as nobody".to_owned(),
        "PUT /b-one?acl\nx-amz-acl: private".to_owned(),
        "PUT /b-one/open?acl\nx-amz-acl: private".to_owned(),
        "PUT /b-one/new\nx-amz-acl: public-read\n\nx".to_owned(),
        "PUT /b-one/new\nx-amz-grant-read: id=7000001\n\nx".to_owned(),
        "PUT /b-one/new\nx-amz-acl: private\nx-amz-copy-source: b-one/open".to_owned(),
        "POST /b-one/new?uploads\nx-amz-acl: private".to_owned(),
        "PUT /b-one/new\nx-amz-acl: bucket-owner-full-control\n\nx".to_owned(),
        "GET /b-one?acl".to_owned(),
        "DELETE /b-one?ownershipControls".to_owned(),
        "GET /b-one/open as nobody".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?acl | x-amz-acl: public-read → 200
        PUT /b-one?ownershipControls |  | <OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls> → 400 InvalidBucketAclWithObjectOwnership
        PUT /b-one?acl | x-amz-acl: private → 200
        PUT /b-one?ownershipControls |  | <OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls> → 200
        GET /b-one/open as nobody → 403 AccessDenied
        PUT /b-one?acl | x-amz-acl: private → 400 AccessControlListNotSupported
        PUT /b-one/open?acl | x-amz-acl: private → 400 AccessControlListNotSupported
        PUT /b-one/new | x-amz-acl: public-read |  | x → 400 AccessControlListNotSupported
        PUT /b-one/new | x-amz-grant-read: id=7000001 |  | x → 400 AccessControlListNotSupported
        PUT /b-one/new | x-amz-acl: private | x-amz-copy-source: b-one/open → 400 AccessControlListNotSupported
        POST /b-one/new?uploads | x-amz-acl: private → 400 AccessControlListNotSupported
        PUT /b-one/new | x-amz-acl: bucket-owner-full-control |  | x → 200
        GET /b-one?acl → 200
        DELETE /b-one?ownershipControls → 204
        GET /b-one/open as nobody → 200
    "#]],
    );
}

#[test]
fn a_new_bucket_may_say_so() {
    let server = with_bucket();
    server.prepare(&["PUT /b-two\nx-amz-object-ownership: BucketOwnerPreferred"]);
    check(
        &server,
        "GET /b-two?ownershipControls",
        expect![[r#"
        200 OK
        content-length: 193
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>
    "#]],
    );
    check_outcomes(
        &server,
        &[
            "PUT /b-three\nx-amz-object-ownership: Nobody",
            "PUT /b-three\nx-amz-object-ownership: BucketOwnerEnforced\nx-amz-acl: public-read",
            "PUT /b-three\nx-amz-object-ownership: BucketOwnerEnforced",
        ],
        expect![[r#"
            PUT /b-three | x-amz-object-ownership: Nobody → 400 InvalidArgument
            PUT /b-three | x-amz-object-ownership: BucketOwnerEnforced | x-amz-acl: public-read → 400 InvalidBucketAclWithObjectOwnership
            PUT /b-three | x-amz-object-ownership: BucketOwnerEnforced → 200
        "#]],
    );
}

/// `--new-buckets closed`: as Amazon S3 since April 2023.
#[test]
fn closed_buckets_are_closed() {
    let server =
        Server::start_with(|settings| (settings.profile, settings.new_buckets) = (Profile::AWS, NewBuckets::Closed));
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    assert_eq!(server.send("HEAD /b-one/k").header("x-amz-server-side-encryption"), Some("AES256"));
    let requests = [
        "PUT /b-two\nx-amz-acl: public-read".to_owned(),
        "PUT /b-two\nx-amz-object-ownership: ObjectWriter\nx-amz-acl: public-read".to_owned(),
        "PUT /b-one/k\nx-amz-acl: public-read\n\nx".to_owned(),
        OPEN.to_owned(),
        "DELETE /b-one?publicAccessBlock".to_owned(),
        OPEN.to_owned(),
        "GET /b-one/k as nobody".to_owned(),
        "DELETE /b-one?encryption".to_owned(),
        "GET /b-one?encryption".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-two | x-amz-acl: public-read → 400 InvalidBucketAclWithObjectOwnership
        PUT /b-two | x-amz-object-ownership: ObjectWriter | x-amz-acl: public-read → 400 InvalidBucketAclWithBlockPublicAccessError
        PUT /b-one/k | x-amz-acl: public-read |  | x → 400 AccessControlListNotSupported
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b-one","arn:aws:s3:::b-one/*"]}]} → 403 AccessDenied
        DELETE /b-one?publicAccessBlock → 204
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b-one","arn:aws:s3:::b-one/*"]}]} → 204
        GET /b-one/k as nobody → 200
        DELETE /b-one?encryption → 204
        GET /b-one?encryption → 200
    "#]],
    );
}
