//! A process's CPU time and memory, from `/proc`.

use std::fs;
use std::time::Duration;

/// The kernel's unit of CPU time in `/proc/PID/stat` (`USER_HZ`), the same on all of Linux's common machines.
const TICK: Duration = Duration::from_millis(10);

/// User and system time that the process has used, in steps of 10 ms; `None` where there is no such process.
pub(crate) fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may hold blanks: fields are counted after it.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * (user + system))
}

/// Resident memory now, in bytes.
pub(crate) fn rss_bytes(pid: u32) -> Option<u64> {
    status_bytes(pid, "VmRSS:")
}

/// The most resident memory since the last [`forget_peak`], in bytes.
pub(crate) fn peak_rss_bytes(pid: u32) -> Option<u64> {
    status_bytes(pid, "VmHWM:")
}

/// Begins a new peak. Nothing happens where the kernel does not allow it; the peak is then the process's whole life's.
pub(crate) fn forget_peak(pid: u32) {
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

fn status_bytes(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory_and_time() {
        let pid = std::process::id();
        assert!(rss_bytes(pid) > Some(1 << 20));
        assert!(peak_rss_bytes(pid) >= rss_bytes(pid));
        let begin = cpu(pid);
        while cpu(pid) == begin {}
        assert!(cpu(pid) > begin);
        assert_eq!(cpu(u32::MAX), None);
    }
}
