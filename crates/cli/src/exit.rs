//! How a command ends.

use std::process::ExitCode;

/// The exit codes of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what it was asked.
    Done,
    /// It could not; a sentence on stderr says why. (2 is a usage error, which the argument parser gives.)
    Failed,
    /// The storage failed in a way that makes going on unsafe (`EX_IOERR`): restart after looking at the disk.
    StorageFailed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Failed => Self::from(1),
            Exit::StorageFailed => Self::from(74),
        }
    }
}
