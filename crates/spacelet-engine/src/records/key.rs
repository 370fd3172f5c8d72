//! Row keys: how names become bytes whose order is S3's order.

use std::ops::Range;

use super::{ACCOUNTS, BUCKETS, BUCKETS_OF, EMAILS, KEYS, KEYS_OF, NULLS, OBJECTS, PARTS, UPLOADS, USAGE, VERSIONS};
use crate::{AccessKeyId, AccountId, BucketName, EngineError, ObjectKey, UploadId};

/// The bytes of a row's key, as `rows` wants them.
pub(crate) type RowKey = Vec<u8>;

/// Ends an id or a key within a row key. 00 within one is written 00 FF, so no other row key continues like this.
const END: [u8; 2] = [0, 0];

/// Length of table byte and bucket id.
const HEAD_BYTES: usize = 9;

/// Appends `text` with 00 as 00 FF.
fn escape(row: &mut RowKey, text: &[u8]) {
    for byte in text {
        row.push(*byte);
        if *byte == 0 {
            row.push(0xff);
        }
    }
}

fn plain(table: u8, text: &str) -> RowKey {
    let mut row = Vec::with_capacity(1 + text.len());
    row.push(table);
    row.extend_from_slice(text.as_bytes());
    row
}

/// The row of something that is found by a text of its own (a hash, a domain, an id).
pub(crate) fn named_key(table: u8, name: &str) -> RowKey {
    plain(table, name)
}

/// `table · account id · 00 00`.
fn of_account(table: u8, account: &AccountId) -> RowKey {
    let mut row = vec![table];
    escape(&mut row, account.as_str().as_bytes());
    row.extend_from_slice(&END);
    row
}

/// `table · bucket id · key`, the beginning of all keys that begin with `key`.
pub(crate) fn in_bucket(table: u8, bucket: u64, key: &str) -> RowKey {
    let mut row = Vec::with_capacity(HEAD_BYTES + key.len() + 12);
    row.push(table);
    row.extend_from_slice(&bucket.to_be_bytes());
    escape(&mut row, key.as_bytes());
    row
}

fn of_key(table: u8, bucket: u64, key: &str) -> RowKey {
    let mut row = in_bucket(table, bucket, key);
    row.extend_from_slice(&END);
    row
}

/// The first key after all that begin with `row`; empty when there is none.
pub(crate) fn successor(mut row: RowKey) -> RowKey {
    while let Some(last) = row.pop() {
        if let Some(next) = last.checked_add(1) {
            row.push(next);
            break;
        }
    }
    row
}

fn span_of(row: RowKey) -> Range<RowKey> {
    row.clone()..successor(row)
}

/// All rows of a table.
pub(crate) fn table_span(table: u8) -> Range<RowKey> {
    span_of(vec![table])
}

/// All rows of a bucket in a table.
pub(crate) fn bucket_span(table: u8, bucket: u64) -> Range<RowKey> {
    span_of(in_bucket(table, bucket, ""))
}

/// An account's row.
pub(crate) fn account_key(id: &AccountId) -> RowKey {
    plain(ACCOUNTS, id.as_str())
}

/// A mail address's row.
pub(crate) fn email_key(email: &str) -> RowKey {
    plain(EMAILS, &email.to_lowercase())
}

/// An access key's row.
pub(crate) fn key_key(id: &AccessKeyId) -> RowKey {
    plain(KEYS, id.as_str())
}

/// An access key's row among its account's.
pub(crate) fn keys_of_key(account: &AccountId, sequence: u64) -> RowKey {
    let mut row = of_account(KEYS_OF, account);
    row.extend_from_slice(&sequence.to_be_bytes());
    row
}

/// The access keys of an account.
pub(crate) fn keys_of_span(account: &AccountId) -> Range<RowKey> {
    span_of(of_account(KEYS_OF, account))
}

/// A bucket's row.
pub(crate) fn bucket_key(name: &BucketName) -> RowKey {
    plain(BUCKETS, name.as_str())
}

