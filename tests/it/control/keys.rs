//! `/v2/spaces/keys`: each row of spaces-reference 8.1, and what the keys may at the S3 door.

use super::{api, api_as, check, json, start, start_with};
use crate::server::Server;
use crate::sign::Key;
use crate::support::{Call, outcome};
use expect_test::expect;
use serde_json::Value;

/// A new key: its path, its id, its secret.
fn make(server: &Server, grants: &str) -> (String, Key) {
    let body = json(&api(server, &format!(r#"POST /v2/spaces/keys {{"name":"k","grants":{grants}}}"#)), 201);
    let text = |name: &str| body["key"][name].as_str().unwrap().to_owned();
    (format!("/v2/spaces/keys/{}", text("access_key")), Key::new(&text("access_key"), &text("secret_key")))
}

/// Status and code of an S3 request that is signed with a key.
fn s3(server: &Server, request: &str, key: &Key) -> String {
    let mut call = Call::new(request);
    call.key = Some(key.clone());
    outcome(&call.send(server))
}

#[test]
fn the_examples_of_the_documentation() {
    let server = start();
    server.prepare(&["PUT /my-bucket", "PUT /my-bucket2"]);
    check(
        &server,
        &[
            r#"POST /v2/spaces/keys {"name":"read-only-key","grants":[{"bucket":"my-bucket","permission":"read"}]}"#,
            r#"POST /v2/spaces/keys {"name":"mixed-permissions-key","grants":[{"bucket":"my-bucket","permission":"read"},{"bucket":"my-bucket2","permission":"readwrite"}]}"#,
            r#"POST /v2/spaces/keys {"name":"full-access-key","grants":[{"bucket":"","permission":"fullaccess"}]}"#,
            r#"POST /v2/spaces/keys {"name":"no-grant-key","grants":[]}"#,
            r#"POST /v2/spaces/keys {"name":"no-grant-key"}"#,
            r#"POST /v2/spaces/keys {"name":"cut off","grants":[{"bucket":"my-bucket","permission":""}]}"#,
        ],
        expect![[r#"
            POST /v2/spaces/keys {"name":"read-only-key","grants":[{"bucket":"my-bucket","permission":"read"}]}
              201 {"key":{"name":"read-only-key","access_key":"KEY","secret_key":"SECRET","grants":[{"bucket":"my-bucket","permission":"read"}],"created_at":"TIME"}}
            POST /v2/spaces/keys {"name":"mixed-permissions-key","grants":[{"bucket":"my-bucket","permission":"read"},{"bucket":"my-bucket2","permission":"readwrite"}]}
              201 {"key":{"name":"mixed-permissions-key","access_key":"KEY","secret_key":"SECRET","grants":[{"bucket":"my-bucket","permission":"read"},{"bucket":"my-bucket2","permission":"readwrite"}],"created_at":"TIME"}}
            POST /v2/spaces/keys {"name":"full-access-key","grants":[{"bucket":"","permission":"fullaccess"}]}
              201 {"key":{"name":"full-access-key","access_key":"KEY","secret_key":"SECRET","grants":[{"bucket":"","permission":"fullaccess"}],"created_at":"TIME"}}
            POST /v2/spaces/keys {"name":"no-grant-key","grants":[]}
              201 {"key":{"name":"no-grant-key","access_key":"KEY","secret_key":"SECRET","grants":[],"created_at":"TIME"}}
            POST /v2/spaces/keys {"name":"no-grant-key"}
              201 {"key":{"name":"no-grant-key","access_key":"KEY","secret_key":"SECRET","grants":[],"created_at":"TIME"}}
            POST /v2/spaces/keys {"name":"cut off","grants":[{"bucket":"my-bucket","permission":""}]}
              201 {"key":{"name":"cut off","access_key":"KEY","secret_key":"SECRET","grants":[{"bucket":"my-bucket","permission":""}],"created_at":"TIME"}}
        "#]],
    );
}

#[test]
fn a_key_is_read_changed_and_deleted_and_its_secret_seen_once() {
    let server = start();
    server.prepare(&["PUT /my-bucket", "PUT /my-bucket2"]);
    let (path, _) = make(&server, r#"[{"bucket":"my-bucket","permission":"read"}]"#);
    check(
        &server,
        &[
            &format!("GET {path}"),
            &format!(r#"PUT {path} {{"name":"new-key-name"}}"#),
            &format!(
                r#"PATCH {path} {{"name":"newer","grants":[{{"bucket":"my-bucket2","permission":"readwrite"}}]}}"#
            ),
            &format!(r#"PUT {path} {{"name":"newer","grants":[]}}"#),
            &format!("DELETE {path}"),
            &format!("GET {path}"),
            &format!(r#"PUT {path} {{"name":"x"}}"#),
            &format!("DELETE {path}"),
        ],
        expect![[r#"
            GET /v2/spaces/keys/KEY
              200 {"key":{"name":"k","access_key":"KEY","grants":[{"bucket":"my-bucket","permission":"read"}],"created_at":"TIME"}}
            PUT /v2/spaces/keys/KEY {"name":"new-key-name"}
              200 {"key":{"name":"new-key-name","access_key":"KEY","grants":[{"bucket":"my-bucket","permission":"read"}],"created_at":"TIME"}}
            PATCH /v2/spaces/keys/KEY {"name":"newer","grants":[{"bucket":"my-bucket2","permission":"readwrite"}]}
              200 {"key":{"name":"newer","access_key":"KEY","grants":[{"bucket":"my-bucket2","permission":"readwrite"}],"created_at":"TIME"}}
            PUT /v2/spaces/keys/KEY {"name":"newer","grants":[]}
              200 {"key":{"name":"newer","access_key":"KEY","grants":[],"created_at":"TIME"}}
            DELETE /v2/spaces/keys/KEY
              204 
            GET /v2/spaces/keys/KEY
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            PUT /v2/spaces/keys/KEY {"name":"x"}
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /v2/spaces/keys/KEY
              404 {"id":"not_found","message":"The resource you requested could not be found."}
        "#]],
    );
}

#[test]
fn each_refusal_of_the_table() {
    let server = start();
    server.prepare(&["PUT /my-bucket", "PUT /with-policy", "PUT /others as B"]);
    server.prepare(&[concat!(
        "PUT /with-policy?policy\n\n",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","#,
        r#""Resource":"arn:aws:s3:::with-policy/*"}]}"#
    )]);
    let (limited, _) = make(&server, r#"[{"bucket":"my-bucket","permission":"read"}]"#);
    let (full, _) = make(&server, r#"[{"bucket":"","permission":"fullaccess"}]"#);
    let post = |body: &str| format!("POST /v2/spaces/keys {body}");
    let grants = |grants: &str| format!(r#"POST /v2/spaces/keys {{"name":"k","grants":[{grants}]}}"#);
    let requests = [
        post("{"),
        post("[]"),
        post(r#"{"grants":[]}"#),
        post(r#"{"name":"","grants":[]}"#),
        grants(r#"{"bucket":"my-bucket"}"#),
        grants(r#"{"permission":"read"}"#),
        grants(r#"{"bucket":"my-bucket","permission":"write"}"#),
        grants(r#"{"bucket":"my-bucket","permission":"fullaccess"}"#),
        grants(r#"{"bucket":"","permission":"fullaccess"},{"bucket":"my-bucket","permission":"read"}"#),
        grants(r#"{"bucket":"nowhere","permission":"read"}"#),
        grants(r#"{"bucket":"","permission":"read"}"#),
        grants(r#"{"bucket":"others","permission":"read"}"#),
        grants(r#"{"bucket":"with-policy","permission":"read"}"#),
        grants(r#"{"bucket":"with-policy","permission":""}"#),
        format!("PUT {limited} {{}}"),
        format!("PUT {limited} nonsense"),
        format!(r#"PUT {limited} {{"name":"k","grants":[{{"bucket":"","permission":"fullaccess"}}]}}"#),
        format!(r#"PUT {limited} {{"name":"k","grants":[{{"bucket":"nowhere","permission":"read"}}]}}"#),
        format!(r#"PUT {limited} {{"name":"k","grants":[{{"bucket":"with-policy","permission":"read"}}]}}"#),
        format!(r#"PUT {full} {{"name":"k","grants":[{{"bucket":"my-bucket","permission":"read"}}]}}"#),
        "GET /v2/spaces/keys/DO00NOTHERE".to_owned(),
        "GET /v2/spaces".to_owned(),
        "POST /v2/spaces {}".to_owned(),
        "DELETE /v2/spaces/keys".to_owned(),
        "GET /v2/droplets".to_owned(),
    ];
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    check(
        &server,
        &requests,
        expect![[r#"
        POST /v2/spaces/keys {
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/spaces/keys []
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/spaces/keys {"grants":[]}
          400 {"id":"bad_request","message":"name is required"}
        POST /v2/spaces/keys {"name":"","grants":[]}
          400 {"id":"bad_request","message":"name must have 1 to 255 characters"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"my-bucket"}]}
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/spaces/keys {"name":"k","grants":[{"permission":"read"}]}
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"my-bucket","permission":"write"}]}
          400 {"id":"bad_request","message":"permission must be read, readwrite, fullaccess or empty"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"my-bucket","permission":"fullaccess"}]}
          400 {"id":"bad_request","message":"a fullaccess grant must have an empty bucket"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"","permission":"fullaccess"},{"bucket":"my-bucket","permission":"read"}]}
          400 {"id":"bad_request","message":"cannot mix fullaccess permission with scoped permissions."}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"nowhere","permission":"read"}]}
          403 {"id":"forbidden","message":"invalid grant"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"","permission":"read"}]}
          403 {"id":"forbidden","message":"invalid grant"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"others","permission":"read"}]}
          403 {"id":"forbidden","message":"invalid grant"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"with-policy","permission":"read"}]}
          412 {"id":"precondition_failed","message":"bucket with-policy has a bucket policy. Only 'All Permissions' access keys support buckets with S3 bucket policies"}
        POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"with-policy","permission":""}]}
          412 {"id":"precondition_failed","message":"bucket with-policy has a bucket policy. Only 'All Permissions' access keys support buckets with S3 bucket policies"}
        PUT /v2/spaces/keys/KEY {}
          400 {"id":"bad_request","message":"name is required"}
        PUT /v2/spaces/keys/KEY nonsense
          400 {"id":"bad_request","message":"error parsing request body"}
        PUT /v2/spaces/keys/KEY {"name":"k","grants":[{"bucket":"","permission":"fullaccess"}]}
          400 {"id":"bad_request","message":"a fullaccess key cannot become a key with scoped permissions, nor the other way round"}
        PUT /v2/spaces/keys/KEY {"name":"k","grants":[{"bucket":"nowhere","permission":"read"}]}
          403 {"id":"forbidden","message":"invalid grant"}
        PUT /v2/spaces/keys/KEY {"name":"k","grants":[{"bucket":"with-policy","permission":"read"}]}
          412 {"id":"precondition_failed","message":"bucket with-policy has a bucket policy. Only 'All Permissions' access keys support buckets with S3 bucket policies"}
        PUT /v2/spaces/keys/KEY {"name":"k","grants":[{"bucket":"my-bucket","permission":"read"}]}
          400 {"id":"bad_request","message":"a fullaccess key cannot become a key with scoped permissions, nor the other way round"}
        GET /v2/spaces/keys/DO00NOTHERE
          404 {"id":"not_found","message":"The resource you requested could not be found."}
        GET /v2/spaces
          404 {"id":"not_found","message":"The resource you requested could not be found."}
        POST /v2/spaces {}
          404 {"id":"not_found","message":"The resource you requested could not be found."}
        DELETE /v2/spaces/keys
          404 {"id":"not_found","message":"The resource you requested could not be found."}
        GET /v2/droplets
          404 {"id":"not_found","message":"The resource you requested could not be found."}
    "#]],
    );
    let long = format!(r#"POST /v2/spaces/keys {{"name":"{}","grants":[]}}"#, "n".repeat(256));
    assert_eq!(json(&api(&server, &long), 400)["id"], "bad_request");
    for token in ["", "wrong", "control-test-toke", "control-test-token-and-more"] {
        let refused = api_as(&server, token, "GET /v2/spaces/keys");
        assert_eq!(json(&refused, 401)["message"], "Unable to authenticate you.");
    }
}

#[test]
fn another_accounts_keys_are_not_seen() {
    let server = start();
    for request in [
        "GET /v2/spaces/keys/DO00OTHERKEYBBBBBBBB",
        r#"PUT /v2/spaces/keys/DO00OTHERKEYBBBBBBBB {"name":"mine"}"#,
        "DELETE /v2/spaces/keys/DO00OTHERKEYBBBBBBBB",
    ] {
        assert_eq!(json(&api(&server, request), 404)["id"], "not_found", "{request}");
    }
    assert!(!api(&server, "GET /v2/spaces/keys").text().contains("DO00OTHERKEY"));
}

#[test]
fn lists_are_filtered_sorted_and_paged() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two"]);
    for (name, bucket, permission) in
        [("a", "b-one", "read"), ("c", "b-one", "readwrite"), ("b", "b-two", "read"), ("d", "", "fullaccess")]
    {
        let body = format!(r#"{{"name":"{name}","grants":[{{"bucket":"{bucket}","permission":"{permission}"}}]}}"#);
        json(&api(&server, &format!("POST /v2/spaces/keys {body}")), 201);
    }
    let names = |query: &str| {
        let list = json(&api(&server, &format!("GET /v2/spaces/keys{query}")), 200);
        let keys = list["keys"].as_array().unwrap();
        assert!(keys.iter().all(|key| key.get("secret_key").is_none()));
        let names: Vec<&str> = keys.iter().map(|key| key["name"].as_str().unwrap()).collect();
        format!("{} of {}", names.join(" "), list["meta"]["total"])
    };
    // The key that the server was seeded with has the seed's name.
    let seeded = names("").split(' ').nth(4).unwrap().to_owned();
    assert_eq!(names(""), format!("d b c a {seeded} of 5"));
    assert_eq!(names("?sort=created_at&sort_direction=asc"), format!("{seeded} a c b d of 5"));
    assert_eq!(names("?sort=name&sort_direction=asc&bucket=b-one"), "a c of 2");
    assert_eq!(names("?sort=name&sort_direction=desc&bucket=b-one"), "c a of 2");
    assert_eq!(names("?name=b"), "b of 1");
    assert_eq!(names("?permission=read"), "b a of 2");
    assert_eq!(names("?permission=read&bucket=b-two"), "b of 1");
    assert_eq!(names("?permission=fullaccess&name=d"), "d of 1");
    assert_eq!(names("?name=nobody"), " of 0");
    assert_eq!(names("?per_page=2"), "d b of 5");
    assert_eq!(names("?per_page=2&page=3"), format!("{seeded} of 5"));
    assert_eq!(names("?per_page=2&page=4"), " of 5");
    let links = |query: &str| json(&api(&server, &format!("GET /v2/spaces/keys{query}")), 200)["links"].clone();
    assert_eq!(links(""), Value::Object(serde_json::Map::new()));
    let base = "http://api.example.test/v2/spaces/keys";
    let expected = serde_json::json!({"pages": {
        "first": format!("{base}?page=1&per_page=1&bucket=b%2Done"),
        "prev": format!("{base}?page=1&per_page=1&bucket=b%2Done"),
    }});
    assert_eq!(links("?per_page=1&page=2&bucket=b-one"), expected);
    check(
        &server,
        &[
            "GET /v2/spaces/keys?sort=name",
            "GET /v2/spaces/keys?sort=secret&sort_direction=asc",
            "GET /v2/spaces/keys?sort_direction=up",
            "GET /v2/spaces/keys?page=0",
            "GET /v2/spaces/keys?per_page=201",
            "GET /v2/spaces/keys?page=x",
        ],
        expect![[r#"
            GET /v2/spaces/keys?sort=name
              400 {"id":"bad_request","message":"sort must come with sort_direction"}
            GET /v2/spaces/keys?sort=secret&sort_direction=asc
              400 {"id":"bad_request","message":"sort must be created_at or name"}
            GET /v2/spaces/keys?sort_direction=up
              400 {"id":"bad_request","message":"sort_direction must be asc or desc"}
            GET /v2/spaces/keys?page=0
              400 {"id":"bad_request","message":"page must be a number from 1 to 1000000"}
            GET /v2/spaces/keys?per_page=201
              400 {"id":"bad_request","message":"per_page must be a number from 1 to 200"}
            GET /v2/spaces/keys?page=x
              400 {"id":"bad_request","message":"page must be a number from 1 to 1000000"}
        "#]],
    );
}

#[test]
fn what_a_key_may_follows_its_grants_from_one_request_to_the_next() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two", "PUT /b-one/k\n\nx"]);
    let (path, key) = make(&server, r#"[{"bucket":"b-one","permission":"read"}]"#);
    let may = |request: &str| s3(&server, request, &key);
    assert_eq!(may("GET /b-one/k"), "200");
    assert_eq!(may("HEAD /b-one"), "200");
    assert_eq!(may("PUT /b-one/new\n\ny"), "403 AccessDenied");
    assert_eq!(may("GET /b-two"), "403 AccessDenied");
    assert_eq!(may("GET /"), "403 AccessDenied");
    let put = |grants: &str| json(&api(&server, &format!(r#"PUT {path} {{"name":"k","grants":{grants}}}"#)), 200);
    put(r#"[{"bucket":"b-one","permission":"readwrite"},{"bucket":"b-two","permission":"read"}]"#);
    assert_eq!(may("PUT /b-one/new\n\ny"), "200");
    assert_eq!(may("GET /b-two"), "200");
    assert_eq!(may("PUT /b-two/new\n\ny"), "403 AccessDenied");
    put("[]");
    assert_eq!(may("GET /b-one/k"), "403 AccessDenied");
    put(r#"[{"bucket":"b-one","permission":"read"}]"#);
    assert_eq!(may("GET /b-one/k"), "200");
    assert_eq!(api(&server, &format!("DELETE {path}")).status, 204);
    assert_eq!(may("GET /b-one/k"), "403 InvalidAccessKeyId");
}

#[test]
fn a_full_key_makes_spaces() {
    let server = start();
    let (_, key) = make(&server, r#"[{"bucket":"","permission":"fullaccess"}]"#);
    assert_eq!(s3(&server, "PUT /made-with-it", &key), "200");
    assert_eq!(s3(&server, "GET /", &key), "200");
}

#[test]
fn policies_and_limited_keys_exclude_each_other_both_ways() {
    let server = start();
    server.prepare(&["PUT /b-one"]);
    let (path, _) = make(&server, r#"[{"bucket":"b-one","permission":"read"}]"#);
    let policy = concat!(
        "PUT /b-one?policy\n\n",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","#,
        r#""Resource":"arn:aws:s3:::b-one/*"}]}"#
    );
    assert_eq!(server.send(policy).status, 403);
    assert_eq!(api(&server, &format!("DELETE {path}")).status, 204);
    assert_eq!(server.send(policy).status, 204);
    let refused =
        api(&server, r#"POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"b-one","permission":"read"}]}"#);
    assert_eq!(json(&refused, 412)["id"], "precondition_failed");
}

#[test]
fn there_are_at_most_as_many_keys_as_the_setting_says() {
    let server = start_with(|settings| settings.keys_max = 3);
    let create = r#"POST /v2/spaces/keys {"name":"k","grants":[]}"#;
    assert_eq!(
        [api(&server, create).status, api(&server, create).status, api(&server, create).status],
        [201, 201, 422]
    );
}
