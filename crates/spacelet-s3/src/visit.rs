//! The website door: what a visitor of `{bucket}.{region}-static.…` sees. The order of questions is RGW's: redirects
//! first, then the object, then rules about the error, then the error document, then a plain page.

use std::sync::OnceLock;

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, HOST, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use spacelet_engine::access::Need;
use spacelet_engine::{Bucket, ObjectInfo, ObjectKey, Redirection, VersionSelector, Website};

use crate::access_log::Logged;
use crate::auth::{Admission, admit};
use crate::circumstances::Circumstances;
use crate::cors;
use crate::error::{ErrorCode, S3Error};
use crate::facts::{Ask, Judge, find_bucket, key_of};
use crate::headers::{BYTES, WEBSITE_REDIRECT};
use crate::ops;
use crate::query::Query;
use crate::request::{Notes, Request};
use crate::response::Response;
use crate::service::{Shared, Trace};
use crate::target::Target;
use crate::website::website_of;

/// What no URI has (RFC 3986 2).
const NOT_IN_URI: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'\\').add(b'^').add(b'|');
/// What a key may not have in a URI's path besides.
const NOT_IN_PATH: &AsciiSet = &NOT_IN_URI.add(b'%').add(b'?').add(b'#');

/// One visit, its bucket and configuration read.
struct Visit<'a> {
    shared: &'a Shared,
    admission: &'a Admission,
    target: &'a Target,
    parts: &'a Parts,
    circumstances: Circumstances<'a>,
    bucket: Bucket,
    site: Website,
    /// As asked.
    key: String,
}

/// Answers a visitor. The query chooses nothing.
///
/// # Errors
/// `MethodNotAllowed` for other than GET and HEAD; what `admit` refuses; `NoSuchBucket`,
/// `NoSuchWebsiteConfiguration`; what reading the object refuses, where no error document stands in for it.
pub(crate) fn visit(
    shared: &Shared,
    parts: &Parts,
    target: &Target,
    notes: Notes<'_>,
    trace: &mut Trace,
) -> Result<Response, S3Error> {
    trace.operation = "Website";
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(S3Error::new(ErrorCode::MethodNotAllowed, "a website host takes GET and HEAD only"));
    }
    let admission = admit(shared, parts, target, trace)?;
    trace.is_admitted = true;
    let bucket = find_bucket(shared, &admission.world, target)?;
    let circumstances = Circumstances::of(&shared.settings, parts);
    trace.logged = Logged::of(&admission.world, &bucket, None, &admission.caller, circumstances, None);
    trace.cors = cors::headers_for(shared, &admission.world, target, parts);
    let none = || S3Error::new(ErrorCode::NoSuchWebsiteConfiguration, "the Space is no website; see PutBucketWebsite");
    let site = website_of(&admission.world, &bucket)?.ok_or_else(none)?;
    let key = key_of(&shared.settings.profile, target)?.map(|key| key.as_str().to_owned()).unwrap_or_default();
    let visit = Visit { shared, admission: &admission, target, parts, circumstances, bucket, site, key };
    visit.answer(notes)
}

