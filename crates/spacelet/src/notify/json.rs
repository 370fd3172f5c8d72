//! An event as S3 writes it (S3 user guide, "Event message structure").

use bytes::Bytes;
use serde_json::{Value, json};
use spacelet_s3::{Event, EventDetails};

/// The body of a POST: one record, or the test event.
pub(super) fn body(event: &Event) -> Bytes {
    let value = if event.object.is_some() { json!({ "Records": [record(event)] }) } else { test(event) };
    Bytes::from(value.to_string())
}

fn test(event: &Event) -> Value {
    json!({
        "Service": "Amazon S3",
        "Event": format!("s3:{}", event.name),
        "Time": event.time(),
        "Bucket": event.bucket,
        "RequestId": event.request_id,
        "HostId": event.host_id,
    })
}

/// The version of a record: kinds that came later have a greater one.
fn version(name: &str) -> &'static str {
    let later = ["Lifecycle", "IntelligentTiering", "ObjectAcl:", "ObjectTagging:", "ObjectRestore:Delete"];
    if later.iter().any(|family| name.starts_with(family)) { "2.3" } else { "2.1" }
}

fn record(event: &Event) -> Value {
    let mut record = json!({
        "eventVersion": version(event.name),
        "eventSource": "aws:s3",
        "awsRegion": event.region,
        "eventTime": event.time(),
        "eventName": event.name,
        "userIdentity": { "principalId": event.principal },
        "requestParameters": { "sourceIPAddress": event.source_ip },
        "responseElements": { "x-amz-request-id": event.request_id, "x-amz-id-2": event.host_id },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": event.rule,
            "bucket": {
                "name": event.bucket,
                "ownerIdentity": { "principalId": event.bucket_owner },
                "arn": format!("arn:aws:s3:::{}", event.bucket),
            },
            "object": object(event),
        },
    });
    if let (Some((name, more)), Value::Object(fields)) = (more(event), &mut record) {
        fields.insert(name.to_owned(), more);
    }
    record
}

/// What only some kinds of events have.
fn more(event: &Event) -> Option<(&'static str, Value)> {
    match event.details {
        EventDetails::Nothing => None,
        EventDetails::Restored { until, class } => Some((
            "glacierEventData",
            json!({ "restoreEventData": {
                "lifecycleRestorationExpiryTime": Event::stamp(until),
                "lifecycleRestoreStorageClass": class,
            } }),
        )),
        EventDetails::Moved { class } => {
            Some(("lifecycleEventData", json!({ "transitionEventData": { "destinationStorageClass": class } })))
        }
    }
}

/// What is not known of an object that is gone is left out, as S3 does.
fn object(event: &Event) -> Value {
    let Some(object) = &event.object else { return Value::Null };
    let mut value = json!({ "key": object.key, "sequencer": object.sequencer });
    let facts = [
        ("size", object.bytes.map(Value::from)),
        ("eTag", object.etag.clone().map(Value::from)),
        ("versionId", object.version.clone().map(Value::from)),
    ];
    if let Value::Object(fields) = &mut value {
        for (name, fact) in facts {
            if let Some(fact) = fact {
                fields.insert(name.to_owned(), fact);
            }
        }
    }
    value
}
