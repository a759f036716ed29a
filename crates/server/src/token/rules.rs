//! How long a token may live, and what it may be called.

use tallystick_wire::Time;
use tallystick_wire::patch::Patch;
use tallystick_wire::time::{self, Written};
use tallystick_wire::token::TokenCreate;

use crate::clock::{DAY, SECOND};
use crate::http::Problems;
use crate::token::policy::Bounds;

/// Six months, as the contract counts them.
pub const USUAL_LIFE: i64 = 15_778_800 * SECOND;

/// A name of 1 to 100 characters.
pub fn name(field: &Patch<String>, problems: &mut Problems) -> String {
    let name = field
        .as_value()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    if name.is_empty() {
        problems.add("name", "The name field is required");
    } else if name.chars().count() > 100 {
        problems.add("name", "The name must not be longer than 100 characters");
    }
    name
}

/// When a new token ends: as asked, within what installation and organisations allow.
pub fn expiry(
    input: &TokenCreate,
    bounds: &Bounds,
    now: Time,
    problems: &mut Problems,
) -> Option<Time> {
    let longest = bounds
        .max_days
        .map(|days| now.plus(days.saturating_mul(DAY)));
    let (field, asked) = match (&input.expires_at, &input.expires_in) {
        (Patch::Value(text), _) => match time::parse(text) {
            Some(Written::Moment(moment)) => ("expires_at", Some(moment)),
            Some(Written::Day(day)) => (
                "expires_at",
                Some(time::start_of(day, &jiff::tz::TimeZone::UTC)),
            ),
            None => {
                problems.add(
                    "expires_at",
                    format!("The expires_at field {}", time::EXPECTED),
                );
                return None;
            }
        },
        (Patch::Null, _) => ("expires_at", None),
        (Patch::Absent, Patch::Value(seconds)) => (
            "expires_in",
            Some(now.plus(seconds.0.saturating_mul(SECOND))),
        ),
        (Patch::Absent, Patch::Null) => ("expires_in", None),
        (Patch::Absent, Patch::Absent) => {
            let usual = now.plus(USUAL_LIFE);
            return Some(longest.map_or(usual, |longest| usual.min(longest)));
        }
    };
    match (asked, longest) {
        (None, _) if !bounds.never_expiring => {
            problems.add(field, "Tokens that never expire are not allowed here");
        }
        (Some(moment), _) if moment <= now => {
            problems.add(field, format!("The {field} field must lie in the future"))
        }
        (Some(moment), Some(longest)) if moment > longest => {
            problems.add(field, format!("The {field} field must not be later than {longest}, the longest life allowed here"));
        }
        _ => {}
    }
    asked
}