impl Visit<'_> {
    fn answer(&self, notes: Notes<'_>) -> Result<Response, S3Error> {
        let is_object = !self.key.is_empty() && self.object(&self.key)?.is_some();
        let shown = self.site.shown_key(&self.key, is_object);
        if let Some(redirection) = self.redirection(&shown, None) {
            return Ok(away(&redirection));
        }
        let error = match self.show(&shown, is_object, notes) {
            Ok(response) => return Ok(response),
            Err(error) if error.code == ErrorCode::NotModified => return Err(error),
            Err(error) => error,
        };
        let status = error.code.status();
        if let Some(redirection) = self.redirection(&shown, Some(status.as_u16())) {
            notes.add(format!("a routing rule about status {status}: {}", error.explanation));
            return Ok(away(&redirection));
        }
        let Some(page) = &self.site.error_key else { return Err(error) };
        match self.read(page, &HeaderMap::new(), notes) {
            Ok(response) => {
                notes.add(format!("the error document: {}", error.explanation));
                Ok(response.status(status))
            }
            Err(unreadable) => {
                let why = format!("{}; the error document {page}: {}", error.explanation, unreadable.explanation);
                Err(S3Error { explanation: why.into(), ..error })
            }
        }
    }

    fn redirection(&self, shown: &str, error_status: Option<u16>) -> Option<Redirection> {
        let host = self.parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or(&self.target.host);
        let protocol = if self.circumstances.is_secure() { "https" } else { "http" };
        self.site.redirection(spacelet_engine::Visit { protocol, host, key: &self.key }, shown, error_status)
    }

    /// The shown object, the place it redirects to, or the folder that a visitor should have named.
    fn show(&self, shown: &str, is_object: bool, notes: Notes<'_>) -> Result<Response, S3Error> {
        let names_no_folder = !is_object && !self.key.is_empty() && !self.key.ends_with('/');
        if names_no_folder && self.shared.settings.profile.website_sends_to_folders {
            if self.object(shown)?.is_some() {
                let folder = utf8_percent_encode(&self.key, NOT_IN_PATH);
                return Ok(redirect(302, &format!("/{folder}/")));
            }
            return self.read(&self.key, &self.parts.headers, notes);
        }
        self.read(shown, &self.parts.headers, notes)
    }

    /// Reads an object as GetObject and HeadObject do, with these request headers.
    fn read(&self, key: &str, headers: &HeaderMap, notes: Notes<'_>) -> Result<Response, S3Error> {
        let invalid = |_error| S3Error::new(ErrorCode::InvalidObjectName, "no object can have this key");
        let key = ObjectKey::parse(key.as_bytes()).map_err(invalid)?;
        let Admission { world, caller, account, .. } = self.admission;
        let object = self.object(key.as_str())?;
        let judge = Judge::new(self.shared, world, caller, self.circumstances, Some(&self.bucket))?;
        judge.judge_object(Ask { key: Some(&key), ..Ask::of(Need::ObjectRead, "s3:GetObject") }, object.as_ref())?;
        if let Some(place) = object.as_ref().and_then(redirect_of) {
            return Ok(redirect(301, &place).header(ACCEPT_RANGES, BYTES));
        }
        let request = Request {
            signed: None,
            shared: self.shared,
            world: world.clone(),
            target: self.target,
            query: &Query::default(),
            headers,
            circumstances: self.circumstances,
            caller: caller.clone(),
            account: account.clone(),
            bucket: Some(self.bucket.clone()),
            key: Some(key),
            object,
            source: None,
            body: None,
            notes,
            form_signer: &OnceLock::new(),
            answer_ids: &OnceLock::new(),
        };
        ops::read_object(&self.parts.method, request)
    }

    fn object(&self, key: &str) -> Result<Option<ObjectInfo>, S3Error> {
        let Ok(key) = ObjectKey::parse(key.as_bytes()) else { return Ok(None) };
        let found = self.admission.world.object(&self.bucket, &key, &VersionSelector::Current)?;
        Ok(found.filter(|object| !object.is_delete_marker))
    }
}

/// The object's own `x-amz-website-redirect-location`.
fn redirect_of(object: &ObjectInfo) -> Option<String> {
    let header = object.meta.headers.iter().find(|header| header.name == WEBSITE_REDIRECT.as_str())?;
    Some(String::from_utf8_lossy(&header.value).into_owned())
}

/// Where a rule or the configuration sends the visitor.
fn away(redirection: &Redirection) -> Response {
    // DIFFERS: RGW 16 writes the key into Location as it is, blanks and all; a Location is a URI (RFC 9110 10.2.2).
    let rest = utf8_percent_encode(&redirection.key_rest, NOT_IN_PATH);
    redirect(redirection.status, &format!("{}{rest}", redirection.place))
}

fn redirect(status: u16, place: &str) -> Response {
    let place = utf8_percent_encode(place, NOT_IN_URI).to_string();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
    Response::empty(status).header_bytes(LOCATION, place.as_bytes()).header(CONTENT_LENGTH, HeaderValue::from(0))
}
