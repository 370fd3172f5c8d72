//! The disk: one file written in large blocks and synced, as `dd conv=fsync` does.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::request::Filler;

/// Bytes in a second of a file of `bytes` bytes in `folder`, synced once at the end and then removed.
pub(crate) fn rate(folder: &Path, bytes: u64) -> Outcome<f64> {
    let body = Filler::new(bytes, false);
    let mut file = tempfile::tempfile_in(folder)
        .map_err(|error| Failure::from(error).at(&format!("making a file in {}", folder.display())))?;
    let begin = Instant::now();
    for block in body.pieces() {
        file.write_all(&block)?;
    }
    file.sync_all()?;
    Ok(bytes as f64 / begin.elapsed().as_secs_f64())
}
