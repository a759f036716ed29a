//! The record of what happens to credentials and accounts: who, what, from where, with what. It is written in the
//! transaction of the event, or in the one that refuses it, and never holds a secret.

mod http;
pub mod store;

use std::net::IpAddr;

use serde_json::{Map, Value};
use tallystick_db::{Result, Tx};
use tallystick_wire::Time;

use crate::app::App;
use crate::endpoint;
use crate::http::endpoint::Endpoint;
use crate::http::request::Request;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(read, Org, member(ADMIN), http::system_log)]
}

/// Where an event came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address.
    pub ip: IpAddr,
    /// What the client calls itself: `X-Tallyfy-Client`, else `User-Agent`.
    pub agent: Option<String>,
}

impl From<&Request> for Origin {
    fn from(request: &Request) -> Self {
        Self {
            ip: request.ip,
            agent: request.client.clone().or_else(|| request.agent.clone()),
        }
    }
}

/// One event, on its way into the record: `Event::new("token_created").of(user).…`.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    pub(crate) name: &'static str,
    pub(crate) warning: bool,
    pub(crate) organization: &'a str,
    pub(crate) actor: Option<i64>,
    pub(crate) user: Option<i64>,
    pub(crate) client: Option<&'a str>,
    pub(crate) credential: Option<&'a str>,
    pub(crate) origin: Option<&'a Origin>,
    pub(crate) details: Map<String, Value>,
}

impl<'a> Event<'a> {
    /// Something that is meant to happen.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            warning: false,
            organization: "",
            actor: None,
            user: None,
            client: None,
            credential: None,
            origin: None,
            details: Map::new(),
        }
    }

    /// Something that an administrator should look at.
    #[must_use]
    pub fn warning(name: &'static str) -> Self {
        Self {
            warning: true,
            ..Self::new(name)
        }
    }

    /// It concerns one organisation; without this, a person wherever they are.
    #[must_use]
    pub fn inside(self, organization: &'a str) -> Self {
        Self {
            organization,
            ..self
        }
    }

    /// Who did it.
    #[must_use]
    pub fn by(self, actor: i64) -> Self {
        Self {
            actor: Some(actor),
            ..self
        }
    }

    /// Whom it concerns.
    #[must_use]
    pub fn of(self, user: i64) -> Self {
        Self {
            user: Some(user),
            ..self
        }
    }

    /// Through which application.
    #[must_use]
    pub fn through(self, client: &'a str) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }

    /// With which credential, or to which: its id.
    #[must_use]
    pub fn with(self, credential: &'a str) -> Self {
        Self {
            credential: Some(credential),
            ..self
        }
    }

    /// From where.
    #[must_use]
    pub fn from(self, origin: &'a Origin) -> Self {
        Self {
            origin: Some(origin),
            ..self
        }
    }

    /// What else there is to know; never a secret.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Writes it down.
    pub fn record(self, tx: &mut Tx<'_>, app: &App, now: Time) -> Result<()> {
        store::insert(tx, &app.ids.object(now), &self, now)
    }
}
