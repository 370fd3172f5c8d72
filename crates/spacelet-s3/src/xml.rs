//! XML, both ways. Out: [`Xml`], a small writer in document order straight from domain values, because RGW's element
//! order, empty-versus-absent elements, control characters and `encoding-type=url` are part of the wire.
//! In: [`parse`], which bounds size and depth, checks the root's name and knows no external entity.

mod read;
mod requests;
mod time;
mod write;

pub(crate) use read::{Element, FromXml, XmlError, parse, parse_root};
pub(crate) use requests::{CompleteParts, CreateBucketConfiguration, DeleteKeys, NamedObject, NamedPart};
pub(crate) use time::{http_date, iso_millis, log_day, log_name, log_time, moment};
pub(crate) use write::{SlashEscape, Xml, escaped};
