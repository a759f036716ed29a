//! Time as an argument: the one place that asks the machine what time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tallystick_wire::Time;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The current moment.
    fn now(&self) -> Time;
}

/// The machine's clock, which never runs backwards within one process: a correction of the system time
/// must not bring an expired credential back to life or put newer rows before older ones.
#[derive(Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

impl Clock for SystemClock {
    fn now(&self) -> Time {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the clock that everything else is told to take"
        )]
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_micros());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let latest = self.latest.fetch_max(now, Ordering::Relaxed);
        Time(now.max(latest))
    }
}

/// A clock that stands still until it is told to move.
pub struct FixedClock {
    now: AtomicI64,
}

impl FixedClock {
    /// A clock standing at `now`.
    #[must_use]
    pub const fn at(now: Time) -> Self {
        Self {
            now: AtomicI64::new(now.0),
        }
    }

    /// Moves it forward.
    pub fn advance(&self, micros: i64) {
        self.now.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time(self.now.load(Ordering::Relaxed))
    }
}

/// A day, in microseconds.
pub const DAY: i64 = 86_400_000_000;
/// A minute, in microseconds.
pub const MINUTE: i64 = 60_000_000;
/// A second, in microseconds.
pub const SECOND: i64 = 1_000_000;
