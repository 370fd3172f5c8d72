//! Multipart uploads: created before the clock starts, so that their parts can be signed before it, too.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

use super::Work;
use crate::client::Client;
use crate::drive::Step;
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};
use crate::request::{Draft, Filler, hex};

impl Work {
    /// An upload for each key: all its parts, and its completion with the ETags that they will have.
    pub(super) async fn uploads(&self, endpoint: &Endpoint) -> Outcome<Vec<Step>> {
        let parts = self.parts();
        let etags: Vec<String> = parts.iter().map(etag).collect();
        let completion = Filler::from(completion(&etags).into_bytes());
        let mut client = Client::connect(endpoint.address).await?;
        let mut steps = Vec::new();
        for number in 0..self.keys {
            let path = self.path(number);
            let created =
                client.fetch(&Draft::new("POST", &path).query("uploads=").sign(endpoint)?).await?.success()?;
            let upload = upload_id(&String::from_utf8_lossy(&created.body))?;
            let mut step = Vec::with_capacity(parts.len() + 1);
            for (part, number) in parts.iter().zip(1..) {
                let query = format!("partNumber={number}&uploadId={upload}");
                step.push(Draft::new("PUT", &path).query(&query).body(part).sign(endpoint)?);
            }
            let query = format!("uploadId={upload}");
            step.push(Draft::new("POST", &path).query(&query).body(&completion).sign(endpoint)?);
            steps.push(step);
        }
        Ok(steps)
    }

    fn parts(&self) -> Vec<Filler> {
        let whole = self.bytes / self.part_bytes.max(1);
        let mut parts = Vec::new();
        if whole > 0 {
            let part = Filler::new(self.part_bytes, self.signs_body);
            parts.extend((0..whole).map(|_| part.clone()));
        }
        let rest = self.bytes - whole * self.part_bytes;
        if rest > 0 || parts.is_empty() {
            parts.push(Filler::new(rest, self.signs_body));
        }
        parts
    }
}

fn etag(part: &Filler) -> String {
    let mut md5 = Md5::new();
    part.pieces().for_each(|piece| md5.update(&piece));
    hex(&md5.finalize())
}

fn completion(etags: &[String]) -> String {
    let mut xml = "<CompleteMultipartUpload>".to_owned();
    for (etag, number) in etags.iter().zip(1..) {
        let _ = write!(xml, "<Part><PartNumber>{number}</PartNumber><ETag>\"{etag}\"</ETag></Part>");
    }
    xml + "</CompleteMultipartUpload>"
}

/// The id as it goes into a query.
fn upload_id(xml: &str) -> Outcome<String> {
    let id = xml.split_once("<UploadId>").and_then(|(_, rest)| rest.split_once("</UploadId>")).map(|(id, _)| id);
    let id = id.ok_or_else(|| Failure::new("the answer to CreateMultipartUpload names no upload"))?;
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        let _ = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => write!(encoded, "{}", byte as char),
            _ => write!(encoded, "%{byte:02X}"),
        };
    }
    Ok(encoded)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::work::Operation;

    #[test]
    fn parts_add_up_to_the_object() {
        let parts =
            |bytes| Work::new(Operation::Multipart, bytes).parts().iter().map(Filler::bytes).collect::<Vec<_>>();
        let part = 5 << 20;
        assert_eq!(parts(2 * part), [part, part]);
        assert_eq!(parts(part + 1), [part, 1]);
        assert_eq!(parts(0), [0]);
    }

    #[test]
    fn upload_ids_are_encoded_for_the_query() {
        assert_eq!(upload_id("<a><UploadId>2~x+/=</UploadId></a>").unwrap(), "2~x%2B%2F%3D");
        assert!(upload_id("<Error/>").is_err());
    }
}
