//! Which machine it was, since figures mean little without it.

use std::fs;

/// Processors, memory, kernel.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model.trim());
    let sha = if cpuinfo.contains(" sha_ni") { ", SHA instructions" } else { "" };
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let meminfo = read("/proc/meminfo");
    let total =
        meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok());
    let gib = total.unwrap_or(0_u64) >> 20;
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{model}, {count} CPUs{sha}, {gib} GiB memory, Linux {}", kernel.trim())
}

/// How many processes wanted a processor during the last minute: above the number of CPUs others were at work, too.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
