//! What a person may be called and reached by (contract: organization, section 1.6).

use tallystick_wire::patch::Patch;

use crate::http::Problems;

/// A first or last name: 1 to 32 characters, and no address of a page, which is what spam writes there.
pub fn name(field: &str, sent: &Patch<String>, problems: &mut Problems) -> String {
    let name = sent
        .as_value()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    let folded = name.to_lowercase();
    if name.is_empty() {
        problems.add(field, format!("The {field} field is required"));
    } else if name.chars().count() > 32 {
        problems.add(
            field,
            format!("The {field} must not be longer than 32 characters"),
        );
    } else if folded.contains("://")
        || folded.starts_with("www.")
        || name.chars().any(char::is_control)
    {
        problems.add(field, format!("The {field} must be a name"));
    }
    name
}

/// An e-mail address, as far as its form goes; whether anybody reads it is told by a mail.
pub fn email(field: &str, sent: &Patch<String>, problems: &mut Problems) -> String {
    let email = sent
        .as_value()
        .map(|email| email.trim().to_owned())
        .unwrap_or_default();
    if email.is_empty() {
        problems.add(field, format!("The {field} field is required"));
    } else if !is_email(&email) {
        problems.add(field, format!("The {field} must be an e-mail address"));
    }
    email
}

/// Whether a text has the form of an address that mail can be sent to.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
        && text.parse::<lettre::Address>().is_ok()
}
