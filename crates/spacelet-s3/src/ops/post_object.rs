//! PostObject: an upload by an HTML form, which is authenticated by its own fields (S3 API reference, "POST Object";
//! order of checks and texts as RGW).

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use spacelet_engine::access::{Caller, Need};
use spacelet_engine::policy::Environment;
use spacelet_engine::{AccessKeyId, BodyWriter, Credential, KeyMark, NewObject, ObjectInfo, ObjectKey};
use spacelet_sigv4::post_policy::{Form, FormClaim, PostError, PostPolicy};

use super::location::{escaped, location};
use super::object_meta;
use super::object_tagging::Tagging;
use super::put_object::{owner_of_new, with_version};
use crate::acl::requested_acl;
use crate::auth::refuse_suspended;
use crate::besides;
use crate::body::RequestBody;
use crate::circumstances::Proof;
use crate::error::{ErrorCode, S3Error};
use crate::facts::{Ask, parsed_key};
use crate::form::{Event, FormParser};
use crate::form_faults::FormFaults;
use crate::headers::BYTES;
use crate::notification::{EventObject, notify};
use crate::operation::Operation;
use crate::policy::{add_parameters, add_remaining_days, add_tags};
use crate::request::{FormSigner, Request};
use crate::response::{Response, XML};
use crate::tags::Tagged;
use crate::xml::{Xml, parse};
use crate::{Profile, cold, customer_key, encryption};

/// Form fields that stand for a header of the same name.
const AS_HEADERS: [&str; 9] = [
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-tagging",
];

/// Reads the fields, proves who sent them, keeps to their policy, streams the file into the store.
///
/// # Errors
/// `InvalidArgument` for a malformed form, `AccessDenied` for its signature or policy, `EntityTooLarge`,
/// `EntityTooSmall`, and what PutObject answers.
pub(crate) async fn post_object(mut request: Request<'_>) -> Result<Response, S3Error> {
    let missing = || S3Error::new(ErrorCode::InternalError, "the body was taken already");
    let body = request.body.take().ok_or_else(missing)?;
    let mut upload = Upload::begin(&request, body)?;
    upload.read_fields().await?;
    let key = upload.key(request.profile())?;
    let form = Form::new(&upload.fields);
    let policy = admit(&mut request, &form, &key)?;
    let headers = as_headers(&upload.fields);
    let request = Request { headers: &headers, ..request };
    let bucket = request.bucket()?.clone();
    cold::check_signed(&bucket, &request.caller)?;
    let tags = tags_of(&form)?;
    may_post(&request, &key, tags.as_deref())?;
    let owner = owner_of_new(&request, &bucket)?;
    let mut meta = object_meta::of_new(&request, &bucket)?;
    if let Some(tags) = tags {
        if request.profile().tags_are_checked {
            Tagged::Object.check(&tags)?;
        }
        meta.tags = tags;
    }
    let acl = requested_acl(&request, &owner, &bucket.owner)?;
    let given = customer_key::of_write(&request)?;
    let sealed = given.as_ref().map(|given| KeyMark::new(&given.key));
    let object = NewObject { key, acl, owner, meta, checksum: None, etag: None, parts: Vec::new(), sealed };

    let sealing = given.as_ref().map(|given| &given.key);
    let mut writer = customer_key::begin(&request.world, None, false, None, sealing)?;
    upload.read_file(&mut writer, policy.as_ref()).await?;
    let stored = request.world.put_object(&bucket, object, writer.finish().await?).await?;

    let form = Form::new(&upload.fields);
    notify(&request, "ObjectCreated:Post", || EventObject::there(&stored));
    let response = encryption::told(&stored.meta, answer(&request, &form, &stored));
    let response = customer_key::told(given.as_ref(), response);
    Ok(with_version(response, &stored))
}

/// The tags of the form's document, if it has one.
fn tags_of(form: &Form<'_>) -> Result<Option<Vec<(String, String)>>, S3Error> {
    let Some(document) = form.get("tagging") else { return Ok(None) };
    let tags = parse::<Tagging>(document.as_bytes(), document.len());
    tags.map(|tags| Some(tags.0)).map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))
}

