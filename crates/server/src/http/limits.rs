//! Rate limits: token buckets per person, per application and, for requests without a credential, per address
//! (contract: auth, section 11).

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::http::error::{Reason, Refusal};
use crate::settings::LimitSettings;

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The buckets of a running server.
#[derive(Default)]
pub struct Limits {
    people: Option<(Buckets<i64>, u32)>,
    applications: Option<(Buckets<String>, u32)>,
    strangers: Option<(Buckets<IpAddr>, u32)>,
    token_requests: Option<(Buckets<IpAddr>, u32)>,
    registrations: Option<(Buckets<IpAddr>, u32)>,
    comments: Option<(Buckets<String>, u32)>,
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
    Some((limiter(quota), per_minute))
}

fn limiter<K: std::hash::Hash + Eq + Clone>(quota: Quota) -> Buckets<K> {
    RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>()
}

impl Limits {
    /// Buckets of these sizes; 0 switches one off.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
        let &LimitSettings {
            per_person,
            burst,
            per_stranger,
            per_token_endpoint,
            registrations,
            comments,
            ..
        } = settings;
        Self {
            people: buckets(per_person, burst),
            applications: buckets(per_person, burst),
            strangers: buckets(per_stranger, per_stranger),
            token_requests: buckets(per_token_endpoint, per_token_endpoint),
            registrations: NonZeroU32::new(registrations)
                .map(|rate| (limiter(Quota::per_hour(rate)), registrations)),
            comments: NonZeroU32::new(comments)
                .map(|rate| (limiter(Quota::per_hour(rate)), comments)),
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

    /// Counts a request that an application makes with its own token.
    pub fn application(&self, client_id: &str) -> Result<Option<Left>, Refusal> {
        let Some((buckets, limit)) = &self.applications else {
            return Ok(None);
        };
        match buckets.check_key(&client_id.to_owned()) {
            Ok(state) => Ok(Some(Left {
                limit: *limit,
                remaining: state.remaining_burst_capacity(),
            })),
            Err(until) => Err(self.refuse(
                format!("{limit} requests a minute for each application"),
                until.wait_time_from(self.clock.now()),
            )),
        }
    }

    /// Counts a request to an OAuth endpoint that programs call.
    pub fn token_request(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.address(
            &self.token_requests,
            ip,
            "token requests a minute for each address",
        )
    }

    /// Counts an application that registers itself.
    pub fn registration(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.address(
            &self.registrations,
            ip,
            "registrations an hour for each address",
        )
    }

    /// Counts a comment in an organisation.
    pub fn comment(&self, organization: &str) -> Result<(), Refusal> {
        let Some((buckets, limit)) = &self.comments else {
            return Ok(());
        };
        match buckets.check_key(&organization.to_owned()) {
            Ok(_) => Ok(()),
            Err(until) => Err(self.refuse(
                format!("{limit} comments an hour for each organization"),
                until.wait_time_from(self.clock.now()),
            )),
        }
    }

    fn address(
        &self,
        buckets: &Option<(Buckets<IpAddr>, u32)>,
        ip: IpAddr,
        what: &str,
    ) -> Result<(), Refusal> {
        let Some((buckets, limit)) = buckets else {
            return Ok(());
        };
        match buckets.check_key(&ip) {
            Ok(_) => Ok(()),
            Err(until) => Err(self.refuse(
                format!("{limit} {what}"),
                until.wait_time_from(self.clock.now()),
            )),
        }
    }

    /// Counts a request that came without an accepted credential.
    pub fn stranger(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.address(
            &self.strangers,
            ip,
            "requests a minute without an accepted access token for each address",
        )
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
        for (buckets, _) in [&self.applications, &self.comments].into_iter().flatten() {
            buckets.retain_recent();
        }
        for (buckets, _) in [&self.strangers, &self.token_requests, &self.registrations]
            .into_iter()
            .flatten()
        {
            buckets.retain_recent();
        }
    }
}