/// A bucket's row among its owner's.
pub(crate) fn owned_bucket_key(owner: &AccountId, name: &BucketName) -> RowKey {
    let mut row = of_account(BUCKETS_OF, owner);
    row.extend_from_slice(name.as_str().as_bytes());
    row
}

/// The buckets of an account.
pub(crate) fn buckets_of_span(owner: &AccountId) -> Range<RowKey> {
    span_of(of_account(BUCKETS_OF, owner))
}

/// The bucket's name in a row of [`buckets_of_span`].
pub(crate) fn owned_name(owner: &AccountId, row: &[u8]) -> Result<BucketName, EngineError> {
    let head = of_account(BUCKETS_OF, owner);
    let name = row.strip_prefix(head.as_slice()).ok_or_else(odd_row)?;
    text(name.to_vec()).map(BucketName::from_stored)
}

/// The row of a current object.
pub(crate) fn object_key(bucket: u64, key: &ObjectKey) -> RowKey {
    of_key(OBJECTS, bucket, key.as_str())
}

/// The row that says where the `null` version is.
pub(crate) fn null_key(bucket: u64, key: &ObjectKey) -> RowKey {
    of_key(NULLS, bucket, key.as_str())
}

/// The row of an older version or a delete marker.
pub(crate) fn version_key(bucket: u64, key: &ObjectKey, sequence: u64) -> RowKey {
    let mut row = of_key(VERSIONS, bucket, key.as_str());
    row.extend_from_slice(&(!sequence).to_be_bytes());
    row
}

/// All rows of [`version_key`] of one key, newest first.
pub(crate) fn versions_of(bucket: u64, key: &ObjectKey) -> Range<RowKey> {
    span_of(of_key(VERSIONS, bucket, key.as_str()))
}

/// The row of an open upload.
pub(crate) fn upload_key(bucket: u64, key: &ObjectKey, id: &UploadId) -> RowKey {
    let mut row = of_key(UPLOADS, bucket, key.as_str());
    row.extend_from_slice(id.0.as_bytes());
    row
}

/// The upload's id in a row of [`upload_key`].
pub(crate) fn upload_id_of(row: &KeyOf<'_>) -> Result<UploadId, EngineError> {
    text(row.tail.to_vec()).map(UploadId)
}

/// The row of a part.
pub(crate) fn part_key(bucket: u64, upload: &UploadId, number: u32) -> RowKey {
    let mut row = of_key(PARTS, bucket, &upload.0);
    row.extend_from_slice(&number.to_be_bytes());
    row
}

/// The parts of an upload with numbers above `after`.
pub(crate) fn parts_span(bucket: u64, upload: &UploadId, after: Option<u32>) -> Range<RowKey> {
    let all = span_of(of_key(PARTS, bucket, &upload.0));
    match after {
        None => all,
        Some(number) => {
            let mut from = part_key(bucket, upload, number);
            from.push(0);
            from..all.end
        }
    }
}

/// The number in a row of [`part_key`].
pub(crate) fn part_number(row: &[u8]) -> Result<u32, EngineError> {
    row.last_chunk::<4>().map(|number| u32::from_be_bytes(*number)).ok_or_else(odd_row)
}

/// The row of a bucket's counters.
pub(crate) fn usage_key(bucket: u64) -> RowKey {
    in_bucket(USAGE, bucket, "")
}

/// A row of objects, versions, null versions or uploads, taken apart.
pub(crate) struct KeyOf<'r> {
    /// The object's key.
    pub(crate) key: String,
    /// What follows the key: nothing, a version's inverted sequence or an upload's id.
    pub(crate) tail: &'r [u8],
}

