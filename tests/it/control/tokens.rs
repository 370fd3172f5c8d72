//! Tokens: who is let in, for what, and what a token that was made with scopes may.

use super::{TOKEN, api, api_as, check, json, start, start_with};
use crate::server::Server;
use crate::wire;
use expect_test::expect;

fn token(server: &Server, scopes: &str) -> (String, String) {
    let body = json(&api(server, &format!(r#"POST /emulator/tokens {{"name":"t","scopes":[{scopes}]}}"#)), 201);
    let text = |name: &str| body["token"][name].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

#[test]
fn a_token_is_shown_once_and_revoked() {
    let server = start();
    check(
        &server,
        &[
            r#"POST /emulator/tokens {"name":"ci","scopes":["spaces_key:read","cdn:read"]}"#,
            "GET /emulator/tokens",
            r#"POST /emulator/tokens {"name":"ci","scopes":["droplet:read"]}"#,
            r#"POST /emulator/tokens {"name":"","scopes":[]}"#,
            r#"POST /emulator/tokens {"name":"ci"}"#,
            "DELETE /emulator/tokens/0",
        ],
        expect![[r#"
            POST /emulator/tokens {"name":"ci","scopes":["spaces_key:read","cdn:read"]}
              201 {"token":{"id":"UUID","name":"ci","scopes":["spaces_key:read","cdn:read"],"created_at":"TIME","token":"TOKEN"}}
            GET /emulator/tokens
              200 {"tokens":[{"id":"UUID","name":"ci","scopes":["spaces_key:read","cdn:read"],"created_at":"TIME"}],"links":{},"meta":{"total":1}}
            POST /emulator/tokens {"name":"ci","scopes":["droplet:read"]}
              422 {"id":"unprocessable_entity","message":"there is no scope \"droplet:read\""}
            POST /emulator/tokens {"name":"","scopes":[]}
              422 {"id":"unprocessable_entity","message":"name must have 1 to 255 characters"}
            POST /emulator/tokens {"name":"ci"}
              400 {"id":"bad_request","message":"error parsing request body"}
            DELETE /emulator/tokens/0
              404 {"id":"not_found","message":"The resource you requested could not be found."}
        "#]],
    );
    let (id, secret) = token(&server, r#""spaces_key:read""#);
    assert_eq!(api_as(&server, &secret, "GET /v2/spaces/keys").status, 200);
    assert_eq!(api(&server, &format!("DELETE /emulator/tokens/{id}")).status, 204);
    assert_eq!(json(&api_as(&server, &secret, "GET /v2/spaces/keys"), 401)["id"], "unauthorized");
}

#[test]
fn a_scope_opens_its_own_routes_and_no_other() {
    let server = start();
    let requests = [
        "GET /v2/spaces/keys",
        r#"POST /v2/spaces/keys {"name":"k","grants":[]}"#,
        r#"PUT /v2/spaces/keys/DO00TESTKEYAAAAAAAAA {"name":"k"}"#,
        "DELETE /v2/spaces/keys/none",
        "GET /v2/cdn/endpoints",
        "POST /v2/cdn/endpoints {}",
        "GET /v2/account",
        "GET /v2/projects",
        "GET /v2/certificates",
        "GET /emulator/spaces",
        "GET /emulator/server",
    ];
    let allowed = |scopes: &str| {
        let (_, secret) = token(&server, scopes);
        let answers = requests.iter().map(|request| api_as(&server, &secret, request).status);
        answers.map(|status| if status == 403 { '-' } else { 'x' }).collect::<String>()
    };
    assert_eq!(allowed(""), "-----------");
    assert_eq!(allowed(r#""spaces_key:read""#), "x----------");
    assert_eq!(allowed(r#""spaces_key:create_credentials""#), "-x---------");
    assert_eq!(allowed(r#""spaces_key:update","spaces_key:delete""#), "--xx-------");
    assert_eq!(allowed(r#""cdn:read","cdn:create""#), "----xx-----");
    assert_eq!(allowed(r#""account:read","project:read","certificate:read""#), "------xxx--");
    assert_eq!(allowed(r#""*""#), "xxxxxxxxxxx");
}

#[test]
fn whoever_has_the_token_gets_a_new_link_to_the_panel() {
    let server = start();
    let (_, limited) = token(&server, r#""spaces_key:read""#);
    assert_eq!(api_as(&server, &limited, "POST /emulator/sign-in-links").status, 403);
    let link = || {
        let made = json(&api(&server, "POST /emulator/sign-in-links"), 201);
        let url = made["sign_in_link"]["url"].as_str().unwrap().to_owned();
        url.strip_prefix("http://api.example.test").unwrap().to_owned()
    };
    let open = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:9001\r\n\r\n");
        crate::wire::exchange(server.control_address(), request.as_bytes()).unwrap()
    };
    let (old, new) = (link(), link());
    let refused = open(&old);
    assert!(refused.status == 403 && refused.text().contains("spacelet panel"), "{}", refused.text());
    let opened = open(&new);
    assert!(opened.status == 200 && opened.header("set-cookie").is_some());
    assert_eq!(open(&new).status, 403, "once");
}

#[test]
fn a_made_token_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_path_buf();
    let start = || start_with(|settings| settings.data = Some(data.clone()));
    let server = start();
    let (_, secret) = token(&server, r#""spaces_key:read""#);
    server.stop();
    let server = start();
    assert_eq!(api_as(&server, &secret, "GET /v2/spaces/keys").status, 200);
    assert_eq!(api_as(&server, &secret, "GET /v2/account").status, 403);
    server.stop();
    // Neither the token nor its beginning is anywhere on the disk.
    let needle = secret.as_bytes();
    for file in files(&data) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", file.display());
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_bearer_is_let_in_from_any_host_and_a_page_of_another_origin_is_told_nothing() {
    let server = start();
    let ask = |head: &str| wire::exchange(server.control_address(), format!("{head}\r\n\r\n").as_bytes()).unwrap();
    let ok = format!("GET /v2/account HTTP/1.1\r\nHost: anything.example:1\r\nAuthorization: bearer {TOKEN}");
    assert_eq!(ask(&ok).status, 200);
    let page = format!("{ok}\r\nOrigin: http://evil.example");
    assert_eq!(ask(&page).header("access-control-allow-origin"), None);
    let preflight = "OPTIONS /v2/account HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\
                     Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization";
    let refused = ask(preflight);
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, None));
    for head in [
        "GET /v2/account HTTP/1.1\r\nHost: localhost".to_owned(),
        format!("GET /v2/account HTTP/1.1\r\nHost: localhost\r\nCookie: token={TOKEN}"),
        format!("GET /v2/account?token={TOKEN} HTTP/1.1\r\nHost: localhost"),
        format!("GET /v2/account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {TOKEN}"),
        "GET /v2/not/there HTTP/1.1\r\nHost: localhost".to_owned(),
        "GET /emulator/server HTTP/1.1\r\nHost: localhost".to_owned(),
    ] {
        assert_eq!(ask(&head).status, 401, "{head}");
    }
}
