//! Guesses about a V4 signature.

use super::{Hypothesis, TRIES_MAX, careless_secrets, found, method_found, other_methods, secret_found, unknown};
use crate::canonical::{Canonical, HeaderRule, PathRule, QueryRule, claim_to_sign, string_to_sign};
use crate::chunk_signer::same;
use crate::encode::{Keep, printable, recode};
use crate::hash::SigningKey;
use crate::payload::{STREAMING, STREAMING_UNSIGNED_TRAILER, UNSIGNED};
use crate::{ClaimV4, Head, Scope};

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Tries that are kept back for the secret and the scope.
const RESERVED: usize = 6;

/// Texts that guesses borrow.
struct Texts {
    hosts: Vec<String>,
    paths: Vec<(&'static str, String, &'static str)>,
}

type Guess<'a> = (&'static str, String, Canonical<'a>);

pub(super) fn explain(
    claim: &ClaimV4,
    head: &Head<'_>,
    presigned: bool,
    secret: &str,
    host_aliases: &[String],
) -> Hypothesis {
    let payload_hash = head.header("x-amz-content-sha256").unwrap_or(UNSIGNED);
    let base = Canonical::new(head, &claim.signed_headers, payload_hash, presigned);
    let key = SigningKey::derive(secret, &claim.scope);
    let matches = |key: &SigningKey, text: &[u8]| same(&key.sign(text), claim.signature.as_bytes());

    let texts = Texts { hosts: other_hosts(head, host_aliases), paths: other_paths(head) };
    let mut guesses: Vec<Guess<'_>> = Vec::with_capacity(TRIES_MAX);
    guess_host(&mut guesses, base, &texts);
    guess_payload(&mut guesses, base, presigned);
    guess_path(&mut guesses, base, &texts);
    guess_query(&mut guesses, base);
    guess_method(&mut guesses, base);
    guess_headers(&mut guesses, base);
    for (name, explanation, canonical) in guesses.into_iter().take(TRIES_MAX - RESERVED) {
        if matches(&key, &claim_to_sign(claim, &canonical)) {
            return found(name, explanation);
        }
    }
    let request = base.request();
    let to_sign = string_to_sign(&claim.date, claim.scope.as_str(), &request);
    for (other, how) in careless_secrets(secret) {
        if matches(&SigningKey::derive(&other, &claim.scope), &to_sign) {
            return secret_found(how);
        }
    }
    let day = claim.date.get(..8).unwrap_or_default();
    if day != claim.scope.date() {
        let scope = Scope::new(day, claim.scope.region(), claim.scope.service());
        let key = SigningKey::derive(secret, &scope);
        let both = string_to_sign(&claim.date, scope.as_str(), &request);
        if matches(&key, &both) || matches(&key, &to_sign) {
            let (named, day) = (printable(claim.scope.date()), printable(day));
            return found(
                "scope-date",
                format!(
                    "the credential names the day {named}, but the request was signed with the day {day} of its date"
                ),
            );
        }
    }
    let mut hypothesis = unknown("V4", &request);
    if !presigned && head.header("x-amz-content-sha256").is_none() {
        hypothesis.explanation.push_str(
            "; x-amz-content-sha256 was not sent, so the body counts as unsigned: a client that signs the body's hash must send it",
        );
    }
    hypothesis
}

fn guess_host<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>, texts: &'a Texts) {
    let sent = printable(base.head.header("host").unwrap_or_default());
    for host in &texts.hosts {
        let explanation = format!(
            "the signature was made for the host {}, but the request came to {sent}; sign for the host that is used, or \
             name it with --host-alias",
            printable(host)
        );
        guesses.push(("host", explanation, Canonical { host: Some(host), ..base }));
    }
}

/// The request's host with other ports, the aliases, and what a proxy says it was asked for.
fn other_hosts(head: &Head<'_>, host_aliases: &[String]) -> Vec<String> {
    let sent = head.header("host").unwrap_or_default();
    let without_port = |host: &str| {
        let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        host.rsplit_once(':').filter(|(_, port)| digits(port)).map_or(host, |(name, _)| name).to_owned()
    };
    let name = without_port(sent);
    let mut hosts = vec![name.clone(), format!("{name}:80"), format!("{name}:443")];
    hosts.extend(head.header("x-forwarded-host").map(str::to_owned));
    hosts.extend(sent.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| sent.to_ascii_lowercase()));
    for alias in host_aliases {
        hosts.extend([alias.clone(), without_port(alias)]);
    }
    let mut kept: Vec<String> = Vec::new();
    for host in hosts {
        if host != sent && !kept.contains(&host) && kept.len() < 6 {
            kept.push(host);
        }
    }
    kept
}

fn guess_payload<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>, presigned: bool) {
    let sent = base.head.header("x-amz-content-sha256");
    let hashes = [
        ("unsigned-payload", UNSIGNED, "UNSIGNED-PAYLOAD"),
        ("empty-payload", EMPTY_SHA256, "the SHA-256 of an empty body"),
        ("streaming-payload", STREAMING, STREAMING),
        ("streaming-payload", STREAMING_UNSIGNED_TRAILER, STREAMING_UNSIGNED_TRAILER),
    ];
    let worth = if presigned { 2 } else { hashes.len() };
    for (name, hash, said) in hashes.into_iter().take(worth).filter(|(_, hash, _)| *hash != base.payload_hash) {
        let explanation = match sent {
            Some(sent) => format!("the signature covers {said}, but x-amz-content-sha256 says {}", printable(sent)),
            None => format!("the signature covers {said}, but the header x-amz-content-sha256 was not sent"),
        };
        guesses.push((name, explanation, Canonical { payload_hash: hash, ..base }));
    }
}

