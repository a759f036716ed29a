//! What a running server holds. One small handle; the functions below take what they need from it.

use std::ops::Deref;
use std::sync::Arc;

use tallystick_db::Db;

use crate::clock::Clock;
use crate::health::Health;
use crate::http::limits::Limits;
use crate::ids::Ids;
use crate::metrics::Metrics;
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
    /// How it is doing.
    pub health: Health,
    /// Figures for Prometheus.
    pub metrics: Metrics,
}

impl App {
    /// Puts a server together.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Ids, settings: Settings) -> Self {
        let limits = &settings.limits;
        let limits = Limits::new(limits.per_person, limits.burst, limits.per_stranger);
        Self(Arc::new(Inside {
            db,
            clock,
            ids,
            limits,
            usage: Usage::default(),
            health: Health::default(),
            metrics: Metrics::new(settings.metrics.listen.is_some()),
            settings,
        }))
    }
}

impl Deref for App {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}
