#![allow(clippy::unwrap_used, reason = "tests")]

use http::HeaderValue;

use super::*;
use crate::xml::parse_root;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn read(pairs: &[(HeaderName, &'static str)]) -> Result<ObjectLock, String> {
    let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
    of_headers(&headers, NOW).map_err(|error| error.message(true).to_owned())
}

#[test]
fn headers_are_read_or_refused() {
    let until = Timestamp(1_893_456_000_500);
    assert_eq!(read(&[]).unwrap(), ObjectLock::default());
    assert_eq!(
        read(&[(MODE, "COMPLIANCE"), (UNTIL, "2030-01-01T00:00:00.5Z"), (LEGAL_HOLD, "OFF")]).unwrap(),
        ObjectLock { retention: Some(Retention { mode: RetentionMode::Compliance, until }), legal_hold: Some(false) }
    );
    assert_eq!(read(&[(LEGAL_HOLD, "ON")]).unwrap().legal_hold, Some(true));
    for (pairs, part) in [
        (vec![(MODE, "GOVERNANCE")], "must both be supplied"),
        (vec![(UNTIL, "2030-01-01T00:00:00Z")], "must both be supplied"),
        (vec![(MODE, "governance"), (UNTIL, "2030-01-01T00:00:00Z")], "Unknown wormMode"),
        (vec![(MODE, "GOVERNANCE"), (UNTIL, "tomorrow")], "ISO 8601"),
        (vec![(MODE, "GOVERNANCE"), (UNTIL, "2020-01-01T00:00:00Z")], "in the future"),
        (vec![(LEGAL_HOLD, "on")], "'ON' or 'OFF'"),
    ] {
        let refused = read(&pairs).unwrap_err();
        assert!(refused.contains(part), "{refused}");
    }
}

fn rule(inner: &str) -> Result<Option<DefaultRetention>, ErrorCode> {
    let text = format!("<{ROOT}><ObjectLockEnabled>Enabled</ObjectLockEnabled>{inner}</{ROOT}>");
    default_rule(&parse_root(text.as_bytes(), text.len(), ROOT).unwrap()).map_err(|error| error.code)
}

#[test]
fn default_retentions() {
    let retention = |inner: &str| rule(&format!("<Rule><DefaultRetention>{inner}</DefaultRetention></Rule>"));
    let governance = |days| Ok(Some(DefaultRetention { mode: RetentionMode::Governance, days }));
    assert_eq!(rule(""), Ok(None));
    assert_eq!(rule("<Rule/>"), Err(ErrorCode::MalformedXML));
    assert_eq!(retention("<Mode>GOVERNANCE</Mode><Days>2</Days>"), governance(2));
    assert_eq!(retention("<Mode>GOVERNANCE</Mode><Years>2</Years>"), governance(730));
    for (inner, code) in [
        ("<Mode>GOVERNANCE</Mode>", ErrorCode::MalformedXML),
        ("<Mode>governance</Mode><Days>1</Days>", ErrorCode::MalformedXML),
        ("<Days>1</Days>", ErrorCode::MalformedXML),
        ("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>", ErrorCode::MalformedXML),
        ("<Mode>GOVERNANCE</Mode><Days>x</Days>", ErrorCode::MalformedXML),
        ("<Mode>GOVERNANCE</Mode><Days>0</Days>", ErrorCode::InvalidRetentionPeriod),
        ("<Mode>GOVERNANCE</Mode><Years>-1</Years>", ErrorCode::InvalidRetentionPeriod),
        ("<Mode>GOVERNANCE</Mode><Days>36501</Days>", ErrorCode::InvalidRetentionPeriod),
        ("<Mode>GOVERNANCE</Mode><Years>101</Years>", ErrorCode::InvalidRetentionPeriod),
    ] {
        assert_eq!(retention(inner), Err(code), "{inner}");
    }
}

#[test]
fn retention_documents_go_both_ways() {
    let retention = Retention { mode: RetentionMode::Governance, until: Timestamp(1_893_456_000_000) };
    let text = retention_document(retention);
    let root = |text: &str| parse_root(text.as_bytes(), text.len(), "Retention").unwrap();
    assert_eq!(read_retention(&root(&text), NOW).unwrap(), Some(retention));
    assert_eq!(read_retention(&root("<Retention/>"), NOW).unwrap(), None);
    let half = root("<Retention><Mode>GOVERNANCE</Mode></Retention>");
    assert_eq!(read_retention(&half, NOW).unwrap_err().code, ErrorCode::MalformedXML);
    assert_eq!(read_retention(&root(&text), retention.until).unwrap_err().code, ErrorCode::InvalidArgument);
}
