//! What doctl and Terraform ask beside keys and the CDN: the account, regions, projects; and how to set up a client.

use super::{api, check, json, start};
use expect_test::expect;

#[test]
fn the_account_and_its_regions() {
    let server = start();
    check(
        &server,
        &["GET /v2/account", "GET /v2/regions?per_page=2&page=5"],
        expect![[r#"
        GET /v2/account
          200 {"account":{"droplet_limit":0,"floating_ip_limit":0,"email":"6174283@localhost","name":"6174283","uuid":"UUID","email_verified":true,"status":"active","status_message":"","team":{"uuid":"UUID","name":"My Team"}}}
        GET /v2/regions?per_page=2&page=5
          200 {"regions":[{"name":"Singapore 1","slug":"sgp1","features":["storage"],"available":true,"sizes":[]},{"name":"Sydney 1","slug":"syd1","features":["storage"],"available":true,"sizes":[]}],"links":{"pages":{"first":"http://api.example.test/v2/regions?page=1&per_page=2","prev":"http://api.example.test/v2/regions?page=4&per_page=2","next":"http://api.example.test/v2/regions?page=6&per_page=2","last":"http://api.example.test/v2/regions?page=6&per_page=2"}},"meta":{"total":11}}
    "#]],
    );
}

#[test]
fn projects_hold_spaces() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two"]);
    let made = json(&api(&server, r#"POST /v2/projects {"name":"web","purpose":"Website"}"#), 201);
    let path = format!("/v2/projects/{}", made["project"]["id"].as_str().unwrap());
    check(
        &server,
        &[
            "GET /v2/projects",
            "GET /v2/projects/default/resources",
            &format!(r#"POST {path}/resources {{"resources":["do:space:b-one"]}}"#),
            &format!("GET {path}/resources"),
            "GET /v2/projects/default/resources",
            &format!("DELETE {path}"),
            &format!(r#"PATCH {path} {{"description":"d","environment":"staging"}}"#),
            r#"PUT /v2/projects/default {"name":"web"}"#,
            r#"POST /v2/projects {"name":"x"}"#,
            r#"POST /v2/projects/default/resources {"resources":["do:droplet:1"]}"#,
            r#"POST /v2/projects/default/resources {"resources":["do:space:nowhere"]}"#,
            r#"POST /v2/projects/default/resources {"resources":["do:space:b-one"]}"#,
            &format!("DELETE {path}"),
            &format!("GET {path}"),
            "DELETE /v2/projects/default",
        ],
        expect![[r#"
            GET /v2/projects
              200 {"projects":[{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"first-project","description":"Update your project information under Settings","purpose":"Just trying out DigitalOcean","environment":"","is_default":true,"created_at":"1970-01-01T00:00:00Z","updated_at":"1970-01-01T00:00:00Z"},{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"web","description":"","purpose":"Website","environment":"","is_default":false,"created_at":"TIME","updated_at":"TIME"}],"links":{},"meta":{"total":2}}
            GET /v2/projects/default/resources
              200 {"resources":[{"urn":"do:space:b-one","assigned_at":"TIME","links":{"self":"http://HOST/b-one"},"status":"ok"},{"urn":"do:space:b-two","assigned_at":"TIME","links":{"self":"http://HOST/b-two"},"status":"ok"}],"links":{},"meta":{"total":2}}
            POST /v2/projects/UUID/resources {"resources":["do:space:b-one"]}
              200 {"resources":[{"urn":"do:space:b-one","assigned_at":"TIME","links":{"self":"http://HOST/b-one"},"status":"assigned"}],"links":{},"meta":{"total":1}}
            GET /v2/projects/UUID/resources
              200 {"resources":[{"urn":"do:space:b-one","assigned_at":"TIME","links":{"self":"http://HOST/b-one"},"status":"ok"}],"links":{},"meta":{"total":1}}
            GET /v2/projects/default/resources
              200 {"resources":[{"urn":"do:space:b-two","assigned_at":"TIME","links":{"self":"http://HOST/b-two"},"status":"ok"}],"links":{},"meta":{"total":1}}
            DELETE /v2/projects/UUID
              412 {"id":"precondition_failed","message":"cannot delete a project with resources, nor the default project"}
            PATCH /v2/projects/UUID {"description":"d","environment":"staging"}
              200 {"project":{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"web","description":"d","purpose":"Website","environment":"Staging","is_default":false,"created_at":"TIME","updated_at":"TIME"}}
            PUT /v2/projects/default {"name":"web"}
              409 {"id":"conflict","message":"name is already in use by another project"}
            POST /v2/projects {"name":"x"}
              422 {"id":"unprocessable_entity","message":"name and purpose are required"}
            POST /v2/projects/default/resources {"resources":["do:droplet:1"]}
              400 {"id":"bad_request","message":"only do:space URNs are known"}
            POST /v2/projects/default/resources {"resources":["do:space:nowhere"]}
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            POST /v2/projects/default/resources {"resources":["do:space:b-one"]}
              200 {"resources":[{"urn":"do:space:b-one","assigned_at":"TIME","links":{"self":"http://HOST/b-one"},"status":"assigned"}],"links":{},"meta":{"total":1}}
            DELETE /v2/projects/UUID
              204 
            GET /v2/projects/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /v2/projects/default
              412 {"id":"precondition_failed","message":"cannot delete a project with resources, nor the default project"}
        "#]],
    );
}

#[test]
fn the_first_project_stays_when_another_becomes_the_default() {
    let server = start();
    let first = json(&api(&server, "GET /v2/projects/default"), 200)["project"]["id"].as_str().unwrap().to_owned();
    check(
        &server,
        &[
            r#"POST /v2/projects {"name":"first-project","purpose":"Website"}"#,
            r#"POST /v2/projects {"name":"web","purpose":"Website","is_default":true}"#,
            &format!("GET /v2/projects/{first}"),
            "GET /v2/projects/default",
            &format!("DELETE /v2/projects/{first}"),
            &format!("GET /v2/projects/{first}"),
        ],
        expect![[r#"
            POST /v2/projects {"name":"first-project","purpose":"Website"}
              409 {"id":"conflict","message":"name is already in use by another project"}
            POST /v2/projects {"name":"web","purpose":"Website","is_default":true}
              201 {"project":{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"web","description":"","purpose":"Website","environment":"","is_default":true,"created_at":"TIME","updated_at":"TIME"}}
            GET /v2/projects/UUID
              200 {"project":{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"first-project","description":"Update your project information under Settings","purpose":"Just trying out DigitalOcean","environment":"","is_default":false,"created_at":"1970-01-01T00:00:00Z","updated_at":"1970-01-01T00:00:00Z"}}
            GET /v2/projects/default
              200 {"project":{"id":"UUID","owner_uuid":"UUID","owner_id":6174283,"name":"web","description":"","purpose":"Website","environment":"","is_default":true,"created_at":"TIME","updated_at":"TIME"}}
            DELETE /v2/projects/UUID
              204 
            GET /v2/projects/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
        "#]],
    );
}

#[test]
fn a_space_that_was_deleted_is_in_no_project() {
    let server = start();
    server.prepare(&["PUT /b-one"]);
    let made = json(&api(&server, r#"POST /v2/projects {"name":"web","purpose":"Website"}"#), 201);
    let path = format!("/v2/projects/{}", made["project"]["id"].as_str().unwrap());
    let assign = format!(r#"POST {path}/resources {{"resources":["do:space:b-one"]}}"#);
    assert_eq!(api(&server, &assign).status, 200);
    assert_eq!(api(&server, &format!("DELETE {path}")).status, 412);
    server.prepare(&["DELETE /b-one", "PUT /b-one"]);
    assert_eq!(json(&api(&server, &format!("GET {path}/resources")), 200)["meta"]["total"], 0, "a new one of its name");
    assert_eq!(api(&server, &format!("DELETE {path}")).status, 204);
}

#[test]
fn each_client_is_told_how() {
    let server = start();
    for client in spacelet_control::connect::CLIENTS {
        let told = json(&api(&server, &format!("GET /emulator/connect/{client}?bucket=media")), 200);
        assert!(told["connect"]["text"].as_str().unwrap().contains("media"), "{client}");
    }
    assert_eq!(api(&server, "GET /emulator/connect/mc").status, 404);
}

#[test]
fn the_programs_own_routes_answer_as_the_others() {
    let server = start();
    let about = api(&server, "GET /emulator/server");
    assert_eq!(json(&about, 200)["server"]["s3_url"], server.url());
    assert_eq!(about.header("x-request-id").map(str::len), Some(36));
    let refused = api(&server, "POST /emulator/clock {}");
    assert_eq!(json(&refused, 422)["request_id"].as_str(), refused.header("x-request-id"));
    assert!(refused.header("x-request-id").is_some());
}
