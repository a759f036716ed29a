//! What an application does with its own token: provisioning people (contract: auth, section 7).

use serde::Deserialize;

use crate::patch::Patch;

/// Body of `POST /applications/{org}/users`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvisionedUser {
    /// First name, at most 32 characters; required.
    #[serde(default)]
    pub first_name: Patch<String>,
    /// Last name, at most 32 characters; required.
    #[serde(default)]
    pub last_name: Patch<String>,
    /// Address; required, and nobody else's in this organisation.
    #[serde(default)]
    pub email: Patch<String>,
    /// `admin`, `standard` or `light`; default `standard`.
    #[serde(default)]
    pub role: Patch<String>,
    /// IANA name; default the organisation's.
    #[serde(default)]
    pub timezone: Patch<String>,
}
