//! What Amazon S3 says of an Authorization header or a presigned link that has not the shape of Signature Version 4.

use super::with_bucket;
use crate::server::Server;
use crate::sign::Scope;
use crate::support::{Call, outcome};
use crate::wire::Answer;
use expect_test::expect;
use std::fmt::Write as _;

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A request that nobody signed, with this header in the place of a signature.
fn with_header(server: &Server, value: &str) -> Answer {
    let call = Call::new("GET /b-one/k as nobody").header("x-amz-date", &Scope::now(0).amz_date());
    call.header("x-amz-content-sha256", SHA256).header("Authorization", value).send(server)
}

#[test]
fn headers_are_told_what_is_wrong() {
    let server = with_bucket();
    let now = Scope::now(0).amz_date();
    let today = &now[..8];
    let v4 = |rest: &str| format!("AWS4-HMAC-SHA256 {rest}").replace("TODAY", today);
    let mut shown = String::new();
    for value in [
        "AWS4-HMAC-SHA256".to_owned(),
        "Bearer abc".to_owned(),
        v4("Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host"),
        v4("Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders, Signature=00"),
        v4("Credentials=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/TODAY/us-east-1/s3, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/2013/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/TODAY/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/TODAY/us-east-1/s3/aws4, SignedHeaders=host, Signature=00"),
        v4("Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"),
    ] {
        let answer = with_header(&server, &value);
        let message = answer.xml("Message").unwrap_or_default().replace("&quot;", "\"").replace("&apos;", "'");
        let line = format!("{value}\n  {} {message}", outcome(&answer));
        writeln!(shown, "{}", line.replace(today, "TODAY")).unwrap();
    }
    expect![[r#"
        AWS4-HMAC-SHA256
          400 InvalidArgument Authorization header is invalid -- one and only one ' ' (space) required
        Bearer abc
          400 InvalidArgument Unsupported Authorization Type
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host
          400 AuthorizationHeaderMalformed The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; the authorization component "SignedHeaders" is malformed.
        AWS4-HMAC-SHA256 Credentials=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; missing Credential.
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/s3, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; the Credential is mal-formed; expecting "&lt;YOUR-AKID&gt;/YYYYMMDD/REGION/SERVICE/aws4_request".
        AWS4-HMAC-SHA256 Credential=AK/2013/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; incorrect date format "2013". This date in the credential must be in the format "yyyyMMdd".
        AWS4-HMAC-SHA256 Credential=AK/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; Invalid credential date "20130524". This date is not the same as X-Amz-Date: "TODAY".
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; incorrect service "ec2". This endpoint belongs to "s3".
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/s3/aws4, SignedHeaders=host, Signature=00
          400 AuthorizationHeaderMalformed The authorization header is malformed; incorrect terminal "aws4". This endpoint uses "aws4_request".
        AWS4-HMAC-SHA256 Credential=AK/TODAY/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00
          403 InvalidAccessKeyId The AWS access key ID that you provided does not exist in our records.
    "#]].assert_eq(&shown);
    let both = Call::new("GET /b-one/k?X-Amz-Algorithm=AWS4-HMAC-SHA256").send(&server);
    assert_eq!(outcome(&both), "400 InvalidArgument");
    assert_eq!(both.xml("ArgumentName").as_deref(), Some("Authorization"));
    let hashed = Call::new("GET /b-one/k\nx-amz-content-sha256: abc").send(&server);
    assert_eq!(outcome(&hashed), "400 InvalidArgument");
    assert_eq!(hashed.xml("ArgumentName").as_deref(), Some("x-amz-content-sha256"));
}

#[test]
fn links_are_told_what_is_wrong() {
    let server = with_bucket();
    let now = Scope::now(0).amz_date();
    let good = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("X-Amz-Credential", format!("AK%2F{}%2Fus-east-1%2Fs3%2Faws4_request", &now[..8])),
        ("X-Amz-Date", now.clone()),
        ("X-Amz-Expires", "60".to_owned()),
        ("X-Amz-SignedHeaders", "host".to_owned()),
        ("X-Amz-Signature", "00".to_owned()),
    ];
    let send = |changed: &str, value: Option<&str>| {
        let pairs = good.iter().filter_map(|(name, right)| match (*name == changed, value) {
            (true, value) => Some(format!("{name}={}", value?)),
            (false, _) => Some(format!("{name}={right}")),
        });
        let query: Vec<String> = pairs.collect();
        server.send(&format!("GET /b-one/k?{} as nobody", query.join("&")))
    };
    let mut shown = String::new();
    for (name, value) in [
        ("X-Amz-Algorithm", None),
        ("X-Amz-Algorithm", Some("AWS4")),
        ("X-Amz-Credential", None),
        ("X-Amz-Credential", Some("AK")),
        ("X-Amz-Date", None),
        ("X-Amz-Date", Some("today")),
        ("X-Amz-Date", Some("20130524T000000Z")),
        ("X-Amz-SignedHeaders", None),
        ("X-Amz-Signature", None),
        ("X-Amz-Expires", None),
        ("X-Amz-Expires", Some("soon")),
        ("X-Amz-Expires", Some("-1")),
        ("X-Amz-Expires", Some("604801")),
        ("X-Amz-Expires", Some("604800")),
    ] {
        let answer = send(name, value);
        let message = answer.xml("Message").unwrap_or_default().replace("&quot;", "\"").replace("&apos;", "'");
        let line = format!("{name} {}: {} {message}", value.unwrap_or("left out"), outcome(&answer));
        writeln!(shown, "{}", line.replace(&now[..8], "TODAY")).unwrap();
    }
    expect![[r#"
        X-Amz-Algorithm left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Algorithm AWS4: 400 AuthorizationQueryParametersError X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"
        X-Amz-Credential left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Credential AK: 400 AuthorizationQueryParametersError Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "&lt;YOUR-AKID&gt;/YYYYMMDD/REGION/SERVICE/aws4_request".
        X-Amz-Date left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Date today: 400 AuthorizationQueryParametersError X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"
        X-Amz-Date 20130524T000000Z: 400 AuthorizationQueryParametersError Invalid credential date "TODAY". This date is not the same as X-Amz-Date: "20130524".
        X-Amz-SignedHeaders left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Signature left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Expires left out: 400 AuthorizationQueryParametersError Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.
        X-Amz-Expires soon: 400 AuthorizationQueryParametersError X-Amz-Expires should be a number
        X-Amz-Expires -1: 403 AccessDenied X-Amz-Expires must be non-negative
        X-Amz-Expires 604801: 403 AccessDenied X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds
        X-Amz-Expires 604800: 403 InvalidAccessKeyId The AWS access key ID that you provided does not exist in our records.
    "#]].assert_eq(&shown);
}

/// Spaces reads what it can and has no words of its own for the rest.
#[test]
fn spaces_says_little() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    assert_eq!(outcome(&with_header(&server, "AWS4-HMAC-SHA256 Credential=AK")), "400 InvalidArgument");
    assert_eq!(outcome(&with_header(&server, "Bearer abc")), "400 InvalidArgument");
    let link = server.send("GET /b-one/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=604801 as nobody");
    assert_eq!(outcome(&link), "403 AccessDenied");
}