/// Judges the upload, and what the fields ask besides.
fn may_post(request: &Request<'_>, key: &ObjectKey, tags: Option<&[(String, String)]>) -> Result<(), S3Error> {
    let (profile, operation) = (request.profile(), Operation::PostObject);
    let parameters = |environment: &mut Environment| {
        add_parameters(environment, operation, request.query, request.headers, profile.policy_keys);
        if profile.headers_take_permissions {
            add_tags(environment, tags.unwrap_or_default(), profile.policy_keys);
            add_remaining_days(environment, request.headers, request.world.clock().now());
        }
    };
    let ask = Ask { key: Some(key), parameters: Some(&parameters), ..Ask::of(Need::BucketWrite, "s3:PutObject") };
    let judge = request.judges()?;
    judge.judge(ask)?;
    for action in besides::actions(profile, operation, request.headers) {
        judge.judge(Ask { action, ..ask })?;
    }
    match tags.is_some() && profile.headers_take_permissions {
        true => judge.judge(Ask { action: besides::TAGGING, ..ask }),
        false => Ok(()),
    }
}

/// A form being read.
struct Upload<'a> {
    body: RequestBody<'a>,
    parser: FormParser,
    fields: Vec<(String, String)>,
    filename: String,
    /// What came after the fields in the same bytes.
    waiting: Vec<Event>,
    bytes_max: u64,
    faults: FormFaults,
}

impl<'a> Upload<'a> {
    fn begin(request: &Request<'_>, body: RequestBody<'a>) -> Result<Self, S3Error> {
        let content_type = request.header(CONTENT_TYPE).unwrap_or_default();
        let faults = request.profile().form_faults;
        let no_boundary = || faults.malformed("the Content-Type names no boundary");
        let parser = FormParser::new(content_type).ok_or_else(no_boundary)?;
        let bytes_max = request.limits().put_bytes_max;
        Ok(Self { body, parser, fields: Vec::new(), filename: String::new(), waiting: Vec::new(), bytes_max, faults })
    }

    async fn events(&mut self) -> Result<Vec<Event>, S3Error> {
        match self.body.next_raw().await? {
            Some(data) => self.parser.push(&data).map_err(|why| self.faults.malformed(why)),
            None => Ok(vec![Event::End]),
        }
    }

    /// Up to the file, or to the end of a form without one.
    async fn read_fields(&mut self) -> Result<(), S3Error> {
        loop {
            let mut events = self.events().await?.into_iter();
            while let Some(event) = events.next() {
                match event {
                    Event::Field(name, value) => self.fields.push((name, value)),
                    Event::File(filename) => {
                        self.filename = filename;
                        self.waiting = events.collect();
                        return Ok(());
                    }
                    Event::Data(_) => {}
                    Event::End => {
                        self.waiting = vec![Event::End];
                        return self.faults.no_file();
                    }
                }
            }
        }
    }

    /// The key that the form names, with the file's name put in.
    fn key(&self, profile: &Profile) -> Result<ObjectKey, S3Error> {
        let named = Form::new(&self.fields).get("key").ok_or_else(|| self.faults.no_key())?;
        let key = named.replace("${filename}", &self.filename);
        parsed_key(profile, key.as_bytes())
    }

    async fn read_file(&mut self, writer: &mut BodyWriter, policy: Option<&PostPolicy>) -> Result<(), S3Error> {
        let allowed = policy.map_or(u64::MAX, PostPolicy::length_max).min(self.bytes_max);
        let mut total = 0_u64;
        let mut events = std::mem::take(&mut self.waiting);
        loop {
            for event in events {
                match event {
                    Event::Data(data) => {
                        total += data.len() as u64;
                        if total > allowed {
                            return Err(self.faults.refused(&PostError::TooLarge));
                        }
                        writer.write(data).await?;
                    }
                    Event::End => {
                        let within = policy.map_or(Ok(()), |policy| policy.check_length(total));
                        return within.map_err(|error| self.faults.refused(&error));
                    }
                    Event::Field(..) | Event::File(_) => {}
                }
            }
            events = self.events().await?;
        }
    }
}

