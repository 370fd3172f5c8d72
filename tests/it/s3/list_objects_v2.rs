//! GET /bucket?list-type=2: the second kind of listing.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn with_keys() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for key in ["a", "b", "dir/1", "dir/2", "z"] {
        server.prepare(&[&format!("PUT /b-one/{key}\n\ndata")]);
    }
    server
}

#[test]
fn an_empty_bucket() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "GET /b-one?list-type=2",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>
    "#]],
    );
}

#[test]
fn pages_are_tied_by_tokens() {
    let server = with_keys();
    check(
        &server,
        "GET /b-one?list-type=2&max-keys=2",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated><Contents><Key>a</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><Contents><Key>b</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><NextContinuationToken>b</NextContinuationToken><KeyCount>2</KeyCount></ListBucketResult>
    "#]],
    );
    let page = server.send("GET /b-one?list-type=2&max-keys=2");
    let token = crate::sign::escape(&page.xml("NextContinuationToken").unwrap());
    check(
        &server,
        &format!("GET /b-one?list-type=2&max-keys=2&delimiter=/&continuation-token={token}"),
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>2</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>dir/</Prefix></CommonPrefixes><Contents><Key>z</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><ContinuationToken>b</ContinuationToken><KeyCount>2</KeyCount></ListBucketResult>
    "#]],
    );
}

#[test]
fn owners_only_when_asked() {
    check(
        &with_keys(),
        "GET /b-one?list-type=2&fetch-owner=true&prefix=a",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>a</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><KeyCount>1</KeyCount></ListBucketResult>
    "#]],
    );
}

#[test]
fn starts_after_a_key() {
    let server = with_keys();
    check(
        &server,
        "GET /b-one?list-type=2&start-after=dir/2",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>z</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><KeyCount>1</KeyCount><StartAfter>dir/2</StartAfter></ListBucketResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?list-type=2&delimiter=/",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>dir/</Prefix></CommonPrefixes><Contents><Key>a</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><Contents><Key>b</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><Contents><Key>z</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><KeyCount>4</KeyCount></ListBucketResult>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = with_keys();
    let requests = [
        "GET /none?list-type=2",
        "GET /b-one?list-type=2 as B",
        "GET /b-one?list-type=2 as nobody",
        "GET /b-one?list-type=2&max-keys=abc",
        "GET /b-one?list-type=3&prefix=zz",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /none?list-type=2 → 404 NoSuchBucket
        GET /b-one?list-type=2 as B → 403 AccessDenied
        GET /b-one?list-type=2 as nobody → 403 AccessDenied
        GET /b-one?list-type=2&max-keys=abc → 400 InvalidArgument
        GET /b-one?list-type=3&prefix=zz → 200
    "#]],
    );
}
