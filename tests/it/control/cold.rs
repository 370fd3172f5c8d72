//! Cold Storage Spaces (spaces-reference 4.10): made here, refusing what they do not have.

use super::{api, check, json, start, start_with};
use crate::server::Server;
use crate::support::{check_outcomes, outcome};
use expect_test::expect;

fn make(server: &Server, name: &str) {
    json(&api(server, &format!(r#"POST /emulator/spaces {{"name":"{name}","storage":"cold"}}"#)), 201);
}

#[test]
fn it_is_made_on_the_control_port_and_never_public() {
    let server = start();
    check(
        &server,
        &[
            r#"POST /emulator/spaces {"name":"cold","storage":"cold"}"#,
            r#"POST /emulator/spaces {"name":"open","storage":"cold","listing":"public"}"#,
            r#"POST /emulator/spaces {"name":"open","storage":"cold","files":"public"}"#,
            r#"POST /emulator/spaces {"name":"open","storage":"warm"}"#,
            r#"PATCH /emulator/spaces/cold {"listing":"public"}"#,
            r#"PATCH /emulator/spaces/cold {"storage":"standard"}"#,
            r#"POST /v2/cdn/endpoints {"origin":"cold.nyc3.digitaloceanspaces.com"}"#,
        ],
        expect![[r#"
            POST /emulator/spaces {"name":"cold","storage":"cold"}
              201 {"space":{"name":"cold","region":"nyc3","listing":"private","files":"private","storage":"cold","created_at":"TIME","objects":0,"bytes":0,"url":"http://HOST/cold"}}
            POST /emulator/spaces {"name":"open","storage":"cold","listing":"public"}
              422 {"id":"unprocessable_entity","message":"a cold Space answers signed requests only: neither listing nor files can be public"}
            POST /emulator/spaces {"name":"open","storage":"cold","files":"public"}
              422 {"id":"unprocessable_entity","message":"a cold Space answers signed requests only: neither listing nor files can be public"}
            POST /emulator/spaces {"name":"open","storage":"warm"}
              400 {"id":"bad_request","message":"error parsing request body"}
            PATCH /emulator/spaces/cold {"listing":"public"}
              422 {"id":"unprocessable_entity","message":"a cold Space answers signed requests only: neither listing nor files can be public"}
            PATCH /emulator/spaces/cold {"storage":"standard"}
              400 {"id":"bad_request","message":"only listing and files can be changed"}
            POST /v2/cdn/endpoints {"origin":"cold.nyc3.digitaloceanspaces.com"}
              422 {"id":"unprocessable_entity","message":"invalid origin"}
        "#]],
    );
}

#[test]
fn it_answers_signed_requests_and_has_no_documents() {
    let server = start();
    make(&server, "cold");
    server.prepare(&[
        "PUT /warm",
        "PUT /warm/k\n\nx",
        "PUT /cold/k\nx-amz-acl: public-read\n\nx",
        "PUT /cold?acl\nx-amz-acl: public-read",
    ]);
    let cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    let site = "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>";
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::cold/*"}]}"#;
    check_outcomes(
        &server,
        &[
            "GET /cold/k",
            "HEAD /cold/k as nobody",
            "GET /cold/k as nobody",
            "GET /cold as nobody",
            "GET /k at cold.nyc3.cdn.digitaloceanspaces.com",
            "GET /k as nobody at cold.nyc3.cdn.digitaloceanspaces.com",
            "GET /i as nobody at cold.nyc3-static.digitaloceanspaces.com",
            "OPTIONS /cold/k as nobody\nOrigin: http://one\nAccess-Control-Request-Method: GET",
            &format!("PUT /cold?cors\n\n{cors}"),
            "GET /cold?cors",
            &format!("PUT /cold?website\n\n{site}"),
            "GET /cold?website",
            &format!("PUT /cold?policy\n\n{policy}"),
            "GET /cold?policy",
            "PUT /cold/copy\nx-amz-copy-source: warm/k",
            "PUT /warm/copy\nx-amz-copy-source: cold/k",
            "PUT /cold/copy\nx-amz-copy-source: cold/k",
            "DELETE /cold/copy",
        ],
        expect![[r#"
            GET /cold/k → 200
            HEAD /cold/k as nobody → 403
            GET /cold/k as nobody → 403 AccessDenied
            GET /cold as nobody → 403 AccessDenied
            GET /k at cold.nyc3.cdn.digitaloceanspaces.com → 403 AccessDenied
            GET /k as nobody at cold.nyc3.cdn.digitaloceanspaces.com → 403 AccessDenied
            GET /i as nobody at cold.nyc3-static.digitaloceanspaces.com → 404
            OPTIONS /cold/k as nobody | Origin: http://one | Access-Control-Request-Method: GET → 403 AccessDenied
            PUT /cold?cors |  | <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration> → 501 NotImplemented
            GET /cold?cors → 404 NoSuchCORSConfiguration
            PUT /cold?website |  | <WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration> → 501 NotImplemented
            GET /cold?website → 404 NoSuchWebsiteConfiguration
            PUT /cold?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::cold/*"}]} → 501 NotImplemented
            GET /cold?policy → 404 NoSuchBucketPolicy
            PUT /cold/copy | x-amz-copy-source: warm/k → 501 NotImplemented
            PUT /warm/copy | x-amz-copy-source: cold/k → 501 NotImplemented
            PUT /cold/copy | x-amz-copy-source: cold/k → 200
            DELETE /cold/copy → 204
        "#]],
    );
    let form = "POST /cold as nobody\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; \
                name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    server.prepare(&["PUT /cold?acl\nx-amz-acl: public-read-write"]);
    let refused = server.send(form);
    assert_eq!(outcome(&refused), "403 AccessDenied");
    let why = "a cold Space answers signed requests only, whatever its ACLs say";
    assert_eq!(refused.header("x-spacelet-explain"), Some(why));
}

#[test]
fn it_has_rates_of_its_own() {
    for (rate, request) in
        [("cold-lists", "GET /cold"), ("cold-reads", "HEAD /cold"), ("cold-writes", "PUT /cold/k\n\nx")]
    {
        let server = start_with(|settings| settings.rates = Some(vec![(rate, 1)]));
        make(&server, "cold");
        server.prepare(&["PUT /warm"]);
        let warm = request.replace("/cold", "/warm");
        // A thousand are not needed to have two in one second.
        assert!((0..1_000).any(|_| server.send(request).status == 503), "{rate}");
        server.prepare(&[&warm, &warm, &warm]);
    }
}
