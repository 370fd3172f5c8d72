//! GetObjectTagging, PutObjectTagging, DeleteObjectTagging.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use spacelet_engine::access::Need;

use crate::besides::TAGGING;
use crate::error::{ErrorCode, S3Error};
use crate::notification::{EventObject, notify};
use crate::policy::{PolicyKeys, add_tags};
use crate::request::Request;
use crate::response::{Response, XML};
use crate::tags::{KEY_CHARS_MAX, OBJECT_TAGS_MAX, Tagged, VALUE_CHARS_MAX};
use crate::xml::{Element, FromXml, Xml, XmlError, parse};

/// The tags, by key.
///
/// # Errors
/// None but what the table promises.
pub(crate) async fn get_object_tagging(request: Request<'_>) -> Result<Response, S3Error> {
    let mut tags: Vec<_> = request.object()?.meta.tags.iter().collect();
    tags.sort();

    let mut xml = Xml::document(256);
    xml.open_s3("Tagging");
    xml.open("TagSet");
    for (key, value) in tags {
        xml.open("Tag");
        xml.text("Key", key);
        xml.text("Value", value);
        xml.close("Tag");
    }
    xml.close("TagSet");
    xml.close("Tagging");
    Ok(Response::xml(xml.finish()))
}

/// Replaces the tags.
///
/// # Errors
/// `MalformedXML`, `InvalidTag`, and what the store says.
pub(crate) async fn put_object_tagging(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let tags =
        parse::<Tagging>(&body, body.len()).map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))?.0;
    match request.profile().tags_are_checked {
        true => Tagged::Object.check(&tags)?,
        false => check(&tags)?,
    }
    let keys = request.profile().policy_keys;
    if keys == PolicyKeys::Aws {
        request.judge_document(Need::BucketWrite, TAGGING, &|environment| add_tags(environment, &tags, keys))?;
    }

    let (bucket, key) = request.subject()?;
    request.world.set_object_tags(bucket, key, &request.version(), tags).await?;

    notify(&request, "ObjectTagging:Put", || request.object.as_ref().map(EventObject::there).unwrap_or_default());
    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

/// Removes all tags.
///
/// # Errors
/// What the store says.
pub(crate) async fn delete_object_tagging(request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    request.world.set_object_tags(bucket, key, &request.version(), Vec::new()).await?;
    notify(&request, "ObjectTagging:Delete", || request.object.as_ref().map(EventObject::there).unwrap_or_default());
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

fn check(tags: &[(String, String)]) -> Result<(), S3Error> {
    let invalid = |why| Err(S3Error::new(ErrorCode::InvalidTag, why));
    if tags.len() > OBJECT_TAGS_MAX {
        return invalid("an object has at most 10 tags");
    }
    let is_too_long = |(key, value): &(String, String)| {
        key.chars().count() > KEY_CHARS_MAX || value.chars().count() > VALUE_CHARS_MAX
    };
    if tags.iter().any(is_too_long) {
        return invalid("a tag's key has at most 128 characters, its value at most 256");
    }
    Ok(())
}

/// What a client sends.
pub(super) struct Tagging(pub(super) Vec<(String, String)>);

impl FromXml for Tagging {
    const ROOT: &'static str = "Tagging";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let set = root.child("TagSet").ok_or_else(|| XmlError::new("there is no TagSet"))?;
        let tag = |tag: &Element| {
            let text = |name| tag.child_text(name).map(str::to_owned);
            let key = text("Key").filter(|key| !key.is_empty());
            Ok((key.ok_or_else(|| XmlError::new("a Tag has no Key"))?, text("Value").unwrap_or_default()))
        };
        set.all("Tag").map(tag).collect::<Result<_, _>>().map(Self)
    }
}
