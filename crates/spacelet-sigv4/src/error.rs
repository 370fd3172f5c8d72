//! Why a signature was refused. What HTTP answer each meaning gets is the caller's table.

use std::fmt;

/// How far a header signature's date may be from the clock, in seconds (S3 and RGW: 15 minutes).
pub const SKEW_S: i64 = 900;

/// The longest life of a presigned V4 link, in seconds (S3 and RGW: seven days).
pub const EXPIRES_MAX_S: i64 = 604_800;

/// Why a request's signature was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthError {
    /// The Authorization header, a credential or a needed length is not of a known shape. RGW: 400 `InvalidArgument`.
    Malformed(&'static str),
    /// A date, an expiry or another needed part is missing or unreadable. RGW: 403 `AccessDenied`.
    Unacceptable(&'static str),
    /// A presigned link is past its end. RGW: 403 `AccessDenied`.
    Expired {
        /// Seconds since the link ended; 0 at its end.
        since_s: i64,
    },
    /// A header signature is too far from the clock. RGW: 403 `RequestTimeTooSkewed`.
    Skewed {
        /// The request's time minus the server's, in seconds.
        delta_s: i64,
    },
    /// The signature is not the one this secret makes. RGW: 403 `SignatureDoesNotMatch`.
    /// [`explain_mismatch`](crate::explain_mismatch) says why.
    Mismatch,
}

impl AuthError {
    /// Plain words for a person, printable ASCII, without any secret.
    #[must_use]
    pub fn explanation(&self) -> String {
        match self {
            Self::Malformed(what) | Self::Unacceptable(what) => (*what).to_owned(),
            Self::Expired { since_s } => format!("the presigned link ended {since_s} s ago"),
            Self::Skewed { delta_s } => {
                let side = if *delta_s < 0 { "behind" } else { "ahead of" };
                let by = delta_s.unsigned_abs();
                format!("the request's date is {by} s {side} this server's clock; {SKEW_S} s are allowed")
            }
            Self::Mismatch => {
                "the signature is not the one that this access key's secret makes of this request".to_owned()
            }
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explanation())
    }
}

impl std::error::Error for AuthError {}
