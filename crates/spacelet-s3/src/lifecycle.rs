//! Lifecycle on the wire: the configuration document, and `x-amz-expiration`.

use http::HeaderValue;
use spacelet_engine::{
    Bucket, Candidate, DAY_MS, DocumentKind, Due, EngineError, Expiration, LifecycleRule, Noncurrent,
    NoncurrentTransition, ObjectInfo, SmallObjects, StorageClass, Timestamp, Transition, Upload, World, abort_of,
    expiry,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::S3Error;
use crate::headers;
use crate::request::Request;
use crate::response::Response;
use crate::stored::stored;
use crate::xml::{Element, FromXml, Xml, XmlError, http_date};

pub(crate) mod amazon;

/// Rules of one configuration.
pub(crate) const RULES_MAX: usize = 1000;

/// `LifecycleConfiguration`.
pub(crate) struct LifecycleConfiguration {
    pub(crate) rules: Vec<WrittenRule>,
    /// Which objects are too small to be moved.
    pub(crate) small: SmallObjects,
}

/// A rule, and what of it is only shown.
pub(crate) struct WrittenRule {
    /// The id is empty when the client gave none.
    pub(crate) rule: LifecycleRule,
    /// The selection stood in a `Filter` that is not empty.
    in_filter: bool,
    /// Transitions as they were put: shown on Spaces, never applied there; it has one storage class.
    transitions: Vec<Element>,
    /// An element that RGW does not know.
    narrower: Option<String>,
}

impl FromXml for LifecycleConfiguration {
    const ROOT: &'static str = "LifecycleConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let rules = root.all("Rule").map(rule).collect::<Result<Vec<_>, _>>()?;
        if rules.is_empty() || rules.len() > RULES_MAX {
            return Err(XmlError::new("a configuration has 1 to 1,000 rules"));
        }
        let small = match root.child_text(amazon::SMALL_OBJECTS) {
            Some(amazon::VARIES) => SmallObjects::GoToArchives,
            Some(_) | None => SmallObjects::Stay,
        };
        Ok(Self { rules, small })
    }
}

impl LifecycleConfiguration {
    /// Refuses what the gateway does not know.
    ///
    /// # Errors
    /// What that is.
    pub(crate) fn must_be_known(&self) -> Result<(), XmlError> {
        // DIFFERS: RGW 16 takes these conditions and then removes what they would have kept; a rule that says more than
        // is understood is refused.
        match self.rules.iter().find_map(|written| written.narrower.as_ref()) {
            Some(unknown) => Err(XmlError::new(format!("{unknown} is not offered"))),
            None => Ok(()),
        }
    }
}

fn rule(element: &Element) -> Result<WrittenRule, XmlError> {
    let is_enabled = match element.child_text("Status").map(str::trim) {
        Some("Enabled") => true,
        Some("Disabled") => false,
        _ => return Err(XmlError::new("Status is neither Enabled nor Disabled")),
    };
    let filter = element.child("Filter");
    let selection = filter.map(|filter| filter.child("And").unwrap_or(filter));
    let prefix = match (selection, element.child_text("Prefix")) {
        (Some(selection), _) => selection.child_text("Prefix").unwrap_or_default(),
        (None, Some(prefix)) => prefix,
        (None, None) => return Err(XmlError::new("a rule has neither Filter nor Prefix")),
    };
    let narrower =
        selection.into_iter().chain(element.child("NoncurrentVersionExpiration")).flat_map(|it| &it.children);
    let unknown = ["ObjectSizeGreaterThan", "ObjectSizeLessThan", "NewerNoncurrentVersions"];
    let narrower = narrower.map(|child| &child.name).find(|name| unknown.contains(&name.as_str())).cloned();
    let bytes = |name: &str| selection.and_then(|it| it.child_text(name)).map(byte_count).transpose();
    let tags: Vec<_> = selection.map(|selection| selection.all("Tag").map(tag).collect()).unwrap_or_default();
    let transitions: Vec<_> =
        ["Transition", "NoncurrentVersionTransition"].into_iter().flat_map(|name| element.all(name).cloned()).collect();
    let days = |parent: &str, name: &str| {
        let text = element.child(parent).map(|parent| parent.child_text(name).unwrap_or_default());
        text.map(number).transpose()
    };
    let rule = LifecycleRule {
        id: element.child_text("ID").unwrap_or_default().to_owned(),
        is_enabled,
        prefix: prefix.to_owned(),
        tags,
        bytes_over: bytes("ObjectSizeGreaterThan")?,
        bytes_under: bytes("ObjectSizeLessThan")?,
        expiration: element.child("Expiration").map(expiration).transpose()?,
        noncurrent: element.child("NoncurrentVersionExpiration").map(noncurrent).transpose()?,
        transitions: known(element.all("Transition").map(transition))?,
        noncurrent_transitions: known(element.all("NoncurrentVersionTransition").map(noncurrent_transition))?,
        abort_upload_days: days("AbortIncompleteMultipartUpload", "DaysAfterInitiation")?,
    };
    let has_action = rule.expiration.is_some() || rule.noncurrent.is_some() || rule.abort_upload_days.is_some();
    if !has_action && transitions.is_empty() {
        return Err(XmlError::new("a rule has no action"));
    }
    let in_filter = filter.is_some() && (!rule.prefix.is_empty() || !rule.tags.is_empty());
    Ok(WrittenRule { rule, in_filter, transitions, narrower })
}