impl<'r> KeyOf<'r> {
    /// Takes `row` apart.
    pub(crate) fn parse(row: &'r [u8]) -> Result<Self, EngineError> {
        let mut rest = row.get(HEAD_BYTES..).ok_or_else(odd_row)?;
        let mut key = Vec::new();
        loop {
            let zero = rest.iter().position(|byte| *byte == 0).ok_or_else(odd_row)?;
            let (head, tail) = rest.split_at(zero);
            key.extend_from_slice(head);
            match tail {
                [0, 0, tail @ ..] => return Ok(Self { key: text(key)?, tail }),
                [0, 0xff, more @ ..] => {
                    key.push(0);
                    rest = more;
                }
                _ => return Err(odd_row()),
            }
        }
    }
}

/// Where the rows of one object's key begin, and where those after it do; `key` is a marker of any form.
pub(crate) fn object_span(table: u8, bucket: u64, key: &str) -> Range<RowKey> {
    span_of(of_key(table, bucket, key))
}

fn text(bytes: Vec<u8>) -> Result<String, EngineError> {
    String::from_utf8(bytes)
        .map_err(|error| EngineError::Storage { detail: format!("a row's key is not UTF-8: {error}") })
}

fn odd_row() -> EngineError {
    EngineError::Storage { detail: "a row's key has a form that no table has".to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn object(text: &str) -> ObjectKey {
        ObjectKey::from_stored(text.to_owned())
    }

    proptest! {
        /// Byte order of rows is byte order of keys, whatever bytes they have, and newest first within a key.
        #[test]
        fn rows_keep_the_order_of_keys(a in "[\0\u{1}a/ü]{1,5}", b in "[\0\u{1}a/ü]{1,5}", s: u64, t: u64) {
            let row = |key: &str, sequence| version_key(7, &object(key), sequence);
            let wanted = a.as_bytes().cmp(b.as_bytes()).then(t.cmp(&s));
            prop_assert_eq!(row(&a, s).cmp(&row(&b, t)), wanted);
            prop_assert_eq!(object_key(7, &object(&a)).cmp(&object_key(7, &object(&b))), a.as_bytes().cmp(b.as_bytes()));
        }

        #[test]
        fn a_row_gives_its_key_back(key in "[\0\u{1}a/ü\u{10ffff}]{1,6}", id in "[a-z~2]{0,4}", number: u32) {
            let row = upload_key(u64::MAX, &object(&key), &UploadId(id.clone()));
            let parsed = KeyOf::parse(&row).unwrap();
            prop_assert_eq!(&parsed.key, &key);
            prop_assert_eq!(upload_id_of(&parsed).unwrap().0, id.clone());
            prop_assert_eq!(part_number(&part_key(1, &UploadId(id), number)).unwrap(), number);
        }

        /// A key's span holds its own versions and nobody else's; a prefix's span holds exactly what begins with it.
        #[test]
        fn spans(a in "[\0\u{1}a]{1,4}", b in "[\0\u{1}a]{1,4}", s: u64) {
            let row = version_key(7, &object(&b), s);
            prop_assert_eq!(versions_of(7, &object(&a)).contains(&row), a == b);
            let prefix = in_bucket(VERSIONS, 7, &a);
            let end = successor(prefix.clone());
            prop_assert_eq!((prefix..end).contains(&row), b.starts_with(&a));
        }
    }

    #[test]
    fn successor_carries() {
        assert_eq!(successor(vec![1, 0xff, 0xff]), [2]);
        assert_eq!(successor(vec![1, 0]), [1, 1]);
        assert!(successor(vec![0xff]).is_empty());
    }

    #[test]
    fn accounts_do_not_run_into_each_other() {
        let span = buckets_of_span(&AccountId::new("1"));
        let name = BucketName::parse("abc").unwrap();
        assert!(span.contains(&owned_bucket_key(&AccountId::new("1"), &name)));
        assert!(!span.contains(&owned_bucket_key(&AccountId::new("12"), &name)));
        assert!(!span.contains(&owned_bucket_key(&AccountId::new("1\0"), &name)));
        let row = owned_bucket_key(&AccountId::new("1"), &name);
        assert_eq!(owned_name(&AccountId::new("1"), &row).unwrap(), name);
        assert!(KeyOf::parse(b"short").is_err());
    }
}
