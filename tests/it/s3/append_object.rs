//! PUT with ?append&position: RGW's extension. Answers as a real RGW gave them.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use spacelet_s3::Profile;

#[test]
fn grows_an_object_at_its_end() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "PUT /b-one/log?append&position=0\n\none",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "f97c5d29941bfb1b2fdab0874906ab82"
        x-rgw-next-append-position: 3
    "#]],
    );
    check(
        &server,
        "PUT /b-one/log?append&position=3\nx-amz-meta-a: 1\n\ntwo",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "b8a9f715dbb64fd5c56e7783c6820a61"
        x-rgw-next-append-position: 6
    "#]],
    );
    check(
        &server,
        "GET /b-one/log",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 6
        content-type: binary/octet-stream
        etag: "1397b7ee3222e3980d0d20f23a871b02-2"
        last-modified: TIME
        x-amz-meta-a: 1
        x-rgw-next-append-position: 6
        x-rgw-object-type: Appendable

        onetwo
    "#]],
    );
    check(
        &server,
        "PUT /b-one/log?append&position=1\n\nx",
        expect![[r#"
        409 Conflict
        accept-ranges: bytes
        content-length: 244
        content-type: application/xml
        x-rgw-next-append-position: 6

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>PositionNotEqualToLength</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    // A copy can be appended to as well; what is written over it cannot.
    server.prepare(&[
        "PUT /b-one/copy\nx-amz-copy-source: /b-one/log",
        "PUT /b-one/copy?append&position=6\n\n!",
        "PUT /b-one/log\n\nplain",
    ]);
    assert_eq!(server.send("GET /b-one/copy").text(), "onetwo!");
    assert_eq!(server.send("HEAD /b-one/log").header("x-rgw-object-type"), Some("Normal"));
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/plain\n\nx", "PUT /b-ver", "PUT /b-two as B"]);
    server.prepare(&[
        "PUT /b-ver?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    ]);
    check_outcomes(
        &server,
        &[
            "PUT /b-one/plain?append&position=1\n\nx",
            "PUT /b-one/new?append&position=5\n\nx",
            "PUT /b-one/new?append\n\nx",
            "PUT /b-one/new?append&position=\n\nx",
            "PUT /b-one/new?append&position=abc\n\nx",
            "PUT /b-one/new?append&position=-1\n\nx",
            "PUT /b-one/new?append&position=0\nContent-MD5: AAAAAAAAAAAAAAAAAAAAAA==\n\nx",
            "PUT /b-ver/log?append&position=0\n\nx",
            "PUT /b-two/log?append&position=0\n\nx",
            "PUT /b-one/log?append&position=0 as nobody\n\nx",
            "PUT /none/log?append&position=0\n\nx",
            "GET /b-one/new",
        ],
        expect![[r#"
            PUT /b-one/plain?append&position=1 |  | x → 409 ObjectNotAppendable
            PUT /b-one/new?append&position=5 |  | x → 409 PositionNotEqualToLength
            PUT /b-one/new?append |  | x → 400 InvalidArgument
            PUT /b-one/new?append&position= |  | x → 400 InvalidArgument
            PUT /b-one/new?append&position=abc |  | x → 400 InvalidArgument
            PUT /b-one/new?append&position=-1 |  | x → 400 InvalidArgument
            PUT /b-one/new?append&position=0 | Content-MD5: AAAAAAAAAAAAAAAAAAAAAA== |  | x → 400 BadDigest
            PUT /b-ver/log?append&position=0 |  | x → 409 InvalidBucketState
            PUT /b-two/log?append&position=0 |  | x → 403 AccessDenied
            PUT /b-one/log?append&position=0 as nobody |  | x → 403 AccessDenied
            PUT /none/log?append&position=0 |  | x → 404 NoSuchBucket
            GET /b-one/new → 404 NoSuchKey
        "#]],
    );
}

/// AWS has no such operation, and ignores what it does not know.
#[test]
fn profile_aws_puts_the_object() {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    assert_eq!(outcome(&server.send("PUT /b-one/k?append&position=1\n\ny")), "200");
    assert_eq!(server.send("GET /b-one/k").text(), "y");
}
