//! The shape of tests/golden/*.json: steps in order, each a request's recipe and what a real RGW answered.
//!
//! A text may hold placeholders: `<<host>>`, `<<port>>`, `<<body-md5>>`, and names under which an earlier step
//! saved a value of its answer (`<<UploadId-288>>`).

use serde::Deserialize;
use std::collections::BTreeMap;

/// One line of a section's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The case's name; a step without one only prepares the ground.
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default, rename = "note")]
    pub(crate) _note: Option<String>,
    #[serde(default)]
    pub(crate) request: Option<Request>,
    /// Literal bytes for a socket, instead of a request.
    #[serde(default)]
    pub(crate) raw: Option<Vec<RawPart>>,
    /// How long the recording waited for more after `raw`.
    #[serde(default, rename = "timeout_s")]
    pub(crate) _timeout_s: Option<f64>,
    /// What an administrator did at this point (account limits).
    #[serde(default, rename = "admin")]
    pub(crate) _admin: Option<Vec<String>>,
    /// Placeholder → `xml:ELEMENT` or `header:NAME` of this step's answer.
    #[serde(default)]
    pub(crate) save: BTreeMap<String, String>,
    /// What RGW answered, volatile values masked. A named step without one is sent and not compared.
    #[serde(default)]
    pub(crate) expect: Option<Expect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent, escapes and all.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: String,
    /// Where it differs from `localhost:PORT`.
    #[serde(default)]
    pub(crate) host: Option<String>,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) body: Option<Body>,
    #[serde(default)]
    pub(crate) chunks: Option<Chunks>,
    #[serde(default)]
    pub(crate) form: Option<Vec<Field>>,
    #[serde(default)]
    pub(crate) sign: Option<Signing>,
    #[serde(default)]
    pub(crate) version: Option<String>,
    /// No Content-Length is made up.
    #[serde(default)]
    pub(crate) no_length: bool,
    /// `sse`: sent to a second RGW that allows SSE-C over plain HTTP.
    #[serde(default)]
    pub(crate) server: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Body {
    Text(String),
    Pieces(Vec<Piece>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Piece {
    Text(String),
    Repeat {
        repeat: String,
        times: usize,
    },
    /// A text for every i, with `<<i>>` in it.
    Each {
        each: String,
        times: usize,
    },
}

/// A body framed as aws-chunked with chunk signatures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chunks {
    pub(crate) data: Vec<Piece>,
    /// Whether the empty chunk that ends the body is sent.
    #[serde(rename = "final")]
    pub(crate) ended: bool,
    /// The chunk that gets a wrong signature.
    #[serde(default)]
    pub(crate) bad: Option<usize>,
}

/// A field of a POST form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) field: String,
    pub(crate) value: FieldValue,
    #[serde(default)]
    pub(crate) filename: Option<String>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum FieldValue {
    Text(String),
    Policy { expires_in_s: i64, conditions: serde_json::Value },
    Signature { sign: String },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum RawPart {
    Text(String),
    Repeat {
        repeat: String,
        times: usize,
    },
    /// One read that waits so long.
    Wait {
        wait_s: f64,
    },
    Signed {
        signed_head: Box<Request>,
    },
}

/// How a request is signed: exactly one of the first four is given, each naming a key of `accounts`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signing {
    #[serde(default)]
    pub(crate) v4: Option<String>,
    #[serde(default)]
    pub(crate) v2: Option<String>,
    #[serde(default)]
    pub(crate) presign_v4: Option<String>,
    #[serde(default)]
    pub(crate) presign_v2: Option<String>,
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default)]
    pub(crate) service: Option<String>,
    /// Seconds between now and the time that is signed.
    #[serde(default)]
    pub(crate) skew_s: i64,
    #[serde(default)]
    pub(crate) signed_headers: Option<Vec<String>>,
    /// `false`: no x-amz-content-sha256 header.
    #[serde(default)]
    pub(crate) hash_header: Option<bool>,
    /// The Authorization header, where it is not the usual one.
    #[serde(default)]
    pub(crate) authorization: Option<String>,
    /// The method a link is signed for, where it is not the request's.
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// Further parameters that the link signs.
    #[serde(default)]
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) expires: Option<String>,
    #[serde(default)]
    pub(crate) expires_in_s: i64,
    /// Headers that the link signs beside the host.
    #[serde(default)]
    pub(crate) signed_values: Vec<(String, String)>,
    /// Added to the link after signing.
    #[serde(default)]
    pub(crate) append: String,
    /// `X-Amz-` in lower case after signing.
    #[serde(default)]
    pub(crate) lowercase: bool,
    /// The parameter removed after signing.
    #[serde(default)]
    pub(crate) drop: Option<String>,
}
