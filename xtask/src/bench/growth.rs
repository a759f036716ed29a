//! Whether there is room and time to grow the data.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::report::megabytes;
use super::tallystick::Filled;
use super::{GROWN, say};

/// Nobody wants to wait longer for one figure.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// While it is filled, the write-ahead log and the settled copy of its pages lie beside the file.
const SPARE: u64 = 2;

/// Judges from what the usual number of tasks took.
pub fn room_for(usual: Filled, folder: &Path) -> Result<()> {
    let grown = u32::try_from(GROWN)?;
    let (bytes, time) = (usual.bytes.unwrap_or_default() * GROWN, usual.time * grown);
    say(&format!(
        "growing the data takes {:.1} GB and about {:.0} minutes",
        megabytes(bytes) / 1e3,
        time.as_secs_f64() / 60.0
    ));
    ensure!(
        time < PATIENCE,
        "that is too long; leave --growth out or take fewer --tasks"
    );
    let disk = rustix::fs::statvfs(folder)?;
    let free = disk.f_bavail * disk.f_frsize;
    ensure!(
        free > bytes * SPARE,
        "{} has {:.1} GB free, {:.1} are needed",
        folder.display(),
        megabytes(free) / 1e3,
        megabytes(bytes * SPARE) / 1e3
    );
    Ok(())
}
