//! A CORS preflight. No Space has CORS rules yet, so each is refused as RGW refuses one that no rule allows.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;

pub(crate) async fn preflight(request: Request<'_>) -> Result<Response, S3Error> {
    for name in [ORIGIN, ACCESS_CONTROL_REQUEST_METHOD] {
        if !request.headers.contains_key(&name) {
            return Err(S3Error::new(ErrorCode::InvalidArgument, format!("a preflight needs the header {name}")));
        }
    }
    Err(S3Error::new(ErrorCode::AccessDenied, "the Space has no CORS rules (they are not built yet in this version)"))
}
