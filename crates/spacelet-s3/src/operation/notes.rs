//! What a client would notice of operations that keep what they are given and do no more, for docs/COMPATIBILITY.md.

const REPORTED: &str = "kept and reported on objects; bodies are not encrypted by it";
const NOT_REPLICATED: &str = "kept and given back; nothing is replicated";
const NOT_ACCELERATED: &str = "kept and given back; there is no accelerated host";
const NOT_CHARGED: &str = "kept and given back; nobody is charged or refused";
const NOT_REPORTED: &str = "kept and given back; no report is made";
const NOT_MOVED: &str = "kept and given back; nothing changes its tier";
const DELIVERED: &str = "delivered to the URLs that `--notify` names; without any, kept only";

/// By the operation's name in profile `aws`.
const NOTES: &[(&str, &str)] = &[
    ("PutBucketEncryption", REPORTED),
    ("PutBucketReplication", NOT_REPLICATED),
    ("PutBucketAccelerateConfiguration", NOT_ACCELERATED),
    ("PutBucketRequestPayment", NOT_CHARGED),
    ("PutBucketNotificationConfiguration", DELIVERED),
    ("PutBucketAnalyticsConfiguration", NOT_REPORTED),
    ("PutBucketInventoryConfiguration", NOT_REPORTED),
    ("PutBucketMetricsConfiguration", NOT_REPORTED),
    ("PutBucketIntelligentTieringConfiguration", NOT_MOVED),
];

/// The note of an operation; empty for one that does all that it says.
pub(super) fn of(name: &str) -> &'static str {
    NOTES.iter().find(|(operation, _)| *operation == name).map_or("", |(_, note)| note)
}

#[cfg(test)]
mod tests {
    use super::NOTES;
    use crate::operation::Status;
    use crate::operation::rows::ROWS;

    #[test]
    fn each_note_is_about_something_that_is_served() {
        for (name, _) in NOTES {
            assert!(ROWS.iter().any(|row| row.name == *name && row.aws == Status::Built), "{name}");
        }
    }
}
