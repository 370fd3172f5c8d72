//! Event notifications: which rules a bucket has, which of them an event meets, and the event that is handed to whoever
//! delivers it (S3 user guide, "Amazon S3 Event Notifications"). This crate sends nothing itself.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use spacelet_engine::{AccountId, Bucket, Deleted, DocumentKind, EngineError, ObjectInfo, Timestamp, World};

use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::stored::stored_root;
use crate::xml::{Element, iso_millis};

/// The root element.
pub(crate) const ROOT: &str = "NotificationConfiguration";
/// Rules of one configuration.
const RULES_MAX: usize = 100;
/// Left as they are in the key of an event; a space becomes `+`.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'*').remove(b'/');
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

/// What is told to one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where to: the ARN of the rule.
    pub arn: String,
    /// The rule's id.
    pub rule: String,
    /// What happened, without `s3:`: `ObjectCreated:Put`; `TestEvent` when a configuration was put.
    pub name: &'static str,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub region: String,
    /// Who did it.
    pub principal: String,
    /// From where.
    pub source_ip: String,
    /// The bucket.
    pub bucket: String,
    /// Its owner.
    pub bucket_owner: String,
    /// What it happened to; `None`: the bucket.
    pub object: Option<EventObject>,
}

/// The object of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventObject {
    /// Its key, URL-encoded as S3 does it.
    pub key: String,
    /// Its length; `None` once it is gone.
    pub bytes: Option<u64>,
    /// Its ETag without quotes; `None` once it is gone.
    pub etag: Option<String>,
    /// Its version, where it has one.
    pub version: Option<String>,
    /// Orders the events of one key: a greater one, as text, is later. It is a time in milliseconds, so two events of the
    /// same millisecond have the same one.
    pub sequencer: String,
}

/// Who takes events to their destinations. Must not block: what it cannot take it drops.
pub trait Deliver: Send + Sync {
    /// Whether there is somewhere to deliver what is for this ARN.
    fn knows(&self, arn: &str) -> bool;

    /// Takes an event.
    fn deliver(&self, event: Event);
}

/// The deliverer that was set, if any.
#[derive(Clone, Default)]
pub struct Notifier(pub Option<Arc<dyn Deliver>>);

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Notifier(set)" } else { "Notifier(none)" })
    }
}

/// One rule of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    id: String,
    arn: String,
    events: Vec<String>,
    prefix: String,
    suffix: String,
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

fn invalid(why: &'static str, message: &'static str) -> S3Error {
    S3Error::new(ErrorCode::InvalidArgument, why).with_message(message)
}

fn read_rule(rule: &Element, destination: &str, service: &str) -> Result<Rule, S3Error> {
    let arn = rule.child_text(destination).unwrap_or_default().trim().to_owned();
    if arn.split(':').nth(2) != Some(service) || !arn.starts_with("arn:") || arn.split(':').count() < 6 {
        return Err(invalid("the destination is no ARN of its service", "The ARN could not be parsed"));
    }
    let events: Vec<String> = rule.all("Event").map(|event| event.text.trim().to_owned()).collect();
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

/// Refuses a destination that the server was not told of; where it was told of none, all are taken and nothing is sent.
///
/// # Errors
/// `InvalidArgument`.
pub(crate) fn check_destinations(request: &Request<'_>, rules: &[Rule]) -> Result<(), S3Error> {
    let Some(deliverer) = &request.shared.settings.notifier.0 else {
        if !rules.is_empty() {
            request.notes.add("nothing will be sent: the server was started without --notify");
        }
        return Ok(());
    };
    if rules.iter().all(|rule| deliverer.knows(&rule.arn)) {
        return Ok(());
    }
    let why = "a destination is none of those that --notify names";
    Err(invalid(why, "Unable to validate the following destination configurations"))
}

/// Tells every rule that a `TestEvent` is for, as S3 does when a configuration was put.
pub(crate) fn test(request: &Request<'_>, rules: &[Rule]) -> Result<(), S3Error> {
    let Some(deliverer) = &request.shared.settings.notifier.0 else { return Ok(()) };
    let bucket = request.bucket()?;
    let who = Who::of(request);
    for rule in rules {
        deliverer.deliver(who.event(bucket, rule, "TestEvent", request.world.clock().now(), None));
    }
    Ok(())
}

/// Who did what the event tells of.
pub(crate) struct Who {
    principal: String,
    source_ip: String,
}

impl Who {
    fn of(request: &Request<'_>) -> Self {
        let source_ip = request.circumstances.source_ip();
        Self {
            principal: request.caller_id().as_str().to_owned(),
            source_ip: source_ip.map_or_else(String::new, |ip| ip.to_string()),
        }
    }

    fn event(
        &self,
        bucket: &Bucket,
        rule: &Rule,
        name: &'static str,
        at: Timestamp,
        object: Option<EventObject>,
    ) -> Event {
        let owner: &AccountId = &bucket.owner;
        Event {
            arn: rule.arn.clone(),
            rule: rule.id.clone(),
            name,
            at,
            region: bucket.region.as_str().to_owned(),
            principal: self.principal.clone(),
            source_ip: self.source_ip.clone(),
            bucket: bucket.name.as_str().to_owned(),
            bucket_owner: owner.as_str().to_owned(),
            object,
        }
    }
}

/// Tells of what happened to objects, by the rules of the request's bucket, which are read once.
pub(crate) struct Notices<'r> {
    request: &'r Request<'r>,
    deliverer: &'r dyn Deliver,
    bucket: &'r Bucket,
    rules: Vec<Rule>,
    who: Who,
}

