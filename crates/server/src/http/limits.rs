//! Rate limits: token buckets per person and, for requests without a credential, per address
//! (contract: auth, section 11).

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::http::error::{Reason, Refusal};

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The buckets of a running server.
#[derive(Default)]
pub struct Limits {
    people: Option<(Buckets<i64>, u32)>,
    strangers: Option<(Buckets<IpAddr>, u32)>,
    clock: DefaultClock,
}

/// What is left, for the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Requests a minute.
    pub limit: u32,
    /// Requests that could follow at once.
    pub remaining: u32,
}

fn buckets<K: std::hash::Hash + Eq + Clone>(
    per_minute: u32,
    burst: u32,
) -> Option<(Buckets<K>, u32)> {
    let rate = NonZeroU32::new(per_minute)?;
    let quota = Quota::per_minute(rate).allow_burst(NonZeroU32::new(burst).unwrap_or(rate));
    let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
    Some((limiter, per_minute))
}

impl Limits {
    /// Buckets of these sizes; 0 switches one off.
    #[must_use]
    pub fn new(per_person: u32, burst: u32, per_stranger: u32) -> Self {
        Self {
            people: buckets(per_person, burst),
            strangers: buckets(per_stranger, per_stranger),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of a person.
    pub fn person(&self, user_id: i64) -> Result<Option<Left>, Refusal> {
        let Some((buckets, limit)) = &self.people else {
            return Ok(None);
        };
        match buckets.check_key(&user_id) {
            Ok(state) => Ok(Some(Left {
                limit: *limit,
                remaining: state.remaining_burst_capacity(),
            })),
            Err(until) => Err(self.refuse(
                format!("{limit} requests a minute for each person"),
                until.wait_time_from(self.clock.now()),
            )),
        }
    }

    /// Counts a request that came without an accepted credential.
    pub fn stranger(&self, ip: IpAddr) -> Result<(), Refusal> {
        let Some((buckets, limit)) = &self.strangers else {
            return Ok(());
        };
        match buckets.check_key(&ip) {
            Ok(_) => Ok(()),
            Err(until) => Err(self.refuse(
                format!(
                    "{limit} requests a minute without an accepted access token for each address"
                ),
                until.wait_time_from(self.clock.now()),
            )),
        }
    }

    #[expect(clippy::unused_self, reason = "reads like the other verbs")]
    fn refuse(&self, limit: String, wait: std::time::Duration) -> Refusal {
        Reason::RateLimited {
            limit,
            retry_after: wait.as_secs() + 1,
        }
        .into()
    }

    /// Forgets buckets that are full again: memory follows who is active, not who ever called.
    pub fn forget_idle(&self) {
        if let Some((buckets, _)) = &self.people {
            buckets.retain_recent();
        }
        if let Some((buckets, _)) = &self.strangers {
            buckets.retain_recent();
        }
    }
}
