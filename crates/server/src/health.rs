//! How the server is doing: alive, and ready to do work.

use std::sync::atomic::{AtomicBool, Ordering};

use tallystick_db::{Db, DbError, args};

/// What is known to be wrong, beside what a probe finds.
#[derive(Default)]
pub struct Health {
    stopping: AtomicBool,
}

impl Health {
    /// From now on the server is not ready: it is being stopped.
    pub fn stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Asks the database; `Err` says in one word what is wrong. The cause is for the log, not for strangers.
    pub async fn probe(&self, db: &Db) -> Result<(), &'static str> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err("stopping");
        }
        let asked = db
            .read(|tx| {
                tx.one("SELECT count(*) FROM instance", args![], |row| {
                    row.take::<i64>()
                })
            })
            .await;
        match asked {
            Ok(1) => Ok(()),
            Ok(_) => Err("database"),
            Err(error) => {
                tracing::warn!(%error, "the database does not answer");
                Err(if matches!(error, DbError::Corrupt(_)) {
                    "damaged"
                } else {
                    "database"
                })
            }
        }
    }
}
