//! Words for people: times, scopes, grants.

use jiff::tz::TimeZone;
use tallystick_wire::Time;

use crate::clock::{DAY, MINUTE};
use crate::oauth::GrantType;

/// A moment in somebody's zone, such as `3 Mar 2026, 14:05`.
#[must_use]
pub fn moment(time: Time, zone: &TimeZone) -> String {
    let zoned = zone.to_datetime(time.timestamp());
    zoned.strftime("%-d %b %Y, %H:%M").to_string()
}

/// A day in somebody's zone, such as `3 Mar 2026`.
#[must_use]
pub fn day(time: Time, zone: &TimeZone) -> String {
    let zoned = zone.to_datetime(time.timestamp());
    zoned.strftime("%-d %b %Y").to_string()
}

/// How long ago, roughly.
#[must_use]
pub fn ago(time: Time, now: Time) -> String {
    let passed = now.0 - time.0;
    let many = |count: i64, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {one}{s} ago")
    };
    match passed {
        i64::MIN..MINUTE => "just now".to_owned(),
        passed if passed < 60 * MINUTE => many(passed / MINUTE, "minute"),
        passed if passed < DAY => many(passed / (60 * MINUTE), "hour"),
        passed => many(passed / DAY, "day"),
    }
}

/// Seconds as people say them.
#[must_use]
pub fn wait(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{seconds} seconds"),
        // A second is always added on the way here, so that nobody comes too early.
        _ => format!("{} minutes", (seconds - 1).div_ceil(60)),
    }
}

/// What a family of scopes is about.
fn family(word: &str) -> &str {
    match word {
        "org" => "organization and profile",
        "mcp.users" => "members, guests and groups",
        "mcp.automation" => "automation in templates",
        other => other.strip_prefix("mcp.").unwrap_or(other),
    }
}

/// What a scope allows, as a sentence that begins with a verb.
#[must_use]
pub fn scope(word: &str) -> String {
    match word {
        "*" => "Do everything that you may do".to_owned(),
        "read" => "Read everything that you may read, and change nothing".to_owned(),
        "tokens.rotate" => "Replace its own token with a new one".to_owned(),
        word => match word.rsplit_once('.') {
            Some((name, "read")) => format!("Read {}", family(name)),
            Some((name, _)) => format!("Read and change {}", family(name)),
            None => word.to_owned(),
        },
    }
}

/// The same for a list, short.
#[must_use]
pub fn scopes(words: &[String]) -> String {
    match words {
        [one] if one == "*" => "Everything".to_owned(),
        [one] if one == "read" => "Read only".to_owned(),
        words => words.join(", "),
    }
}

/// A way to get tokens, as a sentence.
#[must_use]
pub const fn grant(grant: GrantType) -> &'static str {
    match grant {
        GrantType::ClientCredentials => "As itself, with its secret (client credentials)",
        GrantType::AuthorizationCode => "A person signs in and consents (authorization code)",
        GrantType::RefreshToken => "Stay connected with refresh tokens",
        GrantType::DeviceCode => "A person types in a code from a device (device code)",
        GrantType::Password => "With a person's password",
        GrantType::Implicit => "With a token in the address (implicit)",
    }
}

/// A browser by what it calls itself: its name and system, as far as anybody can tell.
#[must_use]
pub fn browser(agent: &str) -> String {
    const NAMES: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Windows", "Windows"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(sign, _)| agent.contains(sign))
            .map(|(_, name)| *name)
    };
    match (find(&NAMES), find(&SYSTEMS)) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ if agent.is_empty() => "Unknown browser".to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}
