//! Who listens on a port that is taken (Linux, best effort): the socket's inode from `/proc/net`, its owner from
//! `/proc/PID/fd`. Only asked when a start fails.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// `process 123 (name)`, where the process may be looked at.
pub(crate) fn port_holder(address: SocketAddr) -> Option<String> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, address.port()))
        .collect();
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    processes
        .filter(|process| process.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit()))
        .find_map(|process| {
            holds(&process.path(), &inodes).then(|| {
                let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                format!("process {} ({})", process.file_name().to_string_lossy(), name.trim())
            })
        })
}

/// The inodes of sockets in state LISTEN (`0A`) on the port.
fn listening_inodes(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
        (local.ends_with(&suffix) && *state == "0A").then(|| (*inode).to_owned())
    };
    table.lines().filter_map(row).collect()
}

fn holds(process: &Path, inodes: &[String]) -> bool {
    let Ok(open) = fs::read_dir(process.join("fd")) else { return false };
    open.filter_map(Result::ok).filter_map(|fd| fs::read_link(fd.path()).ok()).any(|link| {
        let link = link.to_string_lossy();
        inodes.iter().any(|inode| link == format!("socket:[{inode}]"))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_found_by_its_port() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let holder = port_holder(listener.local_addr().unwrap()).unwrap();
        assert!(holder.starts_with(&format!("process {} (", std::process::id())), "{holder}");
    }
}
