//! The stored form is pinned here: a change of these bytes is a change of the format (docs of `records.rs`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::bodies::Piece;
use crate::{
    AccessKey, AccessKeyId, AccountId, Acl, AnnouncedChecksum, Bucket, BucketName, CannedAcl, Checksum,
    ChecksumAlgorithm, ChecksumKind, KeyGrant, KeyPermission, NewUpload, ObjectKey, ObjectLock, ObjectMeta, PartSize,
    Region, Secret, StoredHeader, Timestamp, UploadId, Versioning,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn body() -> Body {
    Body { pieces: vec![Piece { id: 5, bytes: 300, nonce: None }, Piece { id: 6, bytes: 2, nonce: None }] }
}

fn meta() -> ObjectMeta {
    ObjectMeta {
        headers: vec![StoredHeader { name: "content-type".to_owned(), value: b"a/b".to_vec() }],
        user: vec![("k".to_owned(), vec![0xff, 0])],
        tags: vec![("t".to_owned(), "v".to_owned())],
        lock: ObjectLock::default(),
    }
}

fn object() -> ObjectRecord {
    let sizes =
        [PartSize { number: 1, bytes: 150 }, PartSize { number: 2, bytes: 150 }, PartSize { number: 4, bytes: 2 }];
    let owner = AccountId::new("o");
    let record = ObjectRecord {
        body: body(),
        sequence: 9,
        is_delete_marker: false,
        version: Some("v".to_owned()),
        etag: "e".to_owned(),
        modified_ms: 1_700_000_000_000,
        owner: "o".to_owned(),
        acl: AclRecord::new(&Acl::canned(CannedAcl::PublicRead, &owner, &owner), &owner),
        headers: None,
        user: None,
        tags: None,
        parts: split_runs(&sizes),
        checksum: Some(ChecksumRecord::new(Checksum {
            algorithm: ChecksumAlgorithm::Crc32,
            kind: ChecksumKind::FullObject,
            digest: vec![1, 2, 3, 4],
        })),
        completed: Some(CompletedRecord { upload: "2~u".to_owned() }),
        sealed: None,
        appended: None,
        lock: None,
        restored: None,
    };
    record.with_meta(meta())
}

fn bucket() -> Bucket {
    Bucket {
        id: 7,
        name: BucketName::parse("abc").unwrap(),
        region: Region::new("nyc3"),
        owner: AccountId::new("o"),
        created: Timestamp(-1),
        acl: Acl::canned(CannedAcl::AuthenticatedRead, &AccountId::new("p"), &AccountId::new("o")),
        versioning: Some(Versioning::Suspended),
        documents: crate::DocumentSet::default(),
        is_cold: false,
    }
}

fn cold_bucket() -> Bucket {
    Bucket { is_cold: true, ..bucket() }
}

fn access_key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("DO1"),
        secret: Secret::new("s"),
        account: AccountId::new("o"),
        name: "n".to_owned(),
        grants: vec![KeyGrant { bucket: "abc".to_owned(), permission: KeyPermission::ReadWrite }],
        created: Timestamp(3),
    }
}

fn upload() -> NewUpload {
    NewUpload {
        key: ObjectKey::parse(b"k").unwrap(),
        owner: AccountId::new("o"),
        acl: Acl::private(&AccountId::new("o")),
        meta: meta(),
        sealed: None,
        checksum: Some(AnnouncedChecksum { algorithm: ChecksumAlgorithm::Crc64Nvme, kind: ChecksumKind::FullObject }),
    }
}

#[test]
fn the_bytes_of_each_record_are_these() {
    let account = AccountRecord {
        display_name: "d".to_owned(),
        email: Some("m@x".to_owned()),
        buckets_max: Some(3),
        suspended: Some(true),
    };
    let part = PartRecord { body: body(), md5: [0xab; 16], modified_ms: 4, checksum: None };
    for (name, value, wanted) in [
        ("object", encode(&object()).unwrap(), OBJECT),
        ("delete marker", encode(&ObjectRecord::delete_marker(&AccountId::new("o"), Timestamp(1))).unwrap(), MARKER),
        ("bucket", encode(&BucketRecord::new(&bucket())).unwrap(), BUCKET),
        ("cold bucket", encode(&BucketRecord::new(&cold_bucket())).unwrap(), COLD_BUCKET),
        ("usage", encode(&UsageRecord { objects: 1, bytes: 70_000 }).unwrap(), "018201 1a00011170"),
        ("account", encode(&account).unwrap(), "0184 6164 636d4078 03 f5"),
        ("key", encode(&KeyRecord::new(&access_key(), 8)).unwrap(), "0186 6173 616f 616e 818263616263 02 03 08"),
        ("upload", encode(&UploadRecord::new(upload(), Timestamp(2))).unwrap(), UPLOAD),
        ("part", encode(&part).unwrap(), PART),
        ("email", encode(&"o").unwrap(), "01616f"),
        ("null version", encode(&9_u64).unwrap(), "0109"),
    ] {
        assert_eq!(hex(&value), wanted.replace(' ', ""), "{name}");
    }
}

