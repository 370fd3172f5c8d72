//! What the decision needs, read once; and the decision itself, applied to a request and to each key of a bulk one.

use http::HeaderMap;
use percent_encoding::percent_decode;
use spacelet_engine::access::{BucketFacts, Caller, Decision, Facts, Need, decide, may_list};
use spacelet_engine::{
    Acl, Bucket, BucketName, ObjectInfo, ObjectKey, ObjectKeyError, VersionId, VersionSelector, World,
};

use crate::auth::Admission;
use crate::error::{ErrorCode, S3Error, Shape};
use crate::headers;
use crate::operation::{Row, Subject};
use crate::query::Query;
use crate::request::Source;
use crate::target::Target;

/// The records that a request is about.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) bucket: Option<Bucket>,
    pub(crate) key: Option<ObjectKey>,
    pub(crate) object: Option<ObjectInfo>,
    pub(crate) source: Option<Source>,
}

/// The key that the target names, checked.
///
/// # Errors
/// `InvalidObjectName` (AWS: `KeyTooLongError` for a long one).
pub(crate) fn key_of(target: &Target) -> Result<Option<ObjectKey>, S3Error> {
    if target.key.is_empty() {
        return Ok(None);
    }
    ObjectKey::parse(&target.key).map(Some).map_err(|error| {
        let why = match error {
            ObjectKeyError::Empty => "the key is empty",
            ObjectKeyError::TooLong => "the key is longer than 1,024 bytes",
            ObjectKeyError::NotUtf8 => "the key is not UTF-8",
        };
        S3Error::new(ErrorCode::InvalidObjectName, why)
    })
}

/// Reads what the row's subject asks for, and decides.
///
/// # Errors
/// `NoSuchBucket`, `AccessDenied`, `NoSuchKey`, storage errors.
pub(crate) fn gather(
    row: &Row,
    admission: &Admission,
    target: &Target,
    query: &Query<'_>,
    headers: &HeaderMap,
) -> Result<Gathered, S3Error> {
    let world = &admission.world;
    let mut gathered = Gathered { key: key_of(target)?, ..Gathered::default() };
    if matches!(row.subject, Subject::Nothing | Subject::NewBucket) {
        judge(&admission.caller, row.need, row.action, None, None)?;
        return Ok(gathered);
    }
    let bucket = find_bucket(world, target)?;
    if row.subject == Subject::Copy {
        gathered.source = Some(find_source(admission, &bucket, headers)?);
    }
    if row.subject == Subject::Object {
        let key = gathered.key.as_ref().ok_or_else(|| S3Error::new(ErrorCode::NoSuchKey, "no key was named"))?;
        let object = world.object(&bucket, key, &version_of(query))?.filter(|object| !object.is_delete_marker);
        judge_object(&admission.caller, row.need, row.action, &bucket, object.as_ref().map(|object| &object.acl))?;
        gathered.object = object;
    } else {
        judge(&admission.caller, row.need, row.action, Some(&bucket), None)?;
    }
    gathered.bucket = Some(bucket);
    Ok(gathered)
}

/// The version that `?versionId` names; an empty one is none.
pub(crate) fn version_of(query: &Query<'_>) -> VersionSelector {
    match query.get_non_empty("versionId") {
        Some(id) => VersionSelector::Id(VersionId(id.to_owned())),
        None => VersionSelector::Current,
    }
}

/// The bucket of the target, where it is visible: a regional host sees that region only.
fn find_bucket(world: &World, target: &Target) -> Result<Bucket, S3Error> {
    let missing = || S3Error::new(ErrorCode::NoSuchBucket, "no Space of this name");
    // A name that no bucket can have is missing, not invalid, as RGW answers.
    let name = target.bucket.as_deref().and_then(|name| BucketName::parse(name).ok()).ok_or_else(missing)?;
    let bucket = world.bucket(&name)?.ok_or_else(missing)?;
    match &target.region {
        Some(region) if *region != bucket.region => Err(S3Error::new(
            ErrorCode::NoSuchBucket,
            format!("no Space of this name in {}; a regional host shows its own region only", region.as_str()),
        )),
        _ => Ok(bucket),
    }
}

/// Reads the source of a copy and decides whether the caller may read it.
fn find_source(admission: &Admission, into: &Bucket, headers: &HeaderMap) -> Result<Source, S3Error> {
    let named = CopySource::parse(headers)?;
    let missing = || S3Error::new(ErrorCode::NoSuchBucket, "no Space of the name in x-amz-copy-source");
    let name = BucketName::parse(&named.bucket).map_err(|_illegal| missing())?;
    let bucket = admission.world.bucket(&name)?.ok_or_else(missing)?;
    if bucket.region != into.region {
        return Err(S3Error::new(ErrorCode::NoSuchBucket, "the source is in another region; Spaces copies within one"));
    }
    let object = admission.world.object(&bucket, &named.key, &named.version)?.filter(|object| !object.is_delete_marker);
    judge_object(
        &admission.caller,
        Need::ObjectRead,
        "s3:GetObject",
        &bucket,
        object.as_ref().map(|object| &object.acl),
    )?;
    let object = object.ok_or_else(|| S3Error::new(ErrorCode::NoSuchKey, "no object at the source"))?;
    Ok(Source { bucket, object })
}

