//! Refusals say in plain words what was wrong, in a header and never with a secret.

use crate::server::Server;
use crate::sign::{self, Key, Scope};
use crate::support::{Call, key};

fn with_object() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/a%2Bb\n\nx", "PUT /b-one/k\n\nx"]);
    server
}

fn explained(server: &Server, call: &Call) -> String {
    let answer = call.send(server);
    assert!(answer.status >= 400, "{call:?} is answered with {}", answer.status);
    let text = answer.header("x-spacelet-explain").unwrap_or_else(|| panic!("{call:?}: no explanation")).to_owned();
    assert!(text.len() <= 1_024 && text.bytes().all(|b| (0x20..0x7f).contains(&b)), "{text}");
    assert!(!text.contains(&key("A").secret), "{text}");
    text
}

/// Each mistake, and a word that its explanation must have.
#[test]
fn a_bad_signature_is_explained_by_the_mistake_that_makes_it() {
    let server = with_object();
    let get = Call::new("GET /b-one/k");
    let wrong = Call { key: Some(Key::new(&key("A").id, "wrong")), ..get.clone() };
    let blank = Call { key: Some(Key::new(&key("A").id, &format!("{}\n", key("A").secret))), ..get.clone() };
    let plus = Call::new("GET /b-one/a+b");
    let slash = Call::new("GET /b-one%2Fk").signed_path("/b-one%2Fk");
    let twice = Call::new("GET /b-one/a%2Bb").signed_path("/b-one/a%252Bb");
    let cases = [(wrong, "secret"), (blank, "line end"), (plus, "+"), (slash, "%2F"), (twice, "twice")];
    for (call, word) in &cases {
        let text = explained(&server, call);
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
}

#[test]
fn a_signed_host_that_is_an_alias_is_taken_and_another_one_named() {
    let server = Server::start_with(|settings| settings.host_aliases = vec!["outside.example:19000".to_owned()]);
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let link = |host: &str| {
        let host = [("host".to_owned(), host.to_owned())];
        let query = sign::presign_v4(&key("A"), &Scope::now(0), "GET", "/b-one/k", "", "60", &host);
        Call::new(&format!("GET /b-one/k?{query} as nobody"))
    };
    assert_eq!(link("outside.example:19000").send(&server).text(), "x");
    let text = explained(&server, &link("127.0.0.1"));
    assert!(text.contains("made for the host 127.0.0.1,"), "{text}");
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much() {
    let server = with_object();
    let date = Scope::now(-1_200).amz_date();
    let text = explained(&server, &Call::new("GET /b-one/k").header("x-amz-date", &date));
    assert!(
        text.contains("1200") || text.contains("20 min") || text.contains("1,200") || text.contains("1199"),
        "{text}"
    );
}

#[test]
fn a_denial_names_what_would_have_allowed_it() {
    let server = with_object();
    for (request, word) in [
        ("GET /b-one/k as nobody", "not signed"),
        ("GET /b-one as nobody", "Space's ACL"),
        ("GET /b-one/k as B", "READ"),
    ] {
        let text = explained(&server, &Call::new(request));
        assert!(text.to_lowercase().contains(&word.to_lowercase()), "{request}: no {word:?} in: {text}");
    }
}

#[test]
fn it_can_be_turned_off() {
    let server = Server::start_with(|settings| settings.explain = false);
    assert_eq!(server.send("GET /none/k").header("x-spacelet-explain"), None);
}
