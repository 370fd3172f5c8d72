//! The rules of a bucket's notification configuration: read, checked, held against an event.

use std::collections::{BTreeSet, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spacelet_engine::new_uuid;

use crate::error::{ErrorCode, S3Error};
use crate::xml::Element;

/// The root element.
pub(crate) const ROOT: &str = "NotificationConfiguration";
/// Rules of one configuration.
const RULES_MAX: usize = 100;
/// The events that a rule may name; `*` at the end stands for all below.
const EVENTS: [&str; 27] = [
    "s3:TestEvent",
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:Put",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectAcl:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Put",
];
const TAGGING_DELETE: &str = "s3:ObjectTagging:Delete";

/// A kind of destination: the element that names one, the element that has its ARN, and the service in the ARN.
const KINDS: [(&str, &str, &str); 3] = [
    ("QueueConfiguration", "Queue", "sqs"),
    ("TopicConfiguration", "Topic", "sns"),
    ("CloudFunctionConfiguration", "CloudFunction", "lambda"),
];

/// One rule of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(super) id: String,
    pub(super) arn: String,
    events: Vec<String>,
    prefix: String,
    suffix: String,
}

/// A configuration as S3 keeps it: each rule has an id (a UUID in Base64 where the client gave none), and filters are
/// called `Prefix` and `Suffix`.
pub(crate) fn completed(mut root: Element) -> Element {
    let rules = root.children.iter_mut().filter(|child| KINDS.iter().any(|(element, _, _)| child.name == *element));
    for rule in rules {
        if rule.child_text("Id").unwrap_or_default().is_empty() {
            let text = STANDARD.encode(new_uuid());
            rule.children.retain(|child| child.name != "Id");
            rule.children.insert(0, Element { name: "Id".to_owned(), text, ..Element::default() });
        }
        let filters = rule.children.iter_mut().filter(|child| child.name == "Filter");
        let keys = filters.flat_map(|filter| &mut filter.children).filter(|child| child.name == "S3Key");
        for name in keys.flat_map(|key| &mut key.children).flat_map(|part| &mut part.children) {
            match name.text.trim().to_ascii_lowercase().as_str() {
                "prefix" if name.name == "Name" => name.text = "Prefix".to_owned(),
                "suffix" if name.name == "Name" => name.text = "Suffix".to_owned(),
                _ => {}
            }
        }
    }
    root
}

/// The rules of a configuration, each checked.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument`.
pub(crate) fn rules(root: &Element) -> Result<Vec<Rule>, S3Error> {
    let mut rules = Vec::new();
    let mut ids = BTreeSet::new();
    for (element, destination, service) in KINDS {
        for rule in root.all(element) {
            let rule = read_rule(rule, destination, service)?;
            if !rule.id.is_empty() && !ids.insert(rule.id.clone()) {
                return Err(invalid(
                    "two rules have the same Id",
                    "Same ID used for multiple configurations. IDs must be unique",
                ));
            }
            rules.push(rule);
        }
    }
    let is_known = |child: &Element| {
        child.name == "EventBridgeConfiguration" || KINDS.iter().any(|(element, _, _)| child.name == *element)
    };
    if rules.len() > RULES_MAX || !root.children.iter().all(is_known) {
        return Err(S3Error::new(ErrorCode::MalformedXML, "at most 100 rules for queues, topics and functions"));
    }
    Ok(rules)
}

pub(super) fn invalid(why: &'static str, message: &'static str) -> S3Error {
    S3Error::new(ErrorCode::InvalidArgument, why).with_message(message)
}

fn read_rule(rule: &Element, destination: &str, service: &str) -> Result<Rule, S3Error> {
    let arn = rule.child_text(destination).unwrap_or_default().trim().to_owned();
    if arn.split(':').nth(2) != Some(service) || !arn.starts_with("arn:") || arn.split(':').count() < 6 {
        return Err(invalid("the destination is no ARN of its service", "The ARN could not be parsed"));
    }
    // Each once, however often it is named: rules are compared with each other event by event.
    let mut named = HashSet::new();
    let events = rule.all("Event").map(|event| event.text.trim()).filter(|event| named.insert(*event));
    let events: Vec<String> = events.map(str::to_owned).collect();
    if events.is_empty() {
        return Err(S3Error::new(ErrorCode::MalformedXML, "a rule names at least one Event"));
    }
    if !events.iter().all(|event| event == TAGGING_DELETE || EVENTS.contains(&event.as_str())) {
        return Err(invalid("an Event is not one of S3's", "The event is not supported for notifications"));
    }
    let (mut prefix, mut suffix) = (None, None);
    let filter = rule.child("Filter").and_then(|filter| filter.child("S3Key"));
    for part in filter.into_iter().flat_map(|key| key.all("FilterRule")) {
        let value = part.child_text("Value").unwrap_or_default().to_owned();
        let place = match part.child_text("Name").unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "prefix" => &mut prefix,
            "suffix" => &mut suffix,
            _ => {
                return Err(invalid(
                    "a filter is by prefix or suffix",
                    "filter rule name must be either prefix or suffix",
                ));
            }
        };
        if place.replace(value).is_some() {
            return Err(invalid(
                "one filter of each kind",
                "Cannot specify more than one prefix or suffix rule in a filter.",
            ));
        }
    }
    let id = rule.child_text("Id").unwrap_or_default().to_owned();
    Ok(Rule { id, arn, events, prefix: prefix.unwrap_or_default(), suffix: suffix.unwrap_or_default() })
}

impl Rule {
    /// Whether one of its events is of that family, or stands for it.
    pub(super) fn is_about(&self, family: &str) -> bool {
        self.events.iter().any(|event| event.strip_prefix("s3:").is_some_and(|event| event.starts_with(family)))
    }

    pub(super) fn wants(&self, name: &str, key: &str) -> bool {
        let is_it = |pattern: &String| {
            let pattern = pattern.strip_prefix("s3:").unwrap_or(pattern);
            match pattern.strip_suffix('*') {
                Some(family) => name.starts_with(family),
                None => name == pattern,
            }
        };
        self.events.iter().any(is_it) && key.starts_with(&self.prefix) && key.ends_with(&self.suffix)
    }
}

/// Refuses two rules that one event could meet.
///
/// # Errors
/// `InvalidArgument`.
pub(crate) fn check_overlaps(rules: &[Rule]) -> Result<(), S3Error> {
    for (at, rule) in rules.iter().enumerate() {
        if let Some(other) = rules.iter().take(at).find(|other| rule.overlaps(other)) {
            let has_filter = |rule: &Rule| !rule.prefix.is_empty() || !rule.suffix.is_empty();
            let message = match has_filter(rule) || has_filter(other) {
                true => {
                    "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the \
                     prefixes are overlapping for the same event type."
                }
                false => "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
            };
            return Err(invalid("one event could meet two rules", message));
        }
    }
    Ok(())
}

impl Rule {
    fn overlaps(&self, other: &Self) -> bool {
        let either = |a: &str, b: &str, begins: fn(&str, &str) -> bool| begins(a, b) || begins(b, a);
        let shares = |event: &String| other.events.iter().any(|it| includes(it, event) || includes(event, it));
        self.events.iter().any(shares)
            && either(&self.prefix, &other.prefix, |a, b| a.starts_with(b))
            && either(&self.suffix, &other.suffix, |a, b| a.ends_with(b))
    }
}

/// Whether an event of a rule stands for the other too.
fn includes(event: &str, other: &str) -> bool {
    match event.strip_suffix('*') {
        Some(family) => other.starts_with(family),
        None => event == other,
    }
}
