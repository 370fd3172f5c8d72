//! Whose behaviour is shown: a profile is data, so that no handler asks for its name.

use spacelet_engine::policy::Dialect;

use crate::{AclFaults, CustomerKeyFaults, ErrorCode, FormFaults, PolicyKeys, PreflightFaults, RateLimits};

/// A set of named switches. Columns of the operation and error tables follow [`Profile::is_aws`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// `spaces` or `aws`.
    pub name: &'static str,
    /// Picks the `aws` columns of the tables and AWS's error bodies.
    pub is_aws: bool,
    /// `If-Match` and `If-None-Match` on PUT, Complete and Delete are obeyed (Spaces ignores them: spaces-reference 5).
    pub honours_conditional_put: bool,
    /// `encoding-type=url` writes `/` as `%2F` in keys (Spaces, RGW).
    pub escapes_slash_in_listings: bool,
    /// Additional checksums are stored and answered.
    pub echoes_checksums: bool,
    /// Object lock headers are obeyed (Spaces has no object lock).
    pub has_object_lock: bool,
    /// `x-amz-server-side-encryption` is recorded and answered (Spaces refuses it).
    pub has_encryption_headers: bool,
    /// Objects have storage classes, some of which are archives (AWS); Spaces has STANDARD only.
    pub has_storage_classes: bool,
    /// Lifecycle configurations are checked, completed and given back as Amazon does; RGW knows fewer conditions, and
    /// flattens what it gives back.
    pub lifecycle_is_amazons: bool,
    /// What is said to a reader who does not have an object's customer key (SSE-C).
    pub customer_key_faults: CustomerKeyFaults,
    /// A copy is an object of one part, whatever its source was (AWS); RGW keeps ETag and parts.
    pub copies_are_of_one_part: bool,
    /// A missing object says whether it is a delete marker, a missing version is `NoSuchVersion` (AWS).
    pub shows_delete_markers: bool,
    /// The region of a V4 signature must be the bucket's, and new buckets follow AWS's rules of regions (AWS).
    pub checks_regions: bool,
    /// `s3.{region}.amazonaws.com` and its other forms are the service's (AWS).
    pub knows_amazon_hosts: bool,
    /// A V4 signature's time may stand in a `Date` header as HTTP writes it (AWS); RGW wants `YYYYMMDDTHHMMSSZ`.
    pub takes_http_dates: bool,
    /// A V2 signature may cover a bucket with a slash after it that was not sent (AWS: botocore signs so).
    pub takes_v2_bucket_slash: bool,
    /// ListBuckets has pages, a prefix and a region to choose by (AWS since 2024).
    pub pages_buckets: bool,
    /// The tokens of ListObjectsV2 are opaque (AWS); RGW's are keys.
    pub opaque_tokens: bool,
    /// `x-amz-expected-bucket-owner` is obeyed (AWS, newer RGWs).
    pub checks_expected_owner: bool,
    /// `x-rgw-object-type` on objects, `x-rgw-*` counters on HeadBucket (RGW).
    pub shows_gateway_counters: bool,
    /// `partNumber` of GET and HEAD reads one part (newer RGWs, AWS); RGW 16 ignores it.
    pub reads_parts: bool,
    /// Canned ACLs beyond `private` and `public-read` are refused.
    pub only_documented_canned_acls: bool,
    /// The first CORS rule that has the origin decides alone (RGW); AWS looks for the first that allows all of it.
    pub cors_first_origin_decides: bool,
    /// How bucket policies are read.
    pub policy_dialect: Dialect,
    /// Which condition keys a request has.
    pub policy_keys: PolicyKeys,
    /// ACL, tags and lock in a write's headers take permissions of their own (AWS).
    pub headers_take_permissions: bool,
    /// DeleteObjects judges each key and nothing else (AWS); RGW first asks for WRITE on the bucket.
    pub judges_deleted_keys_alone: bool,
    /// An account that is refused in its own bucket is told why, in the message (AWS since 2024).
    pub tells_owners_why: bool,
    /// The bucket's owner may read, replace and delete its policy whatever it says (AWS).
    pub owner_keeps_policy: bool,
    /// How ACLs are refused, and which of them there are.
    pub acl_faults: AclFaults,
    /// How a preflight is refused.
    pub preflight_faults: PreflightFaults,
    /// Tags are of Amazon's characters, no key is there twice or begins with `aws:`; a header's `+` is a blank (AWS).
    pub tags_are_checked: bool,
    /// The code for a key of an account that is suspended.
    pub suspension_fault: ErrorCode,
    /// The code for a key of more than 1,024 bytes.
    pub long_key_fault: ErrorCode,
    /// A CreateBucketConfiguration may leave the location out, and have the bucket's first tags (AWS).
    pub takes_configuration_without_location: bool,
    /// The code for a document that is no policy.
    pub policy_fault: ErrorCode,
    /// A policy may name this bucket and what is in it only, and has at most 20 KiB (AWS).
    pub policies_are_confined: bool,
    /// A bucket that a limited key names takes no policy (spaces-reference 3).
    pub limited_keys_exclude_policies: bool,
    /// Putting a policy or CORS rules on a missing bucket answers `NoSuchKey` (spaces-reference 4.5, 4.6).
    pub missing_bucket_is_missing_key: bool,
    /// A bucket's access logs may not go into itself (spaces-reference 4.8).
    pub log_target_is_another: bool,
    /// The code for a document that is no website configuration.
    pub website_fault: ErrorCode,
    /// Words of a website configuration are checked: no slash in an index suffix, protocols `http` and `https` (AWS).
    pub website_words_are_checked: bool,
    /// A visitor of `folder` whose index is `folder/index.html` is sent to `folder/` (AWS); RGW shows the index at once.
    pub website_sends_to_folders: bool,
    /// A new ACL moves Last-Modified, because RGW writes the object's head anew; AWS keeps it.
    pub acl_moves_last_modified: bool,
    /// Who began an upload and the bucket's owner list its parts and give it up (AWS); in RGW ACLs say who.
    pub initiators_rule_uploads: bool,
    /// `encoding-type` counts for all that ListMultipartUploads names, and is echoed (AWS); in RGW for keys only.
    pub encodes_upload_listings: bool,
    /// A page of ListMultipartUploads is filled up where common prefixes left room (RGW).
    pub fills_upload_pages: bool,
    /// The code for a body of CreateBucket that is no configuration.
    pub location_fault: ErrorCode,
    /// The ETag in what CompleteMultipartUpload, copies and forms answer has quotes (AWS).
    pub quotes_answered_etags: bool,
    /// Some bodies must come with a digest in the head, and documents are held against theirs (AWS).
    pub wants_digests: bool,
    /// What is said of a POST form that is refused.
    pub form_faults: FormFaults,
    /// `Location` of what a form or a completed upload made is a URL (AWS); RGW's is host and path.
    pub answers_urls: bool,
    /// The answer to a POST form has the header ETag (AWS); RGW leaves it out.
    pub forms_answer_etag: bool,
    /// CompleteMultipartUpload wants an upload's customer key (SSE-C) and answers it (AWS).
    pub completion_takes_customer_key: bool,
    /// Bytes of an object's user metadata, names and values together (AWS); `None`: as many as a head may have (RGW).
    pub metadata_bytes_max: Option<usize>,
    /// Repeated `x-amz-meta-*` are joined by commas, what is not ASCII is answered as RFC 2047 writes it (AWS).
    pub metadata_is_mail_safe: bool,
    /// Bytes of a PUT or part that a link may send through the CDN's host (spaces-reference 5); `None`: it takes none.
    pub cdn_put_bytes_max: Option<u64>,
    /// `x-amz-*` parameters of a V4 link count as headers (AWS); Spaces ignores them.
    pub reads_headers_from_links: bool,
    /// A V4 signature must cover every `x-amz-*` header (AWS).
    pub wants_headers_signed: bool,
    /// An Authorization header or a link of another shape than V4 wants is told what is wrong with it (AWS).
    pub tells_malformed_signatures: bool,
    /// Listings and HeadBucket answer `x-amz-bucket-region` (AWS).
    pub names_bucket_region: bool,
    /// A missing key is told to those whose policy lets them list it as a prefix (AWS, newer RGWs).
    pub missing_key_is_prefix: bool,
    /// The body of CompleteMultipartUpload may have 1 MiB; a longer one is `InvalidRange` (RGW).
    pub completion_is_capped: bool,
    /// ListParts names initiator and owner (AWS); RGW leaves the owner empty.
    pub names_owner_of_parts: bool,
    /// DeleteBucketPolicy answers 204 (AWS); RGW answers 200.
    pub policy_deletion_has_no_content: bool,
    /// A failed key in DeleteObjects' answer has its code as its message (RGW).
    pub repeats_code_as_message: bool,
    /// A DeleteObjects that cannot be read is refused without a body (RGW).
    pub unreadable_deletion_is_bare: bool,
    /// A DeleteObjects without a key is unreadable (AWS); RGW answers that it deleted none.
    pub refuses_empty_deletion: bool,
    /// Only `private` and `public-read` are documented; the use of others is remarked on (Spaces).
    pub has_two_canned_acls: bool,
    /// An unsigned `GET /` gets the front proxy's 403 (Spaces).
    pub proxy_guards_root: bool,
    /// How many requests are served, where the settings have rates enforced.
    pub rates: RateLimits,
}

