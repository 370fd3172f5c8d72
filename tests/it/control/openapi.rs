//! The OpenAPI document, held against the documented names and statuses (spaces-reference 8) and against real answers.

use super::{api, json, start};
use crate::wire;
use serde_json::Value;
use std::collections::BTreeSet;

/// Method, path, scope, success, refusals in DigitalOcean's specification, name in the answer, its fields.
const DOCUMENTED: &str = "\
get /v2/spaces/keys spaces_key:read 200 401,429,500 keys name,access_key,grants,created_at
post /v2/spaces/keys spaces_key:create_credentials 201 400,401,429,500 key name,access_key,secret_key,grants,created_at
get /v2/spaces/keys/{access_key} spaces_key:read 200 401,404,429,500 key name,access_key,grants,created_at
put /v2/spaces/keys/{access_key} spaces_key:update 200 400,401,404,429,500 key name,access_key,grants,created_at
patch /v2/spaces/keys/{access_key} spaces_key:update 200 400,401,404,429,500 key name,access_key,grants,created_at
delete /v2/spaces/keys/{access_key} spaces_key:delete 204 401,404,429,500 - -
get /v2/cdn/endpoints cdn:read 200 401,429,500 endpoints id,origin,endpoint,created_at,certificate_id,custom_domain,ttl
post /v2/cdn/endpoints cdn:create 201 401,429,500 endpoint id,origin,endpoint,created_at,certificate_id,custom_domain,ttl
get /v2/cdn/endpoints/{cdn_id} cdn:read 200 401,404,429,500 endpoint id,origin,endpoint,created_at,certificate_id,custom_domain,ttl
put /v2/cdn/endpoints/{cdn_id} cdn:update 200 401,404,429,500 endpoint id,origin,endpoint,created_at,certificate_id,custom_domain,ttl
delete /v2/cdn/endpoints/{cdn_id} cdn:delete 204 401,404,429,500 - -
delete /v2/cdn/endpoints/{cdn_id}/cache cdn:delete 204 401,404,429,500 - -
get /v2/certificates certificate:read 200 401,429,500 certificates id,name,type,state,dns_names,not_after,sha1_fingerprint,created_at
post /v2/certificates certificate:create 201 401,429,500 certificate id,name,type,state,dns_names,not_after,sha1_fingerprint,created_at
get /v2/certificates/{certificate_id} certificate:read 200 401,404,429,500 certificate id,name,type,state,dns_names,not_after,sha1_fingerprint,created_at
delete /v2/certificates/{certificate_id} certificate:delete 204 401,404,429,500 - -
";

fn set(text: &str) -> BTreeSet<String> {
    text.split(',').filter(|name| *name != "-").map(str::to_owned).collect()
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// What a reference of the document points to.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(at) => document.pointer(at.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

fn thing<'d>(document: &'d Value, operation: &'d Value, success: &str, name: &str) -> &'d Value {
    let schema = &operation["responses"][success]["content"]["application/json"]["schema"]["properties"][name];
    resolved(document, if schema["type"] == "array" { &schema["items"] } else { schema })
}

#[test]
fn names_and_statuses_are_the_documented_ones() {
    let document = spacelet_control::openapi();
    for line in DOCUMENTED.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [verb, path, scope, success, refusals, name, fields] = words[..] else { panic!("{line}") };
        let operation = &document["paths"][path][verb];
        assert_eq!(operation["security"][0]["bearer"][0], scope, "{line}");
        let answers = names(&operation["responses"]);
        assert!(answers.contains(success) && set(refusals).is_subset(&answers), "{line}: {answers:?}");
        if name != "-" {
            let thing = thing(&document, operation, success, name);
            assert_eq!(names(&thing["properties"]), set(fields), "{line}");
        }
    }
}

#[test]
fn it_is_served_to_anybody_and_every_reference_leads_somewhere() {
    let server = start();
    let answer = wire::exchange(server.control_address(), b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let document = json(&answer, 200);
    assert_eq!(document, spacelet_control::openapi());
    let text = answer.text();
    for at in text.split("\"$ref\":\"").skip(1) {
        let at = at.split('"').next().unwrap();
        assert!(document.pointer(at.trim_start_matches('#')).is_some(), "{at}");
    }
}

#[test]
fn real_answers_have_exactly_the_fields_that_the_document_names() {
    let server = start();
    server.prepare(&["PUT /b-one"]);
    let document = spacelet_control::openapi();
    let requests = [
        ("POST /v2/spaces/keys {\"name\":\"k\",\"grants\":[]}", "key", 201),
        ("GET /v2/spaces/keys", "keys", 200),
        ("POST /v2/cdn/endpoints {\"origin\":\"b-one.nyc3.digitaloceanspaces.com\"}", "endpoint", 201),
        ("GET /v2/cdn/endpoints", "endpoints", 200),
        (
            "POST /v2/certificates {\"name\":\"c\",\"type\":\"lets_encrypt\",\"dns_names\":[\"a.b\"]}",
            "certificate",
            201,
        ),
        ("GET /v2/certificates", "certificates", 200),
        ("GET /v2/account", "account", 200),
        ("GET /v2/regions", "regions", 200),
        ("POST /v2/projects {\"name\":\"p\",\"purpose\":\"x\"}", "project", 201),
        ("GET /v2/projects", "projects", 200),
        ("POST /emulator/spaces {\"name\":\"b-two\"}", "space", 201),
        ("GET /emulator/spaces", "spaces", 200),
        ("POST /emulator/tokens {\"name\":\"t\",\"scopes\":[]}", "token", 201),
        ("GET /emulator/tokens", "tokens", 200),
        ("POST /emulator/sign-in-links", "sign_in_link", 201),
    ];
    for (request, name, status) in requests {
        let mut words = request.split(' ');
        let (verb, path) = (words.next().unwrap().to_lowercase(), words.next().unwrap());
        let answer = json(&api(&server, request), status);
        let found = if answer[name].is_array() { &answer[name][0] } else { &answer[name] };
        let shape = thing(&document, &document["paths"][path][&verb], &status.to_string(), name);
        let required = shape["required"].as_array().unwrap();
        let required: BTreeSet<String> = required.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        assert!(required.is_subset(&names(found)), "{request}: {found}");
        assert!(names(found).is_subset(&names(&shape["properties"])), "{request}: {found}");
    }
}
