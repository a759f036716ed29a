//! Fields that many rooms read alike: names and texts with their faults.

use tallystick_wire::lenient::{Json, Text};
use tallystick_wire::patch::Patch;

use crate::http::error::{Problems, Refusal};

/// A name or title that has to be there: trimmed, at most so many characters, no control characters. `place` keeps what is
/// stored when nothing was sent; on making something, `required` asks for it.
pub fn name(
    field: &str,
    sent: &Patch<Text>,
    most: usize,
    required: bool,
    place: &mut String,
    problems: &mut Problems,
) {
    let text = match sent {
        Patch::Absent if !required => return,
        Patch::Absent | Patch::Null => "",
        Patch::Value(text) => text.0.trim(),
    };
    if text.is_empty() {
        problems.add(field, format!("The {field} field is required"));
    } else if text.chars().count() > most {
        problems.add(
            field,
            format!("The {field} must not be longer than {most} characters"),
        );
    } else if text.chars().any(char::is_control) {
        problems.add(
            field,
            format!("The {field} must not hold control characters"),
        );
    }
    text.clone_into(place);
}

/// A text that may be missing.
pub fn text(
    field: &str,
    sent: &Patch<Text>,
    most: usize,
    place: &mut Option<String>,
    problems: &mut Problems,
) {
    match sent {
        Patch::Absent => {}
        Patch::Null => *place = None,
        Patch::Value(text) if text.0.chars().count() > most => problems.add(
            field,
            format!("The {field} must not be longer than {most} characters"),
        ),
        Patch::Value(text) => *place = Some(text.0.clone()),
    }
}

/// Longest web address, in characters.
const ADDRESS_MAX: usize = 2_048;

/// A web address that may be missing.
pub fn address(
    field: &str,
    sent: &Patch<Text>,
    place: &mut Option<String>,
    problems: &mut Problems,
) {
    match sent {
        Patch::Absent => {}
        Patch::Null => *place = None,
        Patch::Value(text) if is_address(&text.0) => *place = Some(text.0.clone()),
        Patch::Value(_) => problems.add(
            field,
            format!("The {field} must be a web address of at most {ADDRESS_MAX} characters"),
        ),
    }
}

fn is_address(text: &str) -> bool {
    let folded = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    (folded.starts_with("https://") || folded.starts_with("http://"))
        && text.len() <= ADDRESS_MAX
        && !text
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
}

/// The numbers of members, also as strings of digits, each once. What is neither is named by its place in the list.
pub fn numbers(field: &str, sent: &[Json], problems: &mut Problems) -> Vec<(usize, i64)> {
    let mut read: Vec<(usize, i64)> = Vec::new();
    for (index, item) in sent.iter().enumerate() {
        let number = match &item.0 {
            serde_json::Value::Number(number) => number.as_i64(),
            serde_json::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if read.iter().any(|(_, known)| *known == number) => {}
            Some(number) => read.push((index, number)),
            None => problems.add(
                &format!("{field}.{index}"),
                "This must be the number of a member",
            ),
        }
    }
    read
}

/// Says of a row that a unique key refused, which another request was quicker to store, what is said of one that was there.
pub fn taken(field: &str, error: tallystick_db::DbError) -> Refusal {
    if error.is_unique() {
        return Refusal::invalid(field, already(field));
    }
    error.into()
}

/// The sentence for a name that is in use.
#[must_use]
pub fn already(field: &str) -> String {
    format!("The {field} has already been taken")
}
