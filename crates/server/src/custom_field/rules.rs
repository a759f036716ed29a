//! Decisions about custom fields (contract: organization, section 7): pure functions of the keys and what was sent.

use serde_json::{Map, Value};
use tallystick_wire::Time;
use tallystick_wire::custom_field::Record;

use crate::http::Problems;

/// Longest value, as JSON.
const VALUE_MAX: usize = 20_000;

/// A key as the rules know it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the CustomFieldKey object, which explains them"
)]
pub struct Key {
    pub id: i64,
    pub key: String,
    pub applies_to: Record,
    pub field_type: String,
    pub is_system: bool,
    pub is_required: bool,
    pub is_active: bool,
    pub options: Vec<Value>,
    pub columns: Vec<Value>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Key {
    /// Whether something is chosen from `options`.
    #[must_use]
    pub fn is_choice(&self) -> bool {
        matches!(
            self.field_type.as_str(),
            "radio" | "dropdown" | "multiselect"
        )
    }

    /// Whether its values have `columns`.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.field_type == "table"
    }
}

/// Whether a text can stand as a key in a path and in JSON.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a value is no answer.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// What is wrong with a value, if anything. It is kept as it was sent, so only its kind is looked at.
pub fn fault(key: &Key, value: &Value) -> Option<String> {
    if is_empty(value) {
        return None;
    }
    if value.to_string().len() > VALUE_MAX {
        return Some(format!(
            "A value must not be longer than {VALUE_MAX} characters"
        ));
    }
    let offered = |value: &Value| key.options.iter().any(|option| names(option, value));
    let (fits, expected) = match key.field_type.as_str() {
        "number" => (
            value.is_number()
                || value
                    .as_str()
                    .is_some_and(|text| text.trim().parse::<f64>().is_ok_and(f64::is_finite)),
            "a number",
        ),
        "boolean" => (
            value.is_boolean()
                || matches!(value.as_i64(), Some(0 | 1))
                || value
                    .as_str()
                    .is_some_and(|text| tallystick_wire::lenient::flag(text).is_some()),
            "true or false",
        ),
        "date" => (
            value
                .as_str()
                .is_some_and(|text| tallystick_wire::time::parse(text).is_some()),
            "a date",
        ),
        "radio" | "dropdown" => (offered(value), "one of the options"),
        "multiselect" => (
            value
                .as_array()
                .is_some_and(|items| items.iter().all(offered)),
            "a list of options",
        ),
        "table" => (value.is_array() || value.is_object(), "a table"),
        _ => (value.is_string() || value.is_number(), "a text"),
    };
    (!fits).then(|| format!("The value must be {expected}"))
}

/// Whether a value names an option: as it is written, or by the option's id, value, label or text.
fn names(option: &Value, value: &Value) -> bool {
    if option == value {
        return true;
    }
    let Some(fields) = option.as_object() else {
        return false;
    };
    let alike = |one: &Value, other: &Value| {
        one == other || text(one).is_some_and(|one| text(other) == Some(one))
    };
    let known = ["id", "value", "label", "text"];
    let mut known = known.iter().filter_map(|name| fields.get(*name));
    match value {
        // Chosen options are sent back with more or fewer fields than the definition has.
        Value::Object(sent) => ["id", "value", "label", "text"].iter().any(|name| {
            let pair = sent.get(*name).zip(fields.get(*name));
            pair.is_some_and(|(sent, known)| alike(sent, known))
        }),
        _ => known.any(|known| alike(known, value)),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Checks all values at once: known keys of the organisation, required ones there, each value of its kind. `keys` are the
/// active ones.
pub fn check_all(keys: &[Key], sent: &Map<String, Value>, problems: &mut Problems) {
    for (name, value) in sent {
        let field = format!("custom_fields.{name}");
        match keys.iter().find(|key| key.key == *name) {
            None => problems.add(&field, "There is no such custom field on this record"),
            Some(key) if key.is_system => {
                problems.add(&field, "Only the system writes this custom field");
            }
            Some(key) => {
                if let Some(fault) = fault(key, value) {
                    problems.add(&field, fault);
                }
            }
        }
    }
    for key in keys.iter().filter(|key| key.is_required && !key.is_system) {
        if sent.get(&key.key).is_none_or(is_empty) {
            problems.add(
                &format!("custom_fields.{}", key.key),
                "This custom field is required",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(field_type: &str, options: Value) -> Key {
        Key {
            id: 1,
            key: "k".to_owned(),
            applies_to: Record::Tag,
            field_type: field_type.to_owned(),
            is_system: false,
            is_required: false,
            is_active: true,
            options: options.as_array().cloned().unwrap_or_default(),
            columns: Vec::new(),
            created_at: Time(0),
            updated_at: Time(0),
        }
    }

    #[test]
    fn values_are_of_the_kind_of_their_key() {
        let options = json!([{"id": 1, "text": "Red"}, "Blue"]);
        for (field_type, value, fits) in [
            ("text", json!("x"), true),
            ("text", json!(5), true),
            ("text", json!(["x"]), false),
            ("number", json!("4.5"), true),
            ("number", json!("inf"), false),
            ("number", json!("x"), false),
            ("boolean", json!("TRUE"), true),
            ("boolean", json!(2), false),
            ("date", json!("2026-03-02"), true),
            ("date", json!("2026-02-30"), false),
            ("radio", json!("Red"), true),
            ("radio", json!(1), true),
            ("radio", json!({"id": 1}), true),
            ("radio", json!({"id": 2, "text": "Green"}), false),
            ("dropdown", json!("Blue"), true),
            ("dropdown", json!("Green"), false),
            ("multiselect", json!(["Blue", "Red"]), true),
            ("multiselect", json!("Blue"), false),
            ("table", json!([["a"]]), true),
            ("table", json!("a"), false),
            ("email", json!(null), true),
        ] {
            let found = fault(&key(field_type, options.clone()), &value);
            assert_eq!(found.is_none(), fits, "{field_type} {value}");
        }
        let long = json!("x".repeat(VALUE_MAX));
        assert!(fault(&key("text", json!([])), &long).is_some());
    }

    #[test]
    fn keys_can_stand_in_a_path() {
        for good in ["a", "cost_centre", "A-1.b"] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "ö", "%41"] {
            assert!(!is_key(bad), "{bad}");
        }
        assert!(!is_key(&"x".repeat(65)));
    }
}
