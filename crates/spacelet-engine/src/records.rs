//! What is stored: the tables, their row keys and their records. Nothing here decides anything.
//!
//! | table | key after the table byte | record |
//! |---|---|---|
//! | accounts | account id | [`AccountRecord`] |
//! | emails | mail address, lower case | account id |
//! | access keys | access key id | [`KeyRecord`] |
//! | keys of an account | account id · 00 00 · sequence | access key id |
//! | buckets | name | [`BucketRecord`] |
//! | buckets of an account | account id · 00 00 · name | (empty) |
//! | current objects | bucket · key · 00 00 | [`ObjectRecord`]: the newest version, unless that is a delete marker |
//! | versions | bucket · key · 00 00 · inverted sequence | [`ObjectRecord`]: older versions and every delete marker |
//! | null versions | bucket · key · 00 00 | sequence of the `null` version, while it is among the versions |
//! | uploads | bucket · key · 00 00 · upload id | [`UploadRecord`] |
//! | parts | bucket · upload id · 00 00 · part number | [`PartRecord`] |
//! | usage | bucket | [`UsageRecord`] |
//! | documents | bucket · kind · id | the document's bytes as they are |
//! | API tokens | SHA-256 of the token, hex | [`TokenRecord`] |
//! | CDN endpoints | bucket's name | [`CdnRecord`] |
//! | CDN domains | custom domain | bucket's name |
//! | certificates | id | [`CertificateRecord`] |
//! | projects | id | [`ProjectRecord`] |
//! | resources | URN | id of the project that has it |
//!
//! Bucket ids, sequences and part numbers are big-endian; 00 within an id or a key is written 00 FF, so that byte
//! order is S3's order. A record is one version byte and a CBOR array of numbered fields: new fields get new numbers
//! and are `Option`s, a field's number is never used again, and files written before stay readable.

mod account;
mod bucket;
mod control;
mod key;
mod object;
mod upload;

use minicbor::{Decode, Decoder, Encode};

use crate::rows::Rows;
use crate::{Body, EngineError};

pub(crate) use account::{AccountRecord, GrantRecord, KeyRecord};
pub(crate) use bucket::{AclRecord, BucketRecord, UsageRecord};
pub(crate) use control::{CdnRecord, CertificateRecord, ProjectRecord, TokenRecord};
pub(crate) use key::{
    KeyOf, RowKey, account_key, bucket_key, bucket_span, buckets_of_span, email_key, in_bucket, key_key, keys_of_key,
    keys_of_span, named_key, null_key, object_key, object_span, owned_bucket_key, owned_name, part_key, part_number,
    parts_span, successor, table_span, upload_id_of, upload_key, usage_key, version_key, versions_of,
};
pub(crate) use object::{
    AppendedRecord, ChecksumRecord, CompletedRecord, LockRecord, ObjectRecord, RestoredRecord, some_tags, split_runs,
};
pub(crate) use upload::{PartRecord, UploadRecord};

/// Accounts by id.
pub(crate) const ACCOUNTS: u8 = 0x20;
/// Account ids by mail address.
pub(crate) const EMAILS: u8 = 0x21;
/// Access keys by id.
pub(crate) const KEYS: u8 = 0x22;
/// Access key ids by account, oldest first.
pub(crate) const KEYS_OF: u8 = 0x23;
/// Buckets by name.
pub(crate) const BUCKETS: u8 = 0x24;
/// Bucket names by owner.
pub(crate) const BUCKETS_OF: u8 = 0x25;
/// Current objects.
pub(crate) const OBJECTS: u8 = 0x28;
/// Older versions and delete markers.
pub(crate) const VERSIONS: u8 = 0x29;
/// Where a key's `null` version is among its versions.
pub(crate) const NULLS: u8 = 0x2a;
/// Open multipart uploads.
pub(crate) const UPLOADS: u8 = 0x2b;
/// Their parts.
pub(crate) const PARTS: u8 = 0x2c;
/// Objects and bytes of a bucket.
pub(crate) const USAGE: u8 = 0x2d;
/// Configuration documents of a bucket.
pub(crate) const DOCUMENTS: u8 = 0x2e;
/// Tokens of the control API by their hash.
pub(crate) const TOKENS: u8 = 0x40;
/// CDN endpoints by the bucket they serve.
pub(crate) const CDN: u8 = 0x41;
/// Bucket names by custom CDN domain.
pub(crate) const CDN_DOMAINS: u8 = 0x42;
/// Certificates by id.
pub(crate) const CERTIFICATES: u8 = 0x43;
/// Projects by id.
pub(crate) const PROJECTS: u8 = 0x44;
/// Project ids by the URN of what is in them.
pub(crate) const RESOURCES: u8 = 0x45;

/// The version byte that this program writes and reads.
const VERSION: u8 = 1;

/// A record as a row's value.
pub(crate) fn encode<T: Encode<()>>(record: &T) -> Result<Vec<u8>, EngineError> {
    let mut value = Vec::with_capacity(192);
    value.push(VERSION);
    minicbor::encode(record, &mut value)
        .map_err(|error| EngineError::Storage { detail: format!("a record cannot be encoded: {error}") })?;
    Ok(value)
}

/// A row's value as a record.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(value: &'b [u8]) -> Result<T, EngineError> {
    minicbor::decode(fields(value)?)
        .map_err(|error| EngineError::Storage { detail: format!("a record cannot be read: {error}") })
}

/// Reads the record at `key`.
pub(crate) fn read<T: for<'b> Decode<'b, ()>>(rows: &impl Rows, key: &[u8]) -> Result<Option<T>, EngineError> {
    match rows.get(key)? {
        Some(value) => decode(&value).map(Some),
        None => Ok(None),
    }
}

/// All records of a table whose rows are found by a text of their own ([`named_key`]), by that text.
pub(crate) fn named_records<T: for<'b> Decode<'b, ()>>(
    rows: &impl Rows,
    table: u8,
) -> Result<Vec<(String, T)>, EngineError> {
    let span = table_span(table);
    let named = rows.scan(span.start, span.end).map(|row| {
        let (key, value) = row?;
        let name = String::from_utf8_lossy(key.get(1..).unwrap_or_default()).into_owned();
        Ok((name, decode(&value)?))
    });
    named.collect()
}

/// The body that a row holds, for counting references and for fsck: rows of current objects, versions and parts have
/// one, others none. An unreadable record has none here; whoever reads it finds out.
pub(crate) fn body_of_row(key: &[u8], value: &[u8]) -> Option<Body> {
    match key.first() {
        Some(&(OBJECTS | VERSIONS | PARTS)) => first_field(value),
        _ => None,
    }
}

/// The body is each such record's first field, so that counting does not read the rest.
fn first_field(value: &[u8]) -> Option<Body> {
    let mut decoder = Decoder::new(fields(value).ok()?);
    decoder.array().ok()?;
    decoder.decode().ok()
}

fn fields(value: &[u8]) -> Result<&[u8], EngineError> {
    match value.split_first() {
        Some((&VERSION, fields)) => Ok(fields),
        Some((version, _)) => Err(EngineError::Storage {
            detail: format!("a record has version {version}, written by a newer program; this one reads {VERSION}"),
        }),
        None => Err(EngineError::Storage { detail: "a record is empty".to_owned() }),
    }
}

#[cfg(test)]
#[path = "records/tests.rs"]
mod tests;
