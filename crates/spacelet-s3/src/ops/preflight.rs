//! A CORS preflight: unsigned, judged by the bucket's rules alone (W3C CORS 6.2).

use http::StatusCode;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use spacelet_engine::{CorsAsk, find_rule};

use crate::cors::{answer_headers, matching, rules_of};
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;

/// Whether a page of this origin may send the announced request.
///
/// # Errors
/// `InvalidArgument` without `Origin` or method, `AccessDenied` when no rule allows it.
pub(crate) async fn preflight(request: Request<'_>) -> Result<Response, S3Error> {
    let needed = |name| {
        let missing = || S3Error::new(ErrorCode::InvalidArgument, format!("a preflight needs the header {name}"));
        request.header(&name).ok_or_else(missing)
    };
    let ask = CorsAsk {
        origin: needed(ORIGIN)?,
        method: needed(ACCESS_CONTROL_REQUEST_METHOD)?,
        headers: request.header(ACCESS_CONTROL_REQUEST_HEADERS),
    };

    let rules = rules_of(request.shared, &request.world, request.bucket()?)?;
    let rule = find_rule(&rules, ask, matching(request.profile()))
        .map_err(|because| S3Error::new(ErrorCode::AccessDenied, because))?;

    let mut response = Response::empty(StatusCode::OK);
    for (name, value) in answer_headers(rule, ask) {
        response.headers.insert(name, value);
    }
    Ok(response)
}
