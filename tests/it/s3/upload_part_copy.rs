//! PUT of a part with x-amz-copy-source.

use crate::server::Server;
use crate::support::check;
use expect_test::expect;

#[test]
fn copies_a_whole_object_or_a_range_of_it() {
    let server = Server::start_with(|settings| settings.limits.part_bytes_min = 1);
    server.prepare(&["PUT /b-one", "PUT /b-one/src\n\nhello world"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let copy = |number: u32, range: &str| {
        format!("PUT /b-one/k?partNumber={number}&uploadId={id}\nx-amz-copy-source: /b-one/src{range}")
    };
    check(
        &server,
        &copy(1, ""),
        expect![[r#"
        200 OK
        content-length: 217
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><CopyPartResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LastModified>TIME</LastModified><ETag>5eb63bbbe01eeed093cb22bb8f5acdc3</ETag></CopyPartResult>
    "#]],
    );
    let whole = server.send(&copy(1, "")).xml("ETag").unwrap().replace("&quot;", "\"");
    let range =
        server.send(&copy(2, "\nx-amz-copy-source-range: bytes=0-4")).xml("ETag").unwrap().replace("&quot;", "\"");
    super::complete(&server, "/b-one/k", &id, &[(1, &whole), (2, &range)]);
    assert_eq!(server.send("GET /b-one/k").text(), "hello worldhello");
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/src\n\nhello world", "PUT /b-two as B"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let copy = |source: &str| format!("PUT /b-one/k?partNumber=1&uploadId={id}\nx-amz-copy-source: {source}");
    let sources = [
        "/b-one/src\nx-amz-copy-source-range: bytes=0-50",
        "/b-one/src\nx-amz-copy-source-range: garbage",
        "/b-one/src\nx-amz-copy-source-range: bytes=2-",
        "/b-one/none",
        "/none/src",
        "/b-two/src",
        "/b-one/any%25.txt",
    ];
    let outcomes: Vec<String> = sources
        .iter()
        .map(|s| format!("{} → {}", s.replace('\n', " | "), crate::support::outcome(&server.send(&copy(s)))))
        .collect();
    expect![[r#"
        /b-one/src | x-amz-copy-source-range: bytes=0-50 → 416 InvalidRange
        /b-one/src | x-amz-copy-source-range: garbage → 400 InvalidArgument
        /b-one/src | x-amz-copy-source-range: bytes=2- → 416 InvalidRange
        /b-one/none → 404 NoSuchKey
        /none/src → 404 NoSuchBucket
        /b-two/src → 403 AccessDenied
        /b-one/any%25.txt → 404 NoSuchKey"#]]
    .assert_eq(&outcomes.join("\n"));
}
