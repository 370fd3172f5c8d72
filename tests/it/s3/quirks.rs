//! What an emulator gets wrong if nobody tells it: one row per habit of Spaces, beside what profile `aws` answers.
//! A habit that needs more than a request and its outcome has a test of its own (signatures, hosts, listings, keys).

use crate::server::Server;
use crate::sign::{self, Scope};
use crate::support::{check_outcomes, key, outcome};
use expect_test::expect;
use spacelet_s3::Profile;

fn server_of(profile: Profile) -> Server {
    let server = Server::start_with(|settings| settings.profile = profile);
    server.prepare(&["PUT /b-one", "PUT /b-one/dir/k\n\nx"]);
    server
}

const REQUESTS: [&str; 13] = [
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
    "PUT /b-locked\nx-amz-bucket-object-lock-enabled: true",
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
        PUT /b-locked | x-amz-bucket-object-lock-enabled: true → 501 NotImplemented
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
            PUT /b-locked | x-amz-bucket-object-lock-enabled: true → 200
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

/// What newer SDKs add to a request is verified; a setting refuses it as Spaces did when they began.
#[test]
fn checksums_of_newer_sdks_can_be_refused_as_in_2025() {
    let requests = [
        "PUT /b-one/k\nx-amz-checksum-crc32: jNwWgw==\n\nx",
        "PUT /b-one/k\nx-amz-sdk-checksum-algorithm: CRC32\n\nx",
        "POST /b-one?delete\nx-amz-checksum-crc32: DY2k5w==\n\n<Delete/>",
        "PUT /b-one/k\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\nx-amz-trailer: x-amz-checksum-crc32\n\nx",
        "PUT /b-one/k\n\nx",
        "GET /b-one/k\nx-amz-checksum-mode: ENABLED",
    ];
    let server = Server::start_with(|settings| settings.refuses_checksums = true);
    server.prepare(&["PUT /b-one"]);
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/k | x-amz-checksum-crc32: jNwWgw== |  | x → 400
        PUT /b-one/k | x-amz-sdk-checksum-algorithm: CRC32 |  | x → 400
        POST /b-one?delete | x-amz-checksum-crc32: DY2k5w== |  | <Delete/> → 400
        PUT /b-one/k | x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER | x-amz-trailer: x-amz-checksum-crc32 |  | x → 403 SignatureDoesNotMatch
        PUT /b-one/k |  | x → 200
        GET /b-one/k | x-amz-checksum-mode: ENABLED → 200
    "#]],
    );
    let accepts = server_of(Profile::SPACES);
    assert_eq!(outcome(&accepts.send(requests[0])), "200");
}

/// One Space, all its names.
#[test]
fn a_space_has_many_hosts() {
    let server = server_of(Profile::SPACES);
    server.prepare(&[
        "PUT /b-one/k\nx-amz-acl: public-read\n\nx",
        "PUT /b-one?website\n\n<WebsiteConfiguration><IndexDocument><Suffix>k</Suffix></IndexDocument></WebsiteConfiguration>",
    ]);
    let requests = [
        "GET /b-one/k as nobody at nyc3.digitaloceanspaces.com",
        "GET /k as nobody at b-one.nyc3.digitaloceanspaces.com",
        "GET /k as nobody at b-one.nyc3.cdn.digitaloceanspaces.com",
        "GET / as nobody at b-one.nyc3-static.digitaloceanspaces.com",
        "GET /k as nobody at b-one.ams3.digitaloceanspaces.com",
        "GET /k as nobody at b-one.ams3.cdn.digitaloceanspaces.com",
        "GET / as nobody at b-one.ams3-static.digitaloceanspaces.com",
        "GET / as nobody at nyc3.digitaloceanspaces.com",
        "PUT /b-one?cors at b-one.nyc3.cdn.digitaloceanspaces.com\n\n<CORSConfiguration/>",
        "GET /k at b-one.nyc3.cdn.digitaloceanspaces.com",
        "GET / at b-one.nyc3.cdn.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/k as nobody at nyc3.digitaloceanspaces.com → 200
        GET /k as nobody at b-one.nyc3.digitaloceanspaces.com → 200
        GET /k as nobody at b-one.nyc3.cdn.digitaloceanspaces.com → 200
        GET / as nobody at b-one.nyc3-static.digitaloceanspaces.com → 200
        GET /k as nobody at b-one.ams3.digitaloceanspaces.com → 404 NoSuchBucket
        GET /k as nobody at b-one.ams3.cdn.digitaloceanspaces.com → 404 NoSuchBucket
        GET / as nobody at b-one.ams3-static.digitaloceanspaces.com → 404
        GET / as nobody at nyc3.digitaloceanspaces.com → 403 AccessDenied
        PUT /b-one?cors at b-one.nyc3.cdn.digitaloceanspaces.com |  | <CORSConfiguration/> → 403 AccessDenied
        GET /k at b-one.nyc3.cdn.digitaloceanspaces.com → 403 AccessDenied
        GET / at b-one.nyc3.cdn.digitaloceanspaces.com → 403 AccessDenied
    "#]],
    );
}

