//! `/emulator/spaces`: made, opened to everybody, deleted, also when a policy locks their owner out.

use super::{api, check, json, start};
use expect_test::expect;

#[test]
fn a_space_from_its_making_to_its_end() {
    let server = start();
    server.prepare(&["PUT /others as B"]);
    check(
        &server,
        &[
            r#"POST /emulator/spaces {"name":"my-space"}"#,
            r#"POST /emulator/spaces {"name":"open","region":"ams3","listing":"public","files":"public"}"#,
            "GET /emulator/spaces",
            "GET /emulator/spaces/others",
            r#"PATCH /emulator/spaces/open {"listing":"private","files":"private"}"#,
            r#"PATCH /emulator/spaces/open {"name":"other"}"#,
            r#"PATCH /emulator/spaces/open {"files":"everybody"}"#,
            "DELETE /emulator/spaces/open",
            "DELETE /emulator/spaces/open",
            "DELETE /emulator/spaces/others",
            r#"POST /emulator/spaces {"name":"my-space"}"#,
            r#"POST /emulator/spaces {"name":"others"}"#,
            r#"POST /emulator/spaces {"name":"No"}"#,
            r#"POST /emulator/spaces {"name":"space-two","region":"mars1"}"#,
            r#"POST /emulator/spaces {}"#,
        ],
        expect![[r#"
            POST /emulator/spaces {"name":"my-space"}
              201 {"space":{"name":"my-space","region":"nyc3","listing":"private","files":"private","storage":"standard","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/my-space"}}
            POST /emulator/spaces {"name":"open","region":"ams3","listing":"public","files":"public"}
              201 {"space":{"name":"open","region":"ams3","listing":"public","files":"public","storage":"standard","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/open"}}
            GET /emulator/spaces
              200 {"spaces":[{"name":"my-space","region":"nyc3","listing":"private","files":"private","storage":"standard","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/my-space"},{"name":"open","region":"ams3","listing":"public","files":"public","storage":"standard","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/open"}],"links":{},"meta":{"total":2}}
            GET /emulator/spaces/others
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            PATCH /emulator/spaces/open {"listing":"private","files":"private"}
              200 {"space":{"name":"open","region":"ams3","listing":"private","files":"private","storage":"standard","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/open"}}
            PATCH /emulator/spaces/open {"name":"other"}
              400 {"id":"bad_request","message":"only listing and files can be changed"}
            PATCH /emulator/spaces/open {"files":"everybody"}
              400 {"id":"bad_request","message":"error parsing request body"}
            DELETE /emulator/spaces/open
              204 
            DELETE /emulator/spaces/open
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /emulator/spaces/others
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            POST /emulator/spaces {"name":"my-space"}
              409 {"id":"conflict","message":"Space already exists."}
            POST /emulator/spaces {"name":"others"}
              409 {"id":"conflict","message":"Space already exists."}
            POST /emulator/spaces {"name":"No"}
              422 {"id":"unprocessable_entity","message":"a Space's name has 3 to 63 characters"}
            POST /emulator/spaces {"name":"space-two","region":"mars1"}
              422 {"id":"unprocessable_entity","message":"there is no region \"mars1\""}
            POST /emulator/spaces {}
              400 {"id":"bad_request","message":"name is required"}
        "#]],
    );
}

#[test]
fn public_means_what_it_says_to_somebody_who_does_not_sign() {
    let server = start();
    let open = r#"POST /emulator/spaces {"name":"open","listing":"public","files":"public"}"#;
    json(&api(&server, open), 201);
    json(&api(&server, r#"POST /emulator/spaces {"name":"closed"}"#), 201);
    server.prepare(&["PUT /open/k\n\nx", "PUT /closed/k\n\nx"]);
    let status = |target: &str| server.send(&format!("GET {target} as nobody")).status;
    let all = || ["/open", "/open/k", "/closed", "/closed/k"].map(status);
    assert_eq!(all(), [200, 200, 403, 403]);
    json(&api(&server, r#"PATCH /emulator/spaces/open {"listing":"private","files":"private"}"#), 200);
    assert_eq!(all(), [403, 403, 403, 403]);
    json(&api(&server, r#"PATCH /emulator/spaces/closed {"files":"public"}"#), 200);
    assert_eq!(all(), [403, 403, 403, 200]);
}

#[test]
fn a_space_that_locked_everybody_out_can_be_deleted() {
    let server = start();
    let policy = concat!(
        "PUT /locked?policy\n\n",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","#,
        r#""Resource":["arn:aws:s3:::locked","arn:aws:s3:::locked/*"]}]}"#
    );
    server.prepare(&["PUT /locked", "PUT /locked/k\n\nx", policy]);
    assert_eq!(server.send("DELETE /locked/k").status, 403);
    assert_eq!(server.send("DELETE /locked").status, 403);
    let refused = json(&api(&server, "DELETE /emulator/spaces/locked"), 409);
    assert!(refused["message"].as_str().unwrap().contains("force=true"));
    assert_eq!(api(&server, "DELETE /emulator/spaces/locked?force=true").status, 204);
    assert_eq!(server.send("HEAD /locked").status, 404);
}

#[test]
fn a_policy_of_somebodys_own_and_a_limited_key_are_not_overwritten() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two"]);
    let policy = concat!(
        "PUT /b-one?policy\n\n",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","#,
        r#""Resource":"arn:aws:s3:::b-one/public/*"}]}"#
    );
    server.prepare(&[policy]);
    json(&api(&server, r#"POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"b-two","permission":"read"}]}"#), 201);
    for name in ["b-one", "b-two"] {
        json(&api(&server, &format!(r#"PATCH /emulator/spaces/{name} {{"files":"public"}}"#)), 412);
    }
    json(&api(&server, r#"PATCH /emulator/spaces/b-one {"files":"private"}"#), 200);
    assert_eq!(server.send("GET /b-one?policy").status, 200);
}
