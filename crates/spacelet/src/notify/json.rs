//! An event as S3 writes it (S3 user guide, "Event message structure").

use bytes::Bytes;
use serde_json::{Value, json};
use spacelet_s3::Event;

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
    })
}

fn record(event: &Event) -> Value {
    json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": event.region,
        "eventTime": event.time(),
        "eventName": event.name,
        "userIdentity": { "principalId": event.principal },
        "requestParameters": { "sourceIPAddress": event.source_ip },
        "responseElements": {},
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
    })
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
