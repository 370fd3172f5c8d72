//! GET, PUT and DELETE /bucket?website, and what visitors of the website host see. What a real RGW answers to the same
//! requests was asked of RGW 16.2.15.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;
use spacelet::Profile;

const INDEX: &str = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>";
const ERROR: &str = "<ErrorDocument><Key>err.html</Key></ErrorDocument>";
const SITE: &str = "at b-one.nyc3-static.digitaloceanspaces.com";

fn put(inner: &str) -> String {
    format!("PUT /b-one?website\n\n<WebsiteConfiguration>{inner}</WebsiteConfiguration>")
}

fn rules(inner: &[&str]) -> String {
    let rules: String = inner.iter().map(|rule| format!("<RoutingRule>{rule}</RoutingRule>")).collect();
    put(&format!("{INDEX}<RoutingRules>{rules}</RoutingRules>"))
}

/// A bucket with an index, a folder, a page, an error page, a private object and two that redirect.
fn site(server: &Server, inner: &str) {
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-one/index.html\nx-amz-acl: public-read\nContent-Type: text/html\n\nroot",
        "PUT /b-one/dir/index.html\nx-amz-acl: public-read\n\nfolder",
        "PUT /b-one/page.html\nx-amz-acl: public-read\n\npage",
        "PUT /b-one/err.html\nx-amz-acl: public-read\n\nerror page",
        "PUT /b-one/secret\n\nsecret",
        "PUT /b-one/redir\nx-amz-acl: public-read\nx-amz-website-redirect-location: /page.html\n\nx",
        "PUT /b-one/away\nx-amz-acl: public-read\nx-amz-website-redirect-location: http://o.example/y\n\nx",
        &put(inner),
    ]);
}

fn aws() -> Server {
    Server::start_with(|settings| settings.profile = Profile::AWS)
}

/// `METHOD PATH → status location-or-body` for each visit.
fn visits(server: &Server, requests: &[&str]) -> String {
    visits_at(server, SITE, requests)
}

fn visits_at(server: &Server, site: &str, requests: &[&str]) -> String {
    let mut seen = String::new();
    for request in requests {
        let answer = server.send(&format!("{request} as nobody {site}"));
        let text = answer.header("location").map_or_else(|| answer.text(), str::to_owned);
        let shown = if text.starts_with("<html>") { "a plain page" } else { &text };
        seen.push_str(&format!("{request} → {} {shown}\n", answer.status));
    }
    seen
}

/// The page of a refusal, without what is new each time.
fn page(server: &Server, request: &str) -> String {
    let answer = server.send(&format!("{request} as nobody {SITE}"));
    let is_new = |line: &&str| !line.contains("RequestId: tx") && !line.contains("HostId: ");
    let text = answer.text();
    let lines: Vec<&str> = text.lines().filter(is_new).collect();
    assert_eq!(lines.len() + 2, text.lines().count());
    format!("{} {}\n{}\n", answer.status, answer.header("content-type").unwrap_or_default(), lines.join("\n"))
}

