//! OAuth 2: what token endpoints answer (RFC 6749, 7009, 7591, 7662, 8414, 8628, 9728), and how an organisation manages
//! its applications (contract: auth, sections 6 and 15).

use serde::{Deserialize, Serialize};

use crate::lenient::Flag;
use crate::patch::Patch;
use crate::time::Time;
use crate::token::Token;

/// A successful answer of a token endpoint. Not wrapped in `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// The access token.
    pub access_token: String,
    /// The refresh token, where the grant gives one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refresh_token: Option<String>,
    /// What the access token may do, words separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scope: Option<String>,
}

/// An error of an OAuth endpoint (RFC 6749, section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthErrorBody {
    /// A code of the RFC.
    pub error: String,
    /// A sentence.
    pub error_description: String,
    /// The same sentence, for programs that show `message`.
    pub message: String,
    /// Ours, for a limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
}

/// An application as its administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OAuthClient {
    /// `client_id`: a number, or a string for one that registered itself.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub id: ClientId,
    /// Its name, shown to people who are asked for consent.
    pub name: String,
    /// The organisation it belongs to.
    pub organization_id: Option<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The first of them, by the name that older clients know.
    pub redirect: Option<String>,
    /// The ways it may get tokens.
    pub grant_types: Vec<String>,
    /// Those among them that are discouraged (RFC 9700): `password`, `implicit`.
    pub legacy_grant_types: Vec<String>,
    /// `client_secret_basic`, `client_secret_post`, or `none` for a public client.
    pub token_endpoint_auth_method: String,
    /// The most it may ask for.
    pub scopes: Vec<String>,
    /// The last four characters of its secret.
    pub secret_last4: Option<String>,
    /// Until when the secret before the last rotation works too.
    pub old_secret_until: Option<Time>,
    /// Who made it.
    pub created_by: Option<i64>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

/// A `client_id` on the wire: digits as a number, anything else as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(pub String);

impl Serialize for ClientId {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<i64>() {
            Ok(number) => out.serialize_i64(number),
            Err(_) => out.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        crate::lenient::Text::deserialize(input).map(|text| Self(text.0))
    }
}

/// A new application, or one with a new secret: the only answer that ever holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOAuthClient {
    /// The application.
    #[serde(flatten)]
    pub client: OAuthClient,
    /// Its secret, shown this once; null for a public client.
    pub secret: Option<String>,
}

/// Body of `POST` and `PUT /organizations/{org}/oauth-clients…`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OAuthClientInput {
    /// A name, at most 100 characters; required for a new one.
    #[serde(default)]
    pub name: Patch<String>,
    /// Where people may be sent back to: `https://…`, a loopback address, or a scheme of the application's own.
    #[serde(default)]
    pub redirect_uris: Patch<Vec<String>>,
    /// One such address, by the name that older clients know.
    #[serde(default)]
    pub redirect: Patch<String>,
    /// The ways it may get tokens; default `client_credentials`, `authorization_code`, `refresh_token`.
    #[serde(default)]
    pub grant_types: Patch<Vec<String>>,
    /// False for a program that cannot keep a secret; only when it is made.
    #[serde(default)]
    pub confidential: Patch<Flag>,
    /// The most it may ask for; default `["*"]`.
    #[serde(default)]
    pub scopes: Patch<Vec<String>>,
}

/// Something a person allowed an application to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authorization {
    /// 32 hex characters.
    pub id: String,
    /// The application; null for a sign-in by API.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub client_id: Option<ClientId>,
    /// Its name.
    pub client_name: Option<String>,
    /// True when it registered itself and no administrator looked at it.
    pub self_registered: bool,
    /// How it came about: `code`, `device`, `implicit`, `password`, `issued` or `sign_in`.
    pub origin: String,
    /// What it covers.
    pub scopes: Vec<String>,
    /// The only organisation it works in.
    pub organization_id: Option<String>,
    /// When it was given.
    pub created_at: Time,
    /// When its last credential runs out.
    pub expires_at: Time,
    /// When one of its tokens was last used, to the minute.
    pub last_used_at: Option<Time>,
}

/// A token as an administrator sees it: with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnedToken {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// Whose it is.
    pub user_id: i64,
    /// Their address.
    pub user_email: String,
    /// The application it was given to.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub client_id: Option<ClientId>,
}

/// What an organisation allows of tokens and applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPolicy {
    /// Longest life of a personal access token, in days; null for the installation's.
    pub max_days: Option<i64>,
    /// Whether tokens may never expire, where the installation allows it.
    pub allow_never_expiring: bool,
    /// Whether light members may make tokens.
    pub light_members: bool,
    /// The ways applications may get tokens that work here.
    pub grant_types: Vec<String>,
    /// Whether members may connect applications that registered themselves.
    pub self_registered_clients: bool,
}

/// Body of `PUT /organizations/{org}/token-policy`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPolicyInput {
    /// Longest life of a personal access token, in days; null for the installation's.
    #[serde(default)]
    pub max_days: Patch<crate::lenient::Int>,
    /// Whether tokens may never expire.
    #[serde(default)]
    pub allow_never_expiring: Patch<Flag>,
    /// Whether light members may make tokens.
    #[serde(default)]
    pub light_members: Patch<Flag>,
    /// The ways applications may get tokens that work here.
    #[serde(default)]
    pub grant_types: Patch<Vec<String>>,
    /// Whether members may connect applications that registered themselves.
    #[serde(default)]
    pub self_registered_clients: Patch<Flag>,
}

/// Body of the registration endpoint (RFC 7591, section 2).
#[derive(Debug, Default, Deserialize)]
pub struct Registration {
    /// Shown to people who are asked for consent.
    #[serde(default)]
    pub client_name: Option<String>,
    /// Where people may be sent back to.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The ways it wants to get tokens.
    #[serde(default)]
    pub grant_types: Option<Vec<String>>,
    /// What it wants from the authorization endpoint.
    #[serde(default)]
    pub response_types: Option<Vec<String>>,
    /// How it wants to prove itself.
    #[serde(default)]
    pub token_endpoint_auth_method: Option<String>,
    /// The most it will ask for, words separated by spaces.
    #[serde(default)]
    pub scope: Option<String>,
}

/// Answer of the registration endpoint (RFC 7591, section 3.2.1).
#[derive(Debug, Serialize, Deserialize)]
pub struct Registered {
    /// Its `client_id`.
    pub client_id: String,
    /// When, in seconds since 1970.
    pub client_id_issued_at: i64,
    /// Its secret, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// 0: the secret does not run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// As registered.
    pub client_name: String,
    /// As registered.
    pub redirect_uris: Vec<String>,
    /// As registered.
    pub grant_types: Vec<String>,
    /// As registered.
    pub response_types: Vec<String>,
    /// As registered.
    pub token_endpoint_auth_method: String,
    /// As registered.
    pub scope: String,
}

/// Answer of the introspection endpoint (RFC 7662, section 2.2). Inactive: `active` alone.
#[derive(Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the RFC explains each")]
pub struct Introspection {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

/// Answer of the device authorization endpoint (RFC 8628, section 3.2).
#[derive(Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the RFC explains each")]
pub struct DeviceAuthorization {
    pub device_code: String,
    pub user_code: String,
    pub verification_uri: String,
    pub verification_uri_complete: String,
    pub expires_in: i64,
    pub interval: i64,
}
