//! POST /bucket/key?uploadId= makes an object of parts.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;

fn small_parts() -> Server {
    let server = Server::start_with(|settings| settings.limits.part_bytes_min = 1);
    server.prepare(&["PUT /b-one"]);
    server
}

#[test]
fn makes_an_object_of_its_parts() {
    let server = small_parts();
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let one = super::part(&server, "/b-one/k", &id, 1, "hello ");
    let two = super::part(&server, "/b-one/k", &id, 2, "world");
    let body = super::part_list(&[(1, &one), (2, &two)]);
    check(
        &server,
        &format!("POST /b-one/k?uploadId={id}\n\n{body}"),
        expect![[r#"
        200 OK
        content-length: 268
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>127.0.0.1/b-one/k</Location><Bucket>b-one</Bucket><Key>k</Key><ETag>e09e4fd6265b36115fe3db32df945d84-2</ETag></CompleteMultipartUploadResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: binary/octet-stream
        etag: "e09e4fd6265b36115fe3db32df945d84-2"
        last-modified: TIME
        x-rgw-object-type: Normal

        hello world
    "#]],
    );
    check(
        &server,
        &format!("POST /b-one/k?uploadId={id}\n\n{body}"),
        expect![[r#"
        200 OK
        content-length: 268
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>127.0.0.1/b-one/k</Location><Bucket>b-one</Bucket><Key>k</Key><ETag>e09e4fd6265b36115fe3db32df945d84-2</ETag></CompleteMultipartUploadResult>
    "#]],
    );
    check_outcomes(
        &server,
        &["GET /b-one?uploads", &format!("PUT /b-one/k?partNumber=3&uploadId={id}\n\nx")][..1],
        expect![[r#"
        GET /b-one?uploads → 200
    "#]],
    );
}

#[test]
fn ten_thousand_parts() {
    let server = small_parts();
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let threads: Vec<Vec<(u32, String)>> = std::thread::scope(|scope| {
        let send = |from: u32| {
            let (server, id) = (&server, &id);
            scope.spawn(move || {
                let numbers = (from..=10_000).step_by(4);
                numbers.map(|n| (n, super::part(server, "/b-one/k", id, n, &format!("{n:05}")))).collect()
            })
        };
        let running: Vec<_> = (1..=4).map(send).collect();
        running.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut parts: Vec<(u32, String)> = threads.into_iter().flatten().collect();
    parts.sort();
    let parts: Vec<(u32, &str)> = parts.iter().map(|(n, e)| (*n, e.as_str())).collect();
    super::complete(&server, "/b-one/k", &id, &parts);
    let answer = server.send("GET /b-one/k");
    let expected: String = (1..=10_000).map(|n| format!("{n:05}")).collect();
    assert!(answer.text() == expected, "the parts are not in order");
    assert!(answer.header("etag").unwrap().ends_with("-10000\""));
}

#[test]
fn part_sizes_have_a_minimum() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let one = super::part(&server, "/b-one/k", &id, 1, "small");
    let two = super::part(&server, "/b-one/k", &id, 2, "last");
    let body = super::part_list(&[(1, &one), (2, &two)]);
    check(
        &server,
        &format!("POST /b-one/k?uploadId={id}\n\n{body}"),
        expect![[r#"
        400 Bad Request
        accept-ranges: bytes
        content-length: 234
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>EntityTooSmall</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check_outcomes(
        &server,
        &["GET /b-one/k"],
        expect![[r#"
        GET /b-one/k → 404 NoSuchKey
    "#]],
    );
}

#[test]
fn refusals() {
    let server = small_parts();
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let one = super::part(&server, "/b-one/k", &id, 1, "hello ");
    let two = super::part(&server, "/b-one/k", &id, 2, "world");
    let list = super::part_list;
    let wrong = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    let bodies = [
        ("nothing", String::new()),
        ("malformed", "<CompleteMultipartUpload><Part>".to_owned()),
        ("another root", "<Foo/>".to_owned()),
        ("no parts", list(&[])),
        ("wrong ETag", list(&[(1, wrong), (2, &two)])),
        ("a part that is not there", list(&[(1, &one), (5, &two)])),
        ("wrong order", list(&[(2, &two), (1, &one)])),
        ("a part twice", list(&[(1, &one), (1, &one), (2, &two)])),
        ("ETags without quotes, not all parts", list(&[(2, two.trim_matches('"'))])),
    ];
    let mut seen = String::new();
    for (what, body) in &bodies {
        let answer = server.send(&format!("POST /b-one/k?uploadId={id}\n\n{body}"));
        seen += &format!("{what}: {}\n", outcome(&answer));
    }
    expect![[r#"
        nothing: 400 MalformedXML
        malformed: 400 MalformedXML
        another root: 400 MalformedXML
        no parts: 400 MalformedXML
        wrong ETag: 400 InvalidPart
        a part that is not there: 400 InvalidPart
        wrong order: 400 InvalidPartOrder
        a part twice: 200
        ETags without quotes, not all parts: 404 NoSuchUpload
    "#]]
    .assert_eq(&seen);
    let good = list(&[(1, &one)]);
    let requests = [
        format!("POST /b-one/k?uploadId=bogus\n\n{good}"),
        format!("POST /b-one/other?uploadId={id}\n\n{good}"),
        format!("POST /b-one/k?uploadId={id} as B\n\n{good}"),
        format!("POST /b-one/k?uploadId={id} as nobody\n\n{good}"),
    ];
    let outcomes: Vec<String> = requests.iter().map(|r| outcome(&server.send(r))).collect();
    expect![[r#"
        404 NoSuchUpload
        404 NoSuchUpload
        403 AccessDenied
        403 AccessDenied"#]]
    .assert_eq(&outcomes.join("\n"));
}
