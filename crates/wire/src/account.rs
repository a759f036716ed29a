//! Signing in, passwords, sessions (contract: auth, section 8).

use serde::{Deserialize, Serialize};

use crate::lenient::Flag;
use crate::member::User;
use crate::patch::Patch;
use crate::time::Time;

/// Body of `POST /auth/login`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginInput {
    /// Address; required.
    #[serde(default)]
    pub email: Patch<String>,
    /// Password; required.
    #[serde(default)]
    pub password: Patch<String>,
    /// Code of the authenticator app or a recovery code, where the account has a second factor.
    #[serde(default)]
    pub code: Patch<String>,
}

/// Somebody who signed in, with the token that stands for it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The person.
    #[serde(flatten)]
    pub user: User,
    /// Shown this once.
    pub token: AccessToken,
}

/// The token that a sign-in gives.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// When it ends, in seconds since 1970.
    pub expire: i64,
}

/// Body of `POST /auth/register`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterInput {
    /// First name, at most 32 characters; required.
    #[serde(default)]
    pub first_name: Patch<String>,
    /// Last name, at most 32 characters; required.
    #[serde(default)]
    pub last_name: Patch<String>,
    /// Address; required.
    #[serde(default)]
    pub email: Patch<String>,
    /// Password; required.
    #[serde(default)]
    pub password: Patch<String>,
    /// Name of the new organisation, at most 50 characters; required.
    #[serde(default)]
    pub company_name: Patch<String>,
    /// IANA name; default UTC.
    #[serde(default)]
    pub timezone: Patch<String>,
}

/// Body of `POST /auth/password/email`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddressInput {
    /// Address; required.
    #[serde(default)]
    pub email: Patch<String>,
}

/// Body of `POST /auth/password/reset`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetPasswordInput {
    /// The code that was mailed; required.
    #[serde(default)]
    pub code: Patch<String>,
    /// The new password; required.
    #[serde(default)]
    pub password: Patch<String>,
    /// The same again, if it is sent.
    #[serde(default)]
    pub password_confirmation: Patch<String>,
    /// Whether every credential ends, named tokens too; default true.
    #[serde(default)]
    pub revoke_everything: Patch<Flag>,
}

/// Body of `POST /auth/email/verify`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeInput {
    /// The code that was mailed; required.
    #[serde(default)]
    pub code: Patch<String>,
}

/// Body of `PUT /organizations/{org}/users/{user_id}/update-password`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatePassword {
    /// The password so far; required.
    #[serde(default)]
    pub current_password: Patch<String>,
    /// The new one; required.
    #[serde(default)]
    pub password: Patch<String>,
    /// The same again, if it is sent.
    #[serde(default)]
    pub password_confirmation: Patch<String>,
    /// Whether named tokens end too; default false.
    #[serde(default)]
    pub revoke_everything: Patch<Flag>,
}

/// Body of `PUT /organizations/{org}/users/{user_id}/update-email`.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateEmail {
    /// The new address; required. It replaces the old one when it is confirmed.
    #[serde(default)]
    pub email: Patch<String>,
    /// The password; required.
    #[serde(default)]
    pub current_password: Patch<String>,
}

/// A sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// What happened, or what happens next.
    pub message: String,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// 32 hex characters.
    pub id: String,
    /// The address it was last seen at.
    pub ip: String,
    /// What the browser calls itself.
    pub agent: Option<String>,
    /// When it signed in.
    pub created_at: Time,
    /// When it was last seen, to the minute.
    pub last_seen_at: Time,
    /// When it has to sign in again, unless it is used before.
    pub expires_at: Time,
}
