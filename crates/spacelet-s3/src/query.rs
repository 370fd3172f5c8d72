//! The query string, decoded once, in order.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Query parameters in the order sent. `+` is a blank here, as in RGW. Bytes that are no UTF-8 become U+FFFD.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(crate) fn parse(raw: &'a str) -> Self {
        Self(
            raw.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of that name; `?acl` gives `""`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_ref())
    }

    /// The first value of that name, unless it is empty.
    pub(crate) fn get_non_empty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Names and values, in the order sent.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_once_and_in_order() {
        let query = Query::parse("list-type=2&prefix=a%2Fb+c%252F&acl&&x=&prefix=second&bad=%zz%ff");
        assert_eq!(query.get("prefix"), Some("a/b c%2F"));
        assert_eq!(query.get("acl"), Some(""));
        assert_eq!(query.get_non_empty("x"), None);
        assert_eq!(query.get("bad"), Some("%zz\u{fffd}"));
        assert_eq!(query.0.len(), 6);
        assert!(Query::parse("").0.is_empty());
    }
}
