//! ACLs that only Amazon S3 has, and its refusals of others.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

#[test]
fn logs_are_delivered_by_a_group() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: log-delivery-write"]);
    check(
        &server,
        "GET /b-one?acl",
        expect![[r#"
        200 OK
        content-length: 820
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee><Permission>WRITE</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee><Permission>READ_ACP</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
    let grant =
        format!("PUT /b-one?acl\nx-amz-grant-write: uri=\"{LOG_DELIVERY}\"\nx-amz-grant-read-acp: uri={LOG_DELIVERY}");
    server.prepare(&[&grant]);
    let shown = server.send("GET /b-one?acl").text();
    assert_eq!((shown.matches(LOG_DELIVERY).count(), shown.matches("<Permission>").count()), (2, 2), "{shown}");
    // Nobody who asks is of that group.
    assert_eq!(server.send("PUT /b-one/k as B\n\nx").status, 403);
    assert_eq!(server.send("PUT /b-one/k as nobody\n\nx").status, 403);
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one"]);
    check_outcomes(
        &spaces,
        &["PUT /b-one?acl\nx-amz-acl: log-delivery-write", "PUT /b-one?acl\nx-amz-acl: aws-exec-read", &grant],
        expect![[r#"
            PUT /b-one?acl | x-amz-acl: log-delivery-write → 400 InvalidArgument
            PUT /b-one?acl | x-amz-acl: aws-exec-read → 400 InvalidArgument
            PUT /b-one?acl | x-amz-grant-write: uri="http://acs.amazonaws.com/groups/s3/LogDelivery" | x-amz-grant-read-acp: uri=http://acs.amazonaws.com/groups/s3/LogDelivery → 400 InvalidArgument
        "#]],
    );
}

#[test]
fn images_are_read_by_an_account_of_amazons() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\nx-amz-acl: aws-exec-read\n\nx"]);
    check(
        &server,
        "GET /b-one/k?acl",
        expect![[r#"
        200 OK
        content-length: 675
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c</ID><DisplayName></DisplayName></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
    "#]],
    );
}

fn document(owner: &str, grants: &str) -> String {
    format!("<AccessControlPolicy>{owner}<AccessControlList>{grants}</AccessControlList></AccessControlPolicy>")
}

#[test]
fn refusals() {
    let server = with_bucket();
    let owner = "<Owner><ID>6174283</ID></Owner>";
    let grantee = "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>7000001</ID></Grantee>";
    let grant = |permission: &str| format!("<Grant>{grantee}<Permission>{permission}</Permission></Grant>");
    let put = |body: &str| format!("PUT /b-one?acl\n\n{body}");
    let requests = [
        put(&document(owner, &grant("READ"))),
        put(&document("", &grant("READ"))),
        put(&document(owner, &grant("EAT"))),
        put(&document(owner, "<Grant><Permission>READ</Permission></Grant>")),
        put("<AccessControlPolicy/>"),
        put("no document"),
        "PUT /b-one?acl".to_owned(),
        format!("PUT /b-one?acl\nx-amz-acl: private\n\n{}", document(owner, &grant("READ"))),
        "PUT /b-one?acl\nx-amz-acl: private\nx-amz-grant-read: id=7000001".to_owned(),
        "PUT /b-one?acl\nx-amz-grant-read: id=7".to_owned(),
        "PUT /b-one?acl\nx-amz-grant-read: uri=http://acs.amazonaws.com/groups/global/None".to_owned(),
        "PUT /b-one?acl\nx-amz-grant-read: emailAddress=nobody@example.com".to_owned(),
        "PUT /b-one?acl\nx-amz-grant-read: emailAddress=tester@ceph.com".to_owned(),
    ];
    let told = |request: &String| {
        let answer = server.send(request);
        let message = answer.xml("Message").unwrap_or_default();
        let (line, code) = (request.replace('\n', " | "), answer.xml("Code").unwrap_or_default());
        format!("{line}\n    → {} {code} {message}", answer.status)
    };
    let shown: Vec<String> = requests.iter().map(told).collect();
    expect![[r#"
        PUT /b-one?acl |  | <AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>7000001</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
            → 200  
        PUT /b-one?acl |  | <AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>7000001</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
            → 400 MalformedACLError The ACL that you provided was not well formed or did not validate against our published schema.
        PUT /b-one?acl |  | <AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>7000001</ID></Grantee><Permission>EAT</Permission></Grant></AccessControlList></AccessControlPolicy>
            → 400 MalformedACLError The ACL that you provided was not well formed or did not validate against our published schema.
        PUT /b-one?acl |  | <AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
            → 400 MalformedACLError The ACL that you provided was not well formed or did not validate against our published schema.
        PUT /b-one?acl |  | <AccessControlPolicy/>
            → 400 MalformedACLError The ACL that you provided was not well formed or did not validate against our published schema.
        PUT /b-one?acl |  | no document
            → 400 MalformedACLError The ACL that you provided was not well formed or did not validate against our published schema.
        PUT /b-one?acl
            → 400 MissingSecurityHeader Your request was missing a required header
        PUT /b-one?acl | x-amz-acl: private |  | <AccessControlPolicy><Owner><ID>6174283</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>7000001</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
            → 400 UnexpectedContent This request does not support content
        PUT /b-one?acl | x-amz-acl: private | x-amz-grant-read: id=7000001
            → 400 InvalidRequest Specifying both Canned ACLs and Header Grants is not allowed
        PUT /b-one?acl | x-amz-grant-read: id=7
            → 400 InvalidArgument Invalid id
        PUT /b-one?acl | x-amz-grant-read: uri=http://acs.amazonaws.com/groups/global/None
            → 400 InvalidArgument Invalid group uri
        PUT /b-one?acl | x-amz-grant-read: emailAddress=nobody@example.com
            → 400 UnresolvableGrantByEmailAddress The email address that you provided does not match any account on record.
        PUT /b-one?acl | x-amz-grant-read: emailAddress=tester@ceph.com
            → 200  
    "#]].assert_eq(&(shown.join("\n") + "\n"));
}
