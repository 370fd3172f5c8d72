//! GetObject and HeadObject: one path, the second without the body.

use std::ops::Range;

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, LAST_MODIFIED, RANGE};
use http::{HeaderValue, StatusCode};
use spacelet_engine::access::Caller;
use spacelet_engine::{EngineError, ObjectInfo};

use super::{object_meta, preconditions};
use crate::checksum;
use crate::customer_key::{self, Given};
use crate::error::{Detail, ErrorCode, S3Error};
use crate::headers::{self, BYTES};
use crate::lifecycle::with_expiration;
use crate::range::{self, Wanted};
use crate::request::Request;
use crate::response::Response;
use crate::storage_class::{self, NOT_READABLE};
use crate::xml::http_date;
use crate::{encryption, object_lock};

/// A body may be replaced between the reading of its record and of its bytes; the record is then read again.
const READS_MAX: usize = 8;

/// Answers the object, or a range of it.
///
/// # Errors
/// `NotModified`, `PreconditionFailed`, `InvalidRange`, `InvalidObjectState` for an archived object, `InvalidRequest`
/// for overrides on an unsigned request.
pub(crate) fn get_object(mut request: Request<'_>) -> Result<Response, S3Error> {
    for _ in 0..READS_MAX {
        let object = request.object()?;
        let plan = Plan::of(&request, object)?;
        storage_class::must_be_readable(&request, object, NOT_READABLE)?;
        match customer_key::open(&request.world, object, plan.bytes.clone(), plan.given.as_ref()) {
            Ok(reader) => {
                let body = Response::stored(plan.status, reader)?;
                return head(&request, object, &plan, body);
            }
            Err(EngineError::NoSuchKey) => request.object = Some(read_again(&request)?),
            Err(other) => return Err(other.into()),
        }
    }
    Err(S3Error::new(ErrorCode::InternalError, "the object was replaced faster than it could be read"))
}

/// Answers what GetObject would, without the body.
///
/// # Errors
/// As [`get_object`].
pub(crate) fn head_object(request: &Request<'_>) -> Result<Response, S3Error> {
    let object = request.object()?;
    let plan = Plan::of(request, object)?;
    let length = HeaderValue::from(plan.bytes.end - plan.bytes.start);
    head(request, object, &plan, Response::empty(plan.status).header(CONTENT_LENGTH, length))
}

fn read_again(request: &Request<'_>) -> Result<ObjectInfo, S3Error> {
    let (bucket, key) = request.subject()?;
    let found = request.world.object(bucket, key, &request.version())?;
    found.filter(|object| !object.is_delete_marker).ok_or_else(|| EngineError::NoSuchKey.into())
}

/// What of the object is answered.
struct Plan {
    status: StatusCode,
    bytes: Range<u64>,
    /// The customer's key that opens it.
    given: Option<Given>,
    /// The place of the part among the object's parts, where one is asked for.
    part: Option<usize>,
}

impl Plan {
    fn of(request: &Request<'_>, object: &ObjectInfo) -> Result<Self, S3Error> {
        if request.profile().has_encryption_headers {
            encryption::refuse_on_read(request.headers)?;
        }
        preconditions::check_read(request.headers, object)?;
        if let Some(number) = wanted_part(request)? {
            return Self::of_part(request, object, number);
        }
        let wanted = range::wanted(request.header(http::header::RANGE), object.bytes).map_err(|_unsatisfiable| {
            let why = format!("the Range names no byte of the object, which has {}", object.bytes);
            let wanted = request.header(RANGE).unwrap_or_default().to_owned();
            S3Error::new(ErrorCode::InvalidRange, why).with_detail(Detail::Range { wanted, bytes: object.bytes })
        })?;
        let given = customer_key::of_read(request, object.sealed.as_ref(), &customer_key::OWN)?;
        Ok(match wanted {
            Wanted::Whole => Self { status: StatusCode::OK, bytes: 0..object.bytes, part: None, given },
            Wanted::Part(bytes) => Self { status: StatusCode::PARTIAL_CONTENT, bytes, part: None, given },
        })
    }

