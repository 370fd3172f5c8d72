//! Every operation of the table, in both profiles, by everybody: the owner in both addressing styles, nobody, another
//! account, limited keys, and where bucket or key is missing. What came of each is a line of `matrix/PROFILE.txt`
//! (`UPDATE_EXPECT=1` rewrites them); that the owner succeeds wherever the table says so is asked besides.

mod refused;
pub(crate) mod requests;

use crate::server::{Server, add_keys};
use crate::sign::Key;
use crate::support::{Call, outcome};
use expect_test::expect_file;
use requests::{REQUESTS, Request, Setting};
use spacelet_s3::{Profile, Status, operations};
use std::fmt::Write as _;

const READ: &str = "DO00MATRIXREAD";
const WRITE: &str = "DO00MATRIXWRITE";
const SECRET: &str = "matrixmatrixmatrixmatrixmatrixmatrixmatrix1";

#[test]
fn in_profile_spaces() {
    let text = table(Profile::SPACES, |row| row.spaces);
    expect_file!["matrix/spaces.txt"].assert_eq(&text);
}

#[test]
fn in_profile_aws() {
    let text = table(Profile::AWS, |row| row.aws);
    expect_file!["matrix/aws.txt"].assert_eq(&text);
}

#[test]
fn every_operation_has_its_request() {
    let named: Vec<&str> = REQUESTS.iter().map(|request| request.operation).collect();
    let lacking: Vec<&str> = operations()
        .iter()
        .filter(|row| matches!(row.spaces, Status::Built) || matches!(row.aws, Status::Built))
        .map(|row| row.name)
        .filter(|name| !named.contains(name))
        .collect();
    assert!(lacking.is_empty(), "tests/it/matrix/requests.rs lacks {lacking:?}");
}

