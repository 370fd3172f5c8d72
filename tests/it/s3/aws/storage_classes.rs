//! Storage classes: named by a write, shown by reads and listings; archived objects and their restored copies.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;
use spacelet_engine::{Clock, DAY_MS, Timestamp};
use spacelet_s3::Profile;
use std::time::Duration;

/// 2026-11-24T12:00:00Z.
const NOON: Timestamp = Timestamp(1_795_521_600_000);
const RESTORE: &str = "\n\n<RestoreRequest><Days>2</Days><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>\
    </RestoreRequest>";

/// A server whose world's clock is at noon, and the clock.
fn at_noon(restore_time: Duration) -> (Server, Clock) {
    let clock = Clock::fixed(NOON);
    let server = Server::start_with(|settings| {
        settings.profile = Profile::AWS;
        settings.clock = clock.clone();
        settings.restore_time = restore_time;
        settings.limits.part_bytes_min = 1;
    });
    server.prepare(&["PUT /b-one", "PUT /b-one/cold\nx-amz-storage-class: GLACIER\n\nhello"]);
    (server, clock)
}

/// The header of HEAD, or what its status is.
fn seen(server: &Server, target: &str, header: &str) -> String {
    let answer = server.send(&format!("HEAD {target}"));
    answer.header(header).map_or_else(|| format!("{} without", answer.status), str::to_owned)
}

