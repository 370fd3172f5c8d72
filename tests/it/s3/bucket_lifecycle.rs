//! GET, PUT and DELETE /bucket?lifecycle, and `x-amz-expiration`. The removals themselves are tested with the world's
//! clock moved, in `spacelet-s3/src/sweep/tests.rs`.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn put(rules: &str) -> String {
    format!("PUT /b-one?lifecycle\n\n<LifecycleConfiguration>{rules}</LifecycleConfiguration>")
}

fn rule(id: &str, filter: &str, action: &str) -> String {
    format!("<Rule><ID>{id}</ID>{filter}<Status>Enabled</Status>{action}</Rule>")
}

const DAYS: &str = "<Expiration><Days>30</Days></Expiration>";
const LOGS: &str = "<Filter><Prefix>logs/</Prefix></Filter>";

#[test]
fn rules_come_back_as_rgw_shows_them() {
    let server = Server::start();
    let rules = [
        rule(
            "a",
            "<Prefix>old/</Prefix>",
            "<NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration>",
        ),
        rule(
            "b",
            "<Filter><And><Prefix>t/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>",
            "<Expiration><Date>2030-01-01</Date></Expiration>",
        ),
        rule("c", "<Filter/>", "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"),
        rule(
            "d",
            LOGS,
            "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        ),
    ];
    server.prepare(&["PUT /b-one", &put(&rules.concat())]);
    check(
        &server,
        "GET /b-one?lifecycle",
        expect![[r#"
        200 OK
        content-length: 823
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>a</ID><Prefix>old/</Prefix><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration></Rule><Rule><ID>b</ID><Filter><Prefix>t/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter><Status>Enabled</Status><Expiration><Date>TIME</Date></Expiration></Rule><Rule><ID>c</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule><Rule><ID>d</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>
    "#]],
    );
}

#[test]
fn rules_are_checked() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let requests = [
        "GET /b-one?lifecycle".to_owned(),
        "DELETE /b-one?lifecycle".to_owned(),
        put(""),
        put(&rule("r", "", DAYS)),
        put(&rule("r", LOGS, "")),
        put(&rule("r", LOGS, "<Expiration><Days>0</Days></Expiration>")),
        put(&rule("r", LOGS, "<Expiration><Date>20300101</Date></Expiration>")),
        put(&rule("r", LOGS, "<Expiration><Date>2030-01-01T10:00:00Z</Date></Expiration>")),
        put(&rule("r", LOGS, DAYS).repeat(2)),
        put(&rule("r", LOGS, DAYS).replace("Enabled", "enabled")),
        put(&rule("r", LOGS, DAYS)).replace("?lifecycle", "?lifecycle as B"),
        put(&rule("r", LOGS, DAYS)).replace("?lifecycle", "?lifecycle\ncontent-md5: AAAAAAAAAAAAAAAAAAAAAA=="),
        put(&rule("r", LOGS, DAYS)),
        "GET /b-one?lifecycle as nobody".to_owned(),
        "DELETE /b-one?lifecycle".to_owned(),
        "GET /b-one?lifecycle".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one?lifecycle → 404 NoSuchLifecycleConfiguration
        DELETE /b-one?lifecycle → 204
        PUT /b-one?lifecycle |  | <LifecycleConfiguration></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status></Rule></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>0</Days></Expiration></Rule></LifecycleConfiguration> → 400 InvalidArgument
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Date>20300101</Date></Expiration></Rule></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Date>2030-01-01T10:00:00Z</Date></Expiration></Rule></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 400 InvalidArgument
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 400 MalformedXML
        PUT /b-one?lifecycle as B |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 403 AccessDenied
        PUT /b-one?lifecycle | content-md5: AAAAAAAAAAAAAAAAAAAAAA== |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 400 BadDigest
        PUT /b-one?lifecycle |  | <LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration> → 200
        GET /b-one?lifecycle as nobody → 403 AccessDenied
        DELETE /b-one?lifecycle → 204
        GET /b-one?lifecycle → 404 NoSuchLifecycleConfiguration
    "#]],
    );
}

#[test]
fn an_object_says_when_it_goes() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", &put(&rule("r1", LOGS, "<Expiration><Date>2099-01-01</Date></Expiration>"))]);
    let expected = Some("expiry-date=\"Thu, 01 Jan 2099 00:00:00 GMT\", rule-id=\"r1\"");
    assert_eq!(server.send("PUT /b-one/logs/a\n\nx").header("x-amz-expiration"), expected);
    assert_eq!(server.send("HEAD /b-one/logs/a").header("x-amz-expiration"), expected);
    assert_eq!(server.send("GET /b-one/logs/a").header("x-amz-expiration"), expected);
    assert_eq!(server.send("PUT /b-one/other\n\nx").header("x-amz-expiration"), None);
}

#[test]
fn a_rule_that_says_more_than_is_understood_is_refused() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let size = "<Filter><And><Prefix>a</Prefix><ObjectSizeLessThan>5</ObjectSizeLessThan></And></Filter>";
    let newer = "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>5</NewerNoncurrentVersions></NoncurrentVersionExpiration>";
    for rules in [rule("r", size, DAYS), rule("r", LOGS, newer)] {
        let answer = server.send(&put(&rules));
        assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some("MalformedXML")), "{rules}");
    }
}

#[test]
fn the_day_of_a_transition_is_checked() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let class = "<StorageClass>GLACIER</StorageClass>";
    for (when, status) in [
        ("<Days>30</Days>", 200),
        ("<Date>2030-01-01</Date>", 200),
        ("<Date>20300101</Date>", 400),
        ("<Date>2030-01-01T10:00:00Z</Date>", 400),
        ("<Days>soon</Days>", 400),
        ("<Days>1</Days><Date>2030-01-01</Date>", 400),
        ("", 400),
    ] {
        let rules = rule("r", LOGS, &format!("<Transition>{when}{class}</Transition>"));
        assert_eq!(server.send(&put(&rules)).status, status, "{when}");
    }
}

/// What is no number in a transition of older versions hinders nothing: RGW keeps it, and so did earlier versions.
#[test]
fn an_odd_transition_is_kept_and_the_rest_applies() {
    let server = Server::start();
    let odd = "<NoncurrentVersionTransition><NoncurrentDays>soon</NoncurrentDays><StorageClass>GLACIER</StorageClass>\
        </NoncurrentVersionTransition>";
    server.prepare(&["PUT /b-one", &put(&rule("a", LOGS, &format!("{DAYS}{odd}"))), "PUT /b-one/logs/k\n\nx"]);
    assert!(server.send("HEAD /b-one/logs/k").header("x-amz-expiration").is_some());
}
