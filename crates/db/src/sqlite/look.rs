//! Looking for damage while the server serves: on a thread that yields to everybody else, on a connection of its own
//! that keeps next to nothing in memory and is closed afterwards.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::DbError;
use crate::sqlite::{Mode, connect, quick_check, translate};

/// What was found, once something was.
pub(crate) type Damage = Arc<OnceLock<String>>;

/// A check reads one snapshot, and as long as it does, the log cannot start anew: so it ends, finished or not.
const BUDGET: Duration = Duration::from_secs(20);
/// The first seconds belong to those who waited for the server.
const PAUSE: Duration = Duration::from_secs(1);

/// A look under way. Dropping it ends it.
pub(crate) struct Look {
    stopping: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Look {
    pub(crate) fn start(path: &Path, damage: Damage) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let (path, told) = (path.to_owned(), stopping.clone());
        let thread = thread::Builder::new()
            .name("tallystick-look".to_owned())
            .spawn(move || {
                // On Linux this is a matter of the thread alone. Without it the look is only less polite.
                let _ = rustix::process::nice(19);
                thread::park_timeout(PAUSE);
                let until = Instant::now() + BUDGET;
                let enough = move || told.load(Ordering::Relaxed) || Instant::now() > until;
                report(look(&path, enough), &damage);
            });
        if let Err(error) = &thread {
            tracing::warn!(%error, "the database is not looked through for damage");
        }
        Self {
            stopping,
            thread: thread.ok(),
        }
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn look(path: &Path, mut enough: impl FnMut() -> bool + Send + 'static) -> Result<bool, DbError> {
    if enough() {
        return Ok(false);
    }
    quick_check(&connect(path, Mode::Check).map_err(translate)?, enough)
}

fn report(seen: Result<bool, DbError>, damage: &Damage) {
    match seen {
        Ok(true) => tracing::debug!("the whole database was looked through: no damage"),
        Ok(false) => tracing::debug!("a part of the database was looked through: no damage"),
        Err(DbError::Corrupt(finding)) => {
            tracing::error!(
                finding,
                "the database is damaged; nothing is read from it or written to it any more. Restore the last good backup"
            );
            let _ = damage.set(finding);
        }
        Err(error) => tracing::warn!(%error, "the database could not be looked through for damage"),
    }
}
