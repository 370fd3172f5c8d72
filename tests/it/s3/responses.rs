//! What every answer has.

use crate::server::Server;
use crate::support::outcome;
use expect_test::expect;

use regex_lite::Regex;

#[test]
fn an_answer_has_a_request_id_and_a_date_and_no_server() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let id = Regex::new("^tx[0-9a-f]{21}-[0-9a-f]{10}-[0-9a-f]+-nyc3[a-z]$").unwrap();
    let requests =
        ["GET /", "GET /b-one", "GET /b-one/k", "GET /b-one/none", "HEAD /none", "DELETE /b-one/k", "BREW /"];
    let mut ids = std::collections::BTreeSet::new();
    for request in requests {
        let answer = server.send(request);
        let found = answer.header("x-amz-request-id").unwrap_or_else(|| panic!("{request}: no request id"));
        assert!(id.is_match(found), "{request}: {found}");
        assert!(answer.header("date").is_some(), "{request}: no date");
        assert!(answer.header("server").is_none() && answer.header("x-amz-id-2").is_none(), "{request}: {answer:?}");
        assert!(answer.xml("RequestId").is_none_or(|in_body| in_body == found), "{request}");
        ids.insert(found.to_owned());
    }
    assert_eq!(ids.len(), requests.len(), "ids repeat");
}

#[test]
fn health_is_told_to_anybody() {
    let server = Server::start();
    let seen: Vec<String> = [
        "GET /_spacelet/health/live as nobody",
        "GET /_spacelet/health/ready as nobody",
        "GET /minio/health/live as nobody",
        "HEAD /minio/health/ready as nobody",
    ]
    .iter()
    .map(|r| outcome(&server.send(r)))
    .collect();
    expect![["200, 200, 200, 200"]].assert_eq(&seen.join(", "));
    server.prepare(&["PUT /minio"]);
    assert_eq!(outcome(&server.send("GET /minio/health/live as nobody")), "403 AccessDenied");
}
