//! What the decision needs, read once; and the decision itself, applied to a request and to each key of a bulk one.

use http::HeaderMap;
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use spacelet_engine::access::{
    BucketFacts, Caller, Decision, Facts, Need, PolicyFacts, decide, may_list, versioned_action,
};
use spacelet_engine::policy::{Environment, Policy};
use spacelet_engine::{
    Acl, Bucket, BucketName, ObjectInfo, ObjectKey, ObjectKeyError, VersionId, VersionSelector, World,
};

use crate::Profile;
use crate::access_log::Logged;
use crate::auth::Admission;
use crate::besides;
use crate::circumstances::Circumstances;
use crate::cold;
use crate::denial::{BY_POLICY, Refused};
use crate::error::{Detail, ErrorCode, S3Error, Shape};
use crate::guard::Guard;
use crate::headers;
use crate::operation::{Operation, Row, Subject};
use crate::policy::{PolicyKeys, add_bucket, add_existing_tags, add_parameters, add_remaining_days};
use crate::query::Query;
use crate::region;
use crate::request::Source;
use crate::service::{Shared, Trace};
use crate::target::{Door, Target};

const EXPECTED_OWNER: &str = "x-amz-expected-bucket-owner";
const EXPECTED_SOURCE_OWNER: &str = "x-amz-source-expected-bucket-owner";

/// What nobody can lock an account's root user out of (S3 API reference, PutBucketPolicy).
const ON_POLICIES: [&str; 3] = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

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
pub(crate) fn key_of(profile: &Profile, target: &Target) -> Result<Option<ObjectKey>, S3Error> {
    match target.key.is_empty() {
        true => Ok(None),
        false => parsed_key(profile, &target.key).map(Some),
    }
}

