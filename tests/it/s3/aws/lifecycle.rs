//! Lifecycle as Amazon S3 has it: more conditions, configurations given back as they were put, transitions. What is
//! removed and moved when is tested in `spacelet-s3/src/sweep/tests.rs`.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check, outcome};
use expect_test::expect;
use std::fmt::Write as _;

const DAYS: &str = "<Expiration><Days>30</Days></Expiration>";
const LOGS: &str = "<Filter><Prefix>logs/</Prefix></Filter>";

fn put(rules: &str) -> String {
    format!("PUT /b-one?lifecycle\n\n<LifecycleConfiguration>{rules}</LifecycleConfiguration>")
}

fn rule(id: &str, filter: &str, action: &str) -> String {
    format!("<Rule><ID>{id}</ID>{filter}<Status>Enabled</Status>{action}</Rule>")
}

#[test]
fn rules_come_back_as_they_were_put() {
    let server = with_bucket();
    let and = "<Filter><And><Prefix>t/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>\
        <ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan></And></Filter>";
    let older = "<NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays>\
        <NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>";
    let moved = "<Transition><Days>0</Days><StorageClass>GLACIER_IR</StorageClass></Transition>";
    server.prepare(&[&put(&(rule("a", and, DAYS) + &rule("b", "<Filter/>", &(older.to_owned() + moved))))]);
    check(
        &server,
        "GET /b-one?lifecycle",
        expect![[r#"
        200 OK
        content-length: 691
        content-type: application/xml
        x-amz-transition-default-minimum-object-size: all_storage_classes_128K

        <?xml version="1.0" encoding="UTF-8"?><LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>a</ID><Filter><And><Prefix>t/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan></And></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule><Rule><ID>b</ID><Filter></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration><Transition><Days>0</Days><StorageClass>GLACIER_IR</StorageClass></Transition></Rule></LifecycleConfiguration>
    "#]],
    );
}

#[test]
fn a_rule_without_an_id_is_given_one() {
    let server = with_bucket();
    server.prepare(&[&put(&format!("<Rule>{LOGS}<Status>Enabled</Status>{DAYS}</Rule>"))]);
    let id = server.send("GET /b-one?lifecycle").xml("ID").unwrap();
    assert_eq!(id.len(), 48, "{id}");
    let header = server.send("PUT /b-one/logs/a\n\nx").header("x-amz-expiration").unwrap().to_owned();
    assert!(header.ends_with(&format!("rule-id=\"{id}\"")), "{header}");
}

#[test]
fn the_least_size_of_what_moves_is_a_header() {
    let server = with_bucket();
    let name = "x-amz-transition-default-minimum-object-size";
    let with = |value: &str| put(&rule("a", LOGS, DAYS)).replacen("\n\n", &format!("\n{name}: {value}\n\n"), 1);
    assert_eq!(server.send(&put(&rule("a", LOGS, DAYS))).header(name), Some("all_storage_classes_128K"));
    assert_eq!(server.send("GET /b-one?lifecycle").header(name), Some("all_storage_classes_128K"));
    assert_eq!(server.send(&with("varies_by_storage_class")).header(name), Some("varies_by_storage_class"));
    let answer = server.send("GET /b-one?lifecycle");
    assert_eq!(answer.header(name), Some("varies_by_storage_class"));
    assert!(!answer.text().contains("varies"), "{}", answer.text());
    assert_eq!(outcome(&server.send(&with("none"))), "400 InvalidRequest");
}

#[test]
fn an_object_of_the_right_size_says_when_it_goes() {
    let server = with_bucket();
    server.prepare(&[&put(&rule("big", "<Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>", DAYS))]);
    assert_eq!(server.send("PUT /b-one/a\n\nx").header("x-amz-expiration"), None);
    assert!(server.send("PUT /b-one/b\n\nxx").header("x-amz-expiration").unwrap().contains("big"));
    assert!(server.send("HEAD /b-one/b").header("x-amz-expiration").unwrap().contains("big"));
    assert_eq!(server.send("HEAD /b-one/b?versionId=null").header("x-amz-expiration"), None);
}

#[test]
fn an_upload_says_when_it_ends() {
    let server = with_bucket();
    let abort =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
    server.prepare(&[&put(&rule("week", LOGS, abort))]);
    let begun = server.send("POST /b-one/logs/k?uploads");
    let upload = begun.xml("UploadId").unwrap();
    for answer in [begun, server.send(&format!("GET /b-one/logs/k?uploadId={upload}"))] {
        assert!(answer.header("x-amz-abort-date").unwrap().ends_with(" 00:00:00 GMT"));
        assert_eq!(answer.header("x-amz-abort-rule-id"), Some("week"));
    }
    assert_eq!(server.send("POST /b-one/k?uploads").header("x-amz-abort-date"), None);
}

/// `CODE: Message`, or the status.
fn told(server: &Server, rules: &str) -> String {
    let answer = server.send(&put(rules));
    match answer.xml("Code").as_deref() {
        Some("MalformedXML") => "MalformedXML".to_owned(),
        Some(code) => format!("{code}: {}", answer.xml("Message").unwrap_or_default()),
        None => answer.status.to_string(),
    }
}

#[test]
fn what_is_wrong_is_told_as_amazon_does() {
    let server = with_bucket();
    let moved =
        |when: &str, class: &str| format!("<Transition>{when}<StorageClass>{class}</StorageClass></Transition>");
    let tag = "<Tag><Key>k</Key><Value>v</Value></Tag>";
    let marker = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>";
    let abort =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
    let size = "<ObjectSizeLessThan>5</ObjectSizeLessThan>";
    let older = |inner: &str| format!("<NoncurrentVersionExpiration>{inner}</NoncurrentVersionExpiration>");
    let cases = [
        ("no rule", String::new()),
        ("no action", rule("r", LOGS, "")),
        ("no filter", rule("r", "", DAYS)),
        ("filter and prefix", rule("r", &format!("{LOGS}<Prefix>a</Prefix>"), DAYS)),
        ("two predicates", rule("r", &format!("<Filter><Prefix>a</Prefix>{size}</Filter>"), DAYS)),
        ("and of one", rule("r", "<Filter><And><Prefix>a</Prefix></And></Filter>", DAYS)),
        ("tag twice", rule("r", &format!("<Filter><And>{tag}{tag}</And></Filter>"), DAYS)),
        ("unknown element", rule("r", LOGS, &format!("{DAYS}<Dance/>"))),
        ("both forms", rule("a", "<Prefix>a</Prefix>", DAYS) + &rule("b", LOGS, DAYS)),
        ("both forms", rule("a", LOGS, DAYS) + &rule("b", "<Prefix>a</Prefix>", DAYS)),
        ("overlap", rule("a", "<Prefix></Prefix>", DAYS) + &rule("b", "<Prefix>a</Prefix>", DAYS)),
        ("no overlap", rule("a", "<Prefix>a</Prefix>", DAYS) + &rule("b", "<Prefix>b</Prefix>", DAYS)),
        ("same id", rule("r", LOGS, DAYS).repeat(2)),
        ("long id", rule(&"x".repeat(256), LOGS, DAYS)),
        ("status", rule("r", LOGS, DAYS).replace("Enabled", "enabled")),
        ("days 0", rule("r", LOGS, "<Expiration><Days>0</Days></Expiration>")),
        ("time of day", rule("r", LOGS, "<Expiration><Date>2030-01-01T10:00:00Z</Date></Expiration>")),
        ("time of day", rule("r", LOGS, &moved("<Date>2030-01-01T10:00:00Z</Date>", "GLACIER"))),
        ("no date", rule("r", LOGS, "<Expiration><Date>soon</Date></Expiration>")),
        ("older, no days", rule("r", LOGS, &older("<NewerNoncurrentVersions>5</NewerNoncurrentVersions>"))),
        ("older, days 0", rule("r", LOGS, &older("<NoncurrentDays>0</NoncurrentDays>"))),
        ("abort by tag", rule("r", &format!("<Filter>{tag}</Filter>"), abort)),
        ("abort by size", rule("r", &format!("<Filter>{size}</Filter>"), abort)),
        ("marker by size", rule("r", &format!("<Filter>{size}</Filter>"), marker)),
        ("size 0", rule("r", "<Filter><ObjectSizeLessThan>0</ObjectSizeLessThan></Filter>", DAYS)),
        (
            "no size between",
            rule(
                "r",
                &format!("<Filter><And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan>{size}</And></Filter>"),
                DAYS,
            ),
        ),
        ("to STANDARD", rule("r", LOGS, &moved("<Days>1</Days>", "STANDARD"))),
        ("to nowhere", rule("r", LOGS, &moved("<Days>1</Days>", "COLD"))),
        ("too soon", rule("r", LOGS, &moved("<Days>29</Days>", "ONEZONE_IA"))),
        ("twice", rule("r", LOGS, &moved("<Days>1</Days>", "GLACIER").repeat(2))),
        ("mixed", rule("r", LOGS, &(moved("<Date>2030-01-01T00:00:00Z</Date>", "GLACIER") + DAYS))),
        ("moved after its end", rule("r", LOGS, &(moved("<Days>30</Days>", "GLACIER") + DAYS))),
        ("moved before its end", rule("r", LOGS, &(moved("<Days>29</Days>", "GLACIER") + DAYS))),
        ("the older form", rule("r", "<Prefix></Prefix>", DAYS)),
    ];
    let mut text = String::new();
    for (case, rules) in cases {
        let _ = writeln!(text, "{case} → {}", told(&server, &rules));
    }
    expect![[r#"
        no rule → MalformedXML
        no action → InvalidRequest: At least one action needs to be specified in a rule
        no filter → MalformedXML
        filter and prefix → MalformedXML
        two predicates → MalformedXML
        and of one → MalformedXML
        tag twice → InvalidRequest: Duplicate Tag Keys are not allowed.
        unknown element → MalformedXML
        both forms → InvalidRequest: Filter element can only be used in Lifecycle V2.
        both forms → InvalidRequest: Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.
        overlap → InvalidRequest: Found overlapping prefixes &apos;&apos; and &apos;a&apos; for same action type &apos;Expiration&apos;
        no overlap → 200
        same id → InvalidArgument: Rule ID must be unique. Found same ID for more than one rule
        long id → InvalidArgument: ID length should not exceed allowed limit of 255
        status → MalformedXML
        days 0 → InvalidArgument: &apos;Days&apos; for Expiration action must be a positive integer
        time of day → InvalidArgument: &apos;Date&apos; must be at midnight GMT
        time of day → InvalidArgument: &apos;Date&apos; must be at midnight GMT
        no date → MalformedXML
        older, no days → MalformedXML
        older, days 0 → InvalidArgument: &apos;NoncurrentDays&apos; for NoncurrentVersionExpiration action must be a positive integer
        abort by tag → InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags.
        abort by size → InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Object Size.
        marker by size → InvalidRequest: ExpiredObjectDeleteMarker cannot be specified with Object Size.
        size 0 → InvalidRequest: &apos;ObjectSizeLessThan&apos; should be between 1 and 1099511627776000.
        no size between → InvalidRequest: &apos;ObjectSizeLessThan&apos; has to be a value greater than &apos;ObjectSizeGreaterThan&apos;.
        to STANDARD → MalformedXML
        to nowhere → MalformedXML
        too soon → InvalidArgument: &apos;Days&apos; in Transition action must be greater than or equal to 30 for storageClass &apos;ONEZONE_IA&apos;
        twice → InvalidArgument: &apos;StorageClass&apos; must be different for &apos;Transition&apos; actions in same &apos;Rule&apos; with filter &apos;(prefix=logs/)&apos;
        mixed → InvalidRequest: Found mixed &apos;Date&apos; and &apos;Days&apos; based Expiration and Transition actions in lifecycle rule for filter &apos;(prefix=logs/)&apos;
        moved after its end → InvalidArgument: &apos;Days&apos; in the Expiration action for filter &apos;(prefix=logs/)&apos; must be greater than &apos;Days&apos; in the Transition action
        moved before its end → 200
        the older form → 200
    "#]].assert_eq(&text);
}
