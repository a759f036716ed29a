//! Guests: people from outside, known by an address, who work through a personal link (contract: organization, section 2).

use serde::{Deserialize, Serialize};

use crate::lenient::{Json, Text};
use crate::patch::Patch;
use crate::time::Time;

/// A guest as an organisation knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// Number of the guest.
    pub id: i64,
    /// In lower case.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Personal link: the segment after `guest` is the guest's code. Null until there is one.
    pub link: Option<String>,
    /// When the link was last used.
    pub last_accessed_at: Option<Time>,
    /// Where from.
    pub last_known_ip: Option<String>,
    /// Where from.
    pub last_known_country: Option<String>,
    /// When they became a guest here.
    pub created_at: Time,
    /// When they were removed; only in the answer to that.
    pub deleted_at: Option<Time>,
    /// When the link was switched off.
    pub disabled_at: Option<Time>,
    /// Everything else that is known.
    pub details: GuestDetails,
    /// Only with `with=stats`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<GuestStats>,
}

/// What an organisation wrote down about a guest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "each is the field of a contact book that its name says"
)]
pub struct GuestDetails {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub status: Option<String>,
    pub phone_1: Option<String>,
    pub phone_2: Option<String>,
    pub timezone: Option<String>,
    pub image_url: Option<String>,
    pub contact_url: Option<String>,
    pub company_url: Option<String>,
    pub company_name: Option<String>,
    pub opportunity_url: Option<String>,
    pub opportunity_name: Option<String>,
    pub external_sync_source: Option<String>,
    pub external_date_creation: Option<Time>,
    pub cadence_days: Option<Vec<String>>,
    pub associated_members: Option<Vec<i64>>,
    pub last_city: Option<String>,
    pub last_country: Option<String>,
    pub last_accessed_at: Option<Time>,
    pub disabled_at: Option<Time>,
    pub disabled_by: Option<i64>,
    pub reactivated_at: Option<Time>,
    pub reactivated_by: Option<i64>,
}

/// What a guest has to do and has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestStats {
    /// Tasks that wait for them.
    pub assigned_tasks: i64,
    /// Tasks of processes that they completed.
    pub tasks_completed: i64,
    /// The latest of these.
    pub last_task_completed_at: Option<Time>,
    /// One-off tasks that they completed.
    pub one_off_tasks_completed: i64,
    /// The latest of these.
    pub last_one_off_task_completed_at: Option<Time>,
}

/// `GET …/guests-list`: all guests, without pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestList {
    /// The guests.
    pub data: Vec<Guest>,
    /// How many.
    pub count: i64,
}

/// Body of `POST …/guests` and `PUT …/guests/{email}`. The address is the key: it is taken when a guest is made and ignored
/// afterwards.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "each is the field of GuestDetails of its name")]
pub struct GuestInput {
    #[serde(default)]
    pub email: Patch<Text>,
    #[serde(default)]
    pub first_name: Patch<Text>,
    #[serde(default)]
    pub last_name: Patch<Text>,
    #[serde(default)]
    pub status: Patch<Text>,
    #[serde(default)]
    pub phone: Patch<Text>,
    #[serde(default)]
    pub phone_1: Patch<Text>,
    #[serde(default)]
    pub phone_2: Patch<Text>,
    #[serde(default)]
    pub timezone: Patch<Text>,
    #[serde(default)]
    pub image_url: Patch<Text>,
    #[serde(default)]
    pub contact_url: Patch<Text>,
    #[serde(default)]
    pub company_url: Patch<Text>,
    #[serde(default)]
    pub company_name: Patch<Text>,
    #[serde(default)]
    pub opportunity_url: Patch<Text>,
    #[serde(default)]
    pub opportunity_name: Patch<Text>,
    #[serde(default)]
    pub external_sync_source: Patch<Text>,
    #[serde(default)]
    pub external_date_creation: Patch<Text>,
    #[serde(default)]
    pub cadence_days: Patch<Vec<Json>>,
    #[serde(default)]
    pub associated_members: Patch<Vec<Json>>,
}
