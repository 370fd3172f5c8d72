//! What an emulator gets wrong if nobody tells it: one row per habit of Spaces, beside what profile `aws` answers.
//! A habit that needs more than a request and its outcome has a test of its own (signatures, hosts, listings, keys).

use crate::server::Server;
use crate::support::{check_outcomes, outcome};
use expect_test::expect;
use spacelet_s3::Profile;

fn server_of(profile: Profile) -> Server {
    let server = Server::start_with(|settings| settings.profile = profile);
    server.prepare(&["PUT /b-one", "PUT /b-one/dir/k\n\nx"]);
    server
}

const REQUESTS: [&str; 12] = [
    "PUT /b-one/dir/k\nIf-None-Match: *\n\nx",
    "PUT /b-one/dir/k\nIf-Match: \"none\"\n\nx",
    "GET /b-one?policyStatus",
    "PUT /b-one?acl\nx-amz-acl: public",
    "GET /b-one/none",
    "GET /b-one/none as nobody",
    "GET /none/none as nobody",
    "PUT /none?policy\n\n{\"Version\":\"2012-10-17\",\"Statement\":[]}",
    "PUT /none?cors\n\n<CORSConfiguration/>",
    "PUT /b-one/sse\nx-amz-server-side-encryption: AES256\n\nx",
    "PUT /k at b-one.nyc3.cdn.digitaloceanspaces.com\n\nx",
    "GET / as nobody",
];

#[test]
fn spaces() {
    check_outcomes(
        &server_of(Profile::SPACES),
        &REQUESTS,
        expect![[r#"
        PUT /b-one/dir/k | If-None-Match: * |  | x → 200
        PUT /b-one/dir/k | If-Match: "none" |  | x → 200
        GET /b-one?policyStatus → 501 NotImplemented
        PUT /b-one?acl | x-amz-acl: public → 400 InvalidArgument
        GET /b-one/none → 404 NoSuchKey
        GET /b-one/none as nobody → 403 AccessDenied
        GET /none/none as nobody → 404 NoSuchBucket
        PUT /none?policy |  | {"Version":"2012-10-17","Statement":[]} → 404 NoSuchKey
        PUT /none?cors |  | <CORSConfiguration/> → 404 NoSuchKey
        PUT /b-one/sse | x-amz-server-side-encryption: AES256 |  | x → 400 InvalidRequest
        PUT /k at b-one.nyc3.cdn.digitaloceanspaces.com |  | x → 403 AccessDenied
        GET / as nobody → 403 AccessDenied
    "#]],
    );
}

/// Conditional writes, the first two, are obeyed there and have tests of their own.
#[test]
fn aws() {
    check_outcomes(
        &server_of(Profile::AWS),
        &REQUESTS[2..],
        expect![[r#"
        GET /b-one?policyStatus → 200
        PUT /b-one?acl | x-amz-acl: public → 400 InvalidArgument
        GET /b-one/none → 404 NoSuchKey
        GET /b-one/none as nobody → 403 AccessDenied
        GET /none/none as nobody → 404 NoSuchBucket
        PUT /none?policy |  | {"Version":"2012-10-17","Statement":[]} → 404 NoSuchBucket
        PUT /none?cors |  | <CORSConfiguration/> → 404 NoSuchBucket
        PUT /b-one/sse | x-amz-server-side-encryption: AES256 |  | x → 200
        PUT /k at b-one.nyc3.cdn.digitaloceanspaces.com |  | x → 403 AccessDenied
        GET / as nobody → 403 AccessDenied
    "#]],
    );
}

/// CompleteMultipartUpload reads 1 MiB at most; AWS finds more wrong with such a list than its length.
#[test]
fn a_long_list_of_parts() {
    for (profile, expected) in [(Profile::SPACES, "416 InvalidRange"), (Profile::AWS, "400 MalformedXML")] {
        let server = server_of(profile);
        let id = super::upload(&server, "POST /b-one/m?uploads");
        let long = format!("POST /b-one/m?uploadId={id}\n\n<X>{}</X>", " ".repeat(1 << 20));
        assert_eq!(outcome(&server.send(&long)), expected);
    }
}

#[test]
fn listings_put_prefixes_first_and_escape_slashes() {
    let server = server_of(Profile::SPACES);
    server.prepare(&["PUT /b-one/a\n\nx"]);
    let listing = server.send("GET /b-one?delimiter=/").text();
    assert!(listing.find("<CommonPrefixes>").unwrap() < listing.find("<Contents>").unwrap(), "{listing}");
    assert!(server.send("GET /b-one?encoding-type=url").text().contains("<Key>dir%2Fk</Key>"));
    let aws = server_of(Profile::AWS).send("GET /b-one?encoding-type=url").text();
    assert!(aws.contains("<Key>dir/k</Key>"), "{aws}");
}

#[test]
fn a_space_counts_what_is_in_it() {
    let head = server_of(Profile::SPACES).send("HEAD /b-one");
    assert_eq!((head.header("x-rgw-object-count"), head.header("x-rgw-bytes-used")), (Some("1"), Some("1")));
}

/// Ignoring a condition is said: in the answer, and so in the log and the journal, which have the same words.
#[test]
fn what_is_ignored_is_said() {
    let answer = server_of(Profile::SPACES).send("PUT /b-one/dir/k\nIf-None-Match: *\n\nx");
    assert!(answer.header("x-spacelet-explain").unwrap_or_default().to_lowercase().contains("if-none-match"));
}