fn tag(element: &Element) -> (String, String) {
    let text = |name| element.child_text(name).unwrap_or_default().to_owned();
    (text("Key"), text("Value"))
}

fn byte_count(text: &str) -> Result<u64, XmlError> {
    text.trim().parse().map_err(|_nan| XmlError::new("a number of bytes is no number"))
}

/// Without those to a class that no object can have: RGW keeps and shows such a transition.
fn known<T>(read: impl Iterator<Item = Result<Option<T>, XmlError>>) -> Result<Vec<T>, XmlError> {
    read.filter_map(Result::transpose).collect()
}

fn transition(element: &Element) -> Result<Option<Transition>, XmlError> {
    let due = match (element.child_text("Days"), element.child_text("Date")) {
        (Some(days), None) => Due::Days(number(days)?),
        (None, Some(date)) => Due::Date(midnight(date.trim())?),
        _ => return Err(XmlError::new("a Transition has either Days or Date")),
    };
    Ok(class(element).map(|class| Transition { due, class }))
}

fn class(element: &Element) -> Option<StorageClass> {
    StorageClass::named(element.child_text("StorageClass").unwrap_or_default().trim())
}

fn noncurrent(element: &Element) -> Result<Noncurrent, XmlError> {
    let kept = element.child_text("NewerNoncurrentVersions").map_or(Ok(0), number)?;
    Ok(Noncurrent { days: number(element.child_text("NoncurrentDays").unwrap_or_default())?, kept })
}

fn noncurrent_transition(element: &Element) -> Result<Option<NoncurrentTransition>, XmlError> {
    // RGW keeps one without days, or with what is no number.
    let read = class(element).zip(noncurrent(element).ok());
    Ok(read.map(|(class, versions)| NoncurrentTransition { versions, class }))
}

fn number(text: &str) -> Result<u32, XmlError> {
    text.trim().parse().map_err(|_nan| XmlError::new("a number of days is no number"))
}

fn expiration(element: &Element) -> Result<Expiration, XmlError> {
    let marker = element.child_text("ExpiredObjectDeleteMarker").map(str::trim);
    match (element.child_text("Days"), element.child_text("Date"), marker) {
        (Some(days), None, None) => number(days).map(Expiration::Days),
        (None, Some(date), None) => midnight(date.trim()).map(Expiration::Date),
        (None, None, Some("true")) => Ok(Expiration::LoneMarkers),
        _ => Err(XmlError::new("an Expiration has one of Days, Date and ExpiredObjectDeleteMarker")),
    }
}

/// `2030-01-01T00:00:00.000Z` or `2030-01-01`.
fn midnight(text: &str) -> Result<Timestamp, XmlError> {
    let text = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    let at = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_no| XmlError::new("a Date is not in ISO 8601"))?;
    let at = Timestamp(at.unix_timestamp().saturating_mul(1000));
    if at.0 % DAY_MS == 0 { Ok(at) } else { Err(XmlError::new("a Date is not midnight UTC")) }
}