#[test]
fn a_configuration_comes_back_in_rgws_order() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let rule = "<Redirect><ReplaceKeyWith>x</ReplaceKeyWith><HttpRedirectCode>307</HttpRedirectCode><HostName>h.example</HostName>\
        <Protocol>https</Protocol></Redirect><Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals>\
        <KeyPrefixEquals>a&amp;b</KeyPrefixEquals></Condition>";
    let prefix = "<Redirect><ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect>";
    server.prepare(&[&put(&format!(
        "<RoutingRules><RoutingRule>{rule}</RoutingRule><RoutingRule>{prefix}</RoutingRule></RoutingRules>{ERROR}{INDEX}"
    ))]);
    check(
        &server,
        "GET /b-one?website",
        expect![[r#"
        200 OK
        content-length: 693
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><WebsiteConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>err.html</Key></ErrorDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>a&amp;b</KeyPrefixEquals><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition><Redirect><Protocol>https</Protocol><HostName>h.example</HostName><HttpRedirectCode>307</HttpRedirectCode><ReplaceKeyWith>x</ReplaceKeyWith></Redirect></RoutingRule><RoutingRule><Condition></Condition><Redirect><ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>
    "#]],
    );
    server.prepare(&[&put(
        "<RedirectAllRequestsTo><Protocol>https</Protocol><HostName>o.example</HostName></RedirectAllRequestsTo>",
    )]);
    check(
        &server,
        "GET /b-one?website",
        expect![[r#"
        200 OK
        content-length: 234
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><WebsiteConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><RedirectAllRequestsTo><HostName>o.example</HostName><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration>
    "#]],
    );
}

#[test]
fn a_configuration_is_checked() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let host = "<Redirect><HostName>h</HostName></Redirect>";
    let requests = [
        "GET /b-one?website".to_owned(),
        "DELETE /b-one?website".to_owned(),
        put("<"),
        "PUT /b-one?website\n\n<Other></Other>".to_owned(),
        "PUT /b-one?website".to_owned(),
        put(""),
        put(ERROR),
        put("<IndexDocument><Suffix></Suffix></IndexDocument>"),
        put("<IndexDocument><Suffix>a/b</Suffix></IndexDocument>"),
        put("<RedirectAllRequestsTo><Protocol>https</Protocol></RedirectAllRequestsTo>"),
        put("<RedirectAllRequestsTo><HostName>h</HostName><Protocol>gopher</Protocol></RedirectAllRequestsTo>"),
        put(&format!("{INDEX}<ErrorDocument></ErrorDocument>")),
        rules(&[
            "<Redirect><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith><ReplaceKeyWith>c</ReplaceKeyWith></Redirect>",
        ]),
        rules(&["<Redirect><HostName>h</HostName><HttpRedirectCode>300</HttpRedirectCode></Redirect>"]),
        rules(&[&format!(
            "<Condition><HttpErrorCodeReturnedEquals>200</HttpErrorCodeReturnedEquals></Condition>{host}"
        )]),
        rules(&["<Condition><KeyPrefixEquals>a</KeyPrefixEquals></Condition>"]),
        rules(&["<Redirect></Redirect>"]),
        "PUT /b-one?website as B".to_owned(),
        "GET /b-one?website as B".to_owned(),
        "DELETE /b-one?website as nobody".to_owned(),
        "GET /b-none?website".to_owned(),
        put(INDEX),
        "GET /?website at b-one.nyc3.digitaloceanspaces.com".to_owned(),
        "DELETE /b-one?website".to_owned(),
        "GET /b-one?website".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one?website → 404 NoSuchWebsiteConfiguration
        DELETE /b-one?website → 204
        PUT /b-one?website |  | <WebsiteConfiguration><</WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <Other></Other> → 400 InvalidArgument
        PUT /b-one?website → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><ErrorDocument><Key>err.html</Key></ErrorDocument></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix></Suffix></IndexDocument></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>a/b</Suffix></IndexDocument></WebsiteConfiguration> → 200
        PUT /b-one?website |  | <WebsiteConfiguration><RedirectAllRequestsTo><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><RedirectAllRequestsTo><HostName>h</HostName><Protocol>gopher</Protocol></RedirectAllRequestsTo></WebsiteConfiguration> → 200
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument></ErrorDocument></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Redirect><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith><ReplaceKeyWith>c</ReplaceKeyWith></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Redirect><HostName>h</HostName><HttpRedirectCode>300</HttpRedirectCode></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition><HttpErrorCodeReturnedEquals>200</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>h</HostName></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>a</KeyPrefixEquals></Condition></RoutingRule></RoutingRules></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Redirect></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration> → 200
        PUT /b-one?website as B → 403 AccessDenied
        GET /b-one?website as B → 403 AccessDenied
        DELETE /b-one?website as nobody → 403 AccessDenied
        GET /b-none?website → 404 NoSuchBucket
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration> → 200
        GET /?website at b-one.nyc3.digitaloceanspaces.com → 200
        DELETE /b-one?website → 204
        GET /b-one?website → 404 NoSuchWebsiteConfiguration
    "#]],
    );
    let answer = server.send(&rules(&[host; 51]));
    assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some("InvalidRequest")));
    assert_eq!(server.send(&rules(&[host; 50])).status, 200);
}

