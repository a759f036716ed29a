//! A typed client for the Tallyfy API.
//!
//! ```no_run
//! # async fn example() -> Result<(), tallystick_client::Error> {
//! use tallystick_client::{Client, NewTask, TaskQuery};
//!
//! let client = Client::new("http://127.0.0.1:8080/api", "tsp_…")?;
//! let work = client.organization("0198c0ffee0000000000000000000000");
//! for task in work.all_my_tasks(&TaskQuery::default()).await? {
//!     println!("{}", task.title);
//! }
//! let task = work.create_task(&NewTask::titled("Water the plants")).await?;
//! work.complete_task(&task.id, &Default::default()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! What is sent again by itself, and when, is in [`Retry`]. The shapes of answers are those of
//! [`tallystick_wire`], re-exported as [`wire`]. One module per concept: `task.rs`, `member.rs` and
//! `organisation.rs` hold the calls; `transport.rs` is the one place that speaks HTTP.

mod error;
mod member;
mod organisation;
mod page;
mod retry;
mod task;
mod transport;

pub use error::Error;
pub use member::MemberQuery;
pub use organisation::OrganizationClient;
pub use page::{Paged, Pages};
pub use retry::Retry;
pub use tallystick_wire as wire;
pub use task::{Assign, NewTask, TaskChange, TaskCompletion, TaskFilter, TaskQuery};

use transport::Transport;
use wire::member::User;
use wire::organisation::Organization;
use wire::page::{Meta, Page};

/// A client of one server, for the owner of one access token. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// A client of the server at `base`, with or without `/api` and a final slash.
    ///
    /// Nothing is sent yet. Fails when `base` is not an address or `token` cannot stand in a header.
    pub fn new(base: &str, token: &str) -> Result<Self, Error> {
        Ok(Self {
            transport: Transport::new(base, token)?,
        })
    }

    /// The same client with other rules for sending again.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.transport.retry = retry;
        self
    }

    /// The owner of the token.
    pub async fn me(&self) -> Result<User, Error> {
        self.transport.get_item(&["me"]).await
    }

    /// The first page of the organisations of the owner of the token.
    pub async fn organizations(&self) -> Result<Page<Organization, Meta>, Error> {
        self.transport
            .get(&["me", "organizations"], &[("per_page", "100")])
            .await
    }

    /// What can be done in one organisation. Nothing is sent yet.
    #[must_use]
    pub fn organization(&self, id: impl Into<String>) -> OrganizationClient {
        OrganizationClient {
            transport: self.transport.clone(),
            id: id.into(),
        }
    }
}
