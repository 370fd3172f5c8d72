//! CORS rules of a bucket and which of them a request meets (W3C CORS 6; matching as RGW's `rgw_cors.cc` does it).
//! Pure: rules in, verdict out.

use std::collections::BTreeSet;

/// A method that a rule can allow, in the order in which RGW lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CorsMethod {
    /// GET
    Get,
    /// PUT
    Put,
    /// DELETE
    Delete,
    /// HEAD
    Head,
    /// POST
    Post,
}

impl CorsMethod {
    /// From its name; case counts.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Get, Self::Put, Self::Delete, Self::Head, Self::Post].into_iter().find(|method| method.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }
}

/// One rule. Sets are sorted: that is how RGW keeps and lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorsRule {
    /// What the client called it.
    pub id: Option<String>,
    /// Origins; each may have one `*`.
    pub origins: BTreeSet<String>,
    /// Methods.
    pub methods: BTreeSet<CorsMethod>,
    /// Request headers that a preflight may name; each may have one `*`.
    pub allowed_headers: BTreeSet<String>,
    /// Response headers that a page may read.
    pub expose_headers: Vec<String>,
    /// How long a preflight's answer may be kept, in seconds.
    pub max_age_s: Option<u32>,
}

/// How rules are looked at when several have the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorsMatch {
    /// The first rule with the origin decides alone (RGW, so Spaces).
    FirstOrigin,
    /// The first rule that allows all of it (AWS).
    FirstWhole,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct CorsAsk<'a> {
    /// `Origin`.
    pub origin: &'a str,
    /// The method of the request, or that a preflight announces.
    pub method: &'a str,
    /// `Access-Control-Request-Headers`, raw.
    pub headers: Option<&'a str>,
}

/// The rule that allows `ask`, or why none does.
///
/// # Errors
/// In plain words, for the explanation.
pub fn find_rule<'r>(rules: &'r [CorsRule], ask: CorsAsk<'_>, how: CorsMatch) -> Result<&'r CorsRule, String> {
    let mut refusal = format!("no CORS rule of the Space has the origin {}", ask.origin);
    for rule in rules.iter().filter(|rule| is_in(&rule.origins, ask.origin, false)) {
        match rule.allows(ask) {
            Ok(()) => return Ok(rule),
            Err(because) => refusal = because,
        }
        if how == CorsMatch::FirstOrigin {
            break;
        }
    }
    Err(refusal)
}

impl CorsRule {
    /// True when one of the origins is `*` alone.
    #[must_use]
    pub fn has_any_origin(&self) -> bool {
        self.origins.contains("*")
    }

    fn allows(&self, ask: CorsAsk<'_>) -> Result<(), String> {
        if !self.methods.iter().any(|method| method.name() == ask.method) {
            return Err(format!("the CORS rule for the origin {} does not allow {}", ask.origin, ask.method));
        }
        match asked_headers(ask.headers).find(|header| !is_in(&self.allowed_headers, header, true)) {
            Some(header) => {
                Err(format!("the CORS rule for the origin {} has no AllowedHeader for {header}", ask.origin))
            }
            None => Ok(()),
        }
    }
}

/// The header names of `Access-Control-Request-Headers`, blanks removed.
pub fn asked_headers(raw: Option<&str>) -> impl Iterator<Item = &str> {
    raw.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn is_in(patterns: &BTreeSet<String>, value: &str, folds_case: bool) -> bool {
    patterns.iter().any(|pattern| {
        if folds_case {
            matches(&pattern.to_ascii_lowercase(), &value.to_ascii_lowercase())
        } else {
            matches(pattern, value)
        }
    })
}

/// `*` stands for any run of characters, the empty one too.
fn matches(pattern: &str, value: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == value,
        Some((before, after)) => {
            value.len() >= before.len() + after.len() && value.starts_with(before) && value.ends_with(after)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn set(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(|&value| value.to_owned()).collect()
    }

    fn rules() -> Vec<CorsRule> {
        vec![
            CorsRule {
                id: Some("first".to_owned()),
                origins: set(&["https://ex.com", "https://*.wild.com"]),
                methods: [CorsMethod::Get, CorsMethod::Put].into(),
                allowed_headers: set(&["x-amz-*", "Content-Type"]),
                ..CorsRule::default()
            },
            CorsRule { origins: set(&["*"]), methods: [CorsMethod::Head].into(), ..CorsRule::default() },
        ]
    }

    fn ask<'a>(origin: &'a str, method: &'a str, headers: Option<&'a str>) -> CorsAsk<'a> {
        CorsAsk { origin, method, headers }
    }

    #[test]
    fn finds_the_rule() {
        let rules = rules();
        let find = |ask| find_rule(&rules, ask, CorsMatch::FirstOrigin);
        for allowed in [
            ask("https://ex.com", "GET", None),
            ask("https://a.b.wild.com", "PUT", Some("X-Amz-Acl, content-type")),
            ask("https://ex.com", "GET", Some(" , ")),
        ] {
            assert_eq!(find(allowed).unwrap().id.as_deref(), Some("first"));
        }
        assert!(find(ask("http://anyone", "HEAD", None)).unwrap().has_any_origin());
        for (refused, because) in [
            (ask("https://wild.com", "GET", None), "does not allow GET"),
            (ask("https://ex.com", "DELETE", None), "does not allow DELETE"),
            (ask("https://ex.com", "GET", Some("cookie")), "no AllowedHeader for cookie"),
            (ask("https://EX.com", "GET", None), "does not allow GET"),
        ] {
            assert!(find(refused).unwrap_err().contains(because), "{refused:?}");
        }
    }

    #[test]
    fn first_origin_and_first_whole_rule_differ() {
        let rules = rules();
        let head = ask("https://ex.com", "HEAD", None);
        assert!(find_rule(&rules, head, CorsMatch::FirstOrigin).is_err());
        assert!(find_rule(&rules, head, CorsMatch::FirstWhole).is_ok());
        assert!(find_rule(&[], head, CorsMatch::FirstWhole).unwrap_err().contains("no CORS rule"));
    }
}
