//! The named limits of S3's wire. Each can be set; the defaults are Spaces' (spaces-reference 4 and 5).

use std::time::Duration;

/// Sizes, counts and times that a request may not exceed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one PUT or part. Default 5 GiB. More → `EntityTooLarge`, by the header alone.
    pub put_bytes_max: u64,
    /// Bytes of an XML request body. Default 2 MiB (10,000 parts with long ETags need about 1.3 MiB).
    pub xml_bytes_max: u64,
    /// Bytes of a bucket policy. Default 1 MiB (RGW's `rgw_max_put_param_size`); in profile `aws` at most 20 KiB.
    pub policy_bytes_max: u64,
    /// Bytes of a part that is not the last. Default 5 MiB. Tests lower it.
    pub part_bytes_min: u64,
    /// The highest part number. Default 10,000.
    pub part_number_max: u32,
    /// Keys of one DeleteObjects. Default 1,000.
    pub delete_keys_max: usize,
    /// Entries of one page of any listing. Default 1,000.
    pub list_entries_max: usize,
    /// Spaces of an account that names no number of its own. Default 100.
    pub buckets_max: u32,
    /// How long a body may stand still before `RequestTimeout`. Default 60 s.
    pub body_idle: Duration,
    /// Bytes of a refused request's body that are read and dropped so that the client gets to read the refusal;
    /// beyond that the connection is closed. Default 8 MiB.
    pub refused_body_bytes_max: u64,
    /// Requests that the journal remembers. Default 1,000; 0 turns it off.
    pub journal_entries_max: usize,
    /// Listings and other blocking reads that run at once; further ones wait. Default 16.
    pub blocking_reads_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            put_bytes_max: 5 << 30,
            xml_bytes_max: 2 << 20,
            policy_bytes_max: 1 << 20,
            part_bytes_min: 5 << 20,
            part_number_max: 10_000,
            delete_keys_max: 1_000,
            list_entries_max: 1_000,
            buckets_max: 100,
            body_idle: Duration::from_secs(60),
            refused_body_bytes_max: 8 << 20,
            journal_entries_max: 1_000,
            blocking_reads_max: 16,
        }
    }
}
