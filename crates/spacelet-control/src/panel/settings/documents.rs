//! The settings that are documents: policy, lifecycle, website, access logging.

use std::fmt::Write as _;

use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use md5::{Digest as _, Md5};
use spacelet_engine::{Bucket, DocumentKind};
use spacelet_sigv4::Head;
use spacelet_sigv4::sign::{BodyHash, Credentials, sign_v4};

use super::super::links;
use super::super::visit::{PanelError, Visit, go};

/// The longest document, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 << 10;

/// A kind of document.
pub(super) struct Kind {
    /// In forms.
    name: &'static str,
    title: &'static str,
    about: &'static str,
    sub_resource: &'static str,
    kind: DocumentKind,
    /// `SPACE` and `OTHER` stand for names.
    example: &'static str,
}

pub(super) const KINDS: [Kind; 4] = [
    Kind {
        name: "lifecycle",
        title: "Lifecycle rules",
        about: "XML: when files expire and unfinished uploads are given up.",
        sub_resource: "lifecycle",
        kind: DocumentKind::Lifecycle,
        example: "<LifecycleConfiguration>\n  <Rule>\n    <ID>expire-logs</ID>\n    <Prefix>logs/</Prefix>\n    \
                  <Status>Enabled</Status>\n    <Expiration><Days>30</Days></Expiration>\n  </Rule>\n\
                  </LifecycleConfiguration>",
    },
    Kind {
        name: "policy",
        title: "Bucket policy",
        about: "JSON: who may do what, beyond keys and permissions. A Space with a policy takes no limited keys.",
        sub_resource: "policy",
        kind: DocumentKind::Policy,
        example: "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
                  \"Principal\": \"*\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \
                  \"arn:aws:s3:::SPACE/*\"\n    }\n  ]\n}",
    },
    Kind {
        name: "website",
        title: "Website",
        about: "XML: which file is the index and which the error page.",
        sub_resource: "website",
        kind: DocumentKind::Website,
        example: "<WebsiteConfiguration>\n  <IndexDocument><Suffix>index.html</Suffix></IndexDocument>\n  \
                  <ErrorDocument><Key>error.html</Key></ErrorDocument>\n</WebsiteConfiguration>",
    },
    Kind {
        name: "logging",
        title: "Access logs",
        about: "XML: into which other Space of the same region, under which prefix.",
        sub_resource: "logging",
        kind: DocumentKind::Logging,
        example: "<BucketLoggingStatus>\n  <LoggingEnabled>\n    <TargetBucket>OTHER</TargetBucket>\n    \
                  <TargetPrefix>logs/</TargetPrefix>\n  </LoggingEnabled>\n</BucketLoggingStatus>",
    },
];

impl Kind {
    /// Whether a Space may have one (spaces-reference 4.10).
    pub(super) fn is_for(&self, bucket: &Bucket) -> bool {
        !bucket.is_cold || !matches!(self.kind, DocumentKind::Policy | DocumentKind::Website)
    }
}

pub(super) fn section(visit: &Visit, bucket: &Bucket, kind: &Kind) -> Result<Markup, PanelError> {
    let document = visit.world.document(bucket, kind.kind, "")?;
    let text = document.as_ref().map(|document| shown(document)).unwrap_or_default();
    let example = example(visit, bucket, kind)?;
    Ok(html! {
        form.card data-post={ "/panel/spaces/" (bucket.name) "/document" } {
            h2 { (kind.title) }
            p.quiet { (kind.about) }
            input type="hidden" name="kind" value=(kind.name);
            label.hidden for={ "document-" (kind.name) } { (kind.title) }
            textarea.code id={ "document-" (kind.name) } name="document" rows=(if text.is_empty() { "3" } else { "10" }) spellcheck="false" placeholder="None" data-example=(example) { (text) }
            p.error role="alert" hidden {}
            div.actions {
                button type="submit" name="do" value="save" { "Save " (kind.title.to_lowercase()) }
                @if document.is_some() { button.danger type="submit" name="do" value="remove" { "Remove" } }
                @else { button type="button" data-fill={ "document-" (kind.name) } { "Start from an example" } }
            }
        }
    })
}

/// A document to begin with, with real names: that of the Space, and of another one in its region where it takes two.
fn example(visit: &Visit, bucket: &Bucket, kind: &Kind) -> Result<String, PanelError> {
    let example = kind.example.replace("SPACE", bucket.name.as_str());
    if !example.contains("OTHER") {
        return Ok(example);
    }
    let mut others = visit.world.buckets_of(&visit.account, None)?;
    others.retain(|other| other.name != bucket.name && other.region == bucket.region);
    Ok(example.replace("OTHER", others.first().map_or("another-space", |other| other.name.as_str())))
}

