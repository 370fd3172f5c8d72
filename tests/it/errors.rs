//! Each code of the error table, and each error that an operation's documentation names, provoked once in each profile
//! that answers it. A code that has no row fails, so that none is there which nothing raises.
//!
//! What every operation refuses alike (signatures, digests, what is not there) is in `matrix/PROFILE-refused.txt`.

mod rows;
mod special;

use crate::server::Server;
use crate::support::{Call, outcome};
use rows::{ROWS, Row};
use spacelet_s3::{NewBuckets, Profile, errors};
use special::SPECIAL;
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn documented_errors_in_profile_spaces() {
    provoke_all(Profile::SPACES);
}

#[test]
fn documented_errors_in_profile_aws() {
    provoke_all(Profile::AWS);
}

/// What needs a server of its own: limits that are reached, bodies that stop, disks that are full.
#[test]
fn errors_of_special_grounds() {
    let told = SPECIAL.iter().map(|(code, provoke)| (*code, provoke()));
    let wrong: Vec<_> = told.filter(|(code, told)| code != told).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Codes that only a disk can provoke, and who does.
const ELSEWHERE: &[(&str, &str)] = &[("ServiceUnavailable", include_str!("../durability/run.py"))];

#[test]
fn every_code_is_provoked() {
    let elsewhere = ELSEWHERE.iter().filter(|(code, text)| text.contains(code)).map(|(code, _)| *code);
    let here = rows().map(|row| row.code).chain(SPECIAL.iter().map(|(code, _)| *code));
    let provoked: BTreeSet<&str> = here.chain(elsewhere).collect();
    let table: BTreeSet<&str> = errors().iter().map(|row| row.name).collect();
    let lacking: Vec<_> = table.difference(&provoked).collect();
    let unknown: Vec<_> = provoked.difference(&table).collect();
    assert!(lacking.is_empty() && unknown.is_empty(), "not provoked: {lacking:?}; in no table: {unknown:?}");
}

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().copied().flatten()
}

fn provoke_all(profile: Profile) {
    let is_aws = profile.is_aws;
    let server = Server::start_with(|settings| {
        settings.profile = profile;
        settings.new_buckets = NewBuckets::Closed;
        settings.restore_time = Duration::from_secs(3_600);
        settings.limits.buckets_max = 1_000;
    });
    let mut wrong = Vec::new();
    for (number, row) in rows().enumerate() {
        if row.profiles.contains(if is_aws { 'a' } else { 's' }) {
            match provoke(&server, row, &format!("err-{number}"), is_aws) {
                Ok((operation, code)) if operation == row.operation && code == row.code => (),
                came => wrong.push(format!("{} {}: {came:?}, by {}", row.operation, row.code, row.request)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Prepares the row's ground and sends its request: which operation the server took it for, and its code.
///
/// # Errors
/// What cannot be prepared.
fn provoke(server: &Server, row: &Row, bucket: &str, is_aws: bool) -> Result<(String, String), String> {
    let mut ground = vec![("BUCKET", bucket.to_owned()), ("LONG", "x".repeat(3_000))];
    server.prepare(&[&format!("PUT /{bucket}"), &format!("PUT /{bucket}/k\n\nhello")]);
    for request in row.before {
        // What only one of the profiles has to prepare is marked so.
        let (request, only) = match request.split_once("only aws: ") {
            Some((_, request)) => (request, is_aws),
            None => (*request, true),
        };
        if only {
            let answer = server.send(&filled(request, &ground));
            if !(200..300).contains(&answer.status) {
                return Err(format!("{request}: {}", outcome(&answer)));
            }
            ground.extend(answer.xml("UploadId").map(|id| ("UPLOAD", id)));
            ground.extend(answer.header("x-amz-version-id").map(|id| ("VERSION", id.to_owned())));
        }
    }
    Call::new(&filled(row.request, &ground)).send(server);
    let journal = server.journal();
    let last = journal.last().unwrap();
    Ok((last.operation.to_owned(), last.code.unwrap_or("ok").to_owned()))
}

/// The names of a row's ground put in: of several of a kind the last.
fn filled(text: &str, ground: &[(&str, String)]) -> String {
    ground.iter().rev().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}
