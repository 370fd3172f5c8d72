//! XML bodies through the whole service: every operation that reads one, in both profiles.

use super::service::{Bench, Signer};
use crate::matrix::requests::{REQUESTS, Request};
use spacelet_s3::{Profile, Status, operations};

/// What the smallest requests do not have: target and body.
const MORE: [(&str, &str, &str); 5] = [
    (
        "POST",
        "/b-one?delete",
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet><Object><Key>a&amp;b</Key><VersionId>null</VersionId></Object></Delete>",
    ),
    (
        "POST",
        "/b-one?delete",
        "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;&b;\">]><Delete><Object><Key>&d;</Key></Object></Delete>",
    ),
    (
        "PUT",
        "/b-new",
        "<CreateBucketConfiguration><LocationConstraint>nyc3</LocationConstraint></CreateBucketConfiguration>",
    ),
    (
        "PUT",
        "/b-two?acl",
        "<AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>6174283</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
    ),
    ("PUT", "/b-two/k?acl", ""),
];

#[test]
fn xml_bodies() {
    let sent = documents(Profile::SPACES, |row| row.spaces);
    assert!(sent >= 10, "only {sent} operations read a document");
}

#[test]
fn xml_bodies_in_profile_aws() {
    let sent = documents(Profile::AWS, |row| row.aws);
    assert!(sent >= 25, "only {sent} operations read a document");
}

/// The input is a target, a line's end and a body. Configurations go to `b-two`, so that versions of what is deleted do
/// not heap up. How many targets there are.
fn documents(profile: Profile, status: impl Fn(&spacelet_s3::OperationRow) -> Status) -> usize {
    let bench = Bench::new(profile);
    let upload = bench.upload();
    let is_served = |name: &str| operations().iter().any(|row| row.name == name && status(row) == Status::Built);
    let mut corpus: Vec<(&'static str, String, String)> =
        REQUESTS.iter().filter(|request| is_served(request.operation)).filter_map(|r| smallest(r, &upload)).collect();
    corpus.extend(MORE.map(|(method, target, body)| (method, target.to_owned(), body.to_owned())));
    let mut signers: Vec<(String, Signer)> = Vec::new();
    for (method, target, _) in &corpus {
        if signers.iter().all(|(known, _)| known != target) {
            signers.push((target.clone(), Signer::new(method, target)));
        }
    }
    let inputs: Vec<String> = corpus.iter().map(|(_, target, body)| format!("{target}\n{body}")).collect();
    let inputs: Vec<&[u8]> = inputs.iter().map(String::as_bytes).collect();
    let sent = signers.len();
    super::fuzz(&inputs, &TOKENS, |input| {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (target, body) = input.split_at(end);
        let found = signers.iter_mut().find(|(known, _)| known.as_bytes() == target);
        let Some((target, signer)) = found else { return "no target".to_owned() };
        format!("{target}: {}", bench.outcome(signer.request(body.get(1..).unwrap_or_default())))
    });
    sent
}

/// Method, target and body of a request that brings XML.
fn smallest(request: &Request, upload: &str) -> Option<(&'static str, String, String)> {
    let (_, body) = request.rest.split_once("\n\n").filter(|(_, body)| body.starts_with('<'))?;
    let bucket = if request.method == "PUT" { "b-two" } else { "b-one" };
    let part = "<Part><PartNumber>1</PartNumber><ETag>\"d41d8cd98f00b204e9800998ecf8427e\"</ETag></Part>";
    let fill = |text: &str| text.replace("BUCKET", bucket).replace("UPLOAD", upload).replace("PARTS", part);
    Some((request.method, fill(request.target), fill(body)))
}

const TOKENS: [&str; 23] = [
    "<Delete>",
    "</Delete>",
    "<Object>",
    "<Key>",
    "</Key>",
    "<Part>",
    "<PartNumber>",
    "-1",
    "10001",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&#0;",
    "&#x1F680;",
    "&lt;",
    "&unknown;",
    "<a/>",
    "<a><a><a><a><a><a><a><a>",
    "xmlns=\"x\"",
    "\u{feff}",
    "<?pi?>",
    "<!DOCTYPE",
];
