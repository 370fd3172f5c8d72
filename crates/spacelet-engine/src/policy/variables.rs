//! Policy variables: `${aws:userid}`, with a default `${aws:userid, 'nobody'}`, and `${*}`, `${?}`, `${$}` for the
//! characters themselves (IAM user guide, "IAM policy elements: Variables and tags").

use super::wildcard::Symbol;
use super::{Dialect, Environment};

/// The text with the request's values for its variables. `None` where one has no value, or several, and no default:
/// then nothing is like the text.
pub(super) fn expanded(text: &str, environment: &Environment, dialect: Dialect) -> Option<Vec<Symbol>> {
    let mut symbols = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        symbols.extend(before.bytes().map(Symbol::of));
        let (name, after) = after.split_once('}')?;
        symbols.extend(value(name, environment, dialect)?.bytes().map(Symbol::Byte));
        rest = after;
    }
    symbols.extend(rest.bytes().map(Symbol::of));
    Some(symbols)
}

/// Whether every variable of the text ends.
pub(super) fn are_whole(text: &str) -> bool {
    text.split("${").skip(1).all(|rest| rest.contains('}'))
}

fn value<'a>(name: &'a str, environment: &'a Environment, dialect: Dialect) -> Option<&'a str> {
    if matches!(name, "*" | "?" | "$") {
        return Some(name);
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key, default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\''))),
        None => (name, None),
    };
    let mut values = environment.values(key.trim(), dialect);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => default,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wildcard::{matches_symbols, plain};
    use super::*;

    fn environment() -> Environment {
        let mut environment = Environment::default();
        environment.add("aws:userid", "7*");
        environment.add("s3:RequestObjectTagKeys", "a");
        environment.add("s3:RequestObjectTagKeys", "b");
        environment
    }

    #[test]
    fn values_stand_for_themselves() {
        for (text, expected) in [
            ("home/${aws:userid}/*", Some("home/7*/*")),
            ("${AWS:UserId}", Some("7*")),
            ("${aws:username, 'nobody'}", Some("nobody")),
            ("${aws:userid,'nobody'}", Some("7*")),
            ("a${*}b${?}c${$}", Some("a*b?c$")),
            ("$100", Some("$100")),
            ("${aws:username}", None),
            ("${s3:RequestObjectTagKeys}", None),
            ("x${aws:userid", None),
        ] {
            let shown = expanded(text, &environment(), Dialect::AWS).map(|symbols| plain(&symbols));
            assert_eq!(shown.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn a_values_star_is_no_wildcard() {
        let matches = |pattern: &str, text: &str| {
            expanded(pattern, &environment(), Dialect::AWS)
                .is_some_and(|symbols| matches_symbols(&symbols, text.as_bytes()))
        };
        assert!(matches("home/${aws:userid}/*", "home/7*/x/y"));
        assert!(!matches("home/${aws:userid}/*", "home/77/x"));
        assert!(matches("a${*}*", "a*bc") && !matches("a${*}*", "abc"));
        assert!(matches("${?}?", "?x") && !matches("${?}?", "xx"));
    }
}