impl Profile {
    /// DigitalOcean Spaces.
    pub const SPACES: Self = Self {
        name: "spaces",
        is_aws: false,
        honours_conditional_put: false,
        escapes_slash_in_listings: true,
        echoes_checksums: false,
        has_object_lock: false,
        has_encryption_headers: false,
        has_storage_classes: false,
        lifecycle_is_amazons: false,
        customer_key_faults: CustomerKeyFaults::Rgw,
        copies_are_of_one_part: false,
        reads_parts: false,
        shows_gateway_counters: true,
        pages_buckets: false,
        takes_v2_bucket_slash: false,
        checks_regions: false,
        knows_amazon_hosts: false,
        takes_http_dates: false,
        completion_takes_customer_key: false,
        metadata_bytes_max: None,
        metadata_is_mail_safe: false,
        cdn_put_bytes_max: Some(8_100 << 10),
        reads_headers_from_links: false,
        wants_headers_signed: false,
        tells_malformed_signatures: false,
        names_bucket_region: false,
        missing_key_is_prefix: false,
        opaque_tokens: false,
        checks_expected_owner: false,
        shows_delete_markers: false,
        only_documented_canned_acls: false,
        cors_first_origin_decides: true,
        policy_dialect: Dialect::RGW,
        policy_keys: PolicyKeys::Rgw,
        headers_take_permissions: false,
        tells_owners_why: false,
        judges_deleted_keys_alone: false,
        acl_faults: AclFaults::Rgw,
        preflight_faults: PreflightFaults::Rgw,
        tags_are_checked: false,
        suspension_fault: ErrorCode::UserSuspended,
        long_key_fault: ErrorCode::InvalidObjectName,
        takes_configuration_without_location: false,
        owner_keeps_policy: false,
        policy_fault: ErrorCode::InvalidArgument,
        policies_are_confined: false,
        limited_keys_exclude_policies: true,
        missing_bucket_is_missing_key: true,
        log_target_is_another: true,
        website_fault: ErrorCode::InvalidArgument,
        website_words_are_checked: false,
        website_sends_to_folders: false,
        acl_moves_last_modified: true,
        initiators_rule_uploads: false,
        encodes_upload_listings: false,
        fills_upload_pages: true,
        location_fault: ErrorCode::InvalidArgument,
        quotes_answered_etags: false,
        wants_digests: false,
        form_faults: FormFaults::Rgw,
        answers_urls: false,
        forms_answer_etag: false,
        completion_is_capped: true,
        names_owner_of_parts: false,
        policy_deletion_has_no_content: false,
        repeats_code_as_message: true,
        unreadable_deletion_is_bare: true,
        refuses_empty_deletion: false,
        has_two_canned_acls: true,
        proxy_guards_root: true,
        rates: RateLimits::SPACES,
    };

