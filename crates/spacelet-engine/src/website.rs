//! A Space as a website: which object a path shows, and where a visitor is sent instead (S3 user guide, "Hosting a
//! static website"; the order of rules as RGW has it). Pure: a configuration and a key in, a key or a place out.

/// Routing rules of one configuration (AWS and RGW alike).
pub const ROUTING_RULES_MAX: usize = 50;

/// The configuration of a website.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Website {
    /// What is put behind a folder's name; empty only where everything is redirected.
    pub index_suffix: String,
    /// The key of the object that is shown with an error.
    pub error_key: Option<String>,
    /// Sends every visitor elsewhere.
    pub redirect_all: Option<RedirectAll>,
    /// Send some visitors elsewhere; the first that applies decides.
    pub rules: Vec<RoutingRule>,
}

/// Where every visitor is sent, the key kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectAll {
    /// The host.
    pub host: String,
    /// `http` or `https`; `None`: the visitor's.
    pub protocol: Option<String>,
}

/// One routing rule. It applies when all of its conditions hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoutingRule {
    /// Only keys that begin so.
    pub key_prefix: Option<String>,
    /// Only when the answer would be this error; `None`: before the object is looked at.
    pub error_status: Option<u16>,
    /// `None`: the visitor's.
    pub protocol: Option<String>,
    /// `None`: the one that was visited.
    pub host: Option<String>,
    /// 301 to 399; `None`: 301.
    pub status: Option<u16>,
    /// What becomes of the key.
    pub replace: Option<ReplaceKey>,
}

/// What a redirect makes of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplaceKey {
    /// The condition's prefix becomes this.
    Prefix(String),
    /// The whole key becomes this.
    Whole(String),
}

/// How a visitor came.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// `http` or `https`.
    pub protocol: &'a str,
    /// The host as sent, with its port.
    pub host: &'a str,
    /// The key as asked: without an index document's name.
    pub key: &'a str,
}

/// A redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    /// 301 to 399.
    pub status: u16,
    /// Scheme, host, and what the configuration says.
    pub place: String,
    /// What follows of the key as asked, not percent-encoded.
    pub key_rest: String,
}

impl Website {
    /// The key that is shown for `key`: folders show their index document, and so does a name without an object.
    #[must_use]
    pub fn shown_key(&self, key: &str, is_object: bool) -> String {
        let suffix = &self.index_suffix;
        match key {
            "" => suffix.clone(),
            folder if folder.ends_with('/') => format!("{folder}{suffix}"),
            object if is_object => object.to_owned(),
            folder => format!("{folder}/{suffix}"),
        }
    }

    /// Where the visit is sent: by the redirect of everything, or by the first rule about `shown` and this error
    /// (`None`: about no error). Rules look at the shown key; what they replace is the key as asked.
    #[must_use]
    pub fn redirection(&self, visit: Visit<'_>, shown: &str, error_status: Option<u16>) -> Option<Redirection> {
        if let Some(all) = &self.redirect_all {
            let protocol = all.protocol.as_deref().unwrap_or(visit.protocol);
            let place = format!("{protocol}://{}/", all.host);
            return Some(Redirection { status: 301, place, key_rest: visit.key.to_owned() });
        }
        let rule = self.rules.iter().find(|rule| rule.applies(shown, error_status))?;
        Some(rule.redirection(visit))
    }
}

impl RoutingRule {
    fn applies(&self, shown: &str, error_status: Option<u16>) -> bool {
        self.error_status == error_status && self.key_prefix.as_ref().is_none_or(|prefix| shown.starts_with(prefix))
    }

    fn redirection(&self, visit: Visit<'_>) -> Redirection {
        let protocol = self.protocol.as_deref().unwrap_or(visit.protocol);
        let host = self.host.as_deref().unwrap_or(visit.host);
        let (replaced, key_rest) = match &self.replace {
            Some(ReplaceKey::Whole(key)) => (key.as_str(), ""),
            // The shown key has the prefix, the key as asked may be shorter: then nothing of it is left.
            Some(ReplaceKey::Prefix(new)) => {
                let old_bytes = self.key_prefix.as_ref().map_or(0, String::len);
                (new.as_str(), visit.key.get(old_bytes..).unwrap_or_default())
            }
            None => ("", visit.key),
        };
        let place = format!("{protocol}://{host}/{replaced}");
        Redirection { status: self.status.unwrap_or(301), place, key_rest: key_rest.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(rules: Vec<RoutingRule>) -> Website {
        Website { index_suffix: "index.html".to_owned(), rules, ..Website::default() }
    }

    fn sent(site: &Website, key: &str, error_status: Option<u16>) -> Option<(u16, String)> {
        let visit = Visit { protocol: "http", host: "s.example:9000", key };
        let found = site.redirection(visit, &site.shown_key(key, key.contains('.')), error_status);
        found.map(|it| (it.status, it.place + &it.key_rest))
    }

    #[test]
    fn folders_show_their_index() {
        let site = site(Vec::new());
        for (key, is_object, shown) in [
            ("", false, "index.html"),
            ("dir/", false, "dir/index.html"),
            ("dir/", true, "dir/index.html"),
            ("dir", false, "dir/index.html"),
            ("page.html", true, "page.html"),
        ] {
            assert_eq!(site.shown_key(key, is_object), shown, "{key}");
        }
    }

    #[test]
    fn a_redirect_of_everything_keeps_the_key() {
        let all = RedirectAll { host: "o.example".to_owned(), protocol: Some("https".to_owned()) };
        let site = Website { redirect_all: Some(all), ..Website::default() };
        assert_eq!(sent(&site, "a/b", None), Some((301, "https://o.example/a/b".to_owned())));
        assert_eq!(sent(&site, "", None), Some((301, "https://o.example/".to_owned())));
    }

    #[test]
    fn the_first_rule_that_applies_decides() {
        let docs = RoutingRule {
            key_prefix: Some("docs/".to_owned()),
            replace: Some(ReplaceKey::Prefix("documents/".to_owned())),
            ..RoutingRule::default()
        };
        let missing = RoutingRule {
            error_status: Some(404),
            host: Some("h.example".to_owned()),
            status: Some(307),
            replace: Some(ReplaceKey::Whole("search".to_owned())),
            ..RoutingRule::default()
        };
        let site = site(vec![docs, missing]);
        assert_eq!(sent(&site, "docs/a.b", None), Some((301, "http://s.example:9000/documents/a.b".to_owned())));
        // The shown key docs/index.html has the prefix; of the key as asked nothing is left after it.
        assert_eq!(sent(&site, "docs", None), Some((301, "http://s.example:9000/documents/".to_owned())));
        assert_eq!(sent(&site, "none", Some(404)), Some((307, "http://h.example/search".to_owned())));
        assert_eq!(sent(&site, "none", Some(403)), None);
        assert_eq!(sent(&site, "none", None), None);
    }
}
