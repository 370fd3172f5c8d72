//! Analytics, inventory, metrics and intelligent tiering: kept by id, listed by pages, nothing done about them.

use super::with_bucket;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use std::fmt::Write as _;

const KINDS: [(&str, &str); 4] = [
    ("analytics", "<AnalyticsConfiguration><Id>ID</Id><StorageClassAnalysis/></AnalyticsConfiguration>"),
    (
        "inventory",
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b</Bucket><Format>CSV</Format></S3BucketDestination></Destination><IsEnabled>true</IsEnabled><Id>ID</Id><IncludedObjectVersions>All</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>",
    ),
    ("metrics", "<MetricsConfiguration><Id>ID</Id></MetricsConfiguration>"),
    (
        "intelligent-tiering",
        "<IntelligentTieringConfiguration><Id>ID</Id><Status>Enabled</Status><Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>",
    ),
];

#[test]
fn each_kind_goes_its_way() {
    let server = with_bucket();
    let mut shown = String::new();
    for (name, document) in KINDS {
        let mut line = |request: String| {
            let _ = writeln!(shown, "{} → {}", request.split("\n\n").next().unwrap(), outcome(&server.send(&request)));
        };
        let put = |id: &str, named: &str| format!("PUT /b-one?{name}&id={id}\n\n{}", document.replace("ID", named));
        line(format!("GET /b-one?{name}&id=one"));
        line(put("one", "one"));
        line(put("one", "two"));
        line(put("", ""));
        line(format!("PUT /b-one?{name}&id=one\n\n<a"));
        line(format!("GET /b-one?{name}&id=one"));
        line(format!("GET /?{name}&id=one at b-one.localhost"));
        line(format!("GET /b-one?{name}&id=one as B"));
        line(format!("GET /b-one?{name} as nobody"));
        line(format!("DELETE /b-one?{name}&id=one as B"));
        line(format!("DELETE /b-one?{name}&id=one"));
        line(format!("DELETE /b-one?{name}&id=one"));
    }
    expect![[r#"
        GET /b-one?analytics&id=one → 404 NoSuchConfiguration
        PUT /b-one?analytics&id=one → 200
        PUT /b-one?analytics&id=one → 400 InvalidArgument
        PUT /b-one?analytics&id= → 400 InvalidArgument
        PUT /b-one?analytics&id=one → 400 MalformedXML
        GET /b-one?analytics&id=one → 200
        GET /?analytics&id=one at b-one.localhost → 200
        GET /b-one?analytics&id=one as B → 403 AccessDenied
        GET /b-one?analytics as nobody → 403 AccessDenied
        DELETE /b-one?analytics&id=one as B → 403 AccessDenied
        DELETE /b-one?analytics&id=one → 204
        DELETE /b-one?analytics&id=one → 404 NoSuchConfiguration
        GET /b-one?inventory&id=one → 404 NoSuchConfiguration
        PUT /b-one?inventory&id=one → 200
        PUT /b-one?inventory&id=one → 400 InvalidArgument
        PUT /b-one?inventory&id= → 400 InvalidArgument
        PUT /b-one?inventory&id=one → 400 MalformedXML
        GET /b-one?inventory&id=one → 200
        GET /?inventory&id=one at b-one.localhost → 200
        GET /b-one?inventory&id=one as B → 403 AccessDenied
        GET /b-one?inventory as nobody → 403 AccessDenied
        DELETE /b-one?inventory&id=one as B → 403 AccessDenied
        DELETE /b-one?inventory&id=one → 204
        DELETE /b-one?inventory&id=one → 404 NoSuchConfiguration
        GET /b-one?metrics&id=one → 404 NoSuchConfiguration
        PUT /b-one?metrics&id=one → 200
        PUT /b-one?metrics&id=one → 400 InvalidArgument
        PUT /b-one?metrics&id= → 400 InvalidArgument
        PUT /b-one?metrics&id=one → 400 MalformedXML
        GET /b-one?metrics&id=one → 200
        GET /?metrics&id=one at b-one.localhost → 200
        GET /b-one?metrics&id=one as B → 403 AccessDenied
        GET /b-one?metrics as nobody → 403 AccessDenied
        DELETE /b-one?metrics&id=one as B → 403 AccessDenied
        DELETE /b-one?metrics&id=one → 204
        DELETE /b-one?metrics&id=one → 404 NoSuchConfiguration
        GET /b-one?intelligent-tiering&id=one → 404 NoSuchConfiguration
        PUT /b-one?intelligent-tiering&id=one → 200
        PUT /b-one?intelligent-tiering&id=one → 400 InvalidArgument
        PUT /b-one?intelligent-tiering&id= → 400 InvalidArgument
        PUT /b-one?intelligent-tiering&id=one → 400 MalformedXML
        GET /b-one?intelligent-tiering&id=one → 200
        GET /?intelligent-tiering&id=one at b-one.localhost → 200
        GET /b-one?intelligent-tiering&id=one as B → 403 AccessDenied
        GET /b-one?intelligent-tiering as nobody → 403 AccessDenied
        DELETE /b-one?intelligent-tiering&id=one as B → 403 AccessDenied
        DELETE /b-one?intelligent-tiering&id=one → 204
        DELETE /b-one?intelligent-tiering&id=one → 404 NoSuchConfiguration
    "#]]
    .assert_eq(&shown);
}

#[test]
fn lists_are_by_id_and_in_pages() {
    let server = with_bucket();
    for at in 0..101 {
        server.prepare(&[&format!(
            "PUT /b-one?metrics&id=m{at:03}\n\n<MetricsConfiguration><Id>m{at:03}</Id></MetricsConfiguration>"
        )]);
    }
    let first = server.send("GET /b-one?metrics");
    assert_eq!(first.text().matches("<MetricsConfiguration>").count(), 100);
    assert_eq!(first.xml("NextContinuationToken").as_deref(), Some("m099"));
    check(
        &server,
        "GET /b-one?metrics&continuation-token=m099",
        expect![[r#"
        200 OK
        content-length: 286
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><ListMetricsConfigurationsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><MetricsConfiguration><Id>m100</Id></MetricsConfiguration><IsTruncated>false</IsTruncated><ContinuationToken>m099</ContinuationToken></ListMetricsConfigurationsResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one?metrics&id=m007",
        expect![[r#"
        200 OK
        content-length: 144
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><MetricsConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Id>m007</Id></MetricsConfiguration>
    "#]],
    );
    check_outcomes(
        &server,
        &["PUT /b-one?inventory&id=i\n\n<InventoryConfiguration><Id>i</Id></InventoryConfiguration>"],
        expect![[r#"
            PUT /b-one?inventory&id=i |  | <InventoryConfiguration><Id>i</Id></InventoryConfiguration> → 400 MalformedXML
        "#]],
    );
}