/// A key that a request names.
///
/// # Errors
/// As [`key_of`].
pub(crate) fn parsed_key(profile: &Profile, key: &[u8]) -> Result<ObjectKey, S3Error> {
    ObjectKey::parse(key).map_err(|error| {
        let why = match error {
            ObjectKeyError::Empty => "the key is empty",
            ObjectKeyError::TooLong => {
                let detail = Detail::Metadata { bytes: key.len(), bytes_max: ObjectKey::BYTES_MAX };
                return S3Error::new(profile.long_key_fault, "the key is longer than 1,024 bytes").with_detail(detail);
            }
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
    shared: &Shared,
    row: &'static Row,
    admission: &Admission,
    target: &Target,
    query: &Query<'_>,
    circumstances: Circumstances<'_>,
    trace: &mut Trace,
) -> Result<Gathered, S3Error> {
    let world = &admission.world;
    let mut gathered = Gathered { key: key_of(&shared.settings.profile, target)?, ..Gathered::default() };
    region::check_endpoint(admission.signed.as_ref(), target)?;
    if matches!(row.subject, Subject::Nothing | Subject::NewBucket) {
        Judge::new(shared, world, &admission.caller, circumstances, None)?.judge(Ask::of(row.need, row.action))?;
        return Ok(gathered);
    }
    let bucket = find_bucket(shared, world, target).map_err(|error| as_put_is_told(shared, row, error))?;
    if let (true, Some(limiter)) = (bucket.is_cold, &shared.limiter) {
        limiter.count_cold(row, &bucket.name, Instant::now())?;
    }
    let version = query.get_non_empty("versionId");
    trace.logged = Logged::of(world, &bucket, Some(row), &admission.caller, circumstances, version);
    let headers = circumstances.headers();
    region::check(admission.signed.as_ref(), &bucket)?;
    cold::check(row, &bucket, &admission.caller, target.door)?;
    check_owner(&shared.settings.profile, headers, EXPECTED_OWNER, &bucket)?;
    if row.subject == Subject::Copy {
        gathered.source = Some(find_source(shared, row, admission, &bucket, circumstances)?);
    }
    let judge = Judge::new(shared, world, &admission.caller, circumstances, Some(&bucket))?;
    let profile = &shared.settings.profile;
    let parameters = |environment: &mut Environment| {
        add_parameters(environment, row.operation, query, headers, profile.policy_keys);
        if profile.has_object_lock {
            add_remaining_days(environment, headers, world.clock().now());
        }
    };
    let action = if version.is_some() { versioned_action(row.action) } else { row.action };
    let need = if waits_for_document(profile, row.operation) { Need::Nothing } else { row.need };
    let ask = Ask { key: gathered.key.as_ref(), parameters: Some(&parameters), ..Ask::of(need, action) };
    if row.subject == Subject::Object {
        let key = gathered.key.as_ref().ok_or_else(|| S3Error::new(ErrorCode::NoSuchKey, "no key was named"))?;
        let found = world.object(&bucket, key, &version_of(query))?;
        let (object, marker) = match found {
            Some(found) if found.is_delete_marker => (None, Some(found)),
            found => (found, None),
        };
        let also = besides::of_read(profile, row.operation);
        let also = also.map(|action| if version.is_some() { versioned_action(action) } else { action });
        judge
            .judge_object(ask, object.as_ref())
            .and_then(|()| match also {
                Some(action) => judge.judge_object(Ask { action, ..ask }, object.as_ref()),
                None => Ok(()),
            })
            .map_err(|error| missing_object(&shared.settings.profile, error, marker, query))?;
        if let Some(logged) = &mut trace.logged {
            logged.object_bytes = object.as_ref().map(|object| object.bytes);
        }
        gathered.object = object;
    } else {
        // Clients look for a bucket's region even where they may not do anything with it.
        let tells_region = row.operation == Operation::HeadBucket;
        judge.judge(ask).map_err(|error| match tells_region {
            true => error.with_detail(Detail::Region(bucket.region.clone())),
            false => error,
        })?;
    }
    for action in besides::actions(profile, row.operation, headers) {
        judge.judge(Ask { action, ..ask })?;
    }
    let source = gathered.source.as_ref().map(|source| &source.object);
    if source.is_some_and(|source| besides::copies_tags(profile, row.operation, headers, source)) {
        judge.judge(Ask { action: besides::TAGGING, ..ask })?;
    }
    gathered.bucket = Some(bucket);
    Ok(gathered)
}

/// Whether conditions look at what the body says, so that the operation itself judges once it has read it.
fn waits_for_document(profile: &Profile, operation: Operation) -> bool {
    use Operation as Op;
    profile.policy_keys == PolicyKeys::Aws
        && matches!(operation, Op::PutObjectTagging | Op::PutObjectRetention | Op::PutObjectLegalHold)
}

/// A client may say whose bucket it thinks this is (S3 user guide, "Verifying bucket ownership with bucket owner
/// condition").
fn check_owner(profile: &Profile, headers: &HeaderMap, name: &str, bucket: &Bucket) -> Result<(), S3Error> {
    if !profile.checks_expected_owner {
        return Ok(());
    }
    match headers.get(name) {
        Some(owner) if owner.as_bytes() != bucket.owner.as_str().as_bytes() => {
            Err(S3Error::new(ErrorCode::AccessDenied, format!("the bucket's owner is not the one in {name}")))
        }
        _ => Ok(()),
    }
}

/// How an object that is not there is answered: a delete marker shows, and a version has a code of its own, where the
/// profile says so.
fn missing_object(profile: &Profile, error: S3Error, marker: Option<ObjectInfo>, query: &Query<'_>) -> S3Error {
    if error.code != ErrorCode::NoSuchKey || !profile.shows_delete_markers {
        return error;
    }
    let named = query.get_non_empty("versionId");
    match (marker, named) {
        (Some(marker), named) => {
            let (version, modified) = (marker.version, marker.modified);
            let is_named = named.is_some();
            let detail = Detail::DeleteMarker { version, modified, is_named };
            let code = if is_named { ErrorCode::MethodNotAllowed } else { ErrorCode::NoSuchKey };
            S3Error::new(code, "a delete marker is there, and no object").with_detail(detail)
        }
        (None, Some(version)) => S3Error::new(ErrorCode::NoSuchVersion, "the key has no version of this id")
            .with_detail(Detail::Version(version.to_owned())),
        (None, None) => error.with_detail(Detail::NoDeleteMarker),
    }
}

/// What a configuration that is put on a missing bucket is told.
fn as_put_is_told(shared: &Shared, row: &Row, error: S3Error) -> S3Error {
    let is_put = matches!(row.operation, Operation::PutBucketPolicy | Operation::PutBucketCors);
    match error.code == ErrorCode::NoSuchBucket && is_put && shared.settings.profile.missing_bucket_is_missing_key {
        // DIFFERS: Spaces answers NoSuchKey here, as its Terraform provider expects; RGW 16 answers NoSuchBucket.
        true => S3Error { code: ErrorCode::NoSuchKey, ..error },
        false => error,
    }
}

/// The version that `?versionId` names; an empty one is none.
pub(crate) fn version_of(query: &Query<'_>) -> VersionSelector {
    match query.get_non_empty("versionId") {
        Some(id) => VersionSelector::Id(VersionId(id.to_owned())),
        None => VersionSelector::Current,
    }
}

/// The bucket of the target, where it is visible: a regional host sees that region only.
///
/// # Errors
/// `NoSuchBucket`; `PermanentRedirect` where the profile says at which endpoint it is.
pub(crate) fn find_bucket(shared: &Shared, world: &World, target: &Target) -> Result<Bucket, S3Error> {
    let missing = || S3Error::new(ErrorCode::NoSuchBucket, "no Space of this name");
    // A name that no bucket can have is missing, not invalid, as RGW answers.
    let name = target.bucket.as_deref().and_then(|name| BucketName::parse(name).ok()).ok_or_else(missing)?;
    let bucket = settled(shared, world, world.bucket(&name)?.ok_or_else(missing)?)?;
    if shared.settings.profile.checks_regions && target.door == Door::Api {
        region::check_address(target, &bucket)?;
    }
    match &target.region {
        Some(region) if *region != bucket.region => Err(S3Error::new(
            ErrorCode::NoSuchBucket,
            format!("no Space of this name in {}; a regional host shows its own region only", region.as_str()),
        )),
        _ => Ok(bucket),
    }
}

/// The bucket, once it is known everywhere.
fn settled(shared: &Shared, world: &World, bucket: Bucket) -> Result<Bucket, S3Error> {
    if shared.unsettled.is_space(&bucket, world.clock()) {
        let why = "the Space was made a moment ago and is not known everywhere yet (--settling)";
        return Err(S3Error::new(ErrorCode::NoSuchBucket, why));
    }
    Ok(bucket)
}

/// Reads the source of a copy and decides whether the caller may read it. That it is missing is said of it, not of the
/// request's own target.
fn find_source(
    shared: &Shared,
    row: &Row,
    admission: &Admission,
    into: &Bucket,
    circumstances: Circumstances<'_>,
) -> Result<Source, S3Error> {
    let named = CopySource::parse(circumstances.headers())?;
    read_source(shared, row, admission, into, circumstances, &named).map_err(|error| {
        if ![ErrorCode::NoSuchBucket, ErrorCode::NoSuchKey, ErrorCode::NoSuchVersion].contains(&error.code) {
            return error;
        }
        let (bucket, key) = (named.bucket.clone(), named.key.as_str().to_owned());
        let version = match &named.version {
            VersionSelector::Id(id) if error.code == ErrorCode::NoSuchVersion => Some(id.0.clone()),
            VersionSelector::Id(_) | VersionSelector::Current => None,
        };
        error.with_detail(Detail::Source { bucket, key, version })
    })
}

fn read_source(
    shared: &Shared,
    row: &Row,
    admission: &Admission,
    into: &Bucket,
    circumstances: Circumstances<'_>,
    named: &CopySource,
) -> Result<Source, S3Error> {
    let missing = || S3Error::new(ErrorCode::NoSuchBucket, "no Space of the name in x-amz-copy-source");
    let name = BucketName::parse(&named.bucket).map_err(|_illegal| missing())?;
    let bucket = admission.world.bucket(&name)?.ok_or_else(missing)?;
    let bucket = settled(shared, &admission.world, bucket)?;
    if bucket.region != into.region && !shared.settings.profile.checks_regions {
        return Err(S3Error::new(ErrorCode::NoSuchBucket, "the source is in another region; Spaces copies within one"));
    }
    cold::check_copy(&bucket, into)?;
    check_owner(&shared.settings.profile, circumstances.headers(), EXPECTED_SOURCE_OWNER, &bucket)?;
    let found = admission.world.object(&bucket, &named.key, &named.version)?;
    let is_marker = found.as_ref().is_some_and(|object| object.is_delete_marker);
    let object = found.filter(|object| !object.is_delete_marker);
    let of_version = |action| match named.version {
        VersionSelector::Current => action,
        VersionSelector::Id(_) => versioned_action(action),
    };
    let judge = Judge::new(shared, &admission.world, &admission.caller, circumstances, Some(&bucket))?;
    let ask = Ask { key: Some(&named.key), ..Ask::of(Need::ObjectRead, of_version("s3:GetObject")) };
    let missing = |error| missing_source(&shared.settings.profile, error, &named.version, is_marker);
    judge.judge_object(ask, object.as_ref()).map_err(missing)?;
    let takes_tags =
        |object| besides::copies_tags(&shared.settings.profile, row.operation, circumstances.headers(), object);
    if object.as_ref().is_some_and(takes_tags) {
        judge.judge_object(Ask { action: of_version("s3:GetObjectTagging"), ..ask }, object.as_ref())?;
    }
    let object = object.ok_or_else(|| S3Error::new(ErrorCode::NoSuchKey, "no object at the source"))?;
    Ok(Source { bucket, object })
}

/// How a copy is answered whose source is not there: a version has a code of its own, and a delete marker is no source,
/// where the profile says so.
fn missing_source(profile: &Profile, error: S3Error, version: &VersionSelector, is_marker: bool) -> S3Error {
    let is_named = matches!(version, VersionSelector::Id(_));
    if error.code != ErrorCode::NoSuchKey || !profile.shows_delete_markers || !is_named {
        return error;
    }
    if is_marker {
        let why = "The source of a copy request may not specifically refer to a delete marker by version id.";
        return S3Error::new(ErrorCode::InvalidRequest, why).with_message(why);
    }
    S3Error::new(ErrorCode::NoSuchVersion, "the source has no version of this id")
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

/// What a caller wants to do with one subject.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) need: Need,
    pub(crate) action: &'static str,
    /// In the bucket; `None`: the bucket itself.
    pub(crate) key: Option<&'a ObjectKey>,
    /// The ACL that an object's need looks at.
    pub(crate) acl: Option<&'a Acl>,
    /// Adds what policy conditions see of this operation besides. Called only where there is a policy.
    pub(crate) parameters: Option<&'a dyn Fn(&mut Environment)>,
}

impl Ask<'_> {
    /// About the bucket, or about no bucket at all.
    pub(crate) fn of(need: Need, action: &'static str) -> Self {
        Self { need, action, key: None, acl: None, parameters: None }
    }
}

/// Decides for one caller about subjects in one bucket, whose policy was read once.
pub(crate) struct Judge<'a> {
    caller: &'a Caller,
    bucket: Option<&'a Bucket>,
    /// The bucket's policy, and what every request shows to its conditions.
    policy: Option<(Arc<Policy>, Environment)>,
    guard: Guard,
    /// The bucket's ACL, as it counts.
    acl: Option<Cow<'a, Acl>>,
    profile: &'a Profile,
}

impl<'a> Judge<'a> {
    /// # Errors
    /// Storage errors.
    pub(crate) fn new(
        shared: &'a Shared,
        world: &World,
        caller: &'a Caller,
        circumstances: Circumstances<'_>,
        bucket: Option<&'a Bucket>,
    ) -> Result<Self, S3Error> {
        let profile = &shared.settings.profile;
        let policy = match bucket {
            Some(bucket) => shared.policies.policy_of(world, bucket, profile.policy_dialect)?,
            None => None,
        };
        let environment = || circumstances.environment(caller, world.clock().now().seconds(), profile.policy_keys);
        let guard = match bucket {
            Some(bucket) => Guard::of(world, bucket, policy.as_deref())?,
            None => Guard::default(),
        };
        let acl = bucket.map(|bucket| guard.shown(&bucket.acl, &bucket.owner));
        let policy = policy.map(|policy| {
            let mut environment = environment();
            if let (PolicyKeys::Aws, Some(bucket)) = (profile.policy_keys, bucket) {
                add_bucket(&mut environment, bucket);
            }
            (policy, environment)
        });
        Ok(Self { caller, bucket, policy, guard, acl, profile })
    }

    /// # Errors
    /// `AccessDenied`, in the gateway's or (limited keys) in the proxy's shape.
    pub(crate) fn judge(&self, ask: Ask<'_>) -> Result<(), S3Error> {
        self.ruling(&ask, self.policy_facts(&ask, None).as_ref())
    }

    /// As [`Self::judge`], for an object that should be there: whoever may list the bucket learns that it is not, others
    /// are refused.
    ///
    /// # Errors
    /// As [`Self::judge`], and `NoSuchKey`.
    pub(crate) fn judge_object(&self, ask: Ask<'_>, object: Option<&ObjectInfo>) -> Result<(), S3Error> {
        let ask = Ask { acl: object.map(|object| &object.acl), ..ask };
        self.judge_there(&ask, self.policy_facts(&ask, object).as_ref())
    }

    /// As [`Self::judge_object`], for an open upload, by the ACL of what is to become of it.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn judge_upload(&self, ask: &Ask<'_>) -> Result<(), S3Error> {
        self.judge_there(ask, self.policy_facts(ask, None).as_ref())
    }

    fn judge_there(&self, ask: &Ask<'_>, policy: Option<&PolicyFacts>) -> Result<(), S3Error> {
        let may_know = ask.acl.is_none() && self.may_know(ask, policy);
        match (ask.acl, self.ruling(ask, policy)) {
            (Some(_), judged) => judged,
            (None, Err(error)) if error.shape == Shape::Proxy => Err(error),
            (None, _) if may_know => Err(S3Error::new(ErrorCode::NoSuchKey, "no object of this key")),
            (None, _) => Err(S3Error::new(
                ErrorCode::AccessDenied,
                "no such object, or no permission: only who may list the Space is told that a key is missing",
            )),
        }
    }

    /// Whether the caller may learn that the key is missing.
    fn may_know(&self, ask: &Ask<'_>, policy: Option<&PolicyFacts>) -> bool {
        let Some(bucket) = self.bucket_facts() else { return false };
        match (policy, ask.key) {
            (Some(policy), Some(key)) if self.profile.missing_key_is_prefix => {
                let mut policy = policy.clone();
                policy.environment.add("s3:prefix", key.as_str());
                may_list(self.caller, &bucket, Some(&policy))
            }
            _ => may_list(self.caller, &bucket, policy),
        }
    }

    /// The bucket, with its ACL as it counts.
    fn bucket_facts(&self) -> Option<BucketFacts<'_>> {
        let (bucket, acl) = (self.bucket?, self.acl.as_deref()?);
        Some(BucketFacts { name: bucket.name.as_str(), owner: &bucket.owner, acl })
    }

    fn ruling(&self, ask: &Ask<'_>, policy: Option<&PolicyFacts>) -> Result<(), S3Error> {
        if let Some(bucket) = self.bucket {
            self.guard.admits(self.caller, bucket)?;
        }
        // Of an upload it says who began it, whatever ACLs count for.
        let is_of_upload = matches!(ask.need, Need::UploadRead | Need::UploadWrite);
        let object = ask.acl.zip(self.bucket).map(|(acl, bucket)| match is_of_upload {
            true => Cow::Borrowed(acl),
            false => self.guard.shown(acl, &bucket.owner),
        });
        let facts = Facts {
            caller: self.caller,
            need: ask.need,
            bucket: self.bucket_facts(),
            object: object.as_deref(),
            action: ask.action,
            policy,
        };
        match decide(&facts) {
            Decision::Allow => Ok(()),
            Decision::Deny { because } => Err(S3Error::new(ErrorCode::AccessDenied, because)),
            Decision::DenyByPolicy { because } => {
                let error = S3Error::new(ErrorCode::AccessDenied, because);
                let (caller, action, key) = (self.caller, ask.action, ask.key);
                Err(match self.bucket {
                    Some(bucket) => Refused { caller, action, bucket, key }.told(self.profile, error, BY_POLICY),
                    None => error,
                })
            }
            Decision::DenyLimitedKey { because } => {
                Err(S3Error::new(ErrorCode::AccessDenied, because).with_shape(Shape::Proxy))
            }
        }
    }

    fn policy_facts(&self, ask: &Ask<'_>, object: Option<&ObjectInfo>) -> Option<PolicyFacts> {
        let (Some((policy, environment)), Some(bucket)) = (&self.policy, self.bucket) else { return None };
        let is_owner = self.caller.account() == Some(&bucket.owner);
        if self.profile.owner_keeps_policy && is_owner && ON_POLICIES.contains(&ask.action) {
            return None;
        }
        let mut environment = environment.clone();
        if let Some(add) = ask.parameters {
            add(&mut environment);
        }
        if let Some(object) = object {
            add_existing_tags(&mut environment, object);
        }
        let bucket = bucket.name.as_str();
        let resource = ask.key.map_or_else(|| bucket.to_owned(), |key| format!("{bucket}/{}", key.as_str()));
        Some(PolicyFacts { policy: Arc::clone(policy), resource, environment })
    }
}