/// Puts `/b-one/NAME` by a link with `query` and these signed headers, sending the lines `sent`: the outcome, and what
/// nobody gets then.
fn put_by_link(server: &Server, name: &str, query: &str, headers: &[(&str, &str)], sent: &str) -> (String, u16) {
    let mut signed = vec![("host".to_owned(), server.address().to_string())];
    signed.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let path = format!("/b-one/{name}");
    let query = sign::presign_v4(&key("A"), &Scope::now(0), "PUT", &path, query, "60", &signed);
    let put = server.send(&format!("PUT {path}?{query} as nobody{sent}\n\nx"));
    (outcome(&put), server.send(&format!("GET {path} as nobody")).status)
}

const ACL: [(&str, &str); 1] = [("x-amz-acl", "public-read")];

/// An ACL in a link's query has no effect: only a header has, which the uploader must send (spaces-reference 2).
#[test]
fn an_acl_in_a_links_query_is_ignored() {
    let server = server_of(Profile::SPACES);
    let put = |name, query, headers, sent| put_by_link(&server, name, query, headers, sent);
    assert_eq!(put("a", "x-amz-acl=public-read", &[], ""), ("200".to_owned(), 403));
    let explained = server.journal().into_iter().find(|entry| entry.target.starts_with("/b-one/a?"));
    assert!(explained.unwrap().explanation.contains("x-amz-acl"));
    assert_eq!(put("b", "", &ACL, "\nx-amz-acl: public-read"), ("200".to_owned(), 200));
    assert_eq!(put("c", "", &ACL, ""), ("403 SignatureDoesNotMatch".to_owned(), 403));
    assert_eq!(put("d", "", &[], "\nx-amz-acl: public-read"), ("200".to_owned(), 200), "RGW takes it unsigned");
}

/// Amazon reads most of what SDKs move into a link, and no `x-amz-*` header that is not signed.
#[test]
fn amazon_reads_headers_from_a_links_query() {
    let server = server_of(Profile::AWS);
    let put = |name, query, headers, sent| put_by_link(&server, name, query, headers, sent);
    assert_eq!(put("a", "x-amz-acl=public-read", &[], ""), ("200".to_owned(), 200));
    assert_eq!(put("b", "", &ACL, "\nx-amz-acl: public-read"), ("200".to_owned(), 200));
    assert_eq!(put("c", "", &ACL, ""), ("403 SignatureDoesNotMatch".to_owned(), 403));
    assert_eq!(put("d", "", &[], "\nx-amz-acl: public-read"), ("403 AccessDenied".to_owned(), 403));
    assert_eq!(put("e", "x-amz-acl=public-read", &[], "\nx-amz-acl: private"), ("200".to_owned(), 403), "sent wins");
    assert_eq!(put("f", "x-amz-meta-a=1&x-amz-tagging=a%3D1", &[], ""), ("200".to_owned(), 403));
    let answer = server.send("HEAD /b-one/f");
    assert_eq!((answer.header("x-amz-meta-a"), answer.header("x-amz-tagging-count")), (Some("1"), None));
    assert_eq!(put("g", "x-amz-checksum-crc32=AAAAAA%3D%3D", &[], ""), ("200".to_owned(), 403), "ignored");
}

/// Names are every account's in every region; the S3 side takes dots, which the panel does not.
#[test]
fn names_are_everybodys() {
    let server = server_of(Profile::SPACES);
    let elsewhere =
        "<CreateBucketConfiguration><LocationConstraint>ams3</LocationConstraint></CreateBucketConfiguration>";
    for (request, expected) in [
        ("PUT /test.example.com".to_owned(), "200"),
        ("PUT /b-one as B".to_owned(), "409 BucketAlreadyExists"),
        (format!("PUT /b-one as B\n\n{elsewhere}"), "409 BucketAlreadyExists"),
        (format!("PUT /b-one as B at ams3.digitaloceanspaces.com\n\n{elsewhere}"), "409 BucketAlreadyExists"),
    ] {
        assert_eq!(outcome(&server.send(&request)), expected, "{request}");
    }
}
