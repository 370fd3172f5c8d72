//! `/v2/cdn/endpoints`: each row of spaces-reference 8.2.

use super::{api, check, json, start, start_with};
use crate::server::Server;
use expect_test::expect;

const ENDPOINTS: &str = "/v2/cdn/endpoints";

/// A new endpoint of a Space in nyc3: its path.
pub(super) fn make(server: &Server, bucket: &str, more: &str) -> String {
    let body = format!(r#"{{"origin":"{bucket}.nyc3.digitaloceanspaces.com"{more}}}"#);
    let made = json(&api(server, &format!("POST {ENDPOINTS} {body}")), 201);
    format!("{ENDPOINTS}/{}", made["endpoint"]["id"].as_str().unwrap())
}

#[test]
fn an_endpoint_from_its_making_to_its_end() {
    let server = start();
    server.prepare(&["PUT /static-images"]);
    let path = make(&server, "static-images", r#","ttl":3600"#);
    check(
        &server,
        &[
            &format!("GET {path}"),
            &format!("GET {ENDPOINTS}"),
            &format!(r#"PUT {path} {{"ttl":60}}"#),
            &format!(r#"PUT {path} {{"custom_domain":"Static.example.com","certificate_id":"needs-cloudflare-cert"}}"#),
            &format!(r#"PUT {path} {{"ttl":600}}"#),
            &format!(r#"PUT {path} {{"custom_domain":""}}"#),
            &format!(r#"DELETE {path}/cache {{"files":["path/to/image.png","path/to/css/*"]}}"#),
            &format!(r#"DELETE {path}/cache {{"files":["*"]}}"#),
            &format!("DELETE {path}"),
            &format!("GET {path}"),
            &format!("DELETE {path}"),
            &format!(r#"PUT {path} {{"ttl":60}}"#),
            &format!(r#"DELETE {path}/cache {{"files":["*"]}}"#),
            &format!("GET {ENDPOINTS}"),
        ],
        expect![[r#"
            GET /v2/cdn/endpoints/UUID
              200 {"endpoint":{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","ttl":3600}}
            GET /v2/cdn/endpoints
              200 {"endpoints":[{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","ttl":3600}],"links":{},"meta":{"total":1}}
            PUT /v2/cdn/endpoints/UUID {"ttl":60}
              200 {"endpoint":{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","ttl":60}}
            PUT /v2/cdn/endpoints/UUID {"custom_domain":"Static.example.com","certificate_id":"needs-cloudflare-cert"}
              200 {"endpoint":{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","certificate_id":"needs-cloudflare-cert","custom_domain":"static.example.com","ttl":60}}
            PUT /v2/cdn/endpoints/UUID {"ttl":600}
              200 {"endpoint":{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","certificate_id":"needs-cloudflare-cert","custom_domain":"static.example.com","ttl":600}}
            PUT /v2/cdn/endpoints/UUID {"custom_domain":""}
              200 {"endpoint":{"id":"UUID","origin":"static-images.nyc3.digitaloceanspaces.com","endpoint":"static-images.nyc3.cdn.digitaloceanspaces.com","created_at":"TIME","ttl":600}}
            DELETE /v2/cdn/endpoints/UUID/cache {"files":["path/to/image.png","path/to/css/*"]}
              204 
            DELETE /v2/cdn/endpoints/UUID/cache {"files":["*"]}
              204 
            DELETE /v2/cdn/endpoints/UUID
              204 
            GET /v2/cdn/endpoints/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /v2/cdn/endpoints/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            PUT /v2/cdn/endpoints/UUID {"ttl":60}
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /v2/cdn/endpoints/UUID/cache {"files":["*"]}
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            GET /v2/cdn/endpoints
              200 {"endpoints":[],"links":{},"meta":{"total":0}}
        "#]],
    );
}

#[test]
fn each_refusal_of_the_table() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two", "PUT /b.dotted", "PUT /others as B"]);
    make(&server, "b-one", r#","custom_domain":"cdn.example.com","certificate_id":"needs-cloudflare-cert""#);
    let origin = |origin: &str| format!(r#"POST {ENDPOINTS} {{"origin":"{origin}"}}"#);
    let two = |more: &str| format!(r#"POST {ENDPOINTS} {{"origin":"b-two.nyc3.digitaloceanspaces.com",{more}}}"#);
    let path = make(&server, "b-two", "");
    let requests = [
        origin("b-one.nyc3.digitaloceanspaces.com"),
        origin("b.dotted.nyc3.digitaloceanspaces.com"),
        origin("nowhere.nyc3.digitaloceanspaces.com"),
        origin("others.nyc3.digitaloceanspaces.com"),
        origin("b-two.ams3.digitaloceanspaces.com"),
        origin("b-two.nyc3.example.com"),
        origin("b-two"),
        format!("POST {ENDPOINTS} {{}}"),
        format!("POST {ENDPOINTS} nonsense"),
        two(r#""ttl":1800"#),
        two(r#""ttl":"3600""#),
        two(r#""custom_domain":"a.example.com""#),
        two(r#""custom_domain":"a.example.com","certificate_id":"none""#),
        two(r#""custom_domain":"127.0.0.1","certificate_id":"needs-cloudflare-cert""#),
        two(r#""custom_domain":"x.localhost","certificate_id":"needs-cloudflare-cert""#),
        two(r#""custom_domain":"x.digitaloceanspaces.com","certificate_id":"needs-cloudflare-cert""#),
        format!(r#"PUT {path} {{"custom_domain":"cdn.example.com","certificate_id":"needs-cloudflare-cert"}}"#),
        format!(r#"PUT {path} {{"ttl":61}}"#),
        format!(r#"DELETE {path}/cache {{"files":[]}}"#),
        format!(r#"DELETE {path}/cache {{"files":["a*b"]}}"#),
        format!("DELETE {path}/cache"),
        format!("GET {ENDPOINTS}/none"),
    ];
    check(
        &server,
        &requests.iter().map(String::as_str).collect::<Vec<_>>(),
        expect![[r#"
        POST /v2/cdn/endpoints {"origin":"b-one.nyc3.digitaloceanspaces.com"}
          409 {"id":"conflict","message":"cdn already enabled"}
        POST /v2/cdn/endpoints {"origin":"b.dotted.nyc3.digitaloceanspaces.com"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {"origin":"nowhere.nyc3.digitaloceanspaces.com"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {"origin":"others.nyc3.digitaloceanspaces.com"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {"origin":"b-two.ams3.digitaloceanspaces.com"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.example.com"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {"origin":"b-two"}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints {}
          422 {"id":"unprocessable_entity","message":"invalid origin"}
        POST /v2/cdn/endpoints nonsense
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","ttl":1800}
          422 {"id":"unprocessable_entity","message":"ttl must be one of 60, 600, 3600, 86400, 604800"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","ttl":"3600"}
          400 {"id":"bad_request","message":"error parsing request body"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","custom_domain":"a.example.com"}
          422 {"id":"unprocessable_entity","message":"a custom domain needs a certificate_id"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","custom_domain":"a.example.com","certificate_id":"none"}
          422 {"id":"unprocessable_entity","message":"invalid certificate for the custom domain"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","custom_domain":"127.0.0.1","certificate_id":"needs-cloudflare-cert"}
          422 {"id":"unprocessable_entity","message":"invalid custom domain"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","custom_domain":"x.localhost","certificate_id":"needs-cloudflare-cert"}
          422 {"id":"unprocessable_entity","message":"invalid custom domain"}
        POST /v2/cdn/endpoints {"origin":"b-two.nyc3.digitaloceanspaces.com","custom_domain":"x.digitaloceanspaces.com","certificate_id":"needs-cloudflare-cert"}
          422 {"id":"unprocessable_entity","message":"invalid custom domain"}
        PUT /v2/cdn/endpoints/UUID {"custom_domain":"cdn.example.com","certificate_id":"needs-cloudflare-cert"}
          409 {"id":"conflict","message":"custom domain already in use"}
        PUT /v2/cdn/endpoints/UUID {"ttl":61}
          422 {"id":"unprocessable_entity","message":"ttl must be one of 60, 600, 3600, 86400, 604800"}
        DELETE /v2/cdn/endpoints/UUID/cache {"files":[]}
          422 {"id":"unprocessable_entity","message":"files must hold 1 to 1000 paths; a path may end in a slash and an asterisk, and * alone is every file"}
        DELETE /v2/cdn/endpoints/UUID/cache {"files":["a*b"]}
          422 {"id":"unprocessable_entity","message":"files must hold 1 to 1000 paths; a path may end in a slash and an asterisk, and * alone is every file"}
        DELETE /v2/cdn/endpoints/UUID/cache
          400 {"id":"bad_request","message":"error parsing request body"}
        GET /v2/cdn/endpoints/none
          404 {"id":"not_found","message":"The resource you requested could not be found."}
    "#]],
    );
}

#[test]
fn what_clients_write_for_nothing_means_nothing() {
    let server = start();
    server.prepare(&["PUT /b-one", "PUT /b-two"]);
    let terraform = make(&server, "b-one", r#","ttl":0"#);
    let ansible = make(&server, "b-two", r#","ttl":null,"certificate_id":null,"custom_domain":null"#);
    for path in [terraform, ansible] {
        let endpoint = &json(&api(&server, &format!("GET {path}")), 200)["endpoint"];
        assert_eq!(endpoint["ttl"], 3600);
        assert!(endpoint.get("certificate_id").is_none() && endpoint.get("custom_domain").is_none());
    }
}

#[test]
fn a_certificate_must_be_known_and_cover_the_domain() {
    let server = start();
    server.prepare(&["PUT /b-one"]);
    let made = json(
        &api(&server, r#"POST /v2/certificates {"name":"web","type":"lets_encrypt","dns_names":["*.example.com"]}"#),
        201,
    );
    let id = made["certificate"]["id"].as_str().unwrap();
    let path = make(&server, "b-one", &format!(r#","custom_domain":"cdn.example.com","certificate_id":"{id}""#));
    assert_eq!(json(&api(&server, &format!("GET {path}")), 200)["endpoint"]["certificate_id"], id);
    let other = format!(r#"PUT {path} {{"custom_domain":"cdn.example.org","certificate_id":"{id}"}}"#);
    assert_eq!(json(&api(&server, &other), 422)["id"], "unprocessable_entity");
    check(
        &server,
        &[
            &format!("GET /v2/certificates/{id}"),
            "GET /v2/certificates?name=web",
            "GET /v2/certificates?name=other",
            r#"POST /v2/certificates {"name":"web","type":"lets_encrypt","dns_names":["a.example.com"]}"#,
            r#"POST /v2/certificates {"name":"x","type":"lets_encrypt","dns_names":[]}"#,
            r#"POST /v2/certificates {"name":"x","type":"custom","private_key":"k","leaf_certificate":"c"}"#,
            r#"POST /v2/certificates {"name":"x","type":"other"}"#,
            &format!("DELETE /v2/certificates/{id}"),
            &format!("GET /v2/certificates/{id}"),
            &format!("DELETE /v2/certificates/{id}"),
        ],
        expect![[r#"
            GET /v2/certificates/UUID
              200 {"certificate":{"id":"UUID","name":"web","not_after":"TIME","sha1_fingerprint":"8c7122d652cb7be22d1986f1f30b07fd5108d9c0","created_at":"TIME","dns_names":["*.example.com"],"state":"verified","type":"lets_encrypt"}}
            GET /v2/certificates?name=web
              200 {"certificates":[{"id":"UUID","name":"web","not_after":"TIME","sha1_fingerprint":"8c7122d652cb7be22d1986f1f30b07fd5108d9c0","created_at":"TIME","dns_names":["*.example.com"],"state":"verified","type":"lets_encrypt"}],"links":{},"meta":{"total":1}}
            GET /v2/certificates?name=other
              200 {"certificates":[],"links":{},"meta":{"total":0}}
            POST /v2/certificates {"name":"web","type":"lets_encrypt","dns_names":["a.example.com"]}
              422 {"id":"unprocessable_entity","message":"name must be unique and have 1 to 255 characters"}
            POST /v2/certificates {"name":"x","type":"lets_encrypt","dns_names":[]}
              422 {"id":"unprocessable_entity","message":"dns_names must hold 1 to 100 names"}
            POST /v2/certificates {"name":"x","type":"custom","private_key":"k","leaf_certificate":"c"}
              422 {"id":"unprocessable_entity","message":"private_key must be a PEM block"}
            POST /v2/certificates {"name":"x","type":"other"}
              422 {"id":"unprocessable_entity","message":"type must be custom or lets_encrypt"}
            DELETE /v2/certificates/UUID
              204 
            GET /v2/certificates/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
            DELETE /v2/certificates/UUID
              404 {"id":"not_found","message":"The resource you requested could not be found."}
        "#]],
    );
}

#[test]
fn a_certificates_name_is_counted_in_characters() {
    let server = start();
    for (chars, status) in [(255, 201), (256, 422)] {
        let name = "ü".repeat(chars);
        let made =
            format!(r#"POST /v2/certificates {{"name":"{name}","type":"lets_encrypt","dns_names":["a.example"]}}"#);
        assert_eq!(api(&server, &made).status, status, "{chars}");
    }
}

#[test]
fn endpoints_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_path_buf();
    let start = || start_with(|settings| settings.data = Some(data.clone()));
    let server = start();
    server.prepare(&["PUT /b-one"]);
    let path = make(&server, "b-one", r#","ttl":60"#);
    let before = api(&server, &format!("GET {path}")).text();
    server.stop();
    let server = start();
    assert_eq!(api(&server, &format!("GET {path}")).text(), before);
}
