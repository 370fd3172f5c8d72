//! Started, asked, stopped, started again.

use std::io::{Read, Write};
use std::time::Duration;

use super::process::{Process, connect, exchange, get, run, spacelet};

const SEED: &str = "[[space]]\nname = \"media\"\nacl = \"public-read\"\n\
    objects = [{ key = \"hello.txt\", text = \"hello\", acl = \"public-read\" }]";

#[test]
fn the_chosen_ports_are_printed_and_answer() {
    let server = Process::start(&[]);
    assert_eq!(get(&server.api(), "/_spacelet/health/live").0, 200);
    assert_eq!(get(&server.api(), "/_spacelet/health/ready").0, 200);
    assert_eq!(get(&server.shown("Console: "), "/_spacelet/health/ready").0, 200);
    assert!(server.banner.lines().next().unwrap().ends_with("volatile: nothing is kept once it stops"));
    server.terminate();
}

#[test]
fn a_restart_keeps_keys_token_and_objects_and_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let first = Process::start(&[data, "--seed-text", SEED]);
    assert!(first.banner.contains(&format!("durable: data in {data}")), "{}", first.banner);
    assert!(first.shown("export AWS_ACCESS_KEY_ID=").starts_with("DO"));
    let token = first.shown("export SPACELET_TOKEN=");
    first.terminate();

    let second = Process::start(&[data]);
    assert!(!second.banner.contains("export"), "{}", second.banner);
    assert!(second.banner.contains("Keys: those that the store has; none is shown"), "{}", second.banner);
    let (status, answer) = get(&second.api(), "/media/hello.txt");
    assert!(status == 200 && answer.ends_with("\r\n\r\nhello") && answer.contains("text/plain"), "{answer}");
    let asked = format!("GET /v2/nothing HTTP/1.1\nHost: localhost\nConnection: close\nAuthorization: Bearer {token}");
    assert!(exchange(&second.shown("Console: "), &asked).starts_with("HTTP/1.1 404 "));
    second.terminate();
}

#[test]
fn either_signal_ends_an_idle_server_within_a_second() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Process::start(&[]);
        // One connection that never spoke, one that is kept alive.
        let _silent = connect(&server.api());
        let mut idle = connect(&server.api());
        idle.write_all(b"GET /_spacelet/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        assert!(idle.read(&mut [0; 512]).unwrap() > 0);
        server.signal(signal);
        let (code, time) = server.ended();
        assert_eq!(code, 0);
        assert!(time < Duration::from_secs(1), "{signal}: {time:?}");
    }
}

#[test]
fn a_request_in_flight_finishes_after_sigterm() {
    let mut server = Process::start(&["--seed-text", SEED]);
    let mut stream = connect(&server.api());
    let (head, rest) = "GET /media/hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n".split_at(30);
    stream.write_all(head.as_bytes()).unwrap();
    // Another request on a second connection is answered after the first bytes of this one have been read.
    assert_eq!(get(&server.api(), "/_spacelet/health/live").0, 200);
    server.signal("-TERM");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(server.ended().0, 0);
}

#[test]
fn everything_can_be_set_by_environment_alone() {
    let mut command = spacelet(&["server"]);
    command
        .env("SPACELET_ADDRESS", "127.0.0.1:0")
        .env("SPACELET_CONTROL_ADDRESS", "127.0.0.1:0")
        .env("MINIO_ROOT_USER", "minioadmin")
        .env("MINIO_ROOT_PASSWORD", "minioadmin")
        .env("SPACELET_BUCKETS", "one two:public-read")
        .env("SPACELET_SEED", SEED)
        .env("SPACELET_TOKEN", "suite-token");
    let server = Process::start_with(&mut command);
    assert!(server.banner.contains("Key: minioadmin, as given"), "{}", server.banner);
    assert!(!server.banner.contains("export"), "{}", server.banner);
    assert_eq!(get(&server.api(), "/one").0, 403);
    assert_eq!(get(&server.api(), "/two").0, 200);
    assert_eq!(get(&server.api(), "/media/hello.txt").0, 200);
    server.terminate();
}

#[test]
fn with_json_lines_the_banner_is_an_event() {
    let server = Process::start(&["--log-format", "json"]);
    let event: serde_json::Value = serde_json::from_str(server.banner.lines().next().unwrap()).unwrap();
    assert!(event["message"].as_str().unwrap().starts_with("started; API: http://127.0.0.1:"), "{event}");
    assert_eq!(event["secret_access_key"].as_str().unwrap().len(), 43);
    assert_eq!(event["store"], "volatile: nothing is kept once it stops");
    assert_eq!(get(event["api"].as_str().unwrap(), "/_spacelet/health/ready").0, 200);
}

#[test]
fn health_and_wait_ask_a_running_server() {
    let server = Process::start(&[]);
    let api = server.api();
    let address = api.strip_prefix("http://").unwrap();
    for command in [
        &mut *spacelet(&["health", "--url", &api]).env("SPACELET_URL", "http://127.0.0.1:1"),
        spacelet(&["health"]).env("SPACELET_URL", &api),
        spacelet(&["health"]).env("SPACELET_ADDRESS", address),
        &mut spacelet(&["wait", "--url", &server.shown("Console: "), "--timeout", "5s"]),
    ] {
        assert_eq!(run(command), (0, "ready\n".to_owned(), String::new()));
    }
    server.terminate();
    let (code, _, complaint) = run(&mut spacelet(&["health", "--url", &api]));
    assert!(code == 1 && complaint.starts_with("spacelet: not ready: 127.0.0.1:"), "{complaint}");
    let (code, _, complaint) = run(&mut spacelet(&["wait", "--url", &api, "--timeout", "100ms"]));
    assert!(code == 1 && complaint.starts_with("spacelet: not ready after 100ms: "), "{complaint}");
}
