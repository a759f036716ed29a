//! Guests as the rules know them (contract: organization, section 2).

use tallystick_wire::Time;
use tallystick_wire::guest::GuestDetails;

/// A guest of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Number, the same in every organisation.
    pub id: i64,
    /// In lower case.
    pub email: String,
    /// What the organisation knows. Moments and people of [`GuestDetails`] that have columns of their own are filled in.
    pub details: GuestDetails,
    /// When they became a guest here.
    pub created_at: Time,
    /// The code of the link, sealed.
    pub code: Option<String>,
}

/// The days of the week, as digests name them.
pub const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// How many letters and digits a guest's code has.
pub const CODE_LENGTH: usize = 43;

/// Whether a text has the form of a guest's code.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() == CODE_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
