//! Errors that need a server of their own.

use crate::server::{Server, add_keys};
use crate::sign::Key;
use crate::support::{Call, key, outcome};
use crate::wire::Connection;
use spacelet_s3::Profile;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Provokes a code, and says which came.
pub(crate) type Provoke = fn() -> String;

/// A code, and what provokes it.
pub(crate) const SPECIAL: &[(&str, Provoke)] = &[
    ("AccountProblem", || an_account_that_is_suspended(Profile::AWS)),
    ("ConditionalRequestConflict", a_condition_whose_object_goes),
    ("IncompleteBody", a_body_that_breaks_off),
    ("InternalError", a_body_that_is_gone_from_the_disk),
    ("InvalidAccessKeyId", a_key_that_nobody_has),
    ("MissingContentLength", a_body_of_unknown_length),
    ("RequestTimeTooSkewed", a_clock_that_is_late),
    ("RequestTimeout", a_body_that_stops),
    ("ServerSideEncryptionConfigurationNotFoundError", a_bucket_as_before_2023),
    ("SignatureDoesNotMatch", a_secret_that_is_wrong),
    ("SlowDown", requests_that_are_too_many),
    ("TooManyBuckets", a_bucket_too_many),
    ("TooManyConfigurations", a_configuration_too_many),
    ("UserSuspended", || an_account_that_is_suspended(Profile::SPACES)),
];

/// How long an answer or an entry of the journal may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many configurations of a kind a bucket may have (AWS: S3 user guide, "Amazon S3 analytics").
const CONFIGURATIONS_MAX: usize = 1_000;

fn amazon() -> Server {
    Server::start_with(|settings| settings.profile = Profile::AWS)
}

/// The code of what the journal has last of this operation, once it has it.
fn last_code(server: &Server, operation: &str) -> String {
    let begun = Instant::now();
    loop {
        let journal = server.journal();
        match journal.iter().rev().find(|entry| entry.operation == operation) {
            Some(entry) => return entry.code.unwrap_or("ok").to_owned(),
            None => assert!(begun.elapsed() < PATIENCE, "no {operation} in the journal"),
        }
        std::thread::yield_now();
    }
}

fn code(call: &Call, server: &Server) -> String {
    call.send(server).xml("Code").unwrap_or_default()
}

fn a_condition_whose_object_goes() -> String {
    let server = amazon();
    server.prepare(&["PUT /bucket", "PUT /bucket/k\n\nhello"]);
    let write = Call::new(
        "PUT /bucket/k\nIf-Match: \"5d41402abc4b2a76b9719d911017c592\"\nContent-Length: 10\n\
         x-amz-content-sha256: UNSIGNED-PAYLOAD\nExpect: 100-continue",
    );
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(write.head("localhost").as_bytes()).unwrap();
    // The condition holds when the request begins, which is when the server asks for the body.
    assert!(String::from_utf8_lossy(&writer.read_some(PATIENCE).unwrap()).starts_with("HTTP/1.1 100 "));
    writer.send(b"hello").unwrap();
    server.prepare(&["DELETE /bucket/k"]);
    writer.send(b"world").unwrap();
    writer.read_answer(false).unwrap().xml("Code").unwrap_or_default()
}

fn a_body_that_breaks_off() -> String {
    let server = Server::start();
    server.prepare(&["PUT /bucket"]);
    let call = Call::new("PUT /bucket/k\nContent-Length: 10\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body("hello");
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(&call.bytes("localhost")).unwrap();
    writer.finish_sending().unwrap();
    writer.read_to_end(PATIENCE);
    last_code(&server, "PutObject")
}

fn a_body_that_stops() -> String {
    let server = Server::start_with(|settings| settings.limits.body_idle = Duration::from_millis(100));
    server.prepare(&["PUT /bucket"]);
    let call = Call::new("PUT /bucket/k\nContent-Length: 10\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body("hello");
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(&call.bytes("localhost")).unwrap();
    writer.read_answer(false).unwrap().xml("Code").unwrap_or_default()
}

fn a_body_of_unknown_length() -> String {
    let server = Server::start();
    server.prepare(&["PUT /bucket"]);
    let call = Call::new("PUT /bucket/k\nTransfer-Encoding: chunked\nx-amz-content-sha256: UNSIGNED-PAYLOAD");
    code(&call.body("5\r\nhello\r\n0\r\n\r\n"), &server)
}

fn a_body_that_is_gone_from_the_disk() -> String {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(|settings| settings.data = Some(folder.path().to_owned()));
    server.prepare(&["PUT /bucket"]);
    // Long enough for a file of its own.
    let long = Call::new("PUT /bucket/k\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body(vec![7; 1 << 20]);
    assert_eq!(outcome(&long.send(&server)), "200");
    remove_long_files(folder.path());
    let code = code(&Call::new("GET /bucket/k"), &server);
    server.stop();
    code
}

/// Removes every file of exactly a body's length.
fn remove_long_files(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let about = entry.metadata().unwrap();
        match about.is_dir() {
            true => remove_long_files(&entry.path()),
            false if about.len() == 1 << 20 => fs::remove_file(entry.path()).unwrap(),
            false => (),
        }
    }
}

fn a_key_that_nobody_has() -> String {
    code(&Call::new("GET /").by(Key::new("DO00ERRORSNOBODY", "secret")), &Server::start())
}

fn a_secret_that_is_wrong() -> String {
    code(&Call::new("GET /").by(Key::new(&key("A").id, "wrong")), &Server::start())
}

fn a_clock_that_is_late() -> String {
    let mut late = Call::new("GET /");
    late.skew_s = -3_600;
    code(&late, &Server::start())
}

fn a_bucket_too_many() -> String {
    let server = Server::start_with(|settings| settings.limits.buckets_max = 1);
    server.prepare(&["PUT /first"]);
    code(&Call::new("PUT /second"), &server)
}

fn a_bucket_as_before_2023() -> String {
    let server = amazon();
    server.prepare(&["PUT /bucket"]);
    code(&Call::new("GET /bucket?encryption"), &server)
}

fn a_configuration_too_many() -> String {
    let server = amazon();
    server.prepare(&["PUT /bucket"]);
    let put =
        |n: usize| format!("PUT /bucket?metrics&id=n{n}\n\n<MetricsConfiguration><Id>n{n}</Id></MetricsConfiguration>");
    for n in 0..CONFIGURATIONS_MAX {
        server.prepare(&[&put(n)]);
    }
    code(&Call::new(&put(CONFIGURATIONS_MAX)), &server)
}

fn an_account_that_is_suspended(profile: Profile) -> String {
    let server = Server::start_with(|settings| {
        settings.profile = profile;
        let seed = settings.seed.take().unwrap();
        settings.seed = Some(seed.replacen("account = [", "account = [\n{ id = \"9\", suspended = true },", 1));
        add_keys(settings, "{ account = \"9\", id = \"DO00SUSPENDED\", secret = \"suspendedsuspendedsuspended\" },");
    });
    code(&Call::new("GET /").by(Key::new("DO00SUSPENDED", "suspendedsuspendedsuspended")), &server)
}

fn requests_that_are_too_many() -> String {
    let server = Server::start_with(|settings| settings.rates = Some(vec![("bucket", 1)]));
    // Two of these come within a second.
    let codes = (0..1_000).map(|_| code(&Call::new("GET /bucket"), &server));
    codes.filter(|code| code != "NoSuchBucket").find(|code| !code.is_empty()).unwrap_or_default()
}