    /// One part of an object; an object of one PUT is its own first part.
    fn of_part(request: &Request<'_>, object: &ObjectInfo, number: u32) -> Result<Self, S3Error> {
        if request.headers.contains_key(RANGE) {
            let why = "Cannot specify both Range header and partNumber query parameter";
            return Err(S3Error::new(ErrorCode::InvalidRequest, why).with_message(why));
        }
        let status = if object.bytes == 0 { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
        let at = object.parts.iter().position(|part| part.number == number);
        let is_only_part = object.parts.is_empty() && number == 1;
        if at.is_none() && !is_only_part {
            // DIFFERS: S3 answers 416 InvalidPartNumber; RGW and ceph/s3-tests have this.
            let why = format!("the object has no part {number}; it has {}", object.parts.len().max(1));
            return Err(S3Error::new(ErrorCode::InvalidPart, why));
        }
        let given = customer_key::of_read(request, object.sealed.as_ref(), &customer_key::OWN)?;
        match at {
            None => Ok(Self { status, bytes: 0..object.bytes, part: Some(0), given }),
            Some(at) => {
                let before = object.parts.iter().take(at).map(|part| part.bytes).sum::<u64>();
                let bytes = object.parts.get(at).map_or(0, |part| part.bytes);
                Ok(Self { status, bytes: before..before + bytes, part: Some(at), given })
            }
        }
    }
}

/// `partNumber`, where the profile reads parts.
fn wanted_part(request: &Request<'_>) -> Result<Option<u32>, S3Error> {
    if !request.profile().reads_parts || !request.query.has("partNumber") {
        return Ok(None);
    }
    super::uploads::part_number(request).map(Some)
}

/// What only some reads show: of how many parts the object is, and checksums where they are asked for.
fn with_part(response: Response, request: &Request<'_>, object: &ObjectInfo, plan: &Plan) -> Response {
    let is_asked_for = request.profile().echoes_checksums && checksum::is_asked_for(request.headers);
    match plan.part {
        None if is_asked_for && plan.status == StatusCode::OK => checksum::with_checksum(response, request, object),
        None => response,
        Some(_) if object.parts.is_empty() && is_asked_for => checksum::with_checksum(response, request, object),
        Some(_) if object.parts.is_empty() => response,
        Some(at) => {
            let response = response.header(headers::PARTS_COUNT, HeaderValue::from(object.parts.len()));
            if is_asked_for { checksum::with_part_checksum(response, object, at) } else { response }
        }
    }
}

/// Adds `x-amz-version-id` of what is read: of a version with an id of its own, and of any that was named.
pub(super) fn with_read_version(response: Response, request: &Request<'_>, object: &ObjectInfo) -> Response {
    if object.version.is_null() && request.query.get_non_empty("versionId").is_none() {
        return response;
    }
    response.header_bytes(headers::VERSION_ID, object.version.0.as_bytes())
}

fn head(request: &Request<'_>, object: &ObjectInfo, plan: &Plan, body: Response) -> Result<Response, S3Error> {
    let overrides = object_meta::overrides(request.query, request.caller != Caller::Anonymous)?;
    let mut response = body;
    if plan.status == StatusCode::PARTIAL_CONTENT && !plan.bytes.is_empty() {
        let range = format!("bytes {}-{}/{}", plan.bytes.start, plan.bytes.end - 1, object.bytes);
        response = response.header_bytes(CONTENT_RANGE, range.as_bytes());
    }
    response = customer_key::told(plan.given.as_ref(), response);
    response = response.header(ACCEPT_RANGES, BYTES).header_bytes(LAST_MODIFIED, http_date(object.modified).as_bytes());
    response = with_read_version(response, request, object);
    if request.profile().shows_gateway_counters {
        response = match object.appends {
            0 => response.header(headers::OBJECT_TYPE, HeaderValue::from_static("Normal")),
            _ => response
                .header(headers::OBJECT_TYPE, HeaderValue::from_static("Appendable"))
                .header(headers::NEXT_APPEND_POSITION, HeaderValue::from(object.bytes)),
        };
    }
    response = response.header_bytes(ETAG, object.etag.quoted().as_bytes());
    response = with_part(response, request, object, plan);
    let response = object_meta::write(&object.meta, &overrides, request.profile(), response);
    let response = object_lock::told(&object.meta.lock, encryption::told(&object.meta, response));
    let response = storage_class::with_restoration(response, object, request.world.clock().now());
    // S3 tells it of what is current by itself, not of a version that was named.
    let is_named = request.query.get_non_empty("versionId").is_some();
    if is_named && request.profile().lifecycle_is_amazons {
        return Ok(response);
    }
    with_expiration(response, &request.world, request.bucket()?, object)
}
