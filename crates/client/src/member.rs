//! The people of an organisation.

use serde::Serialize;

use crate::error::Error;
use crate::organisation::OrganizationClient;
use crate::wire::member::{MemberStatus, User};
use crate::wire::page::{Meta, Page};

/// Which members are asked for; the default is all of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MemberQuery {
    /// Part of a name or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only those with this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MemberStatus>,
    /// Which page, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// How many on a page; by itself the server sends up to 9999.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_page: Option<i64>,
}

impl OrganizationClient {
    /// The owner of the token, with what they are in this organisation.
    pub async fn me(&self) -> Result<User, Error> {
        self.transport.get_item(&self.path(&["me"])).await
    }

    /// A page of members.
    pub async fn members(&self, query: &MemberQuery) -> Result<Page<User, Meta>, Error> {
        self.transport.get(&self.path(&["users"]), query).await
    }

    /// One member.
    pub async fn member(&self, id: i64) -> Result<User, Error> {
        self.transport
            .get_item(&self.path(&["users", &id.to_string()]))
            .await
    }
}
