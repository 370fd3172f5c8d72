//! What DigitalOcean's Terraform provider sends for a Space with CORS, policy, versioning, lifecycle, an object, a key and
//! a CDN endpoint, from create to destroy (spaces-reference 9): host style, signed for us-east-1.

use super::{api, json, start};
use crate::server::Server;
use crate::support::{Call, outcome};

const HOST: &str = "site.nyc3.digitaloceanspaces.com";

/// Sends S3 requests in the order of the provider; each line is `STATUS[ CODE] METHOD TARGET`.
fn replay(server: &Server, steps: &[(&str, &str)]) {
    for (expected, request) in steps {
        let (first, rest) = request.split_once('\n').unwrap_or((request, ""));
        let call = Call::new(&format!("{first} at {HOST}\n{rest}"));
        assert_eq!(outcome(&call.send(server)), *expected, "{request}");
    }
}

const CORS: &str = "PUT /?cors\n\n<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET\
</AllowedMethod><AllowedHeader>*</AllowedHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>";
const VERSIONING: &str =
    "PUT /?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const LIFECYCLE: &str = "PUT /?lifecycle\n\n<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status>\
<Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>";
const POLICY: &str = "PUT /?policy\n\n{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\
\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::site/*\"}]}";

#[test]
fn a_site_from_create_to_destroy() {
    let server = start();
    replay(
        &server,
        &[
            // digitalocean_spaces_bucket: create, wait, ACL by header, then what is configured, then read.
            ("200", "PUT /\nx-amz-acl: private\n"),
            ("200", "HEAD /"),
            ("200", "PUT /?acl\nx-amz-acl: private\n"),
            ("200", CORS),
            ("200", VERSIONING),
            ("200", LIFECYCLE),
            ("200", "HEAD /"),
            ("200", "GET /?location"),
            ("200", "GET /?versioning"),
            ("200", "GET /?lifecycle"),
            // digitalocean_spaces_bucket_cors_configuration, …_policy.
            ("200", CORS),
            ("200", "GET /?cors"),
            ("204", POLICY),
            ("200", "GET /?policy"),
            // digitalocean_spaces_bucket_object: put, head; later read with its ETag.
            ("200", "PUT /index.html\nContent-Type: text/html\nx-amz-acl: private\n\n<p>hello"),
            ("200", "HEAD /index.html"),
            ("200", "GET /?prefix=&max-keys=1000"),
        ],
    );
    let etag = Call::new(&format!("HEAD /index.html at {HOST}")).send(&server);
    let read = Call::new(&format!("GET /index.html at {HOST}")).header("If-Match", etag.header("etag").unwrap());
    assert_eq!(read.send(&server).status, 200);

    // digitalocean_spaces_key: POST, GET, PUT with name and grants.
    let other = json(
        &api(&server, r#"POST /v2/spaces/keys {"name":"tf","grants":[{"bucket":"","permission":"fullaccess"}]}"#),
        201,
    );
    let key = format!("/v2/spaces/keys/{}", other["key"]["access_key"].as_str().unwrap());
    json(&api(&server, &format!("GET {key}")), 200);
    let put = format!(r#"PUT {key} {{"name":"tf-2","grants":[{{"bucket":"","permission":"fullaccess"}}]}}"#);
    assert_eq!(json(&api(&server, &put), 200)["key"]["name"], "tf-2");

    // digitalocean_certificate and digitalocean_cdn: POST, GET, two PUTs; the certificate's name is read again.
    let certificate = r#"POST /v2/certificates {"name":"tf","type":"lets_encrypt","dns_names":["cdn.example.com"]}"#;
    let certificate = json(&api(&server, certificate), 201)["certificate"]["id"].as_str().unwrap().to_owned();
    let made = json(&api(&server, &format!(r#"POST /v2/cdn/endpoints {{"origin":"{HOST}","ttl":0}}"#)), 201);
    assert_eq!(made["endpoint"]["endpoint"], "site.nyc3.cdn.digitaloceanspaces.com");
    let endpoint = format!("/v2/cdn/endpoints/{}", made["endpoint"]["id"].as_str().unwrap());
    json(&api(&server, &format!("GET {endpoint}")), 200);
    json(&api(&server, &format!(r#"PUT {endpoint} {{"ttl":600}}"#)), 200);
    let domain = format!(r#"{{"custom_domain":"cdn.example.com","certificate_id":"{certificate}"}}"#);
    let changed = json(&api(&server, &format!("PUT {endpoint} {domain}")), 200);
    assert_eq!(
        (&changed["endpoint"]["ttl"], &changed["endpoint"]["custom_domain"]),
        (&600.into(), &"cdn.example.com".into())
    );
    let read = json(&api(&server, &format!("GET /v2/certificates/{certificate}")), 200);
    assert_eq!(read["certificate"]["name"], "tf");

    // Destroy, in the order of the dependencies; what is gone is not found on the next refresh.
    for path in [&endpoint, &key, &format!("/v2/certificates/{certificate}")] {
        assert_eq!(api(&server, &format!("DELETE {path}")).status, 204, "{path}");
        assert_eq!(api(&server, &format!("GET {path}")).status, 404, "{path}");
    }
    replay(
        &server,
        &[
            ("200", "DELETE /?policy"),
            ("204", "DELETE /?cors"),
            ("204", "DELETE /index.html"),
            ("409 BucketNotEmpty", "DELETE /"),
        ],
    );
    // force_destroy: one page of versions, one DeleteObjects, and again until nothing is left.
    let page = Call::new(&format!("GET /?versions at {HOST}")).send(&server).text();
    let ids = page.split("<VersionId>").skip(1).map(|rest| rest.split('<').next().unwrap());
    let objects: String =
        ids.map(|id| format!("<Object><Key>index.html</Key><VersionId>{id}</VersionId></Object>")).collect();
    replay(
        &server,
        &[("200", &format!("POST /?delete\n\n<Delete>{objects}</Delete>")), ("204", "DELETE /"), ("404", "HEAD /")],
    );
    // What the provider tells a missing Space by.
    replay(&server, &[("404 NoSuchKey", CORS), ("404 NoSuchKey", POLICY)]);
}
