//! Groups: members and guests under one name (contract: organization, section 3).

use serde::{Deserialize, Serialize};

use crate::include::Collection;
use crate::lenient::{Json, Text};
use crate::member::User;
use crate::patch::Patch;
use crate::time::Time;

/// Longest name, in characters.
pub const NAME_MAX: usize = 200;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// 32 hex characters.
    pub id: String,
    /// Unique in the organisation.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Address of a picture.
    pub logo: Option<String>,
    /// Members, by number.
    pub members: Vec<i64>,
    /// Guests, by address.
    pub guests: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// The same under its other name.
    pub last_updated: Time,
    /// Always null: a deleted group is gone.
    pub deleted_at: Option<Time>,
    /// Only with `with=users`: the members at length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Collection<User>>,
    /// Only with `with=assets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<Collection<Json>>,
}

/// Body of `POST …/groups` and `PUT …/groups/{group_id}`. A list that is sent replaces the stored one.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupInput {
    /// At most 200 characters; required to make a group.
    #[serde(default)]
    pub name: Patch<Text>,
    /// What it is for.
    #[serde(default)]
    pub description: Patch<Text>,
    /// Numbers of active members, also as strings of digits.
    #[serde(default)]
    pub members: Patch<Vec<Json>>,
    /// The same as `members`, as older clients send it.
    #[serde(default)]
    pub users: Patch<Vec<Json>>,
    /// Addresses; somebody unknown becomes a guest.
    #[serde(default)]
    pub guests: Patch<Vec<Text>>,
}
