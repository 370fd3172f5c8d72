//! Whether a file system is mounted exactly at a folder: the image keeps its data in `/data` only if it is a mount.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// True when something is mounted at `folder` (Linux: `/proc/self/mountinfo`, so bind mounts count too).
pub(crate) fn is_mounted(folder: &Path) -> bool {
    match std::fs::read_to_string("/proc/self/mountinfo") {
        Ok(table) => {
            folder.canonicalize().is_ok_and(|folder| mount_points(&table).any(|point| Path::new(&point) == folder))
        }
        Err(_) => on_another_device(folder),
    }
}

/// The fifth field of each line, with its octal escapes (`\040` is a blank) undone.
fn mount_points(table: &str) -> impl Iterator<Item = String> {
    table.lines().filter_map(|line| line.split(' ').nth(4)).map(|field| {
        ["\\040", "\\011", "\\012", "\\134"]
            .into_iter()
            .zip([" ", "\t", "\n", "\\"])
            .fold(field.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
    })
}

fn on_another_device(folder: &Path) -> bool {
    let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    let parent = folder.parent().unwrap_or(folder);
    folder.is_dir() && device(folder) != device(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_the_fifth_field() {
        let table = "36 35 98:0 / /data rw,noatime - ext4 /dev/root rw\n37 35 0:4 / /my\\040data rw - tmpfs tmpfs rw";
        assert_eq!(mount_points(table).collect::<Vec<_>>(), ["/data", "/my data"]);
    }

    #[test]
    fn the_root_is_a_mount_and_a_plain_folder_is_none() {
        assert!(is_mounted(Path::new("/")));
        assert!(!is_mounted(Path::new("/nonexistent")));
        assert!(!is_mounted(Path::new("/usr/bin")));
    }
}
