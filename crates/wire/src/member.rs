//! People: the User object and who it is in an organisation (contract: organization, section 1).

use serde::{Deserialize, Serialize};

use crate::include::Collection;
use crate::lenient::Json;
use crate::time::Time;

/// What a member is in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees and completes work assigned to them.
    Light,
    /// Builds and runs work within granted permissions.
    Standard,
    /// May do everything in the organisation.
    Admin,
}

impl Role {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Standard => "standard",
            Self::Admin => "admin",
        }
    }

    /// Reads the word, in any letter case.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Light, Self::Standard, Self::Admin]
            .into_iter()
            .find(|role| role.word().eq_ignore_ascii_case(word))
    }
}

/// Whether a membership is in use. Only active members may use the API in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MemberStatus {
    /// Works here.
    Active,
    /// Has not accepted the invitation yet.
    Invited,
    /// Deactivated by an administrator.
    Disabled,
}

impl MemberStatus {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Active, Self::Invited, Self::Disabled]
            .into_iter()
            .find(|status| status.word() == word)
    }
}

/// A person. Fields that belong to one organisation are null where the answer is about none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The same in every organisation.
    pub id: i64,
    /// Address the person signs in with.
    pub email: String,
    /// Null for someone who has not accepted the invitation.
    pub username: Option<String>,
    /// At most 32 characters.
    pub first_name: String,
    /// At most 32 characters.
    pub last_name: String,
    /// First and last name.
    pub full_name: String,
    /// Address of a picture.
    pub profile_pic: Option<String>,
    /// Address of a small picture.
    pub resize_profile_pic: Option<String>,
    /// Language of the interface.
    pub locale: Option<String>,
    /// True for an active member.
    pub active: bool,
    /// The same under its other name.
    pub is_active: bool,
    /// Whether the profile is filled in.
    pub complete: Option<bool>,
    /// True when the account is switched off everywhere.
    pub is_suspended: bool,
    /// Always false: there are no vendor accounts here.
    pub support_user: bool,
    /// The role again, as older clients read it.
    pub r#type: Option<String>,
    /// `admin`, `standard` or `light`.
    pub role: Option<String>,
    /// `active`, `invited` or `disabled`.
    pub status: Option<String>,
    /// True for exactly one active administrator of an organisation.
    pub is_default_admin: bool,
    /// When the account was made.
    pub created_at: Option<Time>,
    /// When it last changed.
    pub updated_at: Option<Time>,
    /// The same under its other name.
    pub last_updated: Option<Time>,
    /// Last sign-in.
    pub last_login_at: Option<Time>,
    /// Last request.
    pub last_accessed_at: Option<Time>,
    /// When the invitation was accepted.
    pub activated_at: Option<Time>,
    /// When the membership was approved.
    pub approved_at: Option<Time>,
    /// Who invited.
    pub invited_by: Option<i64>,
    /// When the membership was disabled.
    pub disabled_at: Option<Time>,
    /// By whom.
    pub disabled_by: Option<i64>,
    /// When it was enabled again.
    pub reactivated_at: Option<Time>,
    /// By whom.
    pub reactivated_by: Option<i64>,
    /// Only to the person and to administrators.
    pub last_known_ip: Option<String>,
    /// Only to the person and to administrators.
    pub last_known_country: Option<String>,
    /// Country number.
    pub country_id: Option<i64>,
    /// At most 20 characters.
    pub phone: Option<String>,
    /// What the person does.
    pub job_title: Option<String>,
    /// The same at length.
    pub job_description: Option<String>,
    /// Where in the organisation.
    pub team: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    /// `±HH:MM` in that zone now.
    #[serde(rename = "UTC_offset")]
    pub utc_offset: Option<String>,
    /// How the person writes dates.
    pub date_format: Option<String>,
    /// Only with `with=groups`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Collection<Json>>,
    /// Only with `with=auth_methods`, to the person and to administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_methods: Option<Collection<AuthMethod>>,
    /// Only with `with=assets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<Collection<Json>>,
    /// Only with `with=preferences`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Collection<Json>>,
    /// Only with `with=member_watchers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_watchers: Option<Collection<Json>>,
    /// Only with `with=guest_watchers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_watchers: Option<Collection<Json>>,
}

/// One way a person can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthMethod {
    /// `password`, later also names of identity providers.
    pub r#type: String,
}

/// `GET …/users-list`: everybody, without pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserList {
    /// The people.
    pub data: Vec<User>,
    /// How many.
    pub count: i64,
}
