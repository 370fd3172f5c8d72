//! A CORS preflight: unsigned, judged by the bucket's rules alone (W3C CORS 6.2).

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderName, StatusCode};
use spacelet_engine::{CorsAsk, find_rule};

use crate::cors::{PreflightFaults, answer_headers, matching, rules_of};
use crate::error::{Detail, ErrorCode, S3Error};
use crate::operation::Scope;
use crate::request::Request;
use crate::response::Response;

/// Whether a page of this origin may send the announced request.
///
/// # Errors
/// `InvalidArgument` without `Origin` or method (AWS: `BadRequest`), `AccessDenied` when no rule allows it (AWS:
/// `AccessForbidden`).
pub(crate) async fn preflight(request: Request<'_>) -> Result<Response, S3Error> {
    let faults = request.profile().preflight_faults;
    let needed = |name: HeaderName| request.header(&name).ok_or_else(|| lacks(faults, &name));
    let ask = CorsAsk {
        origin: needed(ORIGIN)?,
        method: needed(ACCESS_CONTROL_REQUEST_METHOD)?,
        headers: request.header(ACCESS_CONTROL_REQUEST_HEADERS),
    };

    let rules = rules_of(request.shared, &request.world, request.bucket()?)?;
    let rule = find_rule(&rules, ask, matching(request.profile())).map_err(|because| match faults {
        PreflightFaults::Rgw => S3Error::new(ErrorCode::AccessDenied, because),
        PreflightFaults::Aws => forbidden(because, rules.is_empty(), &request),
    })?;

    let mut response = Response::empty(StatusCode::OK);
    for (name, value) in answer_headers(rule, ask) {
        response.headers.insert(name, value);
    }
    Ok(response)
}

fn lacks(faults: PreflightFaults, name: &HeaderName) -> S3Error {
    let why = format!("a preflight needs the header {name}");
    match faults {
        PreflightFaults::Rgw => S3Error::new(ErrorCode::InvalidArgument, why),
        PreflightFaults::Aws if *name == ORIGIN => S3Error::new(ErrorCode::BadRequest, why)
            .with_message("Insufficient information. Origin request header needed."),
        PreflightFaults::Aws => {
            S3Error::new(ErrorCode::BadRequest, why).with_message("Invalid Access-Control-Request-Method: null")
        }
    }
}

fn forbidden(because: String, has_no_rules: bool, request: &Request<'_>) -> S3Error {
    let method = request.header(ACCESS_CONTROL_REQUEST_METHOD).unwrap_or_default().to_owned();
    let detail = Detail::Preflight { method, is_object: request.target.scope() == Scope::Object };
    let refusal = S3Error::new(ErrorCode::AccessForbidden, because).with_detail(detail);
    match has_no_rules {
        true => refusal.with_message("CORSResponse: CORS is not enabled for this bucket."),
        false => refusal,
    }
}