/// XML as stored is one line: each element on its own reads better. White space goes only between elements, never into
/// one that is empty, so that what is shown says the same when it is saved. JSON stays as it was written.
fn shown(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document);
    if !text.trim_start().starts_with('<') || text.contains('\n') || text.contains("<![CDATA[") {
        return text.into_owned();
    }
    let mut lines = String::with_capacity(text.len());
    let mut last = "";
    for piece in text.split("><") {
        if !lines.is_empty() {
            lines.push_str(if closes(piece, last) { "><" } else { ">\n<" });
        }
        lines.push_str(piece);
        last = piece;
    }
    lines
}

/// Whether what follows `<` closes the element that was opened last before it.
fn closes(piece: &str, before: &str) -> bool {
    let name = |text: &str| text.split(|c: char| c == '>' || c.is_whitespace()).next().unwrap_or_default().to_owned();
    let opened = name(before.rsplit('<').next().unwrap_or_default());
    piece.strip_prefix('/').is_some_and(|closed| name(closed) == opened)
}

pub(crate) async fn change(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let wanted = visit.field("kind").unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.name == wanted).ok_or_else(|| PanelError::missing("setting"))?;
    if visit.field("do") == Some("remove") {
        visit.world.set_document(&bucket, kind.kind, "", None).await?;
        return Ok(go(""));
    }
    let document = visit.field("document").unwrap_or_default();
    if kind.kind == DocumentKind::Policy
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(document)
    {
        return Err(PanelError::wrong(format!(
            "No JSON in line {}, column {}: {error}.",
            error.line(),
            error.column()
        )));
    }
    put(&visit, &bucket, kind.sub_resource, document.trim()).await?;
    Ok(go(""))
}

/// Writes a document as an S3 client would; a refusal is told in S3's words and the explanation's.
pub(super) async fn put(visit: &Visit, bucket: &Bucket, sub_resource: &str, document: &str) -> Result<(), PanelError> {
    if document.is_empty() || document.len() > DOCUMENT_BYTES_MAX {
        return Err(PanelError::wrong("A document has 1 byte to 256 KiB. To take it away, remove it."));
    }
    let request = signed(visit, bucket, sub_resource, document).await?;
    let answer = (visit.panel.settings().s3)(request).await;
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&answer.body);
    let inside = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text.to_owned())
    };
    let mut because = inside("Code").unwrap_or_else(|| answer.status.to_string());
    for text in [inside("Message").unwrap_or_default(), answer.explanation] {
        if !text.is_empty() {
            let _ = write!(because, ": {text}");
        }
    }
    Err(PanelError::wrong(because))
}

async fn signed(
    visit: &Visit,
    bucket: &Bucket,
    sub_resource: &str,
    document: &str,
) -> Result<Request<Vec<u8>>, PanelError> {
    let key = links::signing_key(visit).await?;
    let (_, host) = links::split(&visit.settings().s3_url);
    let path = format!("/{}", bucket.name);
    let host = HeaderValue::from_str(host).map_err(|_host| PanelError::wrong("The public URL's host is no host."))?;
    let mut headers = HeaderMap::from_iter([(HOST, host)]);
    headers.insert(HeaderName::from_static("content-length"), document.len().into());
    // Amazon S3 takes some documents with their digest only.
    let md5 = HeaderValue::from_str(&STANDARD.encode(Md5::digest(document)));
    headers.extend(md5.ok().map(|md5| (HeaderName::from_static("content-md5"), md5)));
    let head = Head { method: "PUT", path: &path, query: sub_resource, headers: &headers, host_bucket: None };
    let credentials =
        Credentials { access_key: key.id.as_str(), secret: key.secret.reveal(), region: bucket.region.as_str() };
    // Header signatures are judged by the wall clock.
    let now_s = spacelet_engine::Clock::system().now().seconds();
    let more = sign_v4(&head, &credentials, now_s, BodyHash::Of(document.as_bytes()));
    headers.extend(more);
    let mut request = Request::new(document.as_bytes().to_vec());
    *request.method_mut() = axum::http::Method::PUT;
    *request.headers_mut() = headers;
    let uri = format!("{path}?{sub_resource}").parse();
    *request.uri_mut() = uri.map_err(|_uri| PanelError::missing("Space"))?;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_says_the_same() {
        let cases = [
            ("<A><B><C>x</C></B><D/></A>", "<A>\n<B>\n<C>x</C>\n</B>\n<D/>\n</A>"),
            ("<A><Prefix></Prefix><B/></A>", "<A>\n<Prefix></Prefix>\n<B/>\n</A>"),
            (r#"<A a="b"><P c="d"></P></A>"#, "<A a=\"b\">\n<P c=\"d\"></P>\n</A>"),
            ("<A><P>x></P></A>", "<A>\n<P>x></P>\n</A>"),
            ("<A><P><![CDATA[x><y]]></P></A>", "<A><P><![CDATA[x><y]]></P></A>"),
            ("<A><P>\n</P></A>", "<A><P>\n</P></A>"),
            (r#"{"a": "><"}"#, r#"{"a": "><"}"#),
        ];
        for (stored, text) in cases {
            assert_eq!(shown(stored.as_bytes()), text);
        }
    }
}
