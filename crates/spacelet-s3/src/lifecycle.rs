//! Lifecycle on the wire: the configuration document, and `x-amz-expiration`.

use http::HeaderValue;
use spacelet_engine::{
    Bucket, DAY_MS, DocumentKind, EngineError, Expiration, LifecycleRule, ObjectInfo, Timestamp, World, expiry,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::S3Error;
use crate::headers;
use crate::response::Response;
use crate::stored::stored;
use crate::xml::{Element, FromXml, Xml, XmlError, http_date};

/// Rules of one configuration.
const RULES_MAX: usize = 1000;

/// `LifecycleConfiguration`.
pub(crate) struct LifecycleConfiguration {
    pub(crate) rules: Vec<WrittenRule>,
}

/// A rule, and what of it is only shown.
pub(crate) struct WrittenRule {
    /// The id is empty when the client gave none.
    pub(crate) rule: LifecycleRule,
    /// The selection stood in a `Filter` that is not empty.
    in_filter: bool,
    /// Transitions: kept and shown, never applied; Spaces has one storage class.
    transitions: Vec<Element>,
}

impl FromXml for LifecycleConfiguration {
    const ROOT: &'static str = "LifecycleConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let rules = root.all("Rule").map(rule).collect::<Result<Vec<_>, _>>()?;
        if rules.is_empty() || rules.len() > RULES_MAX {
            return Err(XmlError::new("a configuration has 1 to 1,000 rules"));
        }
        Ok(Self { rules })
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
    // DIFFERS: RGW 16 takes these conditions and then removes what they would have kept; a rule that says more than is
    // understood is refused.
    let narrower =
        selection.into_iter().chain(element.child("NoncurrentVersionExpiration")).flat_map(|it| &it.children);
    let unknown = ["ObjectSizeGreaterThan", "ObjectSizeLessThan", "NewerNoncurrentVersions"];
    if let Some(unknown) = narrower.into_iter().find(|child| unknown.contains(&child.name.as_str())) {
        return Err(XmlError::new(format!("{} is not offered", unknown.name)));
    }
    let tags: Vec<_> = selection.map(|selection| selection.all("Tag").map(tag).collect()).unwrap_or_default();
    let transitions: Vec<_> =
        ["Transition", "NoncurrentVersionTransition"].into_iter().flat_map(|name| element.all(name).cloned()).collect();
    for transition in element.all("Transition") {
        match (transition.child_text("Days"), transition.child_text("Date")) {
            (Some(days), None) => number(days).map(drop)?,
            (None, Some(date)) => midnight(date.trim()).map(drop)?,
            _ => return Err(XmlError::new("a Transition has either Days or Date")),
        }
    }
    let days = |parent: &str, name: &str| {
        let text = element.child(parent).map(|parent| parent.child_text(name).unwrap_or_default());
        text.map(number).transpose()
    };
    let rule = LifecycleRule {
        id: element.child_text("ID").unwrap_or_default().to_owned(),
        is_enabled,
        prefix: prefix.to_owned(),
        tags,
        expiration: element.child("Expiration").map(expiration).transpose()?,
        noncurrent_days: days("NoncurrentVersionExpiration", "NoncurrentDays")?,
        abort_upload_days: days("AbortIncompleteMultipartUpload", "DaysAfterInitiation")?,
    };
    let has_action = rule.expiration.is_some() || rule.noncurrent_days.is_some() || rule.abort_upload_days.is_some();
    if !has_action && transitions.is_empty() {
        return Err(XmlError::new("a rule has no action"));
    }
    let in_filter = filter.is_some() && (!rule.prefix.is_empty() || !rule.tags.is_empty());
    Ok(WrittenRule { rule, in_filter, transitions })
}

fn tag(element: &Element) -> (String, String) {
    let text = |name| element.child_text(name).unwrap_or_default().to_owned();
    (text("Key"), text("Value"))
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
        days(xml, "NoncurrentVersionExpiration", "NoncurrentDays", rule.noncurrent_days);
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

/// The rules of a bucket; none when it has no configuration.
///
/// # Errors
/// Storage errors.
pub(crate) fn rules_of(world: &World, bucket: &Bucket) -> Result<Vec<LifecycleRule>, EngineError> {
    let configuration = stored::<LifecycleConfiguration>(world, bucket, DocumentKind::Lifecycle)?;
    let written = configuration.map(|configuration| configuration.rules).unwrap_or_default();
    Ok(written.into_iter().map(|written| written.rule).collect())
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
    let rules = rules_of(world, bucket)?;
    let Some((at, rule)) = expiry(&rules, object.key.as_str(), &object.meta.tags, object.modified) else {
        return Ok(response);
    };
    let value = format!("expiry-date=\"{}\", rule-id=\"{rule}\"", http_date(at));
    Ok(match HeaderValue::from_str(&value) {
        Ok(value) => response.header(headers::EXPIRATION, value),
        Err(_unprintable) => response,
    })
}