fn table(profile: Profile, status: impl Fn(&spacelet_s3::OperationRow) -> Status) -> String {
    let is_aws = profile.is_aws;
    let server = with_limited_keys(profile);
    let rows = operations();
    let (mut text, mut wrong) = (String::new(), Vec::new());
    for (number, request) in REQUESTS.iter().enumerate() {
        let row = rows.iter().find(|row| row.name == request.operation);
        let row = row.unwrap_or_else(|| panic!("no operation {}", request.operation));
        let cells = Cells { server: &server, request, number, is_aws };
        let owner = cells.owner();
        // An ignored sub-resource is served as if it were not there.
        let served = matches!(status(row), Status::Built | Status::Ignored);
        if owner.starts_with('2') != (served && !request.is_refused) {
            wrong.push(format!("{} by its owner: {owner}", request.operation));
        }
        let _ = writeln!(text, "{}\n{}", request.operation, brief(&cells.line(&owner)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    text
}

/// A line in which everybody is told the same says so once.
fn brief(line: &str) -> String {
    let cells: Vec<&str> = line.trim().split(" · ").collect();
    let refusal = cells[0].strip_prefix("owner ").filter(|outcome| outcome.starts_with("501"));
    match refusal {
        Some(outcome) if cells.iter().all(|cell| cell.ends_with(outcome)) => format!("  everybody {outcome}"),
        _ => line.to_owned(),
    }
}

/// A server with two limited keys over every bucket that the table uses.
fn with_limited_keys(profile: Profile) -> Server {
    Server::start_with(|settings| {
        settings.profile = profile;
        settings.limits.buckets_max = 10_000;
        let mut rows = String::new();
        for (id, permission) in [(READ, "read"), (WRITE, "readwrite")] {
            let grants: Vec<String> = (0..REQUESTS.len())
                .filter(|&number| REQUESTS[number].setting != Setting::NoLimitedKeys)
                .map(|number| format!(r#"{{ bucket = "{}", permission = "{permission}" }}"#, bucket(number, "limited")))
                .collect();
            let grants = grants.join(", ");
            let _ =
                writeln!(rows, r#"{{ account = "6174283", id = "{id}", secret = "{SECRET}", grants = [{grants}] }},"#);
        }
        add_keys(settings, &rows);
    })
}

fn bucket(number: usize, what: &str) -> String {
    format!("m{number}-{what}")
}

struct Cells<'a> {
    server: &'a Server,
    request: &'a Request,
    number: usize,
    is_aws: bool,
}

impl Cells<'_> {
    /// By the owner, path style, in a bucket of its own.
    fn owner(&self) -> String {
        let ground = self.prepared("path");
        outcome(&self.call(&ground, "").send(self.server))
    }

    fn line(&self, owner: &str) -> String {
        let mut line = format!("  owner {owner}");
        let ground = self.prepared("host");
        let call = self.call(&ground, "at");
        let _ = write!(line, " · host style {}", outcome(&call.send(self.server)));

        let ground = self.prepared("limited");
        for (who, key) in [("nobody", None), ("other account", Some(crate::support::key("B")))] {
            let call = self.call(&ground, "").by(key);
            let _ = write!(line, " · {who} {}", outcome(&call.send(self.server)));
        }
        for (who, id) in [("read key", READ), ("readwrite key", WRITE)] {
            let call = self.call(&ground, "").by(Key::new(id, SECRET));
            let _ = write!(line, " · {who} {}", outcome(&call.send(self.server)));
        }
        if self.request.target.starts_with("/BUCKET") && self.request.operation != "CreateBucket" {
            let absent = Ground { bucket: "m-absent".to_owned(), ..ground };
            let _ = write!(line, " · no bucket {}", outcome(&self.call(&absent, "").send(self.server)));
        }
        if self.request.target.starts_with("/BUCKET/k") {
            let ground = self.prepared("nokey");
            let mut call = self.call(&ground, "");
            call.path = call.path.replace("/k", "/absent");
            let _ = write!(line, " · no key {}", outcome(&call.send(self.server)));
        }
        line
    }

    /// A bucket with an object `k`, an upload of `k` with a part, and what the request needs besides.
    fn prepared(&self, what: &str) -> Ground {
        let bucket = bucket(self.number, what);
        if matches!(self.request.setting, Setting::Nothing) {
            return Ground { bucket, upload: String::new() };
        }
        let locked = self.is_aws && self.request.setting == Setting::ObjectLock;
        let headers = if locked { "\nx-amz-bucket-object-lock-enabled: true" } else { "" };
        let acls = "\nx-amz-object-ownership: ObjectWriter";
        let owned = if self.is_aws { acls } else { "" };
        self.server.prepare(&[&format!("PUT /{bucket}{headers}{owned}")]);
        if self.request.setting == Setting::EmptyBucket {
            return Ground { bucket, upload: String::new() };
        }
        let is_archived = self.is_aws && self.request.setting == Setting::Archived;
        let class = if is_archived { "\nx-amz-storage-class: GLACIER" } else { "" };
        self.server.prepare(&[&format!("PUT /{bucket}/k{class}\n\nhello")]);
        let upload = self.server.send(&format!("POST /{bucket}/k?uploads")).xml("UploadId").unwrap();
        let ground = Ground { bucket, upload };
        let part = format!("PUT /{}/k?partNumber=1&uploadId={}\n\nhello", ground.bucket, ground.upload);
        self.server.prepare(&[&part]);
        for operation in self.request.after {
            let before = REQUESTS.iter().find(|request| request.operation == *operation).unwrap();
            let call = Cells { request: before, ..*self }.call(&ground, "");
            let answer = call.send(self.server);
            // In a profile that does not offer it there is nothing to prepare.
            assert!((200..300).contains(&answer.status) || answer.status == 501, "{operation}: {}", answer.text());
        }
        ground
    }

    fn call(&self, ground: &Ground, style: &str) -> Call {
        let fill = |text: &str| {
            // The ETag of `hello`.
            let part = "<Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part>";
            text.replace("BUCKET", &ground.bucket).replace("UPLOAD", &ground.upload).replace("PARTS", part)
        };
        let text = fill(&format!("{} {}{}", self.request.method, self.request.target, self.request.rest));
        let mut call = Call::new(&text);
        if style == "at" && call.path.starts_with(&format!("/{}", ground.bucket)) {
            call.path = call.path.replacen(&format!("/{}", ground.bucket), "", 1);
            if call.path.is_empty() {
                call.path = "/".to_owned();
            }
            call.host = Some(format!("{}.localhost", ground.bucket));
        }
        call
    }
}

/// What the requests of one bucket name.
struct Ground {
    bucket: String,
    upload: String,
}
