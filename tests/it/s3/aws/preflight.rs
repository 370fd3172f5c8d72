//! How Amazon S3 refuses a preflight.

use super::with_bucket;
use crate::support::check;
use expect_test::expect;

const RULES: &str = "PUT /b-one?cors\n\n<CORSConfiguration><CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";

#[test]
fn refusals() {
    let server = with_bucket();
    let ask = "OPTIONS /b-one/k as nobody\nOrigin: https://b.example\nAccess-Control-Request-Method: PUT";
    check(
        &server,
        ask,
        expect![[r#"
        403 Forbidden
        content-length: 366
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    server.prepare(&[RULES]);
    check(
        &server,
        ask,
        expect![[r#"
        403 Forbidden
        content-length: 547
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource&apos;s CORS spec.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    let of_bucket = ask.replace("/b-one/k", "/b-one");
    assert_eq!(server.send(&of_bucket).xml("ResourceType").as_deref(), Some("BUCKET"));
    let messages = ["OPTIONS /b-one/k as nobody", "OPTIONS /b-one/k as nobody\nOrigin: https://a.example"].map(|it| {
        let answer = server.send(it);
        (answer.status, answer.xml("Code").unwrap_or_default(), answer.xml("Message").unwrap_or_default())
    });
    let told = |message: &str| (400, "BadRequest".to_owned(), message.to_owned());
    assert_eq!(
        messages,
        [
            told("Insufficient information. Origin request header needed."),
            told("Invalid Access-Control-Request-Method: null")
        ]
    );
}
