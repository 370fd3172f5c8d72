//! GET /bucket?uploads lists the uploads that are open.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn with_uploads() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for key in ["a", "dir/1", "dir/2", "z"] {
        super::upload(&server, &format!("POST /b-one/{key}?uploads"));
    }
    server
}

#[test]
fn none() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "GET /b-one?uploads",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>
    "#]],
    );
}

#[test]
fn by_key_in_pages() {
    let server = with_uploads();
    check(
        &server,
        "GET /b-one?uploads&max-uploads=1",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>UPLOAD</NextUploadIdMarker><MaxUploads>1</MaxUploads><IsTruncated>true</IsTruncated><Upload><Key>a</Key><UploadId>UPLOAD</UploadId><Initiator><ID>6174283</ID><DisplayName>6174283</DisplayName></Initiator><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><StorageClass>STANDARD</StorageClass><Initiated>TIME</Initiated></Upload></ListMultipartUploadsResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?uploads&delimiter=/&prefix=d",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Prefix>d</Prefix><MaxUploads>1000</MaxUploads><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>
    "#]],
    );
    let page = server.send("GET /b-one?uploads&max-uploads=2");
    let (key, id) = (page.xml("NextKeyMarker").unwrap(), page.xml("NextUploadIdMarker").unwrap());
    let rest =
        server.send(&format!("GET /b-one?uploads&key-marker={}&upload-id-marker={id}", crate::sign::escape(&key)));
    let keys: Vec<&str> = [page.text(), rest.text()]
        .concat()
        .leak()
        .split("<Key>")
        .skip(1)
        .map(|t| t.split('<').next().unwrap())
        .collect();
    assert_eq!(keys, ["a", "dir/1", "dir/2", "z"]);
}

#[test]
fn refusals() {
    let server = with_uploads();
    check_outcomes(
        &server,
        &["GET /none?uploads", "GET /b-one?uploads as B", "GET /b-one?uploads as nobody"],
        expect![[r#"
        GET /none?uploads → 404 NoSuchBucket
        GET /b-one?uploads as B → 403 AccessDenied
        GET /b-one?uploads as nobody → 403 AccessDenied
    "#]],
    );
}
