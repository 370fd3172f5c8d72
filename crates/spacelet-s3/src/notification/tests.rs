#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::xml::parse_root;

fn read(inner: &str) -> Result<Vec<Rule>, String> {
    let text = format!("<{ROOT}>{inner}</{ROOT}>");
    let root = parse_root(text.as_bytes(), text.len(), ROOT).unwrap();
    rules(&root).map_err(|error| error.explanation.into_owned())
}

fn queue(rest: &str) -> String {
    format!("<QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:us-east-1:1:q</Queue>{rest}</QueueConfiguration>")
}

fn filter(name: &str, value: &str) -> String {
    format!("<FilterRule><Name>{name}</Name><Value>{value}</Value></FilterRule>")
}

#[test]
fn a_rule_wants_its_events_and_keys() {
    let filters = format!("<Filter><S3Key>{}{}</S3Key></Filter>", filter("Prefix", "in/"), filter("suffix", ".png"));
    let found = read(&queue(&format!("<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectAcl:Put</Event>{filters}")));
    let found = found.unwrap();
    for (name, key, is_wanted) in [
        ("ObjectCreated:Put", "in/a.png", true),
        ("ObjectCreated:CompleteMultipartUpload", "in/.png", true),
        ("ObjectAcl:Put", "in/a.png", true),
        ("ObjectRemoved:Delete", "in/a.png", false),
        ("ObjectCreated:Put", "out/a.png", false),
        ("ObjectCreated:Put", "in/a.gif", false),
    ] {
        assert_eq!(found[0].wants(name, key), is_wanted, "{name} {key}");
    }
    assert!(!found[0].wants("TestEvent", "in/a.png"));
}

#[test]
fn what_is_no_configuration() {
    let event = "<Event>s3:ObjectCreated:Put</Event>";
    assert_eq!(read("").unwrap(), []);
    assert_eq!(read("<EventBridgeConfiguration/>").unwrap(), []);
    for (inner, part) in [
        (queue(""), "at least one Event"),
        (queue("<Event>s3:Dance</Event>"), "not one of S3's"),
        (queue(event).replace("sqs", "sns"), "no ARN of its service"),
        (queue(event).replace("arn:aws:sqs:us-east-1:1:q", "http://localhost/"), "no ARN of its service"),
        (queue(event) + &queue(event), "same Id"),
        (queue(&format!("{event}<Filter><S3Key>{}</S3Key></Filter>", filter("infix", "x"))), "prefix or suffix"),
        (
            queue(&format!("{event}<Filter><S3Key>{0}{0}</S3Key></Filter>", filter("prefix", "x"))),
            "one filter of each kind",
        ),
        ("<Dance/>".to_owned(), "at most 100 rules"),
    ] {
        let refused = read(&inner).unwrap_err();
        assert!(refused.contains(part), "{inner}: {refused}");
    }
}

#[test]
fn keys_are_encoded_as_s3_does_it() {
    assert_eq!(encoded("a b/ü+c~d.txt"), "a+b/%C3%BC%2Bc~d.txt");
    assert_eq!(percent_decoded(&encoded("a b/ü+c~d.txt")), "a b/ü+c~d.txt");
}

fn ruled(id: &str, events: &[&str], prefix: &str, suffix: &str) -> String {
    let events: String = events.iter().map(|event| format!("<Event>{event}</Event>")).collect();
    let filters = format!("<Filter><S3Key>{}{}</S3Key></Filter>", filter("prefix", prefix), filter("suffix", suffix));
    queue(&format!("{events}{filters}")).replace("<Id>q</Id>", &format!("<Id>{id}</Id>"))
}

#[test]
fn no_event_meets_two_rules() {
    let (put, all, tags) = ("s3:ObjectCreated:Put", "s3:ObjectCreated:*", "s3:ObjectTagging:*");
    for (one, other, message) in [
        (ruled("a", &[put], "", ""), ruled("b", &[tags], "", ""), None),
        (ruled("a", &[put], "", ""), ruled("b", &[all], "", ""), Some("Configurations overlap")),
        (ruled("a", &[put], "in/", ""), ruled("b", &[put], "out/", ""), None),
        (ruled("a", &[put], "in/", ""), ruled("b", &[tags, put], "in/x", ""), Some("ambiguously defined")),
        (ruled("a", &[put], "in/", ".png"), ruled("b", &[put], "in/", ".jpg"), None),
        (ruled("a", &[all], "in/", ".png"), ruled("b", &[put], "", "g"), Some("ambiguously defined")),
    ] {
        let found = check_overlaps(&read(&(one + &other)).unwrap()).map_err(|error| error.message(true).to_owned());
        match message {
            None => assert_eq!(found, Ok(()), "{other}"),
            Some(part) => assert!(found.unwrap_err().contains(part), "{other}"),
        }
    }
}
