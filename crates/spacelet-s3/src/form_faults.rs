//! What is said of a POST form that is refused: in RGW's words, or in Amazon's (as versitygw's tests found them there).

use spacelet_sigv4::post_policy::PostError;

use crate::authorization::argument;
use crate::error::{Detail, ErrorCode, S3Error};

/// In whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFaults {
    /// RGW's: `InvalidArgument`, or `AccessDenied` for signature and policy.
    Rgw,
    /// Amazon S3's.
    Aws,
}

impl FormFaults {
    /// A body that is no form.
    pub(crate) fn malformed(self, why: &'static str) -> S3Error {
        let code = match self {
            Self::Rgw => ErrorCode::InvalidArgument,
            Self::Aws => ErrorCode::MalformedPOSTRequest,
        };
        S3Error::new(code, why)
    }

    /// A POST on a bucket whose Content-Type says that it has no form.
    pub(crate) fn no_form(self) -> S3Error {
        let why = "a POST on a Space carries a form";
        match self {
            Self::Rgw => S3Error::new(ErrorCode::InvalidArgument, why)
                .with_message("Request Content-Type is not multipart/form-data"),
            Self::Aws => S3Error::new(ErrorCode::PreconditionFailed, why)
                .with_detail(Detail::Condition("Bucket POST must be of the enclosure-type multipart/form-data")),
        }
    }

    /// A form without the field `key`.
    pub(crate) fn no_key(self) -> S3Error {
        match self {
            Self::Rgw => {
                S3Error::new(ErrorCode::InvalidArgument, "the form has no field key").with_message("Key not specified")
            }
            Self::Aws => missing_field("key"),
        }
    }

    /// A form without a file: RGW stores an empty object.
    ///
    /// # Errors
    /// `InvalidArgument`.
    pub(crate) fn no_file(self) -> Result<(), S3Error> {
        match self {
            Self::Rgw => Ok(()),
            Self::Aws => Err(argument("file", "0", "POST requires exactly one file upload per request.")),
        }
    }

    /// A policy that was signed with a key that is not known.
    pub(crate) fn unknown_key(self) -> S3Error {
        let code = match self {
            Self::Rgw => ErrorCode::AccessDenied,
            Self::Aws => ErrorCode::InvalidAccessKeyId,
        };
        S3Error::new(code, "this server does not have the access key that signed the form's policy")
    }

    /// What the form's signature or policy refuses.
    pub(crate) fn refused(self, error: &PostError) -> S3Error {
        let explanation = error.to_string();
        let code = match (self, error) {
            (Self::Aws, PostError::Missing { field, .. }) => return missing_field(field),
            (Self::Aws, PostError::Invalid(fault)) => {
                return S3Error::new(ErrorCode::InvalidPolicyDocument, explanation).with_message(fault.amazons());
            }
            (Self::Aws, PostError::Refused(breach)) => {
                return S3Error::new(ErrorCode::AccessDenied, explanation).with_message(breach.amazons());
            }
            (Self::Aws, PostError::Signature) => ErrorCode::SignatureDoesNotMatch,
            (Self::Aws, PostError::Credential) => {
                let text =
                    "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
                return S3Error::new(ErrorCode::InvalidArgument, explanation).with_message(text);
            }
            (Self::Rgw, PostError::Missing { .. } | PostError::Invalid(_)) => {
                return S3Error::new(ErrorCode::InvalidArgument, explanation.clone()).with_message(explanation);
            }
            (Self::Rgw, PostError::Refused(_)) => {
                return S3Error::new(ErrorCode::AccessDenied, explanation.clone()).with_message(explanation);
            }
            (Self::Rgw, PostError::Signature | PostError::Credential) => ErrorCode::AccessDenied,
            (_, PostError::TooLarge) => ErrorCode::EntityTooLarge,
            (_, PostError::TooSmall) => ErrorCode::EntityTooSmall,
        };
        S3Error::new(code, explanation)
    }
}

fn missing_field(name: &'static str) -> S3Error {
    let text = format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields."
    );
    argument(name, "", text)
}