#[test]
fn a_class_is_taken_wherever_an_object_is_made() {
    let server = with_bucket();
    for class in
        ["REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "DEEP_ARCHIVE"]
    {
        server.prepare(&[&format!("PUT /b-one/{class}\nx-amz-storage-class: {class}\n\nx")]);
        assert_eq!(seen(&server, &format!("/b-one/{class}"), "x-amz-storage-class"), class);
    }
    server.prepare(&["PUT /b-one/plain\nx-amz-storage-class: STANDARD\n\nx"]);
    assert_eq!(seen(&server, "/b-one/plain", "x-amz-storage-class"), "200 without");

    // A copy's class is its own.
    server.prepare(&[
        "PUT /b-one/copy\nx-amz-copy-source: b-one/STANDARD_IA",
        "PUT /b-one/cold\nx-amz-copy-source: b-one/STANDARD_IA\nx-amz-storage-class: GLACIER_IR",
        "PUT /b-one/new\nx-amz-copy-source: b-one/plain\nx-amz-storage-class: ONEZONE_IA\nx-amz-metadata-directive: REPLACE",
    ]);
    let classes = ["copy", "cold", "new"].map(|key| seen(&server, &format!("/b-one/{key}"), "x-amz-storage-class"));
    assert_eq!(classes, ["200 without", "GLACIER_IR", "ONEZONE_IA"]);

    // An upload's class becomes the object's.
    let upload = super::super::upload(&server, "POST /b-one/big?uploads\nx-amz-storage-class: STANDARD_IA");
    let etag = super::super::part(&server, "/b-one/big", &upload, 1, "x");
    for listing in [format!("/b-one/big?uploadId={upload}"), "/b-one?uploads".to_owned()] {
        assert_eq!(server.send(&format!("GET {listing}")).xml("StorageClass").as_deref(), Some("STANDARD_IA"));
    }
    server.prepare(&[&format!("POST /b-one/big?uploadId={upload}\n\n{}", super::super::part_list(&[(1, &etag)]))]);
    assert_eq!(seen(&server, "/b-one/big", "x-amz-storage-class"), "STANDARD_IA");

    let attributes = server.send("GET /b-one/big?attributes\nx-amz-object-attributes: StorageClass");
    assert_eq!(attributes.xml("StorageClass").as_deref(), Some("STANDARD_IA"));
    for listing in ["", "?list-type=2&prefix=big", "?versions&prefix=big"] {
        let text = server.send(&format!("GET /b-one{listing}")).text();
        assert!(text.contains("<StorageClass>STANDARD_IA</StorageClass>"), "{text}");
    }
}

#[test]
fn an_unknown_class_is_refused() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    check_outcomes(
        &server,
        &[
            "PUT /b-one/new\nx-amz-storage-class: COLD\n\nx",
            "PUT /b-one/new\nx-amz-storage-class: glacier\n\nx",
            "PUT /b-one/new\nx-amz-storage-class: EXPRESS_ONEZONE\n\nx",
            "PUT /b-one/new\nx-amz-copy-source: b-one/k\nx-amz-storage-class: COLD",
            "POST /b-one/new?uploads\nx-amz-storage-class: COLD",
            "PUT /b-one/k\nx-amz-copy-source: b-one/k",
            "PUT /b-one/k\nx-amz-copy-source: b-one/k\nx-amz-storage-class: STANDARD",
            "POST /b-one/k?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>",
        ],
        expect![[r#"
            PUT /b-one/new | x-amz-storage-class: COLD |  | x → 400 InvalidStorageClass
            PUT /b-one/new | x-amz-storage-class: glacier |  | x → 400 InvalidStorageClass
            PUT /b-one/new | x-amz-storage-class: EXPRESS_ONEZONE |  | x → 400 InvalidStorageClass
            PUT /b-one/new | x-amz-copy-source: b-one/k | x-amz-storage-class: COLD → 400 InvalidStorageClass
            POST /b-one/new?uploads | x-amz-storage-class: COLD → 400 InvalidStorageClass
            PUT /b-one/k | x-amz-copy-source: b-one/k → 400 InvalidRequest
            PUT /b-one/k | x-amz-copy-source: b-one/k | x-amz-storage-class: STANDARD → 200
            POST /b-one/k?restore |  | <RestoreRequest><Days>1</Days></RestoreRequest> → 403 InvalidObjectState
        "#]],
    );
    check(
        &server,
        "PUT /b-one/new\nx-amz-storage-class: COLD\n\nx",
        expect![[r#"
        400 Bad Request
        content-length: 311
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidStorageClass</Code><Message>The storage class you specified is not valid</Message><Resource>/b-one/new</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        "POST /b-one/k?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>",
        expect![[r#"
        403 Forbidden
        content-length: 367
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidObjectState</Code><Message>Restore is not allowed for the object&apos;s current storage class</Message><StorageClass>STANDARD</StorageClass><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn a_form_names_a_class() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read-write"]);
    let form = |class: &str| {
        let field = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields = field("key", "formed") + &field("x-amz-storage-class", class) + &field("file", "hello");
        format!("POST /b-one as nobody\nContent-Type: multipart/form-data; boundary=b\n\n{fields}--b--\r\n")
    };
    assert_eq!(server.send(&form("COLD")).xml("Code").as_deref(), Some("InvalidStorageClass"));
    server.prepare(&[&form("STANDARD_IA")]);
    assert_eq!(seen(&server, "/b-one/formed", "x-amz-storage-class"), "STANDARD_IA");
}

#[test]
fn an_archived_object_is_read_once_it_is_restored() {
    let (server, clock) = at_noon(Duration::ZERO);
    check(
        &server,
        "GET /b-one/cold",
        expect![[r#"
        403 Forbidden
        content-length: 365
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object&apos;s storage class</Message><StorageClass>GLACIER</StorageClass><Resource>/b-one/cold</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    let upload = super::super::upload(&server, "POST /b-one/big?uploads");
    let copies = [
        "PUT /b-one/copy\nx-amz-copy-source: b-one/cold".to_owned(),
        format!("PUT /b-one/big?partNumber=1&uploadId={upload}\nx-amz-copy-source: b-one/cold"),
        "PUT /b-one/cold\nx-amz-copy-source: b-one/cold\nx-amz-storage-class: STANDARD".to_owned(),
    ];
    for copy in &copies {
        assert_eq!(server.send(copy).xml("Code").as_deref(), Some("InvalidObjectState"), "{copy}");
    }
    assert_eq!(seen(&server, "/b-one/cold", "x-amz-restore"), "200 without");

    assert_eq!(server.send(&format!("POST /b-one/cold?restore{RESTORE}")).status, 202);
    let restored = r#"ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT""#;
    assert_eq!(seen(&server, "/b-one/cold", "x-amz-restore"), restored);
    assert_eq!(seen(&server, "/b-one/cold", "x-amz-storage-class"), "GLACIER");
    let answer = server.send("GET /b-one/cold");
    assert_eq!((answer.text().as_ref(), answer.header("x-amz-restore")), ("hello", Some(restored)));
    for copy in copies.iter().take(2) {
        assert_eq!(server.send(copy).status, 200, "{copy}");
    }
    let asked = "x-amz-optional-object-attributes: RestoreStatus";
    let status = "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>\
        <RestoreExpiryDate>2026-11-27T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>";
    for listing in ["?prefix=cold", "?list-type=2&prefix=cold", "?versions&prefix=cold"] {
        assert!(server.send(&format!("GET /b-one{listing}\n{asked}")).text().contains(status), "{listing}");
        assert!(!server.send(&format!("GET /b-one{listing}")).text().contains("RestoreStatus"), "{listing}");
    }

    // Asked for again, it stays longer; then it goes.
    clock.advance_ms(DAY_MS);
    assert_eq!(server.send(&format!("POST /b-one/cold?restore{RESTORE}")).status, 200);
    assert!(seen(&server, "/b-one/cold", "x-amz-restore").contains("Sat, 28 Nov"));
    clock.advance_ms(4 * DAY_MS);
    assert_eq!(seen(&server, "/b-one/cold", "x-amz-restore"), "200 without");
    assert_eq!(server.send("GET /b-one/cold").status, 403);
    assert_eq!(server.send(&format!("POST /b-one/cold?restore{RESTORE}")).status, 202);
}

#[test]
fn a_copy_takes_the_time_that_is_set() {
    let (server, clock) = at_noon(Duration::from_secs(60));
    assert_eq!(server.send(&format!("POST /b-one/cold?restore{RESTORE}")).status, 202);
    assert_eq!(seen(&server, "/b-one/cold", "x-amz-restore"), r#"ongoing-request="true""#);
    assert_eq!(server.send("GET /b-one/cold").status, 403);
    check(
        &server,
        &format!("POST /b-one/cold?restore{RESTORE}"),
        expect![[r#"
        409 Conflict
        content-length: 310
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>RestoreAlreadyInProgress</Code><Message>Object restore is already in progress</Message><Resource>/b-one/cold</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    let listing = server.send("GET /b-one?prefix=cold\nx-amz-optional-object-attributes: RestoreStatus").text();
    assert!(listing.contains("<IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>"), "{listing}");
    clock.advance_ms(60_000);
    assert_eq!(server.send("GET /b-one/cold").text(), "hello");
}

#[test]
fn a_restore_says_how_long() {
    let (server, _clock) = at_noon(Duration::ZERO);
    server.prepare(&["PUT /b-one/deep\nx-amz-storage-class: DEEP_ARCHIVE\n\nx"]);
    let tier = |tier: &str| format!("<RestoreRequest><Days>1</Days><Tier>{tier}</Tier></RestoreRequest>");
    check_outcomes(
        &server,
        &[
            "POST /b-one/cold?restore".to_owned(),
            "POST /b-one/cold?restore\n\n<RestoreRequest/>".to_owned(),
            "POST /b-one/cold?restore\n\n<RestoreRequest><Days>0</Days></RestoreRequest>".to_owned(),
            "POST /b-one/cold?restore\n\n<RestoreRequest><Days>x</Days></RestoreRequest>".to_owned(),
            "POST /b-one/cold?restore\n\n<RestoreRequest><Type>SELECT</Type></RestoreRequest>".to_owned(),
            "POST /b-one/none?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>".to_owned(),
            format!("POST /b-one/deep?restore\n\n{}", tier("Fast")),
            format!("POST /b-one/deep?restore\n\n{}", tier("Expedited")),
            format!("POST /b-one/deep?restore as B\n\n{}", tier("Bulk")),
            format!("POST /b-one/deep?restore\n\n{}", tier("Bulk")),
        ],
        expect![[r#"
            POST /b-one/cold?restore → 400 MalformedXML
            POST /b-one/cold?restore |  | <RestoreRequest/> → 400 MalformedXML
            POST /b-one/cold?restore |  | <RestoreRequest><Days>0</Days></RestoreRequest> → 400 InvalidArgument
            POST /b-one/cold?restore |  | <RestoreRequest><Days>x</Days></RestoreRequest> → 400 MalformedXML
            POST /b-one/cold?restore |  | <RestoreRequest><Type>SELECT</Type></RestoreRequest> → 501 NotImplemented
            POST /b-one/none?restore |  | <RestoreRequest><Days>1</Days></RestoreRequest> → 404 NoSuchKey
            POST /b-one/deep?restore |  | <RestoreRequest><Days>1</Days><Tier>Fast</Tier></RestoreRequest> → 400 MalformedXML
            POST /b-one/deep?restore |  | <RestoreRequest><Days>1</Days><Tier>Expedited</Tier></RestoreRequest> → 400 InvalidArgument
            POST /b-one/deep?restore as B |  | <RestoreRequest><Days>1</Days><Tier>Bulk</Tier></RestoreRequest> → 403 AccessDenied
            POST /b-one/deep?restore |  | <RestoreRequest><Days>1</Days><Tier>Bulk</Tier></RestoreRequest> → 202
        "#]],
    );
}