const OBJECT: &str = "018e8182820519012c82060209f4617661651b0000018bcfe56800616f8182830f00616f82010181826c636f6e74656e742d7479706543612f628182616b42ff0081826174617682830102189683040102820144010203048163327e75";
const MARKER: &str = "0187818000f5f66001616f";
const BUCKET: &str = "018607646e796333616f208282830f006170820102617002";
const COLD_BUCKET: &str = "018807646e796333616f208282830f006170820102617002f601";
const UPLOAD: &str = "0187616f02f681826c636f6e74656e742d7479706543612f628182616b42ff0081826174617603";
const PART: &str = "01838182820519012c82060250abababababababababababababababab04";

#[test]
fn records_come_back_as_they_went() {
    let read: ObjectRecord = decode(&encode(&object()).unwrap()).unwrap();
    let key = ObjectKey::parse(b"k").unwrap();
    let info = read.into_info(key.clone(), true).unwrap();
    assert_eq!(info, object().into_info(key, true).unwrap());
    assert_eq!(info.meta, meta());
    assert_eq!((info.bytes, info.parts.len(), info.parts[2].number), (302, 3, 4));

    for bucket in [bucket(), cold_bucket()] {
        let read: BucketRecord = decode(&encode(&BucketRecord::new(&bucket)).unwrap()).unwrap();
        assert_eq!(read.into_bucket(bucket.name.clone()).unwrap(), bucket);
    }

    let read: KeyRecord = decode(&encode(&KeyRecord::new(&access_key(), 8)).unwrap()).unwrap();
    let read = read.into_key(AccessKeyId::new("DO1")).unwrap();
    assert_eq!((read.secret.reveal(), read.grants), ("s", access_key().grants));

    let read: UploadRecord = decode(&encode(&UploadRecord::new(upload(), Timestamp(2))).unwrap()).unwrap();
    let read = read.into_upload(upload().key, UploadId("2~u".to_owned())).unwrap();
    assert_eq!((read.acl, read.meta, read.checksum), (upload().acl, meta(), upload().checksum));
}

/// A field that a later program adds is skipped by this one, and one that an earlier program did not write is absent.
#[test]
fn fields_may_be_added() {
    let longer = [VERSION, 0x83, 0x01, 0x02, 0x63, b'n', b'e', b'w'];
    assert_eq!(decode::<UsageRecord>(&longer).unwrap(), UsageRecord { objects: 1, bytes: 2 });
    let shorter = [VERSION, 0x81, 0x61, b'd'];
    let account = decode::<AccountRecord>(&shorter).unwrap().into_account(AccountId::new("o"));
    assert_eq!((account.email, account.buckets_max, account.suspended), (None, None, false));
}

/// What was written before bodies could be sealed or appended to reads as neither; what is, keeps to its own fields.
#[test]
fn sealed_and_appended_are_fields_that_were_added() {
    let before: Vec<u8> =
        (0..OBJECT.len()).step_by(2).map(|at| u8::from_str_radix(&OBJECT[at..at + 2], 16).unwrap()).collect();
    let old = decode::<ObjectRecord>(&before).unwrap();
    assert!(
        old.sealed.is_none() && old.appended.is_none() && old.body.pieces.iter().all(|piece| piece.nonce.is_none())
    );

    let nonce: crate::bodies::Nonce = minicbor::decode(&[[0x50].as_slice(), &[0xcd; 16]].concat()).unwrap();
    let piece = Piece { id: 5, bytes: 300, nonce: Some(nonce) };
    let mark = crate::KeyMark::new(&crate::CustomerKey::new([1; 32]));
    let new = ObjectRecord {
        body: Body { pieces: vec![piece] },
        sealed: Some(mark.clone()),
        appended: Some(AppendedRecord { count: 3 }),
        ..object()
    };
    let value = encode(&new).unwrap();
    assert!(hex(&value).starts_with(&format!("0190 8181 83 05 19012c 50{}", "cd".repeat(16)).replace(' ', "")));
    let read = decode::<ObjectRecord>(&value).unwrap();
    assert_eq!((read.body, read.sealed, read.appended.unwrap().count), (new.body, Some(mark), 3));
}

#[test]
fn another_version_is_refused_and_rubbish_is_no_panic() {
    let error = decode::<UsageRecord>(&[2, 0x82, 1, 2]).unwrap_err();
    assert!(matches!(error, EngineError::Storage { detail } if detail.contains("version 2")));
    assert!(decode::<UsageRecord>(&[]).is_err());
    let whole = encode(&object()).unwrap();
    for length in 1..whole.len() {
        assert!(decode::<ObjectRecord>(&whole[..length]).is_err(), "{length}");
    }
}

#[test]
fn the_body_of_a_row() {
    let value = encode(&object()).unwrap();
    assert_eq!(body_of_row(&[OBJECTS, 1], &value), Some(body()));
    assert_eq!(body_of_row(&[VERSIONS, 1], &value), Some(body()));
    let part = encode(&PartRecord { body: body(), md5: [0; 16], modified_ms: 4, checksum: None }).unwrap();
    assert_eq!(body_of_row(&[PARTS, 1], &part), Some(body()));
    assert_eq!(body_of_row(&[UPLOADS, 1], &value), None);
    assert_eq!(body_of_row(&[OBJECTS], &[9, 9]), None);
    assert_eq!(body_of_row(&[], &value), None);
}

#[test]
fn ten_thousand_equal_parts_are_one_run() {
    let parts: Vec<PartSize> = (1..=10_000).map(|number| PartSize { number, bytes: 5 << 20 }).collect();
    let runs = split_runs(&parts).unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(super::object::join_runs(runs), parts);
    assert!(split_runs(&[]).is_none());
}
