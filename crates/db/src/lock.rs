//! One server per SQLite file, and no SQLite file on a network disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Held for as long as a server has the file open; the kernel lets go of it when the process ends.
pub(crate) struct FileLock {
    _file: File,
}

pub(crate) fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

impl FileLock {
    /// Takes the lock or says who has it.
    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = lock_path(database);
        let refused = |error: std::io::Error| {
            OpenError::Unusable(format!("{} cannot be written: {error}", path.display()))
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(OpenError::InUse(holder.trim().to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .map_err(refused)?;
        writeln!(file, "process {}", std::process::id()).map_err(refused)?;
        Ok(Self { _file: file })
    }
}

/// The name of the network file system that holds `folder`, if it is one: SQLite's locks are not
/// dependable there and a write-ahead log needs memory shared between processes.
pub(crate) fn network_file_system(folder: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    network_name(kind & 0xFFFF_FFFF)
}

const fn network_name(kind: i64) -> Option<&'static str> {
    match kind {
        0x6969 => Some("NFS"),
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => Some("SMB"),
        0x0102_1997 => Some("9p"),
        0x00C3_6400 => Some("Ceph"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("t.db");
        let held = FileLock::take(&database).unwrap();
        // The same process may lock another descriptor of the file only after the first is closed.
        match FileLock::take(&database) {
            Err(OpenError::InUse(who)) => {
                assert!(who.contains(&std::process::id().to_string()), "{who}")
            }
            other => panic!("expected a refusal, got {}", other.is_ok()),
        }
        drop(held);
        FileLock::take(&database).unwrap();
    }

    #[test]
    fn network_disks_have_names() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xEF53), None);
    }
}