#[test]
fn amazon_checks_the_words() {
    let server = aws();
    server.prepare(&["PUT /b-one"]);
    let requests = [
        put("<"),
        put(""),
        put("<IndexDocument><Suffix>a/b</Suffix></IndexDocument>"),
        put("<RedirectAllRequestsTo><HostName>h</HostName><Protocol>gopher</Protocol></RedirectAllRequestsTo>"),
        put(INDEX),
        "GET /b-one?website as nobody".to_owned(),
        "GET /b-one?website".to_owned(),
        "DELETE /b-one?website".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?website |  | <WebsiteConfiguration><</WebsiteConfiguration> → 400 MalformedXML
        PUT /b-one?website |  | <WebsiteConfiguration></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>a/b</Suffix></IndexDocument></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><RedirectAllRequestsTo><HostName>h</HostName><Protocol>gopher</Protocol></RedirectAllRequestsTo></WebsiteConfiguration> → 400 InvalidArgument
        PUT /b-one?website |  | <WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration> → 200
        GET /b-one?website as nobody → 403 AccessDenied
        GET /b-one?website → 200
        DELETE /b-one?website → 204
    "#]],
    );
}

#[test]
fn visitors_see_pages_folders_and_redirects() {
    let server = Server::start();
    site(&server, INDEX);
    let requests = [
        "GET /",
        "GET /index.html",
        "GET /dir/",
        "GET /dir",
        "GET /page.html",
        "GET /none",
        "GET /none/",
        "GET /secret",
        "GET /redir",
        "GET /away",
        "GET /page.html?acl",
        "GET /?list-type=2",
        "GET /page.html?versionId=abc",
        "HEAD /page.html",
        "HEAD /none",
        "PUT /page.html",
        "POST /page.html",
        "DELETE /page.html",
        "OPTIONS /page.html",
    ];
    expect![[r#"
        GET / → 200 root
        GET /index.html → 200 root
        GET /dir/ → 200 folder
        GET /dir → 200 folder
        GET /page.html → 200 page
        GET /none → 403 a plain page
        GET /none/ → 403 a plain page
        GET /secret → 403 a plain page
        GET /redir → 301 /page.html
        GET /away → 301 http://o.example/y
        GET /page.html?acl → 200 page
        GET /?list-type=2 → 200 root
        GET /page.html?versionId=abc → 200 page
        HEAD /page.html → 200 
        HEAD /none → 403 
        PUT /page.html → 405 a plain page
        POST /page.html → 405 a plain page
        DELETE /page.html → 405 a plain page
        OPTIONS /page.html → 405 a plain page
    "#]]
    .assert_eq(&visits(&server, &requests));
    check(
        &server,
        &format!("GET / as nobody {SITE}"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 4
        content-type: text/html
        etag: "63a9f0ea7bb98050796b649e85481845"
        last-modified: TIME
        x-rgw-object-type: Normal

        root
    "#]],
    );
    expect![[r#"
        403 text/html
        <html>
         <head><title>403 Forbidden</title></head>
         <body>
          <h1>403 Forbidden</h1>
          <ul>
           <li>Code: AccessDenied</li>
           <li>Message: </li>
           <li>BucketName: b-one</li>
    "#]]
    .assert_eq(&page(&server, "GET /none"));
    expect![[r#"
        405 text/html
        <html>
         <head><title>405 Method Not Allowed</title></head>
         <body>
          <h1>405 Method Not Allowed</h1>
          <ul>
           <li>Code: MethodNotAllowed</li>
           <li>Message: </li>
    "#]]
    .assert_eq(&page(&server, "DELETE /page.html"));
    check(
        &server,
        &format!("GET /page.html as nobody {SITE}\nRange: bytes=1-2"),
        expect![[r#"
        206 Partial Content
        accept-ranges: bytes
        content-length: 2
        content-range: bytes 1-2/4
        content-type: binary/octet-stream
        etag: "71860c77c6745379b0d44304d66b6a13"
        last-modified: TIME
        x-rgw-object-type: Normal

        ag
    "#]],
    );
    check_outcomes(
        &server,
        &[
            "GET / as nobody at nyc3-static.digitaloceanspaces.com",
            "GET / as nobody at b-two.nyc3-static.digitaloceanspaces.com",
            "GET / as nobody at b-one.fra1-static.digitaloceanspaces.com",
            "GET / as nobody at b-one.nyc3-static.localhost",
            "GET / as nobody at b-one.s3-website.nyc3.localhost",
            "GET / as nobody at b-one.s3-website-nyc3.localhost",
            "GET /secret at b-one.nyc3-static.localhost",
        ],
        expect![[r#"
            GET / as nobody at nyc3-static.digitaloceanspaces.com → 404
            GET / as nobody at b-two.nyc3-static.digitaloceanspaces.com → 404
            GET / as nobody at b-one.fra1-static.digitaloceanspaces.com → 404
            GET / as nobody at b-one.nyc3-static.localhost → 200
            GET / as nobody at b-one.s3-website.nyc3.localhost → 200
            GET / as nobody at b-one.s3-website-nyc3.localhost → 200
            GET /secret at b-one.nyc3-static.localhost → 200
        "#]],
    );
    // A missing page is only said to be missing where anybody may list.
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read"]);
    expect![[r#"
        GET /none → 404 a plain page
        GET /none/ → 404 a plain page
        GET /secret → 403 a plain page
    "#]]
    .assert_eq(&visits(&server, &["GET /none", "GET /none/", "GET /secret"]));
}

#[test]
fn an_error_document_keeps_the_status() {
    let server = Server::start();
    site(&server, &format!("{INDEX}{ERROR}"));
    let requests = ["GET /none", "GET /secret", "HEAD /none", "DELETE /none"];
    expect![[r#"
        GET /none → 403 error page
        GET /secret → 403 error page
        HEAD /none → 403 
        DELETE /none → 405 a plain page
    "#]]
    .assert_eq(&visits(&server, &requests));
    let site_404 = format!("GET /none as nobody {SITE}\nRange: bytes=0-1\nIf-None-Match: \"x\"");
    check(
        &server,
        &site_404,
        expect![[r#"
        403 Forbidden
        accept-ranges: bytes
        content-length: 10
        content-type: binary/octet-stream
        etag: "2f01b1a3b2c88896fab7fdfb29fbb53b"
        last-modified: TIME
        x-rgw-object-type: Normal

        error page
    "#]],
    );
    server.prepare(&["PUT /b-one/err.html\n\nprivate now"]);
    expect![[r#"
        GET /none → 403 a plain page
    "#]]
    .assert_eq(&visits(&server, &["GET /none"]));
    server.prepare(&["DELETE /b-one/err.html"]);
    expect![[r#"
        GET /none → 403 a plain page
    "#]]
    .assert_eq(&visits(&server, &["GET /none"]));
}

#[test]
fn rules_redirect() {
    let server = Server::start();
    site(&server, INDEX);
    let when = |prefix: &str, status: &str, redirect: &str| {
        let prefix =
            if prefix.is_empty() { String::new() } else { format!("<KeyPrefixEquals>{prefix}</KeyPrefixEquals>") };
        let status = if status.is_empty() {
            String::new()
        } else {
            format!("<HttpErrorCodeReturnedEquals>{status}</HttpErrorCodeReturnedEquals>")
        };
        format!("<Condition>{prefix}{status}</Condition><Redirect>{redirect}</Redirect>")
    };
    server.prepare(&[&rules(&[
        &when("docs/", "", "<ReplaceKeyPrefixWith>documents/</ReplaceKeyPrefixWith>"),
        &when(
            "old/",
            "",
            "<Protocol>https</Protocol><HostName>h.example</HostName><HttpRedirectCode>307</HttpRedirectCode>",
        ),
        &when("app/", "", "<ReplaceKeyPrefixWith>#!/</ReplaceKeyPrefixWith>"),
        &when("sec", "403", "<ReplaceKeyPrefixWith>pub</ReplaceKeyPrefixWith>"),
        &when("", "404", "<ReplaceKeyWith>page.html</ReplaceKeyWith>"),
    ])]);
    let requests = [
        "GET /docs/a",
        "GET /docs/",
        "GET /docs",
        "GET /docs/a%20b%3F%25",
        "GET /docs/%C3%BC",
        "GET /old/a?z=1",
        "HEAD /old/a",
        "GET /app/x",
        "GET /secret",
        "GET /none",
        "GET /page.html",
        "PUT /old/a",
    ];
    expect![[r#"
        GET /docs/a → 301 http://b-one.nyc3-static.digitaloceanspaces.com/documents/a
        GET /docs/ → 301 http://b-one.nyc3-static.digitaloceanspaces.com/documents/
        GET /docs → 301 http://b-one.nyc3-static.digitaloceanspaces.com/documents/
        GET /docs/a%20b%3F%25 → 301 http://b-one.nyc3-static.digitaloceanspaces.com/documents/a%20b%3F%25
        GET /docs/%C3%BC → 301 http://b-one.nyc3-static.digitaloceanspaces.com/documents/%C3%BC
        GET /old/a?z=1 → 307 https://h.example/old/a
        HEAD /old/a → 307 https://h.example/old/a
        GET /app/x → 301 http://b-one.nyc3-static.digitaloceanspaces.com/#!/x
        GET /secret → 301 http://b-one.nyc3-static.digitaloceanspaces.com/pubret
        GET /none → 403 a plain page
        GET /page.html → 200 page
        PUT /old/a → 405 a plain page
    "#]]
    .assert_eq(&visits(&server, &requests));
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read"]);
    expect![[r#"
        GET /none → 301 http://b-one.nyc3-static.digitaloceanspaces.com/page.html
        GET /none/ → 301 http://b-one.nyc3-static.digitaloceanspaces.com/page.html
    "#]]
    .assert_eq(&visits(&server, &["GET /none", "GET /none/"]));
    server.prepare(&[&put("<RedirectAllRequestsTo><HostName>o.example</HostName></RedirectAllRequestsTo>")]);
    expect![[r#"
        GET / → 301 http://o.example/
        GET /a/b?x=1 → 301 http://o.example/a/b
        HEAD /page.html → 301 http://o.example/page.html
        PUT /a → 405 a plain page
    "#]]
    .assert_eq(&visits(&server, &["GET /", "GET /a/b?x=1", "HEAD /page.html", "PUT /a"]));
}

#[test]
fn amazon_sends_visitors_to_the_folder() {
    let server = aws();
    site(&server, &format!("{INDEX}{ERROR}"));
    expect![[r#"
        GET /dir → 302 /dir/
        GET /dir/ → 200 folder
        GET /none → 403 error page
        GET /page.html → 200 page
        GET /redir → 301 /page.html
    "#]]
    .assert_eq(&visits_at(
        &server,
        // Where the client that made the bucket signed for.
        "at b-one.s3-website-us-east-1.localhost",
        &["GET /dir", "GET /dir/", "GET /none", "GET /page.html", "GET /redir"],
    ));
    expect![[r#"
        GET /page.html → 404 a plain page
    "#]]
    .assert_eq(&visits(&server, &["GET /page.html"]));
}

#[test]
fn pages_of_other_origins_see_what_cors_allows() {
    let server = Server::start();
    site(&server, INDEX);
    server.prepare(&["PUT /b-one?cors\n\n<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>\
        <AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"]);
    for path in ["/page.html", "/none"] {
        let answer = server.send(&format!("GET {path} as nobody {SITE}\nOrigin: http://x.example"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
    }
}
