//! CORS on the wire: the configuration document, and the headers that an answer carries for a page's origin.

use std::collections::BTreeSet;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HeaderName, HeaderValue, ORIGIN, VARY,
};
use http::request::Parts;
use spacelet_engine::{
    Bucket, BucketName, CorsAsk, CorsMatch, CorsMethod, CorsRule, DocumentKind, EngineError, World, asked_headers,
    find_rule,
};

use crate::Profile;
use crate::service::Shared;
use crate::stored::stored;
use crate::target::Target;
use crate::xml::{Element, FromXml, Xml, XmlError, parse};

/// Rules of one configuration (Spaces and AWS alike).
pub(crate) const RULES_MAX: usize = 100;
const ID_BYTES_MAX: usize = 255;

/// How a preflight is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightFaults {
    /// As RGW.
    Rgw,
    /// As Amazon S3, with `CORSResponse` in the message.
    Aws,
}

/// The headers of an answer, in RGW's order.
pub(crate) type CorsHeaders = Vec<(HeaderName, HeaderValue)>;

/// `CORSConfiguration`.
pub(crate) struct CorsConfiguration {
    pub(crate) rules: Vec<CorsRule>,
}

impl FromXml for CorsConfiguration {
    const ROOT: &'static str = "CORSConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let rules = root.all("CORSRule").map(rule).collect::<Result<Vec<_>, _>>()?;
        if rules.is_empty() {
            return Err(XmlError::new("there is no CORSRule"));
        }
        Ok(Self { rules })
    }
}

fn rule(element: &Element) -> Result<CorsRule, XmlError> {
    let texts = |name| element.all(name).map(|child| child.text.trim().to_owned());
    let methods = element
        .all("AllowedMethod")
        .map(|child| CorsMethod::parse(child.text.trim()).ok_or_else(|| XmlError::new("an AllowedMethod is unknown")))
        .collect::<Result<BTreeSet<_>, _>>()?;
    let rule = CorsRule {
        id: element.child_text("ID").map(str::to_owned),
        origins: texts("AllowedOrigin").collect(),
        methods,
        allowed_headers: texts("AllowedHeader").collect(),
        expose_headers: texts("ExposeHeader").collect(),
        max_age_s: match element.child_text("MaxAgeSeconds") {
            Some(text) => Some(text.trim().parse().map_err(|_nan| XmlError::new("MaxAgeSeconds is no number"))?),
            None => None,
        },
    };
    check(rule)
}

fn check(rule: CorsRule) -> Result<CorsRule, XmlError> {
    let refuse = |because: &str| Err(XmlError::new(because));
    if rule.origins.is_empty() {
        return refuse("a rule has no AllowedOrigin");
    }
    // DIFFERS: RGW 16 takes a rule without methods, which allows nothing; AWS's API reference (CORSRule) requires one.
    if rule.methods.is_empty() {
        return refuse("a rule has no AllowedMethod");
    }
    if rule.origins.iter().chain(&rule.allowed_headers).any(|pattern| pattern.matches('*').count() > 1) {
        return refuse("an origin or header has more than one *");
    }
    if rule.id.as_ref().is_some_and(|id| id.len() > ID_BYTES_MAX) {
        return refuse("an ID is longer than 255 bytes");
    }
    Ok(rule)
}

impl CorsConfiguration {
    /// As RGW shows it: no declaration, sets sorted, methods in its own order.
    pub(crate) fn render(&self) -> String {
        let mut xml = Xml::bare();
        xml.open_s3("CORSConfiguration");
        for rule in &self.rules {
            xml.open("CORSRule");
            if let Some(id) = &rule.id {
                xml.text("ID", id);
            }
            for method in &rule.methods {
                xml.text("AllowedMethod", method.name());
            }
            for origin in &rule.origins {
                xml.text("AllowedOrigin", origin);
            }
            for header in &rule.allowed_headers {
                xml.text("AllowedHeader", header);
            }
            if let Some(max_age_s) = rule.max_age_s {
                xml.number("MaxAgeSeconds", max_age_s);
            }
            for header in &rule.expose_headers {
                xml.text("ExposeHeader", header);
            }
            xml.close("CORSRule");
        }
        xml.close("CORSConfiguration");
        xml.finish()
    }
}

/// The rules of a bucket that act now; none when it has no configuration.
///
/// # Errors
/// Storage errors.
pub(crate) fn rules_of(shared: &Shared, world: &World, bucket: &Bucket) -> Result<Vec<CorsRule>, EngineError> {
    let configuration = match shared.unsettled.former_cors(bucket.id, world.clock().now()) {
        None => stored::<CorsConfiguration>(world, bucket, DocumentKind::Cors)?,
        Some(former) => former.and_then(|text| parse::<CorsConfiguration>(&text, text.len()).ok()),
    };
    Ok(configuration.map(|configuration| configuration.rules).unwrap_or_default())
}

/// How the profile looks at several rules.
pub(crate) fn matching(profile: &Profile) -> CorsMatch {
    if profile.cors_first_origin_decides { CorsMatch::FirstOrigin } else { CorsMatch::FirstWhole }
}

/// The headers for the page that sent this (not preflight) request; empty without `Origin`, or when no rule allows it.
/// Reads nothing unless there is an `Origin`.
pub(crate) fn headers_for(shared: &Shared, world: &World, target: &Target, parts: &Parts) -> CorsHeaders {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(origin) = text(ORIGIN) else { return Vec::new() };
    let name = target.bucket.as_deref().and_then(|name| BucketName::parse(name).ok());
    let bucket = name.and_then(|name| world.bucket(&name).ok().flatten());
    let Some(bucket) = bucket else { return Vec::new() };
    let rules = rules_of(shared, world, &bucket).unwrap_or_default();
    let method = text(ACCESS_CONTROL_REQUEST_METHOD).unwrap_or(parts.method.as_str());
    let ask = CorsAsk { origin, method, headers: None };
    let Ok(rule) = find_rule(&rules, ask, matching(&shared.settings.profile)) else { return Vec::new() };
    let is_for_anyone = rule.has_any_origin() && !parts.headers.contains_key(AUTHORIZATION);
    let ask = CorsAsk { headers: text(ACCESS_CONTROL_REQUEST_HEADERS), ..ask };
    answer_headers(rule, CorsAsk { origin: if is_for_anyone { "*" } else { origin }, ..ask })
}

/// What a rule that allows `ask` says. A `*` answer needs no `Vary`.
pub(crate) fn answer_headers(rule: &CorsRule, ask: CorsAsk<'_>) -> CorsHeaders {
    let mut headers = vec![(ACCESS_CONTROL_ALLOW_ORIGIN, ask.origin.to_owned())];
    if ask.origin != "*" {
        headers.push((VARY, "Origin".to_owned()));
    }
    headers.push((ACCESS_CONTROL_ALLOW_METHODS, ask.method.to_owned()));
    let asked: Vec<_> = asked_headers(ask.headers).collect();
    if !asked.is_empty() {
        headers.push((ACCESS_CONTROL_ALLOW_HEADERS, asked.join(",")));
    }
    if !rule.expose_headers.is_empty() {
        headers.push((ACCESS_CONTROL_EXPOSE_HEADERS, rule.expose_headers.join(",")));
    }
    if let Some(max_age_s) = rule.max_age_s {
        headers.push((ACCESS_CONTROL_MAX_AGE, max_age_s.to_string()));
    }
    let values = headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
    values.collect()
}
