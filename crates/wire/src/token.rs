//! Access tokens: what they look like, and what the API says of them (contract: auth, sections 4, 15.1 and 16).
//! Every other secret looks the same, so that all of them can be recognised where they should not be.
//!
//! `tsp_` + 30 base62 characters + `_` + 6 base62 characters of the CRC-32 of all that stands before.
//! The checksum lets a server refuse a mistyped or invented token without asking its database, and
//! lets scanners recognise a leaked one.

use serde::{Deserialize, Serialize};

use crate::lenient::Int;
use crate::patch::Patch;
use crate::time::Time;

/// Which kind of credential a token is; its first four characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A personal access token, `tsp_`.
    Personal,
    /// An application's own token, `tsa_`.
    Application,
    /// A user token issued to an application, `tsu_`.
    Issued,
    /// An OAuth access token, `tso_`.
    OAuth,
    /// An OAuth refresh token, `tsr_`; never accepted as an access token.
    Refresh,
    /// The secret of an application, `tsc_`; it proves a client, never a caller.
    Client,
    /// An authorization code, `tsg_`.
    Code,
    /// A device code, `tsd_`.
    Device,
    /// A code that was mailed, `tsm_`.
    Mailed,
    /// A browser's session, `tss_`; only ever in a cookie.
    Session,
}

const KINDS: [(Kind, &str, &str); 10] = [
    (Kind::Personal, "tsp_", "personal"),
    (Kind::Application, "tsa_", "application"),
    (Kind::Issued, "tsu_", "issued"),
    (Kind::OAuth, "tso_", "oauth"),
    (Kind::Refresh, "tsr_", "refresh"),
    (Kind::Client, "tsc_", "client"),
    (Kind::Code, "tsg_", "code"),
    (Kind::Device, "tsd_", "device"),
    (Kind::Mailed, "tsm_", "mailed"),
    (Kind::Session, "tss_", "session"),
];

impl Kind {
    /// The first four characters of such a token.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(_, prefix, _)| prefix)
    }

    /// The word for it in answers and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(.., word)| word)
    }
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY: usize = 30;
const CHECK: usize = 6;

/// Builds a token from random bytes: 62 of 256 values would not be even, so bytes above 247 are skipped.
///
/// `None` when `random` runs out before 30 characters are made (60 bytes leave no practical chance of that).
#[must_use]
pub fn build(kind: Kind, random: &[u8]) -> Option<String> {
    let mut token = kind.prefix().to_owned();
    token.extend(
        random
            .iter()
            .filter(|byte| **byte < 248)
            .take(BODY)
            .map(|byte| char::from(DIGITS[usize::from(*byte) % 62])),
    );
    if token.len() != kind.prefix().len() + BODY {
        return None;
    }
    let check = checksum(&token);
    token.push('_');
    token.push_str(&check);
    Some(token)
}

/// The kind of a well-formed token, or none when its form or checksum is wrong.
#[must_use]
pub fn recognise(token: &str) -> Option<Kind> {
    let (kind, ..) = KINDS
        .iter()
        .find(|(_, prefix, _)| token.starts_with(prefix))?;
    let (front, check) = token.rsplit_once('_')?;
    let body = front.get(4..)?;
    let well_formed = body.len() == BODY
        && check.len() == CHECK
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (well_formed && checksum(front) == check).then_some(*kind)
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits.iter().map(|byte| char::from(*byte)).collect()
}

/// A token as lists show it: everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// 32 hex characters.
    pub id: String,
    /// The name its owner gave it.
    pub name: String,
    /// `personal`, `application`, `issued` or `oauth`.
    pub kind: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// The last four characters of the secret.
    pub last4: String,
    /// What it may do: `*` is everything its user may do.
    pub scopes: Vec<String>,
    /// The only organisation it works in; null for all of the user's.
    pub organization_id: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it stops working; null for never.
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Time>,
    /// The address it was last used from.
    pub last_used_ip: Option<String>,
    /// What the last request called itself (`X-Tallyfy-Client`).
    pub last_client: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A new token, with its secret: the only answer that ever holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// The token's description.
    #[serde(flatten)]
    pub token_info: Token,
    /// The secret, shown this once.
    pub token: String,
}

/// Body of `POST /me/tokens`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCreate {
    /// A name, at most 100 characters; required.
    #[serde(default)]
    pub name: Patch<String>,
    /// When it stops working. Default: six months from now.
    #[serde(default)]
    pub expires_at: Patch<String>,
    /// Seconds until it stops working; `expires_at` wins.
    #[serde(default)]
    pub expires_in: Patch<Int>,
    /// What it may do; default `["*"]`. Never more than the token that asks.
    #[serde(default)]
    pub scopes: Patch<Vec<String>>,
    /// The only organisation it is to work in.
    #[serde(default)]
    pub organization_id: Patch<String>,
}

/// Body of `PUT /me/tokens/{id}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenUpdate {
    /// A new name.
    #[serde(default)]
    pub name: Patch<String>,
    /// Fewer scopes; widening is refused.
    #[serde(default)]
    pub scopes: Patch<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_built_token_is_recognised_and_never_after_a_change() {
        let token = build(Kind::Personal, &[7; 60]).unwrap();
        assert_eq!(token.len(), 41);
        assert_eq!(recognise(&token), Some(Kind::Personal));
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(
                recognise(&String::from_utf8(bytes).unwrap()),
                None,
                "changed at {place}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_invented_is_recognised(text in "(ts[paourcgdms]_)?[0-9A-Za-z_]{0,44}") {
            // A 6-character checksum is guessed once in 4 billion; proptest tries 256 times.
            prop_assert_eq!(recognise(&text), None);
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,80}") {
            let _ = recognise(&text);
        }
    }
}
