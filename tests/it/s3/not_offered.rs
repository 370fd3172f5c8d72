//! What Spaces lacks says so: it never becomes a listing or a stored object by accident.
//!
//! The requests come from the operation table, so that a new row is tested without another word here.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use spacelet_s3::{OperationRow, Profile, Scope, Status, operations};

fn with_object() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    server
}

/// The smallest request that a row answers to; None for one that wants a form.
fn smallest_request(row: &OperationRow) -> Option<String> {
    let path = match row.scope {
        Scope::Service => "/",
        Scope::Bucket => "/b-one",
        Scope::Object => "/b-one/k",
    };
    let (mut query, mut headers) = (Vec::new(), String::new());
    for condition in row.condition.split(' ').filter(|c| !c.is_empty()) {
        if let Some(parameter) = condition.strip_prefix('?') {
            query.push(parameter.replace('…', "x"));
        } else if condition.ends_with(':') {
            headers += &format!("\n{condition} x");
        } else {
            return None;
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    Some(format!("{} {path}{query}{headers}", row.method))
}

#[test]
fn every_row_that_is_not_built_answers_as_its_status_says() {
    let server = with_object();
    let mut tried = 0;
    for row in operations().iter().filter(|row| row.spaces != Status::Built) {
        let Some(request) = smallest_request(row) else { continue };
        let answer = server.send(&request);
        tried += 1;
        match row.spaces {
            Status::Built => unreachable!(),
            Status::NotOffered | Status::NotImplemented => assert_eq!(answer.status, 501, "{request}"),
            Status::NotAllowed => assert_eq!(answer.status, 405, "{request}"),
            Status::Withdrawn => assert_eq!(outcome(&answer), "404 NoSuchKey", "{request}"),
            // Served as if the sub-resource were not there.
            Status::Ignored => assert!(answer.status < 500, "{request}: {}", outcome(&answer)),
        }
        assert_eq!(server.send("GET /b-one/k").text(), "x", "after {request}");
    }
    assert!(tried > 20, "only {tried} rows could be tried");
}

/// The sub-resources that Spaces' documentation leaves out or calls unsupported.
#[test]
fn sub_resources_that_spaces_lacks() {
    let names = [
        "accelerate",
        "analytics",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "metrics",
        "notification",
        "ownershipControls",
        "publicAccessBlock",
        "replication",
    ];
    let server = with_object();
    for name in names {
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] {
            let answer = server.send(&format!("{method} /b-one?{name}"));
            assert_eq!(answer.status, 501, "{method} {name}: {}", outcome(&answer));
        }
    }
    check(
        &server,
        "GET /b-one?inventory",
        expect![[r#"
        501 Not Implemented
        accept-ranges: bytes
        content-length: 330
        content-type: application/xml

        <Error><Code>NotImplemented</Code><Message>Server does not support the functionality required to fulfill the request. Please see https://developers.digitalocean.com/documentation/spaces/#aws-s3-compatibility</Message><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

/// 501 comes before everything else: whoever asks, in whatever style, signed or not, of a Space that is there or not.
#[test]
fn what_spaces_lacks_it_lacks_for_everybody() {
    let server = with_object();
    let mut tried = 0;
    for row in operations().iter().filter(|row| row.spaces == Status::NotOffered) {
        let Some(request) = smallest_request(row) else { continue };
        let virtual_hosted = request.replacen("/b-one/", "/", 1).replacen("/b-one", "/", 1);
        let (first, rest) = request.split_once('\n').unwrap_or((&request, ""));
        let (first_vh, rest_vh) = virtual_hosted.split_once('\n').unwrap_or((&virtual_hosted, ""));
        for caller in ["", " as nobody", " as B"] {
            for request in [
                format!("{first}{caller}\n{rest}"),
                format!("{first_vh}{caller} at b-one.nyc3.digitaloceanspaces.com\n{rest_vh}"),
                format!("{}{caller}\n{rest}", first.replace("b-one", "none")),
            ] {
                let answer = server.send(&request);
                tried += 1;
                assert_eq!(answer.status, 501, "{request}");
                assert!(row.method == "HEAD" || answer.text().contains("spaces/#aws-s3-compatibility"), "{request}");
            }
        }
        assert_eq!(server.send("GET /b-one/k").text(), "x", "after {request}");
    }
    assert!(tried > 400, "only {tried} requests");
}

#[test]
fn unknown_methods_are_not_allowed() {
    check_outcomes(
        &with_object(),
        &["PATCH /b-one", "PATCH /b-one/k", "BREW /b-one/k", "TRACE /b-one/k", "POST /b-one/k\n\nx"],
        expect![[r#"
            PATCH /b-one → 405 MethodNotAllowed
            PATCH /b-one/k → 405 MethodNotAllowed
            BREW /b-one/k → 405 MethodNotAllowed
            TRACE /b-one/k → 405 MethodNotAllowed
            POST /b-one/k |  | x → 501 NotImplemented
        "#]],
    );
}

/// What names a part of a bucket or an object never becomes a listing, a stored object or a deletion of the whole: what a
/// profile lacks is 501 for every method, and in profile `aws` a method that a sub-resource lacks is 405.
#[test]
fn no_sub_resource_falls_through() {
    for (profile, is_aws) in [(Profile::SPACES, false), (Profile::AWS, true)] {
        let server = Server::start_with(|settings| settings.profile = profile);
        server.prepare(&["PUT /b-one", "PUT /b-two", "PUT /b-one/k\n\nx"]);
        let mut tried = 0;
        for row in operations() {
            let status = if is_aws { row.aws } else { row.spaces };
            let Some(name) = row.condition.split(' ').next().and_then(|condition| condition.strip_prefix('?')) else {
                continue;
            };
            if name.contains('=') || !is_aws && status != Status::NotOffered || status == Status::Ignored {
                continue;
            }
            // An empty bucket: nothing but the refusal keeps it from being deleted.
            let path = if row.scope == Scope::Object { "/b-one/k" } else { "/b-two" };
            for method in ["PUT", "POST", "DELETE"] {
                let is_served = operations().iter().any(|other| {
                    let served = if is_aws { other.aws } else { other.spaces };
                    let is_same = other.condition.split(' ').next() == Some(&format!("?{name}"));
                    other.method == method && other.scope == row.scope && is_same && served == Status::Built
                });
                if is_served {
                    continue;
                }
                let answer = server.send(&format!("{method} {path}?{name}"));
                let expected: &[u16] = if status == Status::NotOffered { &[501] } else { &[405, 404, 501] };
                assert!(expected.contains(&answer.status), "{method} {path}?{name}: {}", outcome(&answer));
                tried += 1;
            }
        }
        assert!(tried > 40, "{tried}");
        assert_eq!(server.send("GET /b-one/k").text(), "x");
        assert_eq!(server.send("HEAD /b-two").status, 200);
    }
}