fn guess_path<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>, texts: &'a Texts) {
    let mut ours = Vec::new();
    recode(&mut ours, base.head.path, Keep::Slash, false);
    if ours != base.head.path.as_bytes() {
        let explanation = "the path was signed as it was sent; it must be signed with / left as it is and everything else \
                           but letters, digits and -_.~ escaped (%2F as /, + as %2B)";
        guesses.push(("path-as-sent", explanation.to_owned(), Canonical { path: PathRule::AsSent, ..base }));
    }
    if base.head.path.contains('%') {
        let explanation = "the path was escaped twice before it was signed; S3 escapes it once";
        guesses.push((
            "path-escaped-twice",
            explanation.to_owned(),
            Canonical { path: PathRule::EncodedTwice, ..base },
        ));
    }
    for (name, path, explanation) in &texts.paths {
        guesses.push((name, (*explanation).to_owned(), Canonical { path: PathRule::Other(path), ..base }));
    }
}

fn other_paths(head: &Head<'_>) -> Vec<(&'static str, String, &'static str)> {
    let path = head.path;
    let mut paths = Vec::new();
    if path.contains('+') {
        let signed = path.replace('+', "%20");
        paths.push(("path-plus-as-blank", signed, "a + in the path was signed as a blank; in a path it is a plus"));
    }
    let tidy = normalised(path);
    if tidy != path {
        paths.push((
            "path-normalised",
            tidy,
            "the path was signed with // or . or .. taken out, or a proxy changed it; S3 keeps them",
        ));
    }
    if let Some(bucket) = head.host_bucket {
        let signed = format!("/{bucket}{path}");
        paths.push((
            "path-style",
            signed,
            "the path was signed with the bucket in it, but the bucket is in the host name",
        ));
    } else if let Some((_, rest)) = path.get(1..).and_then(|path| path.split_once('/')) {
        let signed = format!("/{rest}");
        paths.push((
            "host-style",
            signed,
            "the path was signed without the bucket, but the request has it in its path",
        ));
    }
    if path.len() > 1 {
        let signed = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
        paths.push((
            "path-trailing-slash",
            signed,
            "the path was signed with a / at its end that was not sent, or without one that was",
        ));
    }
    paths
}

/// The path as a URL library tidies it.
fn normalised(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let end = if path.len() > 1 && path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

fn guess_query<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>) {
    let query = base.head.query;
    if query.is_empty() {
        return;
    }
    let order = "the query was signed in the order sent; it must be sorted by name";
    let added = "parameters were added to the presigned link after it was signed";
    let as_sent = "the query was signed as sent; each name needs a = and must be escaped and sorted";
    let plus = "a + in the query was signed as a plus; it means a blank";
    let left_out = "the query was not signed, or a proxy added it";
    let rules = [
        ("query-added", QueryRule::BeforeSignature, added, base.presigned),
        ("query-order", QueryRule::InOrder, order, true),
        ("query-as-sent", QueryRule::AsSent, as_sent, true),
        ("query-plus", QueryRule::LiteralPlus, plus, query.contains('+')),
        ("query-left-out", QueryRule::Left, left_out, !base.presigned),
    ];
    for (name, rule, explanation, _) in rules.into_iter().filter(|(.., worth)| *worth) {
        guesses.push((name, explanation.to_owned(), Canonical { query: rule, ..base }));
    }
}

fn guess_method<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>) {
    for method in other_methods(base.method) {
        guesses.push(("method", method_found(method, base.method), Canonical { method, ..base }));
    }
}

fn guess_headers<'a>(guesses: &mut Vec<Guess<'a>>, base: Canonical<'a>) {
    let names = || base.signed_headers.split(';').filter(|name| !name.is_empty() && *name != "host");
    let absent: Vec<String> = names().filter(|name| !base.head.headers.contains_key(*name)).map(printable).collect();
    let rules = [
        (!absent.is_empty()).then(|| {
            let explanation = format!("these headers were signed, but did not arrive: {}", absent.join(", "));
            ("header-absent", HeaderRule::AbsentIsEmpty, explanation)
        }),
        Some((
            "header-blanks",
            HeaderRule::Trimmed,
            "a header's value was signed with its inner blanks; runs of blanks count as one".to_owned(),
        )),
        Some((
            "header-repeated",
            HeaderRule::LastOnly,
            "of a repeated header only the last was signed; all of them, joined by commas, must be".to_owned(),
        )),
        names().any(|name| name == "content-type").then(|| {
            let explanation = "the signature covers an empty Content-Type; the client or a proxy added one afterwards";
            ("header-content-type", HeaderRule::Replaced("content-type", ""), explanation.to_owned())
        }),
    ];
    for (name, rule, explanation) in rules.into_iter().flatten() {
        guesses.push((name, explanation, Canonical { headers: rule, ..base }));
    }
    for name in names() {
        let explanation = format!("the header {} is listed as signed, but its value was not", printable(name));
        guesses.push(("header-not-signed", explanation, Canonical { headers: HeaderRule::Without(name), ..base }));
    }
}
