//! Storage classes on the wire: the header of a write, what reads say of an archived object, `x-amz-restore` (S3 user
//! guide, "Understanding and managing Amazon S3 storage classes", "Restoring an archived object").

use http::{HeaderMap, HeaderName, HeaderValue};
use spacelet_engine::{ObjectInfo, ObjectMeta, StorageClass, StoredHeader, Timestamp};

use crate::Profile;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::xml::{Xml, http_date};

pub(crate) const STORAGE_CLASS: HeaderName = HeaderName::from_static(StorageClass::HEADER);
const RESTORE: HeaderName = HeaderName::from_static("x-amz-restore");
/// What listings show of objects besides, where that is asked for.
const OPTIONAL_ATTRIBUTES: &str = "x-amz-optional-object-attributes";

/// The class that a write names, checked, as it is stored; `None` when it names none. Of Amazon's classes `STANDARD`
/// is not stored: answers leave it out.
///
/// # Errors
/// `InvalidStorageClass`; where there are none, `InvalidArgument` for another than `STANDARD`, the only one of Spaces
/// (spaces-reference 5).
pub(crate) fn of_new(headers: &HeaderMap, profile: &Profile) -> Result<Option<StoredHeader>, S3Error> {
    let last = headers.get_all(STORAGE_CLASS).iter().next_back();
    let Some(class) = last.filter(|class| !class.is_empty()) else { return Ok(None) };
    let stored = StoredHeader { name: StorageClass::HEADER.to_owned(), value: class.as_bytes().to_vec() };
    if !profile.has_storage_classes {
        if class != "STANDARD" {
            return Err(S3Error::new(ErrorCode::InvalidArgument, "the only storage class is STANDARD"));
        }
        return Ok(Some(stored));
    }
    match class.to_str().ok().and_then(StorageClass::named) {
        Some(StorageClass::Standard) => Ok(None),
        Some(_) => Ok(Some(stored)),
        None => {
            let why = "x-amz-storage-class names none of the classes that objects of a general purpose bucket have";
            Err(S3Error::new(ErrorCode::InvalidStorageClass, why))
        }
    }
}

/// Whether a stored header names the class.
pub(crate) fn is_named_by(header: &StoredHeader) -> bool {
    header.name == StorageClass::HEADER
}

/// The class as documents name it.
pub(crate) fn shown(meta: &ObjectMeta) -> &'static str {
    meta.storage_class().name()
}

/// Refuses to read an archived object. `message`: S3 has one for reads and one for sources of copies.
///
/// # Errors
/// `InvalidObjectState`.
pub(crate) fn must_be_readable(
    request: &Request<'_>,
    object: &ObjectInfo,
    message: &'static str,
) -> Result<(), S3Error> {
    // What was archived in the other profile can be read in one that has no archives.
    match request.profile().has_storage_classes && object.is_archived(request.world.clock().now()) {
        false => Ok(()),
        true => Err(invalid_state(object.meta.storage_class(), message)),
    }
}

/// What reading an archived object is told.
pub(crate) const NOT_READABLE: &str = "The operation is not valid for the object's storage class";
/// What copying one is told.
pub(crate) const NO_SOURCE: &str = "Operation is not valid for the source object's storage class";

/// `InvalidObjectState`, with the class that the object is in.
pub(crate) fn invalid_state(class: StorageClass, message: &'static str) -> S3Error {
    let why = match class.is_archive() {
        true => format!("the object is archived ({}); RestoreObject makes a copy that can be read", class.name()),
        false => format!("the object is in {}, which is no archive", class.name()),
    };
    S3Error::new(ErrorCode::InvalidObjectState, why)
        .with_message(message)
        .with_detail(Detail::StorageClass(class.name()))
}

/// Adds `x-amz-restore` where a copy of the object is being made or is there.
pub(crate) fn with_restoration(response: Response, object: &ObjectInfo, now: Timestamp) -> Response {
    match object.restored {
        Some(copy) if copy.is_ongoing(now) => {
            response.header(RESTORE, HeaderValue::from_static("ongoing-request=\"true\""))
        }
        Some(copy) if copy.is_readable(now) => {
            let value = format!("ongoing-request=\"false\", expiry-date=\"{}\"", http_date(copy.until));
            response.header_bytes(RESTORE, value.as_bytes())
        }
        Some(_) | None => response,
    }
}

/// Whether a listing is to show copies of archived objects.
pub(crate) fn is_status_asked_for(headers: &HeaderMap) -> bool {
    let values = headers.get_all(OPTIONAL_ATTRIBUTES).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|name| name.trim() == "RestoreStatus")
}

/// `RestoreStatus` of a listed object.
pub(crate) fn write_status(xml: &mut Xml, object: &ObjectInfo, now: Timestamp) {
    let Some(copy) = object.restored.filter(|copy| copy.is_ongoing(now) || copy.is_readable(now)) else { return };
    xml.open("RestoreStatus");
    xml.flag("IsRestoreInProgress", copy.is_ongoing(now));
    if copy.is_readable(now) {
        xml.time("RestoreExpiryDate", copy.until);
    }
    xml.close("RestoreStatus");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(class: &'static str, profile: &Profile) -> Result<Option<Vec<u8>>, ErrorCode> {
        let headers = HeaderMap::from_iter([(STORAGE_CLASS, HeaderValue::from_static(class))]);
        of_new(&headers, profile).map(|header| header.map(|header| header.value)).map_err(|error| error.code)
    }

    #[test]
    fn classes_are_those_of_the_profile() {
        assert_eq!(read("GLACIER", &Profile::SPACES), Err(ErrorCode::InvalidArgument));
        assert_eq!(read("standard", &Profile::SPACES), Err(ErrorCode::InvalidArgument));
        assert_eq!(read("STANDARD", &Profile::SPACES), Ok(Some(b"STANDARD".to_vec())));
        assert_eq!(read("GLACIER", &Profile::AWS), Ok(Some(b"GLACIER".to_vec())));
        assert_eq!(read("STANDARD", &Profile::AWS), Ok(None));
        for unknown in ["standard", "OUTPOSTS", "COLD"] {
            assert_eq!(read(unknown, &Profile::AWS), Err(ErrorCode::InvalidStorageClass), "{unknown}");
        }
        for profile in [Profile::SPACES, Profile::AWS] {
            assert_eq!(read("", &profile), Ok(None));
        }
    }
}
