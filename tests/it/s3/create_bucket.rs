//! PUT /bucket makes a Space.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn makes_a_bucket() {
    check(
        &Server::start(),
        "PUT /b-one",
        expect![[r#"
        200 OK
        content-length: 0
    "#]],
    );
}

#[test]
fn making_ones_own_bucket_again_succeeds_only_with_the_same_acl() {
    let requests = ["PUT /b-one", "PUT /b-one", "PUT /b-one\nx-amz-acl: public-read", "PUT /b-one as B"];
    check_outcomes(
        &Server::start(),
        &requests,
        expect![[r#"
        PUT /b-one → 200
        PUT /b-one → 200
        PUT /b-one | x-amz-acl: public-read → 409 BucketAlreadyExists
        PUT /b-one as B → 409 BucketAlreadyExists
    "#]],
    );
}

#[test]
fn another_accounts_bucket_is_refused() {
    let server = Server::start();
    server.prepare(&["PUT /b-one as B"]);
    check(
        &server,
        "PUT /b-one",
        expect![[r#"
        409 Conflict
        accept-ranges: bytes
        content-length: 239
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>BucketAlreadyExists</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn nobody_may_not() {
    check(
        &Server::start(),
        "PUT /b-one as nobody",
        expect![[r#"
        403 Forbidden
        accept-ranges: bytes
        content-length: 232
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn names_follow_the_rules() {
    let long = format!("PUT /{}", "g".repeat(64));
    let requests = [
        "PUT /ab",
        "PUT /Upper",
        "PUT /under_score",
        "PUT /192.168.5.4",
        "PUT /two..dots",
        "PUT /-hyphen",
        "PUT /hyphen-",
        "PUT /dot.-hyphen",
        &long,
        "PUT /dots.are.fine",
        "PUT /xn--fine",
    ];
    check_outcomes(
        &Server::start(),
        &requests,
        expect![[r#"
        PUT /ab → 400 InvalidBucketName
        PUT /Upper → 400 InvalidBucketName
        PUT /under_score → 400 InvalidBucketName
        PUT /192.168.5.4 → 400 InvalidBucketName
        PUT /two..dots → 400 InvalidBucketName
        PUT /-hyphen → 400 InvalidBucketName
        PUT /hyphen- → 400 InvalidBucketName
        PUT /dot.-hyphen → 400 InvalidBucketName
        PUT /gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg → 400 InvalidBucketName
        PUT /dots.are.fine → 200
        PUT /xn--fine → 200
    "#]],
    );
}

#[test]
fn a_location_must_be_a_region() {
    let body = |name: &str, region: &str| {
        format!(
            "PUT /{name}\n\n<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    let requests = [body("loc-a", "nyc3"), body("loc-b", ""), body("loc-c", "us-east-1"), body("loc-d", "atlantis-9")];
    let server = Server::start();
    let statuses: Vec<String> = requests.iter().map(|r| crate::support::outcome(&server.send(r))).collect();
    expect![[r#"
        200
        200
        200
        400 InvalidLocationConstraint"#]]
    .assert_eq(&statuses.join("\n"));
}

#[test]
fn a_regional_host_makes_spaces_of_its_own_region_only() {
    let body = "<CreateBucketConfiguration><LocationConstraint>ams3</LocationConstraint></CreateBucketConfiguration>";
    let server = Server::start();
    let at = |host: &str, name: &str| {
        crate::support::outcome(&server.send(&format!("PUT /{name} at {host}.digitaloceanspaces.com\n\n{body}")))
    };
    assert_eq!(at("ams3", "in-ams"), "200");
    assert_eq!(at("sgp1", "in-sgp"), "400 InvalidLocationConstraint");
    check_outcomes(
        &server,
        &["HEAD /in-ams at ams3.digitaloceanspaces.com", "HEAD /in-ams at sgp1.digitaloceanspaces.com", "HEAD /in-ams"],
        expect![[r#"
            HEAD /in-ams at ams3.digitaloceanspaces.com → 200
            HEAD /in-ams at sgp1.digitaloceanspaces.com → 404
            HEAD /in-ams → 200
        "#]],
    );
}

#[test]
fn a_body_that_is_no_configuration_is_refused() {
    let requests = ["PUT /mal-a\n\n<CreateBucketConfiguration", "PUT /mal-b\n\nhello", "PUT /mal-c\n\n<Foo/>"];
    check_outcomes(
        &Server::start(),
        &requests,
        expect![[r#"
        PUT /mal-a |  | <CreateBucketConfiguration → 400 InvalidArgument
        PUT /mal-b |  | hello → 400 InvalidArgument
        PUT /mal-c |  | <Foo/> → 400 InvalidArgument
    "#]],
    );
}

#[test]
fn a_canned_acl_is_taken_and_an_unknown_one_refused() {
    let server = Server::start();
    let requests = ["PUT /pub\nx-amz-acl: public-read", "GET /pub as nobody", "PUT /bad\nx-amz-acl: bogus"];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /pub | x-amz-acl: public-read → 200
        GET /pub as nobody → 200
        PUT /bad | x-amz-acl: bogus → 400 InvalidArgument
    "#]],
    );
}

#[test]
fn an_account_may_have_so_many() {
    let server = Server::start_with(|settings| settings.limits.buckets_max = 2);
    check_outcomes(
        &server,
        &["PUT /b-one", "PUT /b-two", "PUT /b-three", "PUT /b-one", "PUT /b-four as B"],
        expect![[r#"
        PUT /b-one → 200
        PUT /b-two → 200
        PUT /b-three → 400 TooManyBuckets
        PUT /b-one → 400 TooManyBuckets
        PUT /b-four as B → 200
    "#]],
    );
}

#[test]
fn a_virtual_host_names_the_bucket() {
    let requests = [
        "PUT / at by-host.nyc3.digitaloceanspaces.com",
        "HEAD /by-host",
        "PUT / at Bad_Host.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &Server::start(),
        &requests,
        expect![[r#"
        PUT / at by-host.nyc3.digitaloceanspaces.com → 200
        HEAD /by-host → 200
        PUT / at Bad_Host.nyc3.digitaloceanspaces.com → 400 InvalidBucketName
    "#]],
    );
}
