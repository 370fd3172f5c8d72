//! The website configuration on the wire (S3 API reference, PutBucketWebsite).

use spacelet_engine::{
    Bucket, DocumentKind, EngineError, ROUTING_RULES_MAX, RedirectAll, ReplaceKey, RoutingRule, Website, World,
};

use crate::Profile;
use crate::error::{ErrorCode, S3Error};
use crate::stored::stored;
use crate::xml::{Element, FromXml, Xml, XmlError};

/// `WebsiteConfiguration`.
pub(crate) struct WebsiteConfiguration {
    pub(crate) site: Website,
    /// Whether there was a `Suffix` at all: it decides the sentence for an empty one.
    has_suffix: bool,
}

impl FromXml for WebsiteConfiguration {
    const ROOT: &'static str = "WebsiteConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        if let Some(all) = root.child("RedirectAllRequestsTo") {
            let host = text(all, "HostName").ok_or_else(|| XmlError::new("RedirectAllRequestsTo has no HostName"))?;
            let redirect_all = Some(RedirectAll { host, protocol: text(all, "Protocol") });
            return Ok(Self { site: Website { redirect_all, ..Website::default() }, has_suffix: false });
        }
        let suffix = root.child("IndexDocument").and_then(|index| index.child_text("Suffix"));
        let error = root.child("ErrorDocument");
        let error_key = match error.map(|error| text(error, "Key")) {
            Some(None) => return Err(XmlError::new("ErrorDocument has no Key")),
            given => given.flatten(),
        };
        let rules = root.child("RoutingRules").into_iter().flat_map(|rules| rules.all("RoutingRule"));
        let rules = rules.map(rule).collect::<Result<Vec<_>, _>>()?;
        let index_suffix = suffix.unwrap_or_default().to_owned();
        let site = Website { index_suffix, error_key, redirect_all: None, rules };
        Ok(Self { site, has_suffix: suffix.is_some() })
    }
}

fn text(parent: &Element, name: &str) -> Option<String> {
    parent.child_text(name).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn rule(element: &Element) -> Result<RoutingRule, XmlError> {
    let redirect = element.child("Redirect").ok_or_else(|| XmlError::new("a RoutingRule has no Redirect"))?;
    let condition = element.child("Condition");
    let replace = match (text(redirect, "ReplaceKeyPrefixWith"), text(redirect, "ReplaceKeyWith")) {
        (Some(_), Some(_)) => return Err(XmlError::new("a Redirect has ReplaceKeyPrefixWith and ReplaceKeyWith")),
        (Some(prefix), None) => Some(ReplaceKey::Prefix(prefix)),
        (None, whole) => whole.map(ReplaceKey::Whole),
    };
    Ok(RoutingRule {
        key_prefix: condition.and_then(|condition| text(condition, "KeyPrefixEquals")),
        error_status: condition.map_or(Ok(None), |it| status(it, "HttpErrorCodeReturnedEquals", 400, 599))?,
        protocol: text(redirect, "Protocol"),
        host: text(redirect, "HostName"),
        status: status(redirect, "HttpRedirectCode", 301, 399)?,
        replace,
    })
}

fn status(parent: &Element, name: &str, from: u16, to: u16) -> Result<Option<u16>, XmlError> {
    let Some(given) = parent.child_text(name) else { return Ok(None) };
    let number = given.trim().parse().ok().filter(|number| (from..=to).contains(number));
    number.map(Some).ok_or_else(|| XmlError::new(format!("{name} is no number from {from} to {to}")))
}

impl WebsiteConfiguration {
    /// What is refused though it is well-formed XML.
    ///
    /// # Errors
    /// `InvalidArgument`, `InvalidRequest`.
    pub(crate) fn check(&self, profile: &Profile) -> Result<(), S3Error> {
        let site = &self.site;
        let refuse = |why: &'static str| Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(why));
        if site.redirect_all.is_none() && site.index_suffix.is_empty() {
            return refuse(match self.has_suffix {
                true => "The IndexDocument Suffix is not well formed",
                false => "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            });
        }
        let count = site.rules.len();
        if count > ROUTING_RULES_MAX {
            let why = format!(
                "{count} routing rules provided, the number of routing rules in a website configuration is limited to \
                 {ROUTING_RULES_MAX}."
            );
            return Err(S3Error::new(ErrorCode::InvalidRequest, why.clone()).with_message(why));
        }
        if profile.website_words_are_checked {
            return self.check_words();
        }
        Ok(())
    }

    /// What AWS checks and RGW takes as it comes.
    fn check_words(&self) -> Result<(), S3Error> {
        let site = &self.site;
        let refuse = |why: &'static str| Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(why));
        if site.index_suffix.contains('/') {
            return refuse("The IndexDocument Suffix is not well formed");
        }
        let all = site.redirect_all.iter().filter_map(|all| all.protocol.as_deref());
        let mut protocols = all.chain(site.rules.iter().filter_map(|rule| rule.protocol.as_deref()));
        if protocols.any(|protocol| protocol != "http" && protocol != "https") {
            return refuse(
                "Invalid protocol, protocol can be http or https. If not defined the protocol will be \
                selected automatically.",
            );
        }
        Ok(())
    }

    /// As RGW shows it.
    pub(crate) fn render(&self) -> String {
        let site = &self.site;
        let mut xml = Xml::document(512);
        xml.open_s3("WebsiteConfiguration");
        if let Some(all) = &site.redirect_all {
            xml.open("RedirectAllRequestsTo");
            xml.text("HostName", &all.host);
            optional(&mut xml, "Protocol", all.protocol.as_deref());
            xml.close("RedirectAllRequestsTo");
        } else {
            xml.open("IndexDocument");
            xml.text("Suffix", &site.index_suffix);
            xml.close("IndexDocument");
        }
        if let Some(key) = &site.error_key {
            xml.open("ErrorDocument");
            xml.text("Key", key);
            xml.close("ErrorDocument");
        }
        if !site.rules.is_empty() {
            xml.open("RoutingRules");
            site.rules.iter().for_each(|rule| render_rule(&mut xml, rule));
            xml.close("RoutingRules");
        }
        xml.close("WebsiteConfiguration");
        xml.finish()
    }
}

fn render_rule(xml: &mut Xml, rule: &RoutingRule) {
    xml.open("RoutingRule");
    xml.open("Condition");
    optional(xml, "KeyPrefixEquals", rule.key_prefix.as_deref());
    if let Some(status) = rule.error_status {
        xml.number("HttpErrorCodeReturnedEquals", status);
    }
    xml.close("Condition");
    xml.open("Redirect");
    optional(xml, "Protocol", rule.protocol.as_deref());
    optional(xml, "HostName", rule.host.as_deref());
    if let Some(status) = rule.status {
        xml.number("HttpRedirectCode", status);
    }
    match &rule.replace {
        Some(ReplaceKey::Prefix(prefix)) => xml.text("ReplaceKeyPrefixWith", prefix),
        Some(ReplaceKey::Whole(key)) => xml.text("ReplaceKeyWith", key),
        None => {}
    }
    xml.close("Redirect");
    xml.close("RoutingRule");
}

fn optional(xml: &mut Xml, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        xml.text(name, value);
    }
}

/// The website of a bucket; `None` when it has no configuration.
///
/// # Errors
/// Storage errors.
pub(crate) fn website_of(world: &World, bucket: &Bucket) -> Result<Option<Website>, EngineError> {
    let configuration = stored::<WebsiteConfiguration>(world, bucket, DocumentKind::Website)?;
    Ok(configuration.map(|configuration| configuration.site))
}
