#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

/// The smallest request of a row.
fn smallest(row: &Row) -> (String, HeaderMap) {
    let mut headers = HeaderMap::new();
    let mut query = Vec::new();
    for when in row.when {
        match *when {
            When::Has(name) => query.push(name.to_owned()),
            When::Set(name) => query.push(format!("{name}=1")),
            When::Is(name, value) => query.push(format!("{name}={value}")),
            When::Header(name) => {
                headers.insert(name, http::HeaderValue::from_static("/b/k"));
            }
            When::Form => {
                headers.insert("content-type", http::HeaderValue::from_static("multipart/form-data; boundary=x"));
            }
        }
    }
    (query.join("&"), headers)
}

#[test]
fn every_row_is_reachable_from_its_smallest_request() {
    for row in ROWS {
        let (query, headers) = smallest(row);
        let query = Query::parse(&query);
        let found = INDEX
            .iter()
            .find(|(key, _)| *key == (row.verb, row.scope))
            .and_then(|(_, rows)| rows.iter().find(|row| row.when.iter().all(|when| when.holds(&query, &headers))));
        assert_eq!(found.map(|row| row.name), Some(row.name));
    }
}

#[test]
fn one_row_per_operation() {
    let mut names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_built_row_has_an_operation_and_an_unbuilt_one_has_none() {
    for row in ROWS {
        let is_built = row.spaces == Status::Built || row.aws == Status::Built;
        assert_eq!(is_built, row.operation != Operation::Unserved, "{}", row.name);
    }
}

fn resolved(method: &Method, scope: Scope, query: &str, header: Option<&'static str>) -> String {
    let mut headers = HeaderMap::new();
    if let Some(name) = header {
        headers.insert(name, http::HeaderValue::from_static("/b/k"));
    }
    let row = find(false, method, scope, &Query::parse(query), &headers);
    match row.and_then(|row| row.offered(false).map(|()| row.name)) {
        Ok(name) => name.to_owned(),
        Err(error) => format!("{} {:?}", error.code.name(), error.shape),
    }
}

#[test]
fn sub_resources_never_list_by_accident() {
    use Method as M;
    for (method, scope, query, header, expected) in [
        (M::GET, Scope::Bucket, "", None, "ListObjects"),
        (M::GET, Scope::Bucket, "foo=bar", None, "ListObjects"),
        (M::GET, Scope::Bucket, "list-type=2", None, "ListObjectsV2"),
        (M::GET, Scope::Bucket, "list-type=3", None, "ListObjects"),
        (M::GET, Scope::Bucket, "inventory", None, "NotImplemented NotOffered"),
        (M::GET, Scope::Bucket, "inventory&id=x", None, "NotImplemented NotOffered"),
        (M::PUT, Scope::Bucket, "encryption", None, "NotImplemented NotOffered"),
        (M::DELETE, Scope::Bucket, "ownershipControls", None, "NotImplemented NotOffered"),
        (M::GET, Scope::Bucket, "policy", None, "GetBucketPolicy"),
        (M::GET, Scope::Bucket, "policyStatus", None, "NotImplemented NotOffered"),
        (M::DELETE, Scope::Bucket, "policy", None, "DeleteBucketPolicy"),
        (M::GET, Scope::Bucket, "website", None, "GetBucketWebsite"),
        (M::PUT, Scope::Object, "", None, "PutObject"),
        (M::PUT, Scope::Object, "foo", None, "PutObject"),
        (M::PUT, Scope::Object, "", Some("x-amz-copy-source"), "CopyObject"),
        (M::PUT, Scope::Object, "partNumber=1&uploadId=2", None, "UploadPart"),
        (M::PUT, Scope::Object, "partNumber=1&uploadId=2", Some("x-amz-copy-source"), "UploadPartCopy"),
        (M::PUT, Scope::Object, "partNumber=1&uploadId=", None, "PutObject"),
        (M::DELETE, Scope::Object, "uploadId=", None, "DeleteObject"),
        (M::POST, Scope::Object, "", None, "NotImplemented Gateway"),
        (M::POST, Scope::Service, "", None, "MethodNotAllowed Gateway"),
        (M::PATCH, Scope::Object, "", None, "MethodNotAllowed Gateway"),
        (M::TRACE, Scope::Bucket, "", None, "MethodNotAllowed Gateway"),
    ] {
        assert_eq!(resolved(&method, scope, query, header), expected, "{method} {scope:?} {query}");
    }
}
