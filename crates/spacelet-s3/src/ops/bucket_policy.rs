//! GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus (spaces-reference 3 and 4.5).

use std::borrow::Cow;

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use spacelet_engine::DocumentKind;
use spacelet_engine::policy::{Policy, PolicyError, PolicyFault};

use crate::denial::{PUBLIC_POLICY, Refused};
use crate::error::{ErrorCode, S3Error, Shape};
use crate::public_access::{PublicAccessBlock, is_public};
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

/// AWS's limit (S3 user guide, "Bucket policies"); RGW's is that of all documents.
const CONFINED_BYTES_MAX: usize = 20 * 1_024;
/// Remarks on a policy that are told with its 204.
const REMARKS_MAX: usize = 4;

/// The policy, byte for byte as it was put.
///
/// # Errors
/// `NoSuchBucketPolicy`.
pub(crate) async fn get_bucket_policy(request: Request<'_>) -> Result<Response, S3Error> {
    let document = request.world.document(request.bucket()?, DocumentKind::Policy, "")?;
    let json = HeaderValue::from_static("application/json");
    Ok(Response::full(document.ok_or_else(no_policy)?).header(CONTENT_TYPE, json))
}

/// Replaces the policy.
///
/// # Errors
/// `InvalidArgument` (AWS: `MalformedPolicy`) for what is no policy; `InvalidRange` for one of more than a MiB, as RGW
/// says to every long document; 403 without a body where a limited key names the bucket.
pub(crate) async fn put_bucket_policy(mut request: Request<'_>) -> Result<Response, S3Error> {
    let profile = request.profile();
    let excludes_keys = profile.limited_keys_exclude_policies;
    if excludes_keys && request.world.is_named_by_limited_key(request.bucket()?)? {
        return Err(named_by_limited_key());
    }
    let is_confined = profile.policies_are_confined;
    let bytes_max = request.limits().policy_bytes_max;
    let document = request.read_at_most(bytes_max).await.map_err(|error| {
        let is_long = error.code == ErrorCode::EntityTooLarge && !is_confined;
        if is_long { S3Error { code: ErrorCode::InvalidRange, ..error } } else { error }
    })?;
    let malformed = |error: PolicyError| {
        let refusal = S3Error::new(profile.policy_fault, error.because);
        match message_of(&error.fault) {
            Some(message) if is_confined => refusal.with_message(message),
            _ => refusal,
        }
    };
    let policy = Policy::parse(&document, profile.policy_dialect).map_err(malformed)?;
    if is_confined {
        let bucket = request.bucket()?.name.as_str();
        if document.len() > CONFINED_BYTES_MAX {
            return Err(S3Error::new(profile.policy_fault, "a policy has at most 20 KiB")
                .with_message("Policies must not exceed the maximum allowed size"));
        }
        policy.fits(bucket).map_err(malformed)?;
    }

    let bucket = request.bucket()?;
    if PublicAccessBlock::of(&request.world, bucket)?.blocks_policy && policy.is_public() {
        let why = "BlockPublicPolicy of the bucket forbids a public policy";
        let refused = Refused { caller: &request.caller, action: "s3:PutBucketPolicy", bucket, key: None };
        return Err(refused.told(profile, S3Error::new(ErrorCode::AccessDenied, why), PUBLIC_POLICY));
    }

    // A key may have been issued since the look above.
    if !request.world.set_policy(bucket, document, excludes_keys).await? {
        return Err(named_by_limited_key());
    }

    for remark in policy.remarks().into_iter().take(REMARKS_MAX) {
        request.notes.add(remark);
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// Amazon S3's words; `None` where they are the table's.
fn message_of(fault: &PolicyFault) -> Option<Cow<'static, str>> {
    Some(match fault {
        PolicyFault::Json => return None,
        PolicyFault::Syntax => "Invalid policy syntax.".into(),
        PolicyFault::Version => "The policy must contain a valid version string".into(),
        PolicyFault::UnknownField(name) => format!("Unknown field {name}").into(),
        PolicyFault::Missing(name) => format!("Missing required field {name}").into(),
        PolicyFault::Effect(word) => format!("Invalid effect: {word}").into(),
        PolicyFault::Principal => "Invalid principal in policy".into(),
        PolicyFault::AllowsAllOthers => "Allow with NotPrincipal is not allowed.".into(),
        PolicyFault::Action => "Policy has invalid action".into(),
        PolicyFault::Resource => "Policy has invalid resource".into(),
        PolicyFault::Operator(name) => format!("Invalid Condition type : {name}").into(),
        PolicyFault::ConditionKey => "Policy has an invalid condition key".into(),
        PolicyFault::SidTwice => "Statement IDs (SID) in a single policy must be unique.".into(),
        PolicyFault::ActionElsewhere => "Action does not apply to any resource(s) in statement".into(),
        PolicyFault::ConditionElsewhere => {
            "Conditions do not apply to combination of actions and resources in statement".into()
        }
    })
}

fn named_by_limited_key() -> S3Error {
    let why = "a limited access key names this Space; policies and limited keys exclude each other";
    S3Error::new(ErrorCode::AccessDenied, why).with_shape(Shape::Empty)
}

/// Removes the policy; removing none succeeds.
///
/// # Errors
/// Storage errors.
pub(crate) async fn delete_bucket_policy(request: Request<'_>) -> Result<Response, S3Error> {
    request.world.set_document(request.bucket()?, DocumentKind::Policy, "", None).await?;
    if request.profile().policy_deletion_has_no_content {
        return Ok(Response::empty(StatusCode::NO_CONTENT));
    }
    Ok(Response::empty(StatusCode::OK).header(CONTENT_LENGTH, HeaderValue::from(0)))
}

/// Whether policy or ACL open the bucket to everybody.
///
/// DIFFERS: S3 judges the policy alone, and says `NoSuchBucketPolicy` where there is none; ceph/s3-tests want the ACL
/// judged, too, and an answer for every bucket, as RGW gives it.
///
/// # Errors
/// Storage errors.
pub(crate) async fn get_bucket_policy_status(request: Request<'_>) -> Result<Response, S3Error> {
    let dialect = request.profile().policy_dialect;
    let bucket = request.bucket()?;
    let policy = request.shared.policies.policy_of(&request.world, bucket, dialect)?;
    let is_public = policy.is_some_and(|policy| policy.is_public()) || bucket.acl.grants.iter().any(is_public);

    let mut xml = Xml::document(160);
    xml.open_s3("PolicyStatus");
    xml.flag("IsPublic", is_public);
    xml.close("PolicyStatus");
    Ok(Response::xml(xml.finish()))
}

fn no_policy() -> S3Error {
    S3Error::new(ErrorCode::NoSuchBucketPolicy, "the Space has no policy")
}
