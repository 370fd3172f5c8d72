//! Event notifications: which rules a bucket has, which of them an event meets, and the event that is handed to whoever
//! delivers it (S3 user guide, "Amazon S3 Event Notifications"). This crate sends nothing itself.

use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use spacelet_engine::{
    AccountId, Bucket, Deleted, DocumentKind, EngineError, ObjectInfo, Restoration, Timestamp, World,
};

use crate::error::S3Error;
use crate::ids::Ids;
use crate::request::Request;
use crate::stored::stored_root;
use crate::xml::iso_millis;

mod rules;

use rules::invalid;
pub(crate) use rules::{ROOT, Rule, check_overlaps, completed, rules};

/// Left as they are in the key of an event; a space becomes `+`.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'*').remove(b'/');
/// Destinations are taken unseen.
const SKIP_VALIDATION: &str = "x-amz-skip-destination-validation";

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
    /// The request that did it, as its answer names it (`x-amz-request-id`).
    pub request_id: String,
    /// The host that did it (`x-amz-id-2`).
    pub host_id: String,
    /// What only some kinds of events tell.
    pub details: EventDetails,
}

/// What only some kinds of events tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventDetails {
    /// Nothing more.
    #[default]
    Nothing,
    /// An archived object was restored.
    Restored {
        /// When the copy goes.
        until: Timestamp,
        /// The archive's class.
        class: &'static str,
    },
    /// A lifecycle rule moved an object to this class.
    Moved {
        /// Where to.
        class: &'static str,
    },
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

/// Refuses a destination that the server was not told of, unless a header says that none is to be looked at; where the
/// server was told of none, all are taken and nothing is sent.
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
    let is_skipped = request.header(SKIP_VALIDATION).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if is_skipped || rules.iter().all(|rule| deliverer.knows(&rule.arn)) {
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
    request_id: String,
    host_id: String,
}

/// Who applies lifecycle rules, as S3 tells it.
const SERVICE: &str = "s3.amazonaws.com";

impl Who {
    fn of(request: &Request<'_>) -> Self {
        let source_ip = request.circumstances.source_ip();
        let (request_id, host_id) =
            request.answer_ids.get_or_init(|| Box::new(request.shared.ids.aws())).as_ref().clone();
        Self {
            request_id,
            host_id,
            principal: request.caller_id().as_str().to_owned(),
            source_ip: source_ip.map_or_else(String::new, |ip| ip.to_string()),
        }
    }

    /// The service itself.
    fn service(ids: &Ids) -> Self {
        let (request_id, host_id) = ids.aws();
        Self { principal: SERVICE.to_owned(), source_ip: SERVICE.to_owned(), request_id, host_id }
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
            request_id: self.request_id.clone(),
            host_id: self.host_id.clone(),
            details: EventDetails::Nothing,
        }
    }
}

/// Tells of what happened to objects, by the rules of a bucket, which are read once.
pub(crate) struct Notices<'r> {
    world: &'r World,
    deliverer: &'r dyn Deliver,
    bucket: &'r Bucket,
    rules: Vec<Rule>,
    who: Who,
}

impl<'r> Notices<'r> {
    /// Of what a request does. `None`, without a read, where the bucket has no notifications or nobody takes them.
    /// Never fails a request that does its work: a configuration that cannot be read is logged.
    pub(crate) fn of(request: &'r Request<'_>) -> Option<Self> {
        let bucket = request.bucket.as_ref()?;
        Self::read(&request.world, bucket, &request.shared.settings.notifier, || Who::of(request))
    }

    /// Of what the service does by itself, as there.
    pub(crate) fn of_service(world: &'r World, bucket: &'r Bucket, notifier: &'r Notifier, ids: &Ids) -> Option<Self> {
        Self::read(world, bucket, notifier, || Who::service(ids))
    }

    fn read(world: &'r World, bucket: &'r Bucket, notifier: &'r Notifier, who: impl FnOnce() -> Who) -> Option<Self> {
        let deliverer = notifier.0.as_deref()?;
        if !bucket.documents.contains(DocumentKind::Notification) {
            return None;
        }
        let rules = stored_rules(world, bucket)
            .inspect_err(|error| tracing::error!(%error, "a bucket's notifications cannot be read"));
        Some(Self { world, deliverer, bucket, rules: rules.ok()?, who: who() })
    }

    /// Whether some rule is about a kind of events: `ObjectRestore:`.
    pub(crate) fn are_about(&self, family: &str) -> bool {
        self.rules.iter().any(|rule| rule.is_about(family))
    }

    pub(crate) fn tell(&self, name: &'static str, object: &EventObject, details: EventDetails) {
        let key = percent_decoded(&object.key);
        for rule in self.rules.iter().filter(|rule| rule.wants(name, &key)) {
            let event = self.who.event(self.bucket, rule, name, self.world.clock().now(), Some(object.clone()));
            self.deliverer.deliver(Event { details, ..event });
        }
    }

    /// Tells of a deletion.
    pub(crate) fn deleted(&self, key: &str, deleted: &Deleted) {
        self.removed(key, deleted, ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated"]);
    }

    /// Tells of a deletion by a lifecycle rule.
    pub(crate) fn expired(&self, key: &str, deleted: &Deleted) {
        self.removed(key, deleted, ["LifecycleExpiration:Delete", "LifecycleExpiration:DeleteMarkerCreated"]);
    }

    fn removed(&self, key: &str, deleted: &Deleted, [gone, covered]: [&'static str; 2]) {
        let is_marker_made = deleted.marker.is_some() && deleted.version != deleted.marker;
        if !deleted.existed && !is_marker_made {
            return;
        }
        let name = if is_marker_made { covered } else { gone };
        let version = deleted.marker.as_ref().or(deleted.version.as_ref()).filter(|version| !version.is_null());
        let at = self.world.clock().now();
        let object = EventObject::gone(key, version.map(|version| version.0.as_str()), at);
        self.tell(name, &object, EventDetails::Nothing);
    }
}

/// Tells of what happened to one object. Costs nothing where the bucket has no notifications.
pub(crate) fn notify(request: &Request<'_>, name: &'static str, object: impl FnOnce() -> EventObject) {
    if let Some(notices) = Notices::of(request) {
        notices.tell(name, &object(), EventDetails::Nothing);
    }
}

fn percent_decoded(key: &str) -> String {
    percent_encoding::percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn stored_rules(world: &World, bucket: &Bucket) -> Result<Vec<Rule>, EngineError> {
    let Some(root) = stored_root(world, bucket, DocumentKind::Notification, ROOT)? else { return Ok(Vec::new()) };
    rules(&root).map_err(|error| EngineError::Storage { detail: format!("a stored {ROOT}: {}", error.explanation) })
}

impl Event {
    /// When, in ISO 8601 with milliseconds.
    #[must_use]
    pub fn time(&self) -> String {
        Self::stamp(self.at)
    }

    /// A time, in ISO 8601 with milliseconds.
    #[must_use]
    pub fn stamp(at: Timestamp) -> String {
        let mut text = String::with_capacity(24);
        iso_millis(&mut text, at);
        text
    }
}

impl EventDetails {
    pub(crate) fn restored(object: &ObjectInfo, copy: Restoration) -> Self {
        Self::Restored { until: copy.until, class: object.meta.storage_class().name() }
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
