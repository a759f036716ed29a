//! The line that says where the figures come from.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// Processor, cores, memory, system and file system under `folder`.
pub fn line(folder: &Path) -> Result<String> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |line| {
            line.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism()?;
    let meminfo = fs::read_to_string("/proc/meminfo")?;
    let kilobytes = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .context("no MemTotal")?;
    let gigabytes = kilobytes.trim().trim_end_matches(" kB").parse::<u64>()? / (1024 * 1024);
    let system = fs::read_to_string("/etc/os-release")?;
    let system = system
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or("Linux")
        .trim_matches('"');
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel: String = kernel
        .trim()
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || *letter == '.')
        .collect();
    let mut findmnt = Command::new("findmnt");
    let disk = super::process::output(findmnt.args(["-n", "-o", "FSTYPE", "-T"]).arg(folder))?;
    Ok(format!(
        "{model}, {cores} cores, {gigabytes} GiB of memory, {system}, Linux {kernel}, {}",
        disk.trim()
    ))
}

/// How many cores' worth of other work is waiting, if that is enough to spoil the figures.
pub fn busy() -> Option<f64> {
    let load = fs::read_to_string("/proc/loadavg").ok()?;
    let load = load.split(' ').next()?.parse::<f64>().ok()?;
    (load > 0.5).then_some(load)
}

/// nginx tells its version on stderr.
pub fn nginx(program: &Path) -> Result<String> {
    let said = Command::new(program).arg("-v").output()?.stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok(said
        .rsplit(": ")
        .next()
        .unwrap_or(&said)
        .trim()
        .replace('/', " "))
}
