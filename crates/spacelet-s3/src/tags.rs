//! Tags of objects and buckets: how many, how long, of which characters (S3 user guide, "Categorizing your objects using
//! tags", "Using cost allocation S3 bucket tags"; texts as Amazon S3 gives them).

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::error::{ErrorCode, S3Error};

/// Characters of a key.
pub(crate) const KEY_CHARS_MAX: usize = 128;
/// Characters of a value.
pub(crate) const VALUE_CHARS_MAX: usize = 256;
/// Tags of one object.
pub(crate) const OBJECT_TAGS_MAX: usize = 10;
/// Tags of one bucket.
const BUCKET_TAGS_MAX: usize = 50;
/// Besides letters, digits and blanks.
const SIGNS: &str = "+-=._:/@";
const OF_HEADER: &str = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters \
    without tag name duplicates.";

/// A key and its value.
pub(crate) type Tag = (String, String);

/// Whose tags they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    Object,
    Bucket,
}

impl Tagged {
    /// Refuses what Amazon S3 does.
    ///
    /// # Errors
    /// `InvalidTag`, `BadRequest` for too many of a bucket.
    pub(crate) fn check(self, tags: &[Tag]) -> Result<(), S3Error> {
        // DIFFERS: of an object, too, S3 says this with BadRequest; ceph/s3-tests have RGW's code.
        let (max, code, message) = match self {
            Self::Object => (OBJECT_TAGS_MAX, ErrorCode::InvalidTag, "Object tags cannot be greater than 10"),
            Self::Bucket => (BUCKET_TAGS_MAX, ErrorCode::BadRequest, "Bucket tag count cannot be greater than 50"),
        };
        if tags.len() > max {
            return Err(S3Error::new(code, format!("there are at most {max} tags")).with_message(message));
        }
        let invalid = |why: &'static str, message| Err(S3Error::new(ErrorCode::InvalidTag, why).with_message(message));
        let mut keys = BTreeSet::new();
        for (key, value) in tags {
            if key.is_empty() || !is_text(key, KEY_CHARS_MAX) {
                let why = "a tag's key has 1 to 128 letters, digits, blanks or + - = . _ : / @";
                return invalid(why, "The TagKey you have provided is invalid");
            }
            if !is_text(value, VALUE_CHARS_MAX) {
                let why = "a tag's value has at most 256 letters, digits, blanks or + - = . _ : / @";
                return invalid(why, "The TagValue you have provided is invalid");
            }
            if key.starts_with("aws:") {
                let why = "keys that begin with aws: are Amazon's";
                return invalid(why, "System tags cannot be added/updated by requester");
            }
            if !keys.insert(key) {
                return invalid("two tags have the same key", "Cannot provide multiple Tags with the same key");
            }
        }
        Ok(())
    }
}

fn is_text(text: &str, chars_max: usize) -> bool {
    let is_legal = |character: char| character.is_alphanumeric() || character == ' ' || SIGNS.contains(character);
    text.chars().count() <= chars_max && text.chars().all(is_legal)
}

/// The tags of a header, as Amazon S3 reads it: `a=1&b=2+3`.
///
/// # Errors
/// `InvalidArgument`, and as [`Tagged::check`].
pub(crate) fn of_header(text: &str) -> Result<Vec<Tag>, S3Error> {
    let malformed = |why: &'static str| S3Error::new(ErrorCode::InvalidArgument, why).with_message(OF_HEADER);
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        let text = percent_decode_str(&spaced).decode_utf8().map(|text| text.into_owned());
        text.map_err(|_not_utf8| malformed("x-amz-tagging is not UTF-8"))
    };
    let mut tags = Vec::new();
    for pair in text.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push((decoded(key)?, decoded(value)?));
    }
    let keys: BTreeSet<&String> = tags.iter().map(|(key, _)| key).collect();
    if keys.len() < tags.len() {
        return Err(malformed("x-amz-tagging has a key twice"));
    }
    Tagged::Object.check(&tags)?;
    Ok(tags)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        (key.to_owned(), value.to_owned())
    }

    fn told(tags: &[Tag]) -> Option<(ErrorCode, String)> {
        Tagged::Object.check(tags).err().map(|error| (error.code, error.message(true).to_owned()))
    }

    #[test]
    fn what_a_tag_may_be() {
        for (key, value) in [("a", ""), ("Größe 1", "+-=._:/@"), ("awsx", "x"), (&"k".repeat(128), &"v".repeat(256))]
        {
            assert_eq!(told(&[tag(key, value)]), None, "{key}");
        }
        for (key, value, message) in [
            ("", "x", "The TagKey you have provided is invalid"),
            ("a&b", "x", "The TagKey you have provided is invalid"),
            (&"k".repeat(129), "x", "The TagKey you have provided is invalid"),
            ("a", "x#", "The TagValue you have provided is invalid"),
            ("a", &"v".repeat(257), "The TagValue you have provided is invalid"),
            ("aws:a", "x", "System tags cannot be added/updated by requester"),
        ] {
            assert_eq!(told(&[tag(key, value)]), Some((ErrorCode::InvalidTag, message.to_owned())), "{key}");
        }
        let twice = "Cannot provide multiple Tags with the same key".to_owned();
        assert_eq!(told(&[tag("a", "1"), tag("a", "2")]), Some((ErrorCode::InvalidTag, twice)));
    }

    #[test]
    fn how_many_there_may_be() {
        let many = |count: usize| (0..count).map(|number| tag(&format!("k{number}"), "")).collect::<Vec<_>>();
        let code = |tagged: Tagged, count| tagged.check(&many(count)).err().map(|error| error.code);
        assert_eq!((code(Tagged::Object, 10), code(Tagged::Object, 11)), (None, Some(ErrorCode::InvalidTag)));
        assert_eq!((code(Tagged::Bucket, 50), code(Tagged::Bucket, 51)), (None, Some(ErrorCode::BadRequest)));
    }

    #[test]
    fn headers() {
        assert_eq!(of_header("a=1&b%20c=x+y&d").unwrap(), [tag("a", "1"), tag("b c", "x y"), tag("d", "")]);
        for (text, code) in [
            ("a=1&a=2", ErrorCode::InvalidArgument),
            ("a=%FF", ErrorCode::InvalidArgument),
            ("a=1&", ErrorCode::InvalidTag),
            ("aws:a=1", ErrorCode::InvalidTag),
        ] {
            assert_eq!(of_header(text).unwrap_err().code, code, "{text}");
        }
    }
}