/// What `x-amz-copy-source` names.
pub(crate) struct CopySource {
    bucket: String,
    key: ObjectKey,
    version: VersionSelector,
}

impl CopySource {
    /// Reads `[/]bucket/key[?versionId=…]`, decoded once.
    ///
    /// # Errors
    /// `InvalidArgument` when bucket or key is missing, `InvalidObjectName` for an illegal key.
    pub(crate) fn parse(headers: &HeaderMap) -> Result<Self, S3Error> {
        let malformed = || S3Error::new(ErrorCode::InvalidArgument, "x-amz-copy-source is not bucket/key");
        let raw = headers.get(headers::COPY_SOURCE).map(|value| value.as_bytes()).unwrap_or_default();
        let raw = raw.strip_prefix(b"/").unwrap_or(raw);
        let (path, version) = match raw.windows(11).position(|window| window == b"?versionId=") {
            Some(at) => {
                let version = raw.get(at + 11..).unwrap_or_default();
                let version = percent_decode(version).decode_utf8_lossy().into_owned();
                (raw.get(..at).unwrap_or_default(), Some(version).filter(|id| !id.is_empty()))
            }
            None => (raw, None),
        };
        let path: Vec<u8> = percent_decode(path).collect();
        let path = path.strip_prefix(b"/").unwrap_or(&path);
        let slash = path.iter().position(|&byte| byte == b'/').ok_or_else(malformed)?;
        let (bucket, key) = path.split_at(slash);
        let key = key.strip_prefix(b"/").unwrap_or(key);
        if bucket.is_empty() || key.is_empty() {
            return Err(malformed());
        }
        let key = ObjectKey::parse(key)
            .map_err(|error| S3Error::new(ErrorCode::InvalidObjectName, format!("the source's key: {error:?}")))?;
        let version = version.map_or(VersionSelector::Current, |id| VersionSelector::Id(VersionId(id)));
        Ok(Self { bucket: String::from_utf8_lossy(bucket).into_owned(), key, version })
    }
}

fn bucket_facts(bucket: &Bucket) -> BucketFacts {
    BucketFacts { name: bucket.name.as_str().to_owned(), owner: bucket.owner.clone(), acl: bucket.acl.clone() }
}

/// Whether `caller` may do `action`: for one subject of a request. Bulk operations call it for each key.
pub(crate) fn decision(
    caller: &Caller,
    need: Need,
    action: &'static str,
    bucket: Option<&Bucket>,
    object: Option<&Acl>,
) -> Decision {
    decide(&Facts { caller: caller.clone(), need, bucket: bucket.map(bucket_facts), object: object.cloned(), action })
}

/// [`decision`] as a refusal.
///
/// # Errors
/// `AccessDenied`, in the gateway's or (limited keys) in the proxy's shape.
pub(crate) fn judge(
    caller: &Caller,
    need: Need,
    action: &'static str,
    bucket: Option<&Bucket>,
    object: Option<&Acl>,
) -> Result<(), S3Error> {
    match decision(caller, need, action, bucket, object) {
        Decision::Allow => Ok(()),
        Decision::Deny { because } => Err(S3Error::new(ErrorCode::AccessDenied, because)),
        Decision::DenyLimitedKey { because } => {
            Err(S3Error::new(ErrorCode::AccessDenied, because).with_shape(Shape::Proxy))
        }
    }
}

/// As [`judge`], for an object (or an open upload, by its ACL) that should be there: whoever may list the bucket learns
/// that it is not, others are refused.
///
/// # Errors
/// As [`judge`], and `NoSuchKey`.
pub(crate) fn judge_object(
    caller: &Caller,
    need: Need,
    action: &'static str,
    bucket: &Bucket,
    object: Option<&Acl>,
) -> Result<(), S3Error> {
    let judged = judge(caller, need, action, Some(bucket), object);
    match (object, judged) {
        (Some(_), judged) => judged,
        (None, Err(error)) if error.shape == Shape::Proxy => Err(error),
        (None, _) if may_list(caller, &bucket_facts(bucket)) => {
            Err(S3Error::new(ErrorCode::NoSuchKey, "no object of this key"))
        }
        (None, _) => Err(S3Error::new(
            ErrorCode::AccessDenied,
            "no such object, or no permission: only who may list the Space is told that a key is missing",
        )),
    }
}
