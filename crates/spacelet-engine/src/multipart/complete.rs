//! CompleteMultipartUpload: parts become one body without a byte being copied.

use super::{CompletedPart, Completion, Place};
use crate::buckets::UsageChange;
use crate::commit::Tx;
use crate::records::{
    AclRecord, ChecksumRecord, CompletedRecord, ObjectRecord, PartRecord, object_key, part_key, read, split_runs,
};
use crate::versions::{self, Slot};
use crate::{
    AccountId, AnnouncedChecksum, Body, Checksum, ChecksumAlgorithm, ChecksumKind, ETag, EngineError, ObjectInfo,
    PartSize, Versioning,
};

/// See [`crate::World::complete_upload`].
pub(super) fn complete(
    tx: &mut Tx<'_>,
    place: &Place,
    state: Option<Versioning>,
    wanted: &Completion,
) -> Result<ObjectInfo, EngineError> {
    let named = &wanted.parts;
    let upload = match place.upload(tx) {
        Err(EngineError::NoSuchUpload) => return again(tx, place, named),
        other => other?,
    };
    let announced = upload.announced()?;
    versions::check(tx, &Slot::new(place.bucket, &place.key), &wanted.condition)?;
    // Who began it may be nobody (unsigned, in a public-read-write bucket): the ACL says who owns the object.
    let acl = AclRecord::read(upload.acl, &AccountId::new(upload.owner))?;
    let parts = collect(tx, place, named, wanted.part_bytes_min)?;
    let sizes: Vec<PartSize> =
        parts.iter().map(|(number, part)| PartSize { number: *number, bytes: part.body.bytes() }).collect();
    let bytes = sizes.iter().map(|part| part.bytes).sum();
    if wanted.bytes.is_some_and(|wanted| wanted != bytes) {
        return Err(EngineError::LengthNotMet { bytes });
    }
    let checksum = checksum(announced, &parts, wanted)?;
    let md5s: Vec<[u8; 16]> = parts.iter().map(|(_, part)| part.md5).collect();
    let record = ObjectRecord {
        body: Body::concat(parts.into_iter().map(|(_, part)| part.body)),
        etag: ETag::of_parts(&md5s).into_string(),
        modified_ms: tx.now().0,
        acl: AclRecord::new(&acl, &acl.owner),
        owner: acl.owner.as_str().to_owned(),
        headers: upload.headers,
        user: upload.user,
        tags: upload.tags,
        parts: split_runs(&sizes),
        checksum,
        completed: Some(CompletedRecord { upload: place.id.0.clone() }),
        lock: upload.lock,
        sealed: upload.sealed,
        ..ObjectRecord::default()
    };
    let mut usage = UsageChange::default();
    place.drop_rows(tx, &mut usage)?;
    let record = versions::write(tx, &Slot::new(place.bucket, &place.key), state, record, &mut usage)?;
    usage.apply(tx, place.bucket)?;
    record.into_info(place.key.clone(), true)
}

/// The object's checksum from those of its parts, held against what the client said. Where the upload announced none,
/// parts that all have a CRC-64/NVME give the object one (as S3 adds it by itself).
fn checksum(
    announced: Option<AnnouncedChecksum>,
    parts: &[(u32, PartRecord)],
    wanted: &Completion,
) -> Result<Option<ChecksumRecord>, EngineError> {
    let by_default = AnnouncedChecksum { algorithm: ChecksumAlgorithm::Crc64Nvme, kind: ChecksumKind::FullObject };
    let algorithm = announced.unwrap_or(by_default).algorithm;
    let digests: Option<Vec<&[u8]>> =
        parts.iter().map(|(_, part)| part.checksum.as_ref().and_then(|record| record.digest_by(algorithm))).collect();
    let Some(digests) = digests else {
        return if wanted.digest.is_some() { Err(EngineError::ChecksumNotMet) } else { Ok(None) };
    };
    let sized = digests.iter().zip(parts).map(|(digest, (_, part))| (*digest, part.body.bytes()));
    let Some(found) = Checksum::of_parts(announced.unwrap_or(by_default), sized) else { return Ok(None) };
    if wanted.digest.as_ref().is_some_and(|digest| *digest != found.digest) {
        return Err(EngineError::ChecksumNotMet);
    }
    for (part, digest) in wanted.parts.iter().zip(&digests) {
        match &part.digest {
            Some(given) if given != digest => return Err(EngineError::InvalidPart { number: part.number }),
            None if announced.is_some_and(|announced| announced.kind == ChecksumKind::Composite) => {
                return Err(EngineError::PartChecksumMissing { number: part.number });
            }
            Some(_) | None => {}
        }
    }
    let digests = digests.concat();
    Ok(Some(ChecksumRecord::new(found).with_parts(digests)))
}

/// The named parts, each checked.
fn collect(
    tx: &Tx<'_>,
    place: &Place,
    named: &[CompletedPart],
    part_bytes_min: u64,
) -> Result<Vec<(u32, PartRecord)>, EngineError> {
    let Some(last) = named.last().map(|part| part.number) else {
        return Err(EngineError::InvalidPart { number: 0 });
    };
    let mut parts: Vec<(u32, PartRecord)> = Vec::with_capacity(named.len());
    for CompletedPart { number, etag, .. } in named {
        let number = *number;
        let invalid = EngineError::InvalidPart { number };
        if parts.last().is_some_and(|(before, _)| *before >= number) {
            return Err(invalid);
        }
        let Some(part) = read::<PartRecord>(tx, &part_key(place.bucket, &place.id, number))? else {
            return Err(invalid);
        };
        let bytes = part.body.bytes();
        if number != last && bytes < part_bytes_min {
            return Err(EngineError::PartTooSmall { number, bytes, bytes_min: part_bytes_min });
        }
        if !ETag::of_md5(part.md5).matches(etag) {
            return Err(invalid);
        }
        parts.push((number, part));
    }
    Ok(parts)
}

/// The upload is gone. When the current object came from it, out of the same parts, this is the same request once more
/// (its answer was lost): it is answered like the first.
fn again(tx: &Tx<'_>, place: &Place, named: &[CompletedPart]) -> Result<ObjectInfo, EngineError> {
    let Some(record) = read::<ObjectRecord>(tx, &object_key(place.bucket, &place.key))? else {
        return Err(EngineError::NoSuchUpload);
    };
    let from_here = record.completed.as_ref().is_some_and(|completed| completed.upload == place.id.0);
    let info = record.into_info(place.key.clone(), true)?;
    let numbers = named.iter().map(|part| part.number);
    let same_numbers = info.parts.iter().map(|part| part.number).eq(numbers);
    let md5s: Option<Vec<[u8; 16]>> = named.iter().map(|part| ETag::md5_of(&part.etag)).collect();
    let same_etag = md5s.is_some_and(|md5s| ETag::of_parts(&md5s) == info.etag);
    if from_here && same_numbers && same_etag { Ok(info) } else { Err(EngineError::NoSuchUpload) }
}
