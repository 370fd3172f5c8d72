//! Too many requests (spaces-reference 7.1, 7.4; S3 user guide, "Best practices design patterns").

use crate::server::Server;
use crate::support::{Call, outcome, shown};
use crate::wire::{Answer, Connection};
use expect_test::expect;
use spacelet_s3::Profile;

/// More than this many are never needed to have two in one second.
const TRIES_MAX: usize = 1_000;

fn limited(profile: Profile, rates: &[(&'static str, u32)]) -> Server {
    Server::start_with(|settings| {
        settings.profile = profile;
        settings.rates = Some(rates.to_vec());
    })
}

/// Sends until one is refused.
fn until_refused(server: &Server, request: &str) -> Answer {
    let refused = (0..TRIES_MAX).map(|_| server.send(request)).find(|answer| answer.status == 503);
    refused.unwrap_or_else(|| panic!("{request} is never too many"))
}

/// Sends until one is served.
fn until_served(server: &Server, request: &str) -> Answer {
    loop {
        let answer = server.send(request);
        if answer.status != 503 {
            return answer;
        }
    }
}

#[test]
fn a_space_that_is_asked_too_often_answers_as_the_limiter_does() {
    let server = limited(Profile::SPACES, &[("bucket", 1)]);
    until_served(&server, "PUT /b-one");
    let refused = until_refused(&server, "GET /b-one");
    expect![[r#"
        503 Slow Down
        content-length: 83
        content-type: application/xml

        <Error>
        <Code>SlowDown</Code>
        <Message>Reduce your request rate.</Message>
        </Error>
    "#]]
    .assert_eq(&shown(&refused));
    assert_eq!(refused.header("x-amz-request-id"), None);
    assert_eq!(
        refused.header("x-spacelet-explain"),
        Some("more than 1 requests a second to this bucket; wait, and try again")
    );
    // What is not this Space's goes on, and what is the next second's.
    assert_eq!(outcome(&server.send("GET /")), "200");
    assert_eq!(outcome(&until_served(&server, "GET /b-one")), "200");
}

#[test]
fn an_address_that_asks_too_often_is_refused_wherever_it_asks() {
    let server = Server::start_with(|settings| {
        settings.rates = Some(vec![("address", 1)]);
        settings.trust_forwarded = vec![spacelet_engine::policy::Network::parse("127.0.0.0/8").unwrap()];
    });
    let from = |address: &str, path: &str| Call::new(&format!("GET {path}\nx-forwarded-for: {address}")).send(&server);
    let refused = (0..TRIES_MAX).find(|n| from("192.0.2.1", if n % 2 == 0 { "/" } else { "/b-one" }).status == 503);
    assert!(refused.is_some(), "never too many");
    assert_eq!(outcome(&from("192.0.2.2", "/")), "200");
    // Probes are not counted.
    assert!((0..5).all(|_| server.send("GET /_spacelet/health/live as nobody").status == 200));
}

#[test]
fn an_object_is_written_by_so_many_at_once() {
    let server = limited(Profile::SPACES, &[("object", 1)]);
    server.prepare(&["PUT /b-one", "PUT /b-one/other\n\nx"]);
    let slow = Call::new("PUT /b-one/k").body("hello").bytes("localhost");
    let mut first = Connection::open(server.address()).unwrap();
    first.send(&slow[..slow.len() - 1]).unwrap();
    // The head of the first may not have been read yet: then this one is served.
    let second = until_refused(&server, "PUT /b-one/k\n\nx");
    assert_eq!(outcome(&second), "503 SlowDown");
    assert_eq!(outcome(&server.send("PUT /b-one/k\nx-amz-copy-source: b-one/other")), "503 SlowDown");
    assert_eq!(outcome(&server.send("PUT /b-one/other\n\nx")), "200");
    first.send(&slow[slow.len() - 1..]).unwrap();
    assert_eq!(outcome(&first.read_answer(false).unwrap()), "200");
    assert_eq!(outcome(&until_served(&server, "PUT /b-one/k\n\nx")), "200");
}

#[test]
fn a_write_that_is_given_up_makes_room() {
    let server = limited(Profile::SPACES, &[("object", 1)]);
    server.prepare(&["PUT /b-one"]);
    let slow = Call::new("PUT /b-one/k").body("hello").bytes("localhost");
    let mut first = Connection::open(server.address()).unwrap();
    first.send(&slow[..slow.len() - 1]).unwrap();
    until_refused(&server, "PUT /b-one/k\n\nx");
    drop(first);
    assert_eq!(outcome(&until_served(&server, "PUT /b-one/k\n\nx")), "200");
}

#[test]
fn amazon_refuses_reads_and_writes_apart() {
    let server = limited(Profile::AWS, &[("writes", 1)]);
    until_served(&server, "PUT /b-one");
    let refused = until_refused(&server, "PUT /b-one/k\n\nx");
    assert_eq!((refused.reason.as_str(), outcome(&refused)), ("Slow Down", "503 SlowDown".to_owned()));
    assert_eq!(refused.xml("Message").as_deref(), Some("Please reduce your request rate."));
    assert!(refused.xml("HostId").is_some());
    server.prepare(&["GET /b-one", "GET /b-one"]);

    let server = limited(Profile::AWS, &[("reads", 1)]);
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    assert_eq!(outcome(&until_refused(&server, "GET /b-one/k")), "503 SlowDown");
    server.prepare(&["PUT /b-one/k\n\nx"]);
}

#[test]
fn rates_are_off_unless_they_are_set() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let mut connection = Connection::open(server.address()).unwrap();
    let request = Call::new("HEAD /b-one").bytes("localhost");
    for _ in 0..900 {
        connection.send(&request).unwrap();
        assert_eq!(connection.read_answer(true).unwrap().status, 200);
    }
}

#[test]
fn a_website_is_counted_too() {
    let server = limited(Profile::SPACES, &[("bucket", 1)]);
    let refused = until_refused(&server, "GET /index.html as nobody at b-one.nyc3-static.digitaloceanspaces.com");
    assert_eq!(outcome(&refused), "503 SlowDown");
}
