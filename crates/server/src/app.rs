//! What a running server holds. One small handle; the functions below take what they need from it.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tallystick_db::{AsDbError, Db, DbError, Stop, Tx};

use crate::clock::Clock;
use crate::health::Health;
use crate::http::error::Keeping;
use crate::http::limits::Limits;
use crate::ids::Ids;
use crate::mail::Wake;
use crate::member::password::Hashing;
use crate::metrics::Metrics;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use crate::usage::Usage;

/// The running server. Clones share it.
#[derive(Clone)]
pub struct App(Arc<Inside>);

/// Its parts.
pub struct Inside {
    /// The open database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// New ids and secrets.
    pub ids: Ids,
    /// How it was told to behave.
    pub settings: Settings,
    /// Rate limits.
    pub limits: Limits,
    /// Which tokens were used, until it is written down.
    pub usage: Usage,
    /// Where passwords are hashed.
    pub hashing: Hashing,
    /// What stored secrets are sealed with.
    pub secret_key: SecretKey,
    /// Whether mail is due.
    pub mail: Wake,
    /// How it is doing.
    pub health: Health,
    /// Where the server is reached, once it listens.
    address: OnceLock<String>,
    /// Figures for Prometheus.
    pub metrics: Metrics,
}

impl App {
    /// Puts a server together.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Ids, settings: Settings) -> Self {
        let limits = Limits::new(&settings.limits);
        let secret_key = SecretKey::beside(db.address(), &settings.security);
        Self(Arc::new(Inside {
            db,
            clock,
            ids,
            limits,
            usage: Usage::default(),
            hashing: Hashing::default(),
            secret_key,
            mail: Wake::default(),
            address: OnceLock::new(),
            health: Health::default(),
            metrics: Metrics::new(settings.metrics.listen.is_some()),
            settings,
        }))
    }
}

impl App {
    /// One write transaction. A refusal says itself whether what was written before it is kept.
    pub async fn write<T, E, F>(&self, mut work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + AsDbError + Keeping + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (app, mail) = (self.clone(), Arc::new(AtomicBool::new(false)));
        let caused = mail.clone();
        let write = self.db.write(move |tx| {
            let before = app.mail.queued();
            let ended = work(tx).map_err(|refusal| {
                if refusal.keeps() {
                    Stop::Keep(refusal)
                } else {
                    Stop::Abort(refusal)
                }
            });
            caused.store(app.mail.queued() != before, Ordering::Relaxed);
            ended
        });
        let ended = write.await;
        if mail.load(Ordering::Relaxed) {
            self.mail.wake();
        }
        ended
    }

    /// Says where the server listens, such as `http://127.0.0.1:8080`. The first time counts.
    pub fn listens_at(&self, address: &str) {
        let _ = self.address.set(address.to_owned());
    }

    /// Scheme and host of every link that leaves the answer it is in: in mail, in metadata, as issuer. From the settings or
    /// from the listener, never from a request, whose `Host` header anybody can write.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.settings
            .server
            .public_url
            .as_deref()
            .or(self.address.get().map(String::as_str))
            .unwrap_or("http://localhost")
    }

    /// Whether people reach the server through TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin().starts_with("https://")
    }
}

impl Deref for App {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}
