//! What a limited key may do (spaces-reference 3): objects, listings and uploads of the Spaces that it names, and
//! nothing else; what it may not is refused in the front proxy's words.

use crate::server::{Server, add_keys};
use crate::sign::Key;
use crate::support::Call;
use crate::wire::Answer;
use expect_test::expect;
use std::fmt::Write as _;

const KEYS: [(&str, &str); 4] =
    [("DO00KEYREAD", "read"), ("DO00KEYWRITE", "readwrite"), ("DO00KEYNOTHING", ""), ("DO00KEYOTHER", "other")];
const SECRET: &str = "limitedlimitedlimitedlimitedlimitedlimited1";

/// A server with a Space `b-one` and keys that may read there, write there, do nothing anywhere, write elsewhere.
fn with_keys() -> Server {
    let server = Server::start_with(|settings| {
        let mut rows = String::new();
        for (id, permission) in KEYS {
            let (bucket, permission) =
                if permission == "other" { ("b-two", "readwrite") } else { ("b-one", permission) };
            let grants = match permission {
                "" => "[]".to_owned(),
                _ => format!(r#"[{{ bucket = "{bucket}", permission = "{permission}" }}]"#),
            };
            let _ =
                writeln!(rows, r#"{{ account = "6174283", id = "{id}", secret = "{SECRET}", grants = {grants} }},"#);
        }
        add_keys(settings, &rows);
    });
    server.prepare(&["PUT /b-one", "PUT /b-two", "PUT /b-one/k\n\nx", "PUT /b-two/k\n\nx"]);
    server
}

fn send(server: &Server, request: &str, id: &str) -> Answer {
    Call::new(request).by(Key::new(id, SECRET)).send(server)
}

#[test]
fn what_limited_keys_may() {
    let server = with_keys();
    let delete = "<Delete><Object><Key>none</Key></Object></Delete>";
    let mut shown = String::from("read readwrite nothing elsewhere\n");
    for request in [
        "GET /b-one/k",
        "HEAD /b-one/k",
        "GET /b-one/none",
        "PUT /b-one/new\n\nx",
        "PUT /b-one/new\nx-amz-copy-source: b-one/k",
        "PUT /b-one/new\nx-amz-copy-source: b-two/k",
        "DELETE /b-one/none",
        &format!("POST /b-one?delete\n\n{delete}"),
        "GET /b-one/k?acl",
        "PUT /b-one/k?acl\nx-amz-acl: private",
        "GET /b-one/k?tagging",
        "PUT /b-one/k?tagging\n\n<Tagging><TagSet></TagSet></Tagging>",
        "DELETE /b-one/k?tagging",
        "POST /b-one/k?uploads",
        "GET /b-one?uploads",
        "GET /b-one",
        "GET /b-one?list-type=2",
        "GET /b-one?versions",
        "HEAD /b-one",
        "GET /b-one?location",
        "GET /b-one?versioning",
        "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
        "GET /b-one?acl",
        "PUT /b-one?acl\nx-amz-acl: private",
        "GET /b-one?policy",
        "PUT /b-one?policy\n\n{}",
        "DELETE /b-one?policy",
        "GET /b-one?cors",
        "DELETE /b-one?cors",
        "GET /b-one?lifecycle",
        "DELETE /b-one?lifecycle",
        "DELETE /b-one",
        "PUT /b-three",
        "GET /",
    ] {
        let _ = write!(shown, "{}:", request.split('\n').take(2).collect::<Vec<_>>().join(" "));
        for (id, _) in KEYS {
            let answer = send(&server, request, id);
            let is_proxy = answer.xml("Message").as_deref() == Some("Access Denied.") && answer.xml("HostId").is_none();
            let _ = write!(shown, " {}{}", answer.status, if is_proxy { "p" } else { "" });
        }
        shown.push('\n');
    }
    expect![[r#"
        read readwrite nothing elsewhere
        GET /b-one/k: 200 200 403p 403p
        HEAD /b-one/k: 200 200 403 403
        GET /b-one/none: 404 404 403p 403p
        PUT /b-one/new : 403p 200 403p 403p
        PUT /b-one/new x-amz-copy-source: b-one/k: 403p 200 403p 403p
        PUT /b-one/new x-amz-copy-source: b-two/k: 403p 403p 403p 403p
        DELETE /b-one/none: 403p 204 403p 403p
        POST /b-one?delete : 403p 200 403p 403p
        GET /b-one/k?acl: 200 200 403p 403p
        PUT /b-one/k?acl x-amz-acl: private: 403p 200 403p 403p
        GET /b-one/k?tagging: 200 200 403p 403p
        PUT /b-one/k?tagging : 403p 200 403p 403p
        DELETE /b-one/k?tagging: 403p 204 403p 403p
        POST /b-one/k?uploads: 403p 200 403p 403p
        GET /b-one?uploads: 200 200 403p 403p
        GET /b-one: 200 200 403p 403p
        GET /b-one?list-type=2: 200 200 403p 403p
        GET /b-one?versions: 200 200 403p 403p
        HEAD /b-one: 200 200 403 403
        GET /b-one?location: 200 200 403p 403p
        GET /b-one?versioning: 200 200 403p 403p
        PUT /b-one?versioning : 403p 403p 403p 403p
        GET /b-one?acl: 403p 403p 403p 403p
        PUT /b-one?acl x-amz-acl: private: 403p 403p 403p 403p
        GET /b-one?policy: 403p 403p 403p 403p
        PUT /b-one?policy : 403p 403p 403p 403p
        DELETE /b-one?policy: 403p 403p 403p 403p
        GET /b-one?cors: 403p 403p 403p 403p
        DELETE /b-one?cors: 403p 403p 403p 403p
        GET /b-one?lifecycle: 403p 403p 403p 403p
        DELETE /b-one?lifecycle: 403p 403p 403p 403p
        DELETE /b-one: 403p 403p 403p 403p
        PUT /b-three: 403p 403p 403p 403p
        GET /: 403p 403p 403p 403p
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_refusal_is_the_proxys() {
    let server = with_keys();
    let answer = send(&server, "GET /b-one?cors", "DO00KEYREAD");
    expect![[r#"
        <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>b-one</Resource><RequestId>not available</RequestId></Error>
    "#]].assert_eq(&(answer.text() + "\n"));
    assert_eq!(answer.header("x-amz-request-id"), None);
    let answer = send(&server, "PUT /b-one/k\n\nx", "DO00KEYREAD");
    assert_eq!(answer.header("x-spacelet-explain"), Some("the access key may only read in this Space"));
}
