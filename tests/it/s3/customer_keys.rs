//! SSE-C: objects under a customer's key, over every way in and out. Texts and statuses as a real RGW answered them.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use spacelet_s3::Profile;

const ZEROS: &str = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=";
const ZEROS_MD5: &str = "zZ5FnqcIqUjVwvWmyog4zw==";
const ONES: &str = "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=";
const ONES_MD5: &str = "GoDL8oWeAZVZNl1r5Hh5Tg==";

fn headers(prefix: &str, key: &str, md5: &str) -> String {
    format!("\n{prefix}-algorithm: AES256\n{prefix}-key: {key}\n{prefix}-key-MD5: {md5}")
}

fn own(key: &str, md5: &str) -> String {
    headers("x-amz-server-side-encryption-customer", key, md5)
}

fn source(key: &str, md5: &str) -> String {
    headers("x-amz-copy-source-server-side-encryption-customer", key, md5)
}

fn with_sealed(profile: Profile) -> Server {
    let server = Server::start_with(|settings| {
        settings.profile = profile;
        settings.limits.part_bytes_min = 1;
    });
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-one/plain\n\nplain",
        &format!("PUT /b-one/k{}\n\nsecret", own(ZEROS, ZEROS_MD5)),
    ]);
    server
}

#[test]
fn is_answered_to_whoever_has_the_key() {
    let server = with_sealed(Profile::SPACES);
    let key = own(ZEROS, ZEROS_MD5);
    check(
        &server,
        &format!("PUT /b-one/k{key}\n\nsecret"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5ebe2294ecd0e0f08eab7690d2a6ee69"
        x-amz-server-side-encryption-customer-algorithm: AES256
        x-amz-server-side-encryption-customer-key-md5: zZ5FnqcIqUjVwvWmyog4zw==
    "#]],
    );
    check(
        &server,
        &format!("GET /b-one/k{key}"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 6
        content-type: binary/octet-stream
        etag: "5ebe2294ecd0e0f08eab7690d2a6ee69"
        last-modified: TIME
        x-amz-server-side-encryption-customer-algorithm: AES256
        x-amz-server-side-encryption-customer-key-md5: zZ5FnqcIqUjVwvWmyog4zw==
        x-rgw-object-type: Normal

        secret
    "#]],
    );
    check(
        &server,
        &format!("GET /b-one/k{key}\nRange: bytes=1-3"),
        expect![[r#"
        206 Partial Content
        accept-ranges: bytes
        content-length: 3
        content-range: bytes 1-3/6
        content-type: binary/octet-stream
        etag: "5ebe2294ecd0e0f08eab7690d2a6ee69"
        last-modified: TIME
        x-amz-server-side-encryption-customer-algorithm: AES256
        x-amz-server-side-encryption-customer-key-md5: zZ5FnqcIqUjVwvWmyog4zw==
        x-rgw-object-type: Normal

        ecr
    "#]],
    );
    check(
        &server,
        &format!("HEAD /b-one/k{key}"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 6
        content-type: binary/octet-stream
        etag: "5ebe2294ecd0e0f08eab7690d2a6ee69"
        last-modified: TIME
        x-amz-server-side-encryption-customer-algorithm: AES256
        x-amz-server-side-encryption-customer-key-md5: zZ5FnqcIqUjVwvWmyog4zw==
        x-rgw-object-type: Normal
    "#]],
    );
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        400 Bad Request
        accept-ranges: bytes
        content-length: 348
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidArgument</Code><Message>Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.</Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        &format!("GET /b-one/k{}", own(ONES, ONES_MD5)),
        expect![[r#"
        400 Bad Request
        accept-ranges: bytes
        content-length: 311
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidArgument</Code><Message>The calculated MD5 hash of the key did not match the hash that was provided.</Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

/// Short names for the headers in the lists below.
fn spelled(request: &str) -> String {
    request
        .replace("ALG:", "x-amz-server-side-encryption-customer-algorithm:")
        .replace("KEY:", "x-amz-server-side-encryption-customer-key:")
        .replace("MD5:", "x-amz-server-side-encryption-customer-key-md5:")
        .replace("ZEROS5", ZEROS_MD5)
        .replace("ZEROS", ZEROS)
        .replace("ONES5", ONES_MD5)
        .replace("ONES", ONES)
}

fn outcomes(server: &Server, requests: &[&str]) -> String {
    let line = |request: &&str| {
        let answer = server.send(&spelled(request));
        let message = answer.xml("Message").unwrap_or_default();
        format!("{} → {} {message}\n", request.replace('\n', " | "), outcome(&answer))
    };
    requests.iter().map(line).collect()
}

const READS_AND_WRITES: [&str; 17] = [
    "PUT /b-one/x\nKEY: ZEROS\nMD5: ZEROS5\n\nx",
    "PUT /b-one/x\nMD5: ZEROS5\n\nx",
    "PUT /b-one/x\nALG: \n\nx",
    "PUT /b-one/x\nALG: AES128\nKEY: ZEROS\nMD5: ZEROS5\n\nx",
    "PUT /b-one/x\nALG: AES256\n\nx",
    "PUT /b-one/x\nALG: AES256\nKEY: !!!!\nMD5: ZEROS5\n\nx",
    "PUT /b-one/x\nALG: AES256\nKEY: c2hvcnQ=\nMD5: ZEROS5\n\nx",
    "PUT /b-one/x\nALG: AES256\nKEY: ZEROS\n\nx",
    "PUT /b-one/x\nALG: AES256\nKEY: ZEROS\nMD5: YWJj\n\nx",
    "PUT /b-one/x\nALG: AES256\nKEY: ZEROS\nMD5: ONES5\n\nx",
    "GET /b-one/k",
    "GET /b-one/k\nALG: AES128\nKEY: ZEROS\nMD5: ZEROS5",
    "GET /b-one/k\nALG: AES256\nKEY: ONES\nMD5: ONES5",
    "GET /b-one/k\nRange: bytes=10-20",
    "GET /b-one/k\nIf-Match: \"x\"",
    "GET /b-one/plain\nALG: AES256\nKEY: ZEROS\nMD5: ZEROS5",
    "POST /b-one/m?uploads\nALG: AES256\nKEY: ZEROS\nMD5: ONES5",
];

#[test]
fn faults_as_spaces_answers_them() {
    expect![[r#"
        PUT /b-one/x | KEY: ZEROS | MD5: ZEROS5 |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.
        PUT /b-one/x | MD5: ZEROS5 |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.
        PUT /b-one/x | ALG:  |  | x → 200 
        PUT /b-one/x | ALG: AES128 | KEY: ZEROS | MD5: ZEROS5 |  | x → 400 InvalidEncryptionAlgorithmError The requested encryption algorithm is not valid, must be AES256.
        PUT /b-one/x | ALG: AES256 |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.
        PUT /b-one/x | ALG: AES256 | KEY: !!!! | MD5: ZEROS5 |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.
        PUT /b-one/x | ALG: AES256 | KEY: c2hvcnQ= | MD5: ZEROS5 |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.
        PUT /b-one/x | ALG: AES256 | KEY: ZEROS |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key md5.
        PUT /b-one/x | ALG: AES256 | KEY: ZEROS | MD5: YWJj |  | x → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key md5.
        PUT /b-one/x | ALG: AES256 | KEY: ZEROS | MD5: ONES5 |  | x → 400 InvalidArgument The calculated MD5 hash of the key did not match the hash that was provided.
        GET /b-one/k → 400 InvalidArgument Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.
        GET /b-one/k | ALG: AES128 | KEY: ZEROS | MD5: ZEROS5 → 400 InvalidEncryptionAlgorithmError The requested encryption algorithm is not valid, must be AES256.
        GET /b-one/k | ALG: AES256 | KEY: ONES | MD5: ONES5 → 400 InvalidArgument The calculated MD5 hash of the key did not match the hash that was provided.
        GET /b-one/k | Range: bytes=10-20 → 416 InvalidRange 
        GET /b-one/k | If-Match: "x" → 412 PreconditionFailed 
        GET /b-one/plain | ALG: AES256 | KEY: ZEROS | MD5: ZEROS5 → 200 
        POST /b-one/m?uploads | ALG: AES256 | KEY: ZEROS | MD5: ONES5 → 400 InvalidArgument The calculated MD5 hash of the key did not match the hash that was provided.
    "#]].assert_eq(&outcomes(&with_sealed(Profile::SPACES), &READS_AND_WRITES));
}

#[test]
fn faults_as_aws_answers_them() {
    expect![[r#"
        GET /b-one/k → 400 InvalidRequest The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.
        GET /b-one/k | ALG: AES128 | KEY: ZEROS | MD5: ZEROS5 → 400 InvalidEncryptionAlgorithmError The requested encryption algorithm is not valid, must be AES256.
        GET /b-one/k | ALG: AES256 | KEY: ONES | MD5: ONES5 → 400 InvalidRequest The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.
        GET /b-one/k | Range: bytes=10-20 → 416 InvalidRange The requested range cannot be satisfied.
        GET /b-one/k | If-Match: "x" → 412 PreconditionFailed At least one of the preconditions you specified did not hold.
        GET /b-one/plain | ALG: AES256 | KEY: ZEROS | MD5: ZEROS5 → 400 InvalidRequest The encryption parameters are not applicable to this object.
        POST /b-one/m?uploads | ALG: AES256 | KEY: ZEROS | MD5: ONES5 → 400 InvalidArgument The calculated MD5 hash of the key did not match the hash that was provided.
    "#]].assert_eq(&outcomes(&with_sealed(Profile::AWS), &READS_AND_WRITES[10..]));
}

#[test]
fn a_setting_wants_tls() {
    let server = Server::start_with(|settings| settings.customer_keys_need_tls = true);
    server.prepare(&["PUT /b-one"]);
    let refused = server.send(&format!("PUT /b-one/k{}\n\nx", own(ZEROS, ZEROS_MD5)));
    assert_eq!(outcome(&refused), "400 InvalidRequest");
    let server = Server::start_with(|settings| (settings.customer_keys_need_tls, settings.assume_tls) = (true, true));
    server.prepare(&["PUT /b-one", &format!("PUT /b-one/k{}\n\nx", own(ZEROS, ZEROS_MD5))]);
}

#[test]
fn the_parts_of_an_upload_have_one_key() {
    let server = with_sealed(Profile::SPACES);
    let key = own(ZEROS, ZEROS_MD5);
    let id = super::upload(&server, &format!("POST /b-one/m?uploads{key}"));
    let part = |number: u32, headers: &str, body: &str| {
        server.send(&format!("PUT /b-one/m?partNumber={number}&uploadId={id}{headers}\n\n{body}"))
    };
    assert_eq!(outcome(&part(1, "", "one")), "400 InvalidArgument");
    assert_eq!(outcome(&part(1, &own(ONES, ONES_MD5), "one")), "400 InvalidArgument");
    let first = part(1, &key, "first ");
    assert_eq!(first.header("x-amz-server-side-encryption-customer-key-md5"), Some(ZEROS_MD5));
    // Of a sealed source, of which a part is taken, into the key of the upload.
    let copy = format!(
        "PUT /b-one/m?partNumber=2&uploadId={id}\nx-amz-copy-source: /b-one/k\nx-amz-copy-source-range: bytes=0-2{}{key}",
        source(ZEROS, ZEROS_MD5)
    );
    let second = server.send(&copy).xml("ETag").unwrap();
    super::complete(&server, "/b-one/m", &id, &[(1, first.header("etag").unwrap()), (2, &second)]);
    assert_eq!(outcome(&server.send("GET /b-one/m")), "400 InvalidArgument");
    assert_eq!(server.send(&format!("GET /b-one/m{key}")).text(), "first sec");
    assert_eq!(server.send(&format!("GET /b-one/m{key}\nRange: bytes=4-7")).text(), "t se");
}

#[test]
fn copies_open_one_key_and_seal_with_another() {
    for profile in [Profile::SPACES, Profile::AWS] {
        let server = with_sealed(profile);
        let copy = |target: &str, from: &str, headers: &str| {
            outcome(&server.send(&format!("PUT /b-one/{target}\nx-amz-copy-source: /b-one/{from}{headers}")))
        };
        let (zeros, ones) = (own(ZEROS, ZEROS_MD5), own(ONES, ONES_MD5));
        assert!(copy("none", "k", "").starts_with("400"), "no key for the source");
        assert_eq!(copy("plain2", "k", &source(ZEROS, ZEROS_MD5)), "200");
        assert_eq!(copy("ones", "k", &(source(ZEROS, ZEROS_MD5) + &ones)), "200");
        assert_eq!(copy("sealed", "plain", &zeros), "200");
        assert_eq!(copy("k", "k", &(source(ZEROS, ZEROS_MD5) + &ones)), "200", "a new key for the same object");
        assert_eq!(server.send("GET /b-one/plain2").text(), "secret");
        assert_eq!(server.send(&format!("GET /b-one/ones{ones}")).text(), "secret");
        assert_eq!(server.send(&format!("GET /b-one/k{ones}")).text(), "secret");
        let sealed = server.send(&format!("GET /b-one/sealed{zeros}"));
        assert_eq!(
            (sealed.text().as_str(), sealed.header("etag")),
            ("plain", server.send("HEAD /b-one/plain").header("etag"))
        );
        assert!(outcome(&server.send("GET /b-one/none")).starts_with("404"));
    }
}

#[test]
fn neither_strangers_nor_the_public_get_more_by_it() {
    let server = with_sealed(Profile::SPACES);
    let key = own(ZEROS, ZEROS_MD5);
    let acl = format!("PUT /b-one/public{key}\nx-amz-acl: public-read\n\nx");
    server.prepare(&[&acl]);
    check_outcomes(
        &server,
        &[
            &format!("GET /b-one/k as nobody{key}"),
            &format!("GET /b-one/k as B{key}"),
            "GET /b-one/public as nobody",
            &format!("GET /b-one/public as nobody{key}"),
        ],
        expect![[r#"
            GET /b-one/k as nobody | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= | x-amz-server-side-encryption-customer-key-MD5: zZ5FnqcIqUjVwvWmyog4zw== → 403 AccessDenied
            GET /b-one/k as B | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= | x-amz-server-side-encryption-customer-key-MD5: zZ5FnqcIqUjVwvWmyog4zw== → 403 AccessDenied
            GET /b-one/public as nobody → 400 InvalidArgument
            GET /b-one/public as nobody | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= | x-amz-server-side-encryption-customer-key-MD5: zZ5FnqcIqUjVwvWmyog4zw== → 200
        "#]],
    );
}

/// The key is in no answer, no explanation and no journal, though it is signed.
#[test]
fn the_key_is_told_to_nobody() {
    let server = with_sealed(Profile::SPACES);
    for request in READS_AND_WRITES {
        let answer = server.send(&spelled(request));
        let shown = format!("{:?}{}", answer.header("x-spacelet-explain"), answer.text());
        assert!(!shown.contains(ZEROS) && !shown.contains(ONES), "{request}: {shown}");
    }
    // Of a signature that nothing explains the journal keeps what was to be signed, with the key's header in it.
    let wrong = server.send(&format!("GET /b-one/k as A-wrong-secret{}", own(ZEROS, ZEROS_MD5)));
    assert_eq!(outcome(&wrong), "403 SignatureDoesNotMatch");
    let journal = server.journal();
    let canonical = journal.last().and_then(|entry| entry.canonical_request.as_deref()).unwrap_or_default();
    assert!(canonical.contains("\nx-amz-server-side-encryption-customer-key:"), "{canonical}");
    let kept = format!("{journal:?}");
    assert!(!kept.contains(ZEROS) && !kept.contains(ONES), "{kept}");
}

/// An upload under a customer's key is completed with it (S3 API reference, CompleteMultipartUpload); RGW does not ask.
#[test]
fn amazon_wants_the_key_when_an_upload_is_completed() {
    let (zeros, ones) = (own(ZEROS, ZEROS_MD5), own(ONES, ONES_MD5));
    let outcomes = |profile, begin: &str| {
        let server = with_sealed(profile);
        let id = super::upload(&server, &format!("POST /b-one/m?uploads{zeros}{begin}"));
        let part = server.send(&format!("PUT /b-one/m?partNumber=1&uploadId={id}{zeros}\n\nsecret"));
        let list = super::part_list(&[(1, part.header("etag").unwrap())]);
        ["", &ones, &zeros].map(|key| {
            let answer = server.send(&format!("POST /b-one/m?uploadId={id}{key}\n\n{list}"));
            let told = answer.header("x-amz-server-side-encryption-customer-key-md5").is_some();
            format!("{} {told}", outcome(&answer))
        })
    };
    let refused = "400 InvalidRequest false";
    for begin in ["", "\nx-amz-checksum-algorithm: CRC32\nx-amz-checksum-type: FULL_OBJECT"] {
        assert_eq!(outcomes(Profile::AWS, begin), [refused, refused, "200 true"]);
    }
    assert_eq!(outcomes(Profile::SPACES, "")[0], "200 false");
}
