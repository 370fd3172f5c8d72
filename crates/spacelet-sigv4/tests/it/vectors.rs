//! The examples that AWS publishes: "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference, and
//! "Signing and authenticating REST requests" (V2) of the S3 user guide.

use bytes::Bytes;
use spacelet_sigv4::sign::{BodyHash, presign_v4, sign_v2, sign_v4, sign_v4_streaming};
use spacelet_sigv4::{ChunkedDecoder, Payload, Trailers};

use crate::support::{EXAMPLE, EXAMPLE_S, Request};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Signs and verifies one example; `signature` and `signed` are as AWS prints them.
fn check_v4(mut request: Request, hash: &str, signed: &str, signature: &str) {
    let added = sign_v4(&request.head(), &EXAMPLE, EXAMPLE_S, BodyHash::Text(hash));
    request.add(added);
    let authorization = request.headers["authorization"].to_str().unwrap().to_owned();
    assert!(authorization.contains(&format!("SignedHeaders={signed}, Signature={signature}")), "{authorization}");
    let verified = request.verify(EXAMPLE_S).unwrap();
    assert!(!verified.presigned);
    assert_eq!(verified.signed_at_s, Some(EXAMPLE_S));
}

fn bucket_request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::new(method, target, headers);
    request.set("host", "examplebucket.s3.amazonaws.com");
    request
}

#[test]
fn get_object() {
    let request = bucket_request("GET", "/test.txt", &[("range", "bytes=0-9")]);
    check_v4(
        request,
        EMPTY,
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
}

#[test]
fn put_object() {
    let headers = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
    let request = bucket_request("PUT", "/test$file.text", &headers);
    check_v4(
        request,
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
}

#[test]
fn get_bucket_lifecycle() {
    check_v4(
        bucket_request("GET", "/?lifecycle", &[]),
        EMPTY,
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    );
}

#[test]
fn list_objects() {
    check_v4(
        bucket_request("GET", "/?prefix=J&max-keys=2", &[]),
        EMPTY,
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
}

#[test]
fn presigned_get() {
    let mut request = bucket_request("GET", "/test.txt", &[]);
    request.query = presign_v4(&request.head(), &EXAMPLE, EXAMPLE_S, 86_400);
    assert!(
        request.query.ends_with("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
        "{}",
        request.query
    );
    assert!(request.verify(EXAMPLE_S + 86_399).unwrap().presigned);
}

/// The streamed examples: 65 KiB of `a` in chunks of 64 KiB.
fn check_streamed(trailer: bool, signed: &str, seed: &str, chunks: [&str; 3], trailers: &Trailers) -> Bytes {
    let mut request = Request::new(
        "PUT",
        "/examplebucket/chunkObject.txt",
        &[
            ("host", "s3.amazonaws.com"),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ],
    );
    if trailer {
        request.set("x-amz-trailer", "x-amz-checksum-crc32c");
    }
    let (added, mut encoder) = sign_v4_streaming(&request.head(), &EXAMPLE, EXAMPLE_S, trailer);
    request.add(added);
    // AWS's first example signs content-length too, which no library does, so its own header is put in place.
    request.set("content-length", "66824");
    request.set("authorization", &format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders={signed},Signature={seed}"
    ));
    let Payload::Chunked(payload) = request.verify(EXAMPLE_S).unwrap().payload else { panic!("not chunked") };
    assert_eq!((payload.trailer, payload.decoded_len), (trailer, 66_560));

    let mut body = Vec::new();
    for (size, signature) in [(65_536_usize, chunks[0]), (1_024, chunks[1])] {
        body.extend_from_slice(format!("{size:x};chunk-signature={signature}\r\n").as_bytes());
        body.extend(std::iter::repeat_n(b'a', size));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("0;chunk-signature={}\r\n", chunks[2]).as_bytes());
    for (name, value) in trailers.iter() {
        body.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
    }
    body.extend_from_slice(b"\r\n");

    let mut decoder = ChunkedDecoder::new(payload, Some(66_560));
    let decoded: usize = decoder.push(Bytes::from(body.clone())).unwrap().iter().map(Bytes::len).sum();
    assert_eq!(decoded, 66_560);
    decoder.finish().unwrap();

    // The encoder makes the same frames when the same headers are signed.
    let first = encoder.chunk(&[b'a'; 65_536]);
    let second = encoder.chunk(&[b'a'; 1_024]);
    [first, second].concat().into()
}

#[test]
fn streamed_put() {
    check_streamed(
        false,
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ],
        &Trailers::default(),
    );
}

#[test]
fn streamed_put_with_trailer() {
    let chunks = [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ];
    let trailers: Trailers = [
        ("x-amz-checksum-crc32c", "sOO8/Q=="),
        ("x-amz-trailer-signature", "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"),
    ]
    .into_iter()
    .collect();
    let encoded = check_streamed(
        true,
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        chunks,
        &trailers,
    );
    assert!(encoded.starts_with(format!("10000;chunk-signature={}\r\n", chunks[0]).as_bytes()));
    assert!(String::from_utf8_lossy(&encoded).contains(&format!("\r\n400;chunk-signature={}\r\n", chunks[1])));
}

/// Bucket in the host, method, target, headers, signature.
type CaseV2<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn v2_by_header() {
    let cases: [CaseV2<'_>; 6] = [
        (
            "johnsmith",
            "GET",
            "/photos/puppy.jpg",
            &[("date", "Tue, 27 Mar 2007 19:36:42 +0000")],
            "bWq2s1WEIj+Ydj0vQ697zp+IXMU=",
        ),
        (
            "johnsmith",
            "PUT",
            "/photos/puppy.jpg",
            &[("date", "Tue, 27 Mar 2007 21:15:45 +0000"), ("content-type", "image/jpeg")],
            "MyyxeRY7whkBe+bq8fHCL/2kKUg=",
        ),
        (
            "johnsmith",
            "GET",
            "/?prefix=photos&max-keys=50&marker=puppy",
            &[("date", "Tue, 27 Mar 2007 19:42:41 +0000")],
            "htDYFYduRNen8P9ZfE/s9SuKy0U=",
        ),
        ("johnsmith", "GET", "/?acl", &[("date", "Tue, 27 Mar 2007 19:44:46 +0000")], "c2WLPFtWHVgbEmeEG93a4cG37dM="),
        ("", "GET", "/", &[("date", "Wed, 28 Mar 2007 01:29:59 +0000")], "qGdzdERIC03wnaRNKh6OqZehG9s="),
        (
            "",
            "GET",
            "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
            &[("date", "Wed, 28 Mar 2007 01:49:49 +0000")],
            "DNEZGsoieTZ92F3bUfSPQcbGmlM=",
        ),
    ];
    for (bucket, method, target, headers, signature) in cases {
        let mut request = Request::new(method, target, headers);
        request.host_bucket = (!bucket.is_empty()).then(|| bucket.to_owned());
        let authorization = sign_v2(&request.head(), &EXAMPLE);
        assert_eq!(authorization, format!("AWS AKIAIOSFODNN7EXAMPLE:{signature}"), "{method} {target}");
        request.headers.insert("authorization", authorization);
        let spacelet_sigv4::Claim::HeaderV2(claim) = request.claim().unwrap() else { panic!("not V2") };
        assert!(request.verify(claim.time_s).is_ok());
    }
}

#[test]
fn v2_presigned() {
    let target = "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
    let mut request = Request::new("GET", target, &[]);
    request.host_bucket = Some("johnsmith".to_owned());
    assert!(request.verify(1_175_139_619).unwrap().presigned);
}