impl LifecycleConfiguration {
    /// As RGW shows it: `And` flattened, an empty filter as an empty prefix.
    pub(crate) fn render(&self) -> String {
        let mut xml = Xml::document(512);
        xml.open_s3("LifecycleConfiguration");
        for written in &self.rules {
            written.render(&mut xml);
        }
        xml.close("LifecycleConfiguration");
        xml.finish()
    }
}

impl WrittenRule {
    fn render(&self, xml: &mut Xml) {
        let rule = &self.rule;
        xml.open("Rule");
        xml.text("ID", &rule.id);
        if self.in_filter {
            xml.open("Filter");
            if !rule.prefix.is_empty() {
                xml.text("Prefix", &rule.prefix);
            }
            for (key, value) in &rule.tags {
                xml.open("Tag");
                xml.text("Key", key);
                xml.text("Value", value);
                xml.close("Tag");
            }
            xml.close("Filter");
        } else {
            xml.text("Prefix", &rule.prefix);
        }
        xml.text("Status", if rule.is_enabled { "Enabled" } else { "Disabled" });
        if let Some(expiration) = rule.expiration {
            xml.open("Expiration");
            match expiration {
                Expiration::Days(days) => xml.number("Days", days),
                Expiration::Date(date) => xml.time("Date", date),
                Expiration::LoneMarkers => xml.flag("ExpiredObjectDeleteMarker", true),
            }
            xml.close("Expiration");
        }
        days(xml, "NoncurrentVersionExpiration", "NoncurrentDays", rule.noncurrent.map(|versions| versions.days));
        days(xml, "AbortIncompleteMultipartUpload", "DaysAfterInitiation", rule.abort_upload_days);
        for transition in &self.transitions {
            xml.element(transition);
        }
        xml.close("Rule");
    }
}

fn days(xml: &mut Xml, parent: &str, name: &str, days: Option<u32>) {
    if let Some(days) = days {
        xml.open(parent);
        xml.number(name, days);
        xml.close(parent);
    }
}

/// A bucket's rules as they are applied.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<LifecycleRule>,
    pub(crate) small: SmallObjects,
}

/// The rules of a bucket; none when it has no configuration.
///
/// # Errors
/// Storage errors.
pub(crate) fn rules_of(world: &World, bucket: &Bucket) -> Result<Rules, EngineError> {
    let configuration = stored::<LifecycleConfiguration>(world, bucket, DocumentKind::Lifecycle)?;
    Ok(configuration.map_or_else(Rules::default, |LifecycleConfiguration { rules, small }| Rules {
        rules: rules.into_iter().map(|written| written.rule).collect(),
        small,
    }))
}

/// Adds `x-amz-abort-date` and `x-amz-abort-rule-id` where a rule will abort the upload, and the profile tells of it.
///
/// # Errors
/// Storage errors.
pub(crate) fn with_abort_date(response: Response, request: &Request<'_>, upload: &Upload) -> Result<Response, S3Error> {
    let bucket = request.bucket()?;
    if !request.profile().lifecycle_is_amazons || !bucket.documents.contains(DocumentKind::Lifecycle) {
        return Ok(response);
    }
    let rules = rules_of(&request.world, bucket)?.rules;
    Ok(match abort_of(&rules, upload.key.as_str(), upload.initiated) {
        Some((at, rule)) => response
            .header_bytes(headers::ABORT_DATE, http_date(at).as_bytes())
            .header_bytes(headers::ABORT_RULE_ID, rule.as_bytes()),
        None => response,
    })
}

/// Adds `x-amz-expiration` where a rule will remove the current object.
///
/// # Errors
/// Storage errors.
pub(crate) fn with_expiration(
    response: Response,
    world: &World,
    bucket: &Bucket,
    object: &ObjectInfo,
) -> Result<Response, S3Error> {
    if !bucket.documents.contains(DocumentKind::Lifecycle) || !object.is_current {
        return Ok(response);
    }
    let rules = rules_of(world, bucket)?.rules;
    let Some((at, rule)) = expiry(&rules, &Candidate::current(object)) else { return Ok(response) };
    let value = format!("expiry-date=\"{}\", rule-id=\"{rule}\"", http_date(at));
    Ok(match HeaderValue::from_str(&value) {
        Ok(value) => response.header(headers::EXPIRATION, value),
        Err(_unprintable) => response,
    })
}
