//! Which calls are sent again, and after how long.
//!
//! A second sending must never do a thing twice, nor turn a success into an error. So it depends on the verb:
//! [`Repeat`] is chosen where the call is written, not guessed from the answer.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// When a call is sent again by itself.
///
/// - 429: always, as nothing was done.
/// - 502, 503, 504 or no connection: reading, changing, archiving and restoring, because doing these twice is doing
///   them once; and creating and completing, which carry an `Idempotency-Key` that stays the same.
/// - Reopening and deleting for good are sent once: after a lost answer the second would be refused.
///
/// The server's `Retry-After` is kept to; where it asks for more than `longest_wait`, its refusal is handed over instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a call is sent at most; 1 never sends again.
    pub attempts: u32,
    /// The pause after the first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest pause, also of those the server asks for.
    pub longest_wait: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// What a second sending of the same call would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing more than the first.
    Harmless,
    /// Something else, or be refused.
    Harmful,
}

/// How one sending ended, as far as repeating goes.
pub enum Ended<'a> {
    /// With an answer.
    Answer(StatusCode, &'a HeaderMap),
    /// Without one.
    Nothing {
        /// True when the time allowed was used up: trying again would use up as much again.
        timed_out: bool,
    },
}

impl Retry {
    /// The pause before the next sending; none when there is to be no next one. `attempt` counts from 1.
    pub fn pause(&self, attempt: u32, repeat: Repeat, ended: &Ended<'_>) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let asked = match ended {
            Ended::Answer(status, headers) => match status.as_u16() {
                429 => retry_after(headers),
                502..=504 if repeat == Repeat::Harmless => retry_after(headers),
                _ => return None,
            },
            Ended::Nothing { timed_out } if !timed_out && repeat == Repeat::Harmless => None,
            Ended::Nothing { .. } => return None,
        };
        match asked {
            Some(wait) => (wait <= self.longest_wait).then_some(wait),
            None => Some(self.own_wait(attempt)),
        }
    }

    /// Doubling, with up to half of it left to chance, so that clients that failed together do not come back together.
    fn own_wait(&self, attempt: u32) -> Duration {
        #[expect(
            clippy::disallowed_methods,
            reason = "a pause decides nothing that a test could ask for"
        )]
        let share = rand::random_range(0.5..=1.0);
        self.first_wait
            .saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX))
            .min(self.longest_wait)
            .mul_f64(share)
    }
}

/// Whole seconds, as this API sends them. The other form, a date, is left to our own pause.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}