    /// Amazon S3.
    pub const AWS: Self = Self {
        name: "aws",
        is_aws: true,
        honours_conditional_put: true,
        escapes_slash_in_listings: false,
        echoes_checksums: true,
        has_object_lock: true,
        has_encryption_headers: true,
        has_storage_classes: true,
        lifecycle_is_amazons: true,
        customer_key_faults: CustomerKeyFaults::Aws,
        copies_are_of_one_part: true,
        reads_parts: true,
        shows_gateway_counters: false,
        pages_buckets: true,
        takes_v2_bucket_slash: true,
        checks_regions: true,
        knows_amazon_hosts: true,
        takes_http_dates: true,
        completion_takes_customer_key: true,
        metadata_bytes_max: Some(2_048),
        metadata_is_mail_safe: true,
        cdn_put_bytes_max: None,
        reads_headers_from_links: true,
        wants_headers_signed: true,
        tells_malformed_signatures: true,
        names_bucket_region: true,
        missing_key_is_prefix: true,
        opaque_tokens: true,
        checks_expected_owner: true,
        shows_delete_markers: true,
        only_documented_canned_acls: false,
        cors_first_origin_decides: false,
        policy_dialect: Dialect::AWS,
        policy_keys: PolicyKeys::Aws,
        headers_take_permissions: true,
        tells_owners_why: true,
        judges_deleted_keys_alone: true,
        acl_faults: AclFaults::Aws,
        preflight_faults: PreflightFaults::Aws,
        tags_are_checked: true,
        suspension_fault: ErrorCode::AccountProblem,
        long_key_fault: ErrorCode::KeyTooLongError,
        takes_configuration_without_location: true,
        owner_keeps_policy: true,
        policy_fault: ErrorCode::MalformedPolicy,
        policies_are_confined: true,
        limited_keys_exclude_policies: false,
        missing_bucket_is_missing_key: false,
        log_target_is_another: false,
        website_fault: ErrorCode::MalformedXML,
        website_words_are_checked: true,
        website_sends_to_folders: true,
        acl_moves_last_modified: false,
        initiators_rule_uploads: true,
        encodes_upload_listings: true,
        fills_upload_pages: false,
        location_fault: ErrorCode::MalformedXML,
        quotes_answered_etags: true,
        wants_digests: true,
        form_faults: FormFaults::Aws,
        answers_urls: true,
        forms_answer_etag: true,
        completion_is_capped: false,
        names_owner_of_parts: true,
        policy_deletion_has_no_content: true,
        repeats_code_as_message: false,
        unreadable_deletion_is_bare: false,
        refuses_empty_deletion: true,
        has_two_canned_acls: false,
        proxy_guards_root: false,
        rates: RateLimits::AWS,
    };

    /// The profile of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::SPACES, Self::AWS].into_iter().find(|profile| profile.name == name)
    }
}