impl<'r> Notices<'r> {
    /// `None`, without a read, where the bucket has no notifications or nobody takes them. Never fails a request that
    /// does its work: a configuration that cannot be read is logged.
    pub(crate) fn of(request: &'r Request<'_>) -> Option<Self> {
        let (bucket, deliverer) = (request.bucket.as_ref()?, request.shared.settings.notifier.0.as_deref()?);
        if !bucket.documents.contains(DocumentKind::Notification) {
            return None;
        }
        let rules = stored_rules(&request.world, bucket)
            .inspect_err(|error| tracing::error!(%error, "a bucket's notifications cannot be read"));
        Some(Self { request, deliverer, bucket, rules: rules.ok()?, who: Who::of(request) })
    }

    fn tell(&self, name: &'static str, object: &EventObject) {
        let key = percent_decoded(&object.key);
        for rule in self.rules.iter().filter(|rule| rule.wants(name, &key)) {
            let at = self.request.world.clock().now();
            self.deliverer.deliver(self.who.event(self.bucket, rule, name, at, Some(object.clone())));
        }
    }

    /// Tells of a deletion.
    pub(crate) fn deleted(&self, key: &str, deleted: &Deleted) {
        let is_marker_made = deleted.marker.is_some() && deleted.version != deleted.marker;
        if !deleted.existed && !is_marker_made {
            return;
        }
        let name = if is_marker_made { "ObjectRemoved:DeleteMarkerCreated" } else { "ObjectRemoved:Delete" };
        let version = deleted.marker.as_ref().or(deleted.version.as_ref()).filter(|version| !version.is_null());
        let at = self.request.world.clock().now();
        self.tell(name, &EventObject::gone(key, version.map(|version| version.0.as_str()), at));
    }
}

/// Tells of what happened to one object. Costs nothing where the bucket has no notifications.
pub(crate) fn notify(request: &Request<'_>, name: &'static str, object: impl FnOnce() -> EventObject) {
    if let Some(notices) = Notices::of(request) {
        notices.tell(name, &object());
    }
}

fn percent_decoded(key: &str) -> String {
    percent_encoding::percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn stored_rules(world: &World, bucket: &Bucket) -> Result<Vec<Rule>, EngineError> {
    let Some(root) = stored_root(world, bucket, DocumentKind::Notification, ROOT)? else { return Ok(Vec::new()) };
    rules(&root).map_err(|error| EngineError::Storage { detail: format!("a stored {ROOT}: {}", error.explanation) })
}

impl Rule {
    fn wants(&self, name: &str, key: &str) -> bool {
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

impl Event {
    /// When, in ISO 8601 with milliseconds.
    #[must_use]
    pub fn time(&self) -> String {
        let mut text = String::with_capacity(24);
        iso_millis(&mut text, self.at);
        text
    }
}

impl EventObject {
    /// An object that is there.
    pub(crate) fn there(object: &ObjectInfo) -> Self {
        Self {
            key: encoded(object.key.as_str()),
            bytes: Some(object.bytes),
            etag: Some(object.etag.as_str().to_owned()),
            version: (!object.version.is_null()).then(|| object.version.0.clone()),
            sequencer: format!("{:016X}", object.modified.0),
        }
    }

    /// One that is gone, or hidden.
    pub(crate) fn gone(key: &str, version: Option<&str>, at: Timestamp) -> Self {
        Self {
            key: encoded(key),
            bytes: None,
            etag: None,
            version: version.map(str::to_owned),
            sequencer: format!("{:016X}", at.0),
        }
    }
}

fn encoded(key: &str) -> String {
    utf8_percent_encode(key, KEY).to_string().replace("%20", "+")
}

#[cfg(test)]
#[path = "notification/tests.rs"]
mod tests;
