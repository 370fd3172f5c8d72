//! GET /bucket: the first kind of listing.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn with_keys() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for key in ["a.txt", "b.txt", "dir/1", "dir/2", "dir/sub/3", "sp%20ace%2Bplus%26amp%3C%C3%BC.txt", "z"] {
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
        "GET /b-one",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Marker></Marker></ListBucketResult>
    "#]],
    );
}

#[test]
fn entries_and_their_elements() {
    check(
        &with_keys(),
        "GET /b-one?prefix=a",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>a</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker></ListBucketResult>
    "#]],
    );
}

#[test]
fn prefixes_and_delimiters() {
    let server = with_keys();
    check(
        &server,
        "GET /b-one?delimiter=/&prefix=dir/",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>dir/</Prefix><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>dir/sub/</Prefix></CommonPrefixes><Contents><Key>dir/1</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Contents><Key>dir/2</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker></ListBucketResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?delimiter=/&max-keys=3",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>dir/</Prefix></CommonPrefixes><Contents><Key>a.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Contents><Key>b.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker><NextMarker>dir/</NextMarker></ListBucketResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?delimiter=/&max-keys=3&marker=dir/&prefix=z",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>z</Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Contents><Key>z</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker>dir/</Marker></ListBucketResult>
    "#]],
    );
}

#[test]
fn keys_are_escaped() {
    let server = with_keys();
    check(
        &server,
        "GET /b-one?prefix=sp",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>sp</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>sp ace+plus&amp;amp&lt;ü.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker></ListBucketResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?prefix=sp&encoding-type=url",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><Name>b-one</Name><Prefix>sp</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>sp%20ace%2Bplus%26amp%3C%C3%BC.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker></ListBucketResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?prefix=dir/1&encoding-type=url",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><Name>b-one</Name><Prefix>dir/1</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>dir%2F1</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker></ListBucketResult>
    "#]],
    );
}

#[test]
fn pages_make_the_whole() {
    let server = with_keys();
    let mut marker = String::new();
    let mut keys = Vec::new();
    loop {
        let page = server.send(&format!("GET /b-one?encoding-type=url&max-keys=2&marker={marker}"));
        let text = page.text();
        keys.extend(text.split("<Key>").skip(1).map(|t| t.split("</Key>").next().unwrap().to_owned()));
        match page.xml("NextMarker") {
            Some(next) if page.xml("IsTruncated").as_deref() == Some("true") => {
                marker = crate::sign::escape(&next.replace("&amp;", "&").replace("&lt;", "<"))
            }
            _ => break,
        }
    }
    expect![[r#"
        a.txt
        b.txt
        dir%2F1
        dir%2F2
        dir%2Fsub%2F3
        sp%20ace%2Bplus%26amp%3C%C3%BC.txt
        z"#]]
    .assert_eq(&keys.join("\n"));
}

#[test]
fn max_keys() {
    let server = with_keys();
    let requests = [
        "GET /b-one?max-keys=0",
        "GET /b-one?max-keys=-1",
        "GET /b-one?max-keys=abc",
        "GET /b-one?max-keys=5000",
        "GET /b-one?max-keys=",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one?max-keys=0 → 200
        GET /b-one?max-keys=-1 → 200
        GET /b-one?max-keys=abc → 400 InvalidArgument
        GET /b-one?max-keys=5000 → 200
        GET /b-one?max-keys= → 200
    "#]],
    );
    check(
        &server,
        "GET /b-one?max-keys=0",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>0</MaxKeys><IsTruncated>false</IsTruncated><Marker></Marker></ListBucketResult>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = with_keys();
    check_outcomes(
        &server,
        &["GET /none", "GET /none as nobody", "GET /b-one as B", "GET /b-one as nobody", "GET /Bad_Name"],
        expect![[r#"
        GET /none → 404 NoSuchBucket
        GET /none as nobody → 404 NoSuchBucket
        GET /b-one as B → 403 AccessDenied
        GET /b-one as nobody → 403 AccessDenied
        GET /Bad_Name → 404 NoSuchBucket
    "#]],
    );
}

#[test]
fn by_virtual_host() {
    check(
        &with_keys(),
        "GET /?max-keys=1 at b-one.nyc3.digitaloceanspaces.com",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix></Prefix><MaxKeys>1</MaxKeys><IsTruncated>true</IsTruncated><Contents><Key>a.txt</Key><LastModified>TIME</LastModified><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Type>Normal</Type></Contents><Marker></Marker><NextMarker>a.txt</NextMarker></ListBucketResult>
    "#]],
    );
}
