//! `/emulator/clock`.

use super::{TOKEN, ask, start_with, told};
use crate::support::check_outcomes;
use expect_test::expect;

const DAY: &str = r#"POST /emulator/clock {"advance_seconds":86400}"#;

fn rules(inner: &str) -> String {
    format!(
        "PUT /b-one?lifecycle\n\n<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix>old/</Prefix>\
         </Filter>{inner}</Rule></LifecycleConfiguration>"
    )
}

#[test]
fn moving_it_applies_lifecycle_rules_at_once() {
    let server = start_with(|_| ());
    server.prepare(&[
        "PUT /b-one",
        &rules("<Expiration><Days>1</Days></Expiration>"),
        "PUT /b-one/old/a\n\nx",
        "PUT /b-one/new/a\n\nx",
    ]);
    // The second midnight after the write is a day after it or more, whatever time it is.
    let first = told(&server, DAY);
    let second = told(&server, DAY);
    assert_eq!(second["clock"]["offset_seconds"], 2 * 86_400);
    let objects = |told: &serde_json::Value| told["lifecycle"]["objects"].as_u64().unwrap();
    assert_eq!(objects(&first) + objects(&second), 1, "{first} {second}");
    check_outcomes(
        &server,
        &["GET /b-one/old/a", "GET /b-one/new/a"],
        expect![[r#"
            GET /b-one/old/a → 404 NoSuchKey
            GET /b-one/new/a → 200
        "#]],
    );
    let right = told(&server, r#"POST /emulator/clock {"offset_seconds":0}"#);
    assert_eq!(right["clock"], told(&server, "GET /emulator/clock")["clock"]);
    assert_eq!(right["clock"]["offset_seconds"], 0);
}

#[test]
fn old_versions_markers_and_uploads_go_too() {
    let server = start_with(|_| ());
    let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    server.prepare(&[
        "PUT /b-one",
        &format!("PUT /b-one?versioning\n\n{enabled}"),
        &rules(
            "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>\
             <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>\
             <AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        ),
        "PUT /b-one/old/a\n\n1",
        "DELETE /b-one/old/a",
        "POST /b-one/old/up?uploads",
    ]);
    let three_days = told(&server, r#"POST /emulator/clock {"advance_seconds":259200}"#);
    assert_eq!(three_days["lifecycle"]["versions"], 1);
    assert_eq!(three_days["lifecycle"]["uploads"], 1);
    let again = told(&server, DAY);
    let markers = |told: &serde_json::Value| told["lifecycle"]["delete_markers"].as_u64().unwrap();
    assert_eq!(markers(&three_days) + markers(&again), 1);
    assert!(!server.send("GET /b-one?versions").text().contains("<Key>"));
}

#[test]
fn what_is_no_move_is_refused() {
    let server = start_with(|_| ());
    for (token, request, status) in [
        ("wrong", "GET /emulator/clock", 401),
        ("wrong", DAY, 401),
        (TOKEN, "POST /emulator/clock", 422),
        (TOKEN, "POST /emulator/clock {}", 422),
        (TOKEN, r#"POST /emulator/clock {"advance_seconds":1,"offset_seconds":1}"#, 422),
        (TOKEN, r#"POST /emulator/clock {"advance_seconds":3162240001}"#, 422),
        (TOKEN, "DELETE /emulator/clock", 405),
        (TOKEN, "GET /emulator/none", 404),
    ] {
        assert_eq!(ask(&server, token, request).status, status, "{request}");
    }
    assert_eq!(told(&server, "GET /emulator/clock")["clock"]["offset_seconds"], 0);
}
