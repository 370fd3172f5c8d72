//! Tags as Amazon S3 takes them: on objects by document, header and form, and on buckets.

use super::with_bucket;
use crate::server::Server;

fn document(keys: &[&str]) -> String {
    let tags: String = keys.iter().map(|key| format!("<Tag><Key>{key}</Key><Value>v</Value></Tag>")).collect();
    format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
}

fn told(server: &Server, request: &str) -> (u16, String, String) {
    let answer = server.send(request);
    (answer.status, answer.xml("Code").unwrap_or_default(), answer.xml("Message").unwrap_or_default())
}

#[test]
fn documents() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    let many: Vec<String> = (0..51).map(|number| format!("k{number}")).collect();
    let some = |count: usize| document(&many.iter().take(count).map(String::as_str).collect::<Vec<_>>());
    for (target, most, code, message) in [
        ("/b-one/k?tagging", 10, "InvalidTag", "Object tags cannot be greater than 10"),
        ("/b-one?tagging", 50, "BadRequest", "Bucket tag count cannot be greater than 50"),
    ] {
        let put = |body: &str| told(&server, &format!("PUT {target}\n\n{body}"));
        assert!(put(&some(most)).0 < 300, "{target}");
        assert_eq!(put(&some(most + 1)), (400, code.to_owned(), message.to_owned()), "{target}");
        for (keys, message) in [
            (&["a", "a"][..], "Cannot provide multiple Tags with the same key"),
            (&["a#"], "The TagKey you have provided is invalid"),
            (&["aws:a"], "System tags cannot be added/updated by requester"),
        ] {
            assert_eq!(put(&document(keys)), (400, "InvalidTag".to_owned(), message.to_owned()), "{target} {keys:?}");
        }
    }
}

#[test]
fn headers() {
    let server = with_bucket();
    let put = |tags: &str| told(&server, &format!("PUT /b-one/k\nx-amz-tagging: {tags}\n\nx"));
    assert_eq!(put("a=1+2&b=%26c").1, "InvalidTag");
    assert_eq!(put("a=1+2&b=").0, 200);
    let shown = server.send("GET /b-one/k?tagging").text();
    assert!(shown.contains("<Key>a</Key><Value>1 2</Value>"), "{shown}");
    let twice = put("a=1&a=2");
    assert_eq!((twice.0, twice.1.as_str()), (400, "InvalidArgument"));
    assert!(twice.2.contains("without tag name duplicates"), "{}", twice.2);
    let many: Vec<String> = (0..11).map(|number| format!("k{number}=")).collect();
    assert_eq!(put(&many.join("&")).1, "InvalidTag");
}
