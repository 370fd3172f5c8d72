//! What every operation refuses alike: signatures and clocks that are wrong, bodies that cannot be read or are not what
//! their digest says, and uploads, versions and sources that are not there. `matrix/PROFILE-refused.txt` has a paragraph
//! for each, with the operations by what they answer (`UPDATE_EXPECT=1` rewrites them).

use super::{Cells, Ground, with_limited_keys};
use crate::matrix::requests::REQUESTS;
use crate::sign::Key;
use crate::support::{Call, key, outcome};
use expect_test::expect_file;
use spacelet_s3::Profile;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The MD5 of nothing, which no body of the table has.
const MD5_OF_NOTHING: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
const DAY_S: i64 = 86_400;
/// Object operations to which `versionId` says nothing.
const UNVERSIONED: &[&str] =
    &["PutObject", "CopyObject", "CreateMultipartUpload", "Preflight (object)", "AppendObject (RGW)"];

#[test]
fn refusals_in_profile_spaces() {
    expect_file!["spaces-refused.txt"].assert_eq(&paragraphs(Profile::SPACES));
}

#[test]
fn refusals_in_profile_aws() {
    expect_file!["aws-refused.txt"].assert_eq(&paragraphs(Profile::AWS));
}

fn paragraphs(profile: Profile) -> String {
    let is_aws = profile.is_aws;
    let server = with_limited_keys(profile);
    let mut seen: BTreeMap<&str, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    for (number, request) in REQUESTS.iter().enumerate() {
        let cells = Cells { server: &server, request, number, is_aws };
        let ground = cells.prepared("refused");
        for (what, call) in spoilt(&cells, &ground) {
            let answers = seen.entry(what).or_default();
            answers.entry(outcome(&call.send(&server))).or_default().push(request.operation);
        }
    }
    let mut text = String::new();
    for (what, answers) in seen {
        let _ = writeln!(text, "{what}");
        for (answer, operations) in answers {
            let _ = writeln!(text, "  {answer}: {}", operations.join(", "));
        }
    }
    text
}

/// The operation's request, spoilt in each way that it can be.
fn spoilt(cells: &Cells<'_>, ground: &Ground) -> Vec<(&'static str, Call)> {
    let request = cells.request;
    let call = || cells.call(ground, "");
    let mut late = call();
    late.skew_s = -DAY_S;
    let mut calls = vec![
        ("a day late", late),
        ("with a wrong secret", call().by(Key::new(&key("A").id, "wrong"))),
        ("with an unknown key", call().by(Key::new("DO00MATRIXNOBODY", "wrong"))),
    ];
    let body = call().body;
    if matches!(body.first(), Some(b'<' | b'{')) {
        let broken = Call { body: body[..1].to_vec(), ..call() };
        let headers = broken.headers.iter().filter(|(name, _)| name != "Content-MD5").cloned().collect();
        calls.push(("with a broken document", Call { headers, ..broken }));
    }
    if !body.is_empty() && request.operation != "PostObject" {
        calls.push(("with another body's MD5", call().header_instead("Content-MD5", MD5_OF_NOTHING)));
        calls.push(("with an MD5 that is none", call().header_instead("Content-MD5", "none")));
    }
    if request.target.contains("UPLOAD") {
        let unknown = Ground { bucket: ground.bucket.clone(), upload: "2~unknown".to_owned() };
        calls.push(("of an unknown upload", cells.call(&unknown, "")));
    } else if request.target.starts_with("/BUCKET/k") && !UNVERSIONED.contains(&request.operation) {
        calls.push(("of an unknown version", call().parameter("versionId=pnuTJ3kQR1xGKEf5zQLd0HtPXWdgcmQm")));
        calls.push(("of no version", call().parameter("versionId=%20")));
    }
    if request.rest.contains("x-amz-copy-source") {
        let source = |source: &str| call().header_instead("x-amz-copy-source", source);
        calls.push(("from a key that is not there", source(&format!("{}/absent", ground.bucket))));
        calls.push(("from a bucket that is not there", source("m-absent/k")));
        calls.push(("from no key", source("m-absent")));
    }
    calls
}
