//! GetObjectAttributes (API reference): what HEAD and ListParts would say of an object, as one document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::LAST_MODIFIED;
use spacelet_engine::ObjectInfo;

use super::get_object::with_read_version;
use super::preconditions;
use crate::checksum;
use crate::customer_key;
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::storage_class;
use crate::xml::{Xml, http_date};

const ATTRIBUTES: &str = "x-amz-object-attributes";
const MAX_PARTS: &str = "x-amz-max-parts";
const PART_MARKER: &str = "x-amz-part-number-marker";
const KNOWN: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

/// Answers the attributes that are asked for.
///
/// # Errors
/// `InvalidArgument` for none, an unknown one, or bad numbers; as GetObject for the rest.
pub(crate) async fn get_object_attributes(request: Request<'_>) -> Result<Response, S3Error> {
    let object = request.object()?;
    let wanted = wanted(&request)?;
    let page = Page::read(&request)?;
    preconditions::check_read(request.headers, object)?;
    customer_key::of_read(&request, object.sealed.as_ref(), &customer_key::OWN)?;
    let response = Response::xml(render(object, &wanted, page));
    let response = response.header_bytes(LAST_MODIFIED, http_date(object.modified).as_bytes());
    Ok(with_read_version(response, &request, object))
}

fn wanted(request: &Request<'_>) -> Result<Vec<&'static str>, S3Error> {
    let invalid =
        |why: &str| Err(S3Error::new(ErrorCode::InvalidArgument, why.to_owned()).with_message(why.to_owned()));
    let mut wanted = Vec::new();
    for value in request.headers.get_all(ATTRIBUTES) {
        for word in value.to_str().unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match KNOWN.into_iter().find(|known| *known == word) {
                Some(known) => wanted.push(known),
                None => return invalid("Invalid attribute name specified."),
            }
        }
    }
    if wanted.is_empty() {
        invalid(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
        )
    } else {
        Ok(wanted)
    }
}

/// Which parts are listed.
#[derive(Clone, Copy)]
struct Page {
    after: u32,
    parts_max: usize,
}

impl Page {
    fn read(request: &Request<'_>) -> Result<Self, S3Error> {
        let number = |name: &str| match request.header(name) {
            None | Some("") => Ok(None),
            Some(text) => text.trim().parse::<u32>().map(Some).map_err(|_not_a_number| {
                S3Error::new(ErrorCode::InvalidArgument, format!("{name} is not a number from 0"))
            }),
        };
        let most = request.limits().list_entries_max;
        let parts_max = number(MAX_PARTS)?.map_or(most, |wanted| usize::try_from(wanted).unwrap_or(most).min(most));
        Ok(Self { after: number(PART_MARKER)?.unwrap_or(0), parts_max })
    }
}

fn render(object: &ObjectInfo, wanted: &[&str], page: Page) -> String {
    let has = |name: &str| wanted.contains(&name);
    let mut xml = Xml::document(512);
    xml.open_s3("GetObjectAttributesResponse");
    if has("ETag") {
        xml.text("ETag", object.etag.as_str());
    }
    if has("Checksum") && object.checksum.is_some() {
        xml.open("Checksum");
        checksum::write(&mut xml, object);
        xml.close("Checksum");
    }
    if has("ObjectParts") && !object.parts.is_empty() {
        parts(&mut xml, object, page);
    }
    if has("StorageClass") {
        xml.text("StorageClass", storage_class::shown(&object.meta));
    }
    if has("ObjectSize") {
        xml.number("ObjectSize", object.bytes);
    }
    xml.close("GetObjectAttributesResponse");
    xml.finish()
}

fn parts(xml: &mut Xml, object: &ObjectInfo, page: Page) {
    let after = object.parts.iter().enumerate().skip_while(|(_, part)| part.number <= page.after);
    let shown: Vec<_> = after.clone().take(page.parts_max).collect();
    let is_truncated = after.count() > shown.len();
    xml.open("ObjectParts");
    xml.number("PartsCount", object.parts.len() as u64);
    xml.number("PartNumberMarker", page.after);
    xml.number("NextPartNumberMarker", shown.last().map_or(0, |(_, part)| part.number));
    xml.number("MaxParts", page.parts_max as u64);
    xml.flag("IsTruncated", is_truncated);
    // DIFFERS: S3 lists no parts of an object whose upload had no additional checksum; ours always has the CRC64NVME
    // that S3 adds by itself, and lists them.
    for (at, part) in shown {
        xml.open("Part");
        xml.number("PartNumber", part.number);
        xml.number("Size", part.bytes);
        if let (Some(checksum), Some(digest)) = (&object.checksum, object.part_digest(at)) {
            xml.text(checksum::names(checksum.algorithm).element, &STANDARD.encode(digest));
        }
        xml.close("Part");
    }
    xml.close("ObjectParts");
}