/// Puts the form's signer into the request and checks the form against its policy, if it has one.
fn admit(request: &mut Request<'_>, form: &Form<'_>, key: &ObjectKey) -> Result<Option<PostPolicy>, S3Error> {
    let faults = request.profile().form_faults;
    let refused = |error| faults.refused(&error);
    let claim = FormClaim::parse(form).map_err(refused)?;
    let (Some(id), Some(document)) = (claim.access_key(), claim.policy()) else { return Ok(None) };
    let found = request.shared.settings.engine.find_key(&AccessKeyId::new(id))?;
    let now = request.world.clock().now();
    let clock = request.world.clock();
    let found = found.filter(|(_, credential)| !request.shared.unsettled.is_key(&credential.key, clock));
    let (_, credential) = found.ok_or_else(|| faults.unknown_key())?;
    claim.verify(credential.key.secret.reveal()).map_err(refused)?;
    refuse_suspended(request.profile(), &credential.account)?;
    let policy = PostPolicy::parse(document).map_err(refused)?;
    policy.check(form, request.bucket()?.name.as_str(), key.as_str(), now.seconds()).map_err(refused)?;
    let Credential { key: access_key, account } = &*credential;
    let is_v4 = matches!(claim, FormClaim::V4 { .. });
    request.circumstances = request.circumstances.signed_by(Some(Proof::of_form(is_v4)));
    request.caller = Caller::Account { account: account.id.clone(), grants: access_key.grants.clone() };
    request.account = Some(Arc::clone(account));
    // Told once: a request has one form.
    let _ = request.form_signer.set(FormSigner { account: account.id.clone(), access_key: id.to_owned() });
    Ok(Some(policy))
}

/// The fields that say what headers say on a PUT.
fn as_headers(fields: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = name.to_ascii_lowercase();
        let is_kept = AS_HEADERS.contains(&name.as_str())
            || ["x-amz-meta-", "x-amz-server-side-encryption", "x-amz-grant-", "x-amz-object-lock-"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        let name = if name == "acl" { "x-amz-acl" } else { &name };
        if !is_kept && name != "x-amz-acl" {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A redirect, a document, or nothing, as the form asked.
fn answer(request: &Request<'_>, form: &Form<'_>, stored: &ObjectInfo) -> Response {
    let location = location(request, &escaped(stored.key.as_str())).ok();
    let done = |response: Response| {
        let response = match request.profile().forms_answer_etag {
            true => response.header_bytes(ETAG, stored.etag.quoted().as_bytes()),
            false => response,
        };
        response.header(ACCEPT_RANGES, BYTES)
    };
    let made = |response: Response| match location.as_ref().filter(|_| request.profile().answers_urls) {
        Some(location) => done(response.header_bytes(LOCATION, location.as_bytes())),
        None => done(response),
    };
    let bucket = request.bucket.as_ref().map(|bucket| bucket.name.as_str()).unwrap_or_default();
    let key = escaped(stored.key.as_str());
    if let Some(location) = redirect(form, bucket, &key, stored) {
        return done(Response::full(Bytes::new()).status(StatusCode::SEE_OTHER).header(LOCATION, location));
    }
    match form.get("success_action_status") {
        Some("200") => made(Response::full(Bytes::new())),
        Some("201") => {
            let mut xml = Xml::bare();
            xml.open("PostResponse");
            xml.text("Location", location.as_deref().unwrap_or_default());
            xml.text("Bucket", bucket);
            xml.text("Key", stored.key.as_str());
            xml.answered_etag(&stored.etag, request.profile().quotes_answered_etags);
            xml.close("PostResponse");
            made(Response::full(xml.finish()).status(StatusCode::CREATED).header(CONTENT_TYPE, XML))
        }
        _ => made(Response::empty(StatusCode::NO_CONTENT)),
    }
}

fn redirect(form: &Form<'_>, bucket: &str, key: &str, stored: &ObjectInfo) -> Option<HeaderValue> {
    let url = form.get("success_action_redirect").or_else(|| form.get("redirect"))?;
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return None;
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    let etag = stored.etag.as_str();
    HeaderValue::from_str(&format!("{url}{joint}bucket={bucket}&key={key}&etag=%22{etag}%22")).ok()
}
