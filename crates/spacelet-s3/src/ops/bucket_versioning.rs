//! GetBucketVersioning and PutBucketVersioning.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use spacelet_engine::Versioning;

use crate::error::{ErrorCode, S3Error};
use crate::object_lock;
use crate::request::Request;
use crate::response::{Response, XML};
use crate::xml::{Element, FromXml, Xml, XmlError, parse};

/// Empty until versioning was set for the first time (spaces-reference 4.4).
///
/// # Errors
/// None but what the table promises.
pub(crate) async fn get_bucket_versioning(request: Request<'_>) -> Result<Response, S3Error> {
    let mut xml = Xml::document(256);
    xml.open_s3("VersioningConfiguration");
    if let Some(versioning) = request.bucket()?.versioning {
        xml.text("Status", if versioning == Versioning::Enabled { "Enabled" } else { "Suspended" });
        xml.text("MfaDelete", "Disabled");
    }
    xml.close("VersioningConfiguration");
    Ok(Response::xml(xml.finish()))
}

/// Enables or suspends.
///
/// # Errors
/// `InvalidArgument` (RGW's word for what AWS calls `MalformedXML` and `IllegalVersioningConfigurationException`),
/// `AccessDenied` for MFA delete, which Spaces does not offer.
pub(crate) async fn put_bucket_versioning(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let wanted = parse::<VersioningConfiguration>(&body, body.len())
        .map_err(|error| S3Error::new(ErrorCode::InvalidArgument, error.because))?;
    if wanted.names_mfa {
        return Err(S3Error::new(ErrorCode::AccessDenied, "MFA delete is not offered"));
    }

    if wanted.status == Versioning::Suspended && object_lock::is_on(request.bucket()?) {
        let why = "object lock is on in this bucket, which keeps versions for good";
        return Err(S3Error::new(ErrorCode::InvalidBucketState, why).with_message(
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
        ));
    }

    request.world.set_versioning(request.bucket()?, wanted.status).await?;

    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

/// What a client sends.
struct VersioningConfiguration {
    status: Versioning,
    /// `MfaDelete` or `MFADelete` is there.
    names_mfa: bool,
}

impl FromXml for VersioningConfiguration {
    const ROOT: &'static str = "VersioningConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let status = match root.child_text("Status").map(str::trim) {
            Some("Enabled") => Versioning::Enabled,
            Some("Suspended") => Versioning::Suspended,
            _ => return Err(XmlError::new("Status is neither Enabled nor Suspended")),
        };
        let mfa = root.child_text("MfaDelete").or_else(|| root.child_text("MFADelete"));
        Ok(Self { status, names_mfa: mfa.is_some_and(|mfa| mfa.trim() == "Enabled") })
    }
}
