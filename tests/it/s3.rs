//! Each operation over the wire: its success, each of its errors, anonymous callers, both addressing styles.

mod addressing;
mod amazon;
mod bodies;
mod explanations;
mod keys;
mod limited_keys;

mod bucket_acl;
mod bucket_cors;
mod bucket_lifecycle;
mod bucket_logging;
mod bucket_policy;
mod bucket_website;
mod create_bucket;
mod delete_bucket;
mod get_bucket_location;
mod head_bucket;
mod list_buckets;

mod copy_object;
mod delete_object;
mod delete_objects;
mod get_object;
mod head_object;
mod object_acl;
mod post_object;
mod put_object;

mod list_objects;
mod list_objects_v2;

mod abort_multipart_upload;
mod complete_multipart_upload;
mod create_multipart_upload;
mod list_multipart_uploads;
mod list_parts;
mod upload_part;
mod upload_part_copy;

mod append_object;
mod aws;
mod customer_keys;

mod not_offered;
mod quirks;
mod rates;
mod responses;

use crate::server::Server;

/// Begins an upload; its id.
fn upload(server: &Server, request: &str) -> String {
    server.send(request).xml("UploadId").unwrap_or_else(|| panic!("{request} begins no upload"))
}

/// Sends a part; its ETag with its quotes.
fn part(server: &Server, path: &str, upload: &str, number: u32, body: &str) -> String {
    let answer = server.send(&format!("PUT {path}?partNumber={number}&uploadId={upload}\n\n{body}"));
    answer.header("etag").unwrap_or_else(|| panic!("part {number}: {}", answer.text())).to_owned()
}

/// The body of CompleteMultipartUpload.
fn part_list(parts: &[(u32, &str)]) -> String {
    let part =
        |(number, etag): &(u32, &str)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.iter().map(part).collect::<String>())
}

/// Completes an upload, which must succeed.
fn complete(server: &Server, path: &str, upload: &str, parts: &[(u32, &str)]) {
    let answer = server.send(&format!("POST {path}?uploadId={upload}\n\n{}", part_list(parts)));
    assert!(answer.status == 200 && answer.xml("Code").is_none(), "{}", answer.text());
}
