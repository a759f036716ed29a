//! Single values: what is accepted in a key, and what is said of anything else (contract: auth, section 2.2).

use serde_json::Value;
use tallystick_wire::Patch;
use tallystick_wire::lenient::Json;

use super::{HTML_MAX, ID_MAX, Identity, MOST, Reader};
use crate::http::call::object_id;
use crate::rich_text;

/// Longest web address, in characters.
const ADDRESS_MAX: usize = 2_048;
/// Most bytes of a value that only its client understands.
const OPAQUE_MAX: usize = 100_000;

impl<'a> Reader<'a> {
    /// Plain text; a number is taken as its digits.
    pub fn text(&self, key: &str, most: usize) -> Patch<String> {
        if !self.sent(key) {
            return Patch::Absent;
        }
        let text = match self.value(key) {
            None => return Patch::Null,
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => {
                self.fault(key, format!("The {key} must be text"));
                return Patch::Absent;
            }
        };
        if text.is_empty() {
            return Patch::Null;
        }
        if text.chars().count() > most {
            self.fault(
                key,
                format!("The {key} must not be longer than {most} characters"),
            );
        }
        Patch::Value(text)
    }

    /// Rich text, cleaned.
    pub fn html(&self, key: &str, most: usize) -> Patch<String> {
        match self.text(key, most.min(HTML_MAX)) {
            Patch::Value(text) if text.chars().count() <= most.min(HTML_MAX) => {
                Patch::Value(rich_text::clean(&text))
            }
            other => other,
        }
    }

    /// Text into a place that may be empty.
    pub fn set_text(&self, key: &str, most: usize, place: &mut Option<String>) {
        set(self.text(key, most), place);
    }

    /// Rich text into a place that may be empty.
    pub fn set_html(&self, key: &str, most: usize, place: &mut Option<String>) {
        set(self.html(key, most), place);
    }

    /// A web address into a place that may be empty.
    pub fn set_url(&self, key: &str, place: &mut Option<String>) {
        let address = self.text(key, ADDRESS_MAX);
        if let Patch::Value(text) = &address
            && !is_address(text)
        {
            self.fault(key, format!("The {key} must be a web address"));
        }
        set(address, place);
    }

    /// A boolean in any spelling; null leaves the place alone.
    pub fn set_flag(&self, key: &str, place: &mut bool) {
        if let Some(flag) = self.flag(key) {
            *place = flag;
        }
    }

    /// A boolean in any spelling.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let flag = match self.value(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            Value::String(text) => tallystick_wire::lenient::flag(text),
            _ => None,
        };
        if flag.is_none() {
            self.fault(key, format!("The {key} must be true or false"));
        }
        flag
    }

    /// A whole number within bounds.
    pub fn int(&self, key: &str, least: i64, most: i64) -> Patch<i64> {
        if !self.sent(key) {
            return Patch::Absent;
        }
        let Some(value) = self.value(key) else {
            return Patch::Null;
        };
        match int(value).filter(|number| (least..=most).contains(number)) {
            Some(number) => Patch::Value(number),
            None => {
                self.fault(
                    key,
                    format!("The {key} must be a whole number from {least} to {most}"),
                );
                Patch::Absent
            }
        }
    }

    /// An object id.
    pub fn id(&self, key: &str) -> Patch<String> {
        match self.text(key, 64) {
            Patch::Value(text) => match object_id(&text) {
                Some(id) => Patch::Value(id),
                None => {
                    self.fault(key, format!("The {key} must be an id"));
                    Patch::Absent
                }
            },
            other => other,
        }
    }

    /// The id of a part: in an import any text or whole number, since everything gets a new one.
    pub fn part_id(&self, key: &str, identity: Identity) -> Patch<String> {
        match (identity, self.value(key)) {
            (Identity::AsSent, Some(Value::Number(number))) if number.is_f64() => {
                self.fault(key, format!("The {key} must be text or a whole number"));
                Patch::Absent
            }
            (Identity::AsSent, _) => match self.text(key, ID_MAX) {
                Patch::Value(text) => Patch::Value(object_id(&text).unwrap_or(text)),
                other => other,
            },
            (Identity::Fresh, _) => self.id(key),
        }
    }

    /// The value of a key without the wrapping of an include, unless it is null or missing.
    pub fn unwrapped(&self, key: &str) -> Option<&'a Value> {
        let value = self.value(key)?;
        let inner = value.as_object().and_then(|map| map.get("data"));
        Some(inner.unwrap_or(value)).filter(|inner| !inner.is_null())
    }

    /// A list, also wrapped as an include. Null is none: only an empty list empties what is stored.
    pub fn list(&self, key: &str, most: usize) -> Option<Vec<&'a Value>> {
        match self.unwrapped(key)? {
            Value::Array(items) if items.len() <= most => Some(items.iter().collect()),
            Value::Array(_) => {
                self.fault(key, format!("The {key} must be at most {most}"));
                None
            }
            _ => {
                self.fault(key, format!("The {key} must be a list"));
                None
            }
        }
    }

    /// A list of objects.
    pub fn objects(&self, key: &str, most: usize) -> Option<Vec<Reader<'a>>> {
        let items = self.list(key, most)?;
        let mut readers = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{}.{index}", self.at(key));
            match item {
                Value::Object(map) => readers.push(Reader {
                    map,
                    path,
                    faults: self.faults,
                }),
                _ => self.faults.add(&path, "This must be an object"),
            }
        }
        Some(readers)
    }

    /// An object.
    pub fn object(&self, key: &str) -> Patch<Reader<'a>> {
        if !self.sent(key) {
            return Patch::Absent;
        }
        match self.value(key) {
            None => Patch::Null,
            // An empty list is how PHP writes an empty object.
            Some(Value::Array(items)) if items.is_empty() => Patch::Null,
            Some(Value::Object(map)) => Patch::Value(Reader {
                map,
                path: self.at(key),
                faults: self.faults,
            }),
            Some(_) => {
                self.fault(key, format!("The {key} must be an object"));
                Patch::Absent
            }
        }
    }

    /// A list of texts.
    pub fn texts(&self, key: &str, most: usize) -> Option<Vec<String>> {
        let items = self.list(key, MOST)?;
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::String(text) if text.chars().count() <= most => texts.push(text.clone()),
                Value::Number(number) => texts.push(number.to_string()),
                _ => self.faults.add(
                    &format!("{}.{index}", self.at(key)),
                    format!("This must be text of at most {most} characters"),
                ),
            }
        }
        Some(texts)
    }

    /// A value that only its client understands; bounded.
    pub fn set_opaque(&self, key: &str, place: &mut Json) {
        if !self.sent(key) {
            return;
        }
        let value = self.raw(key).cloned().unwrap_or(Value::Null);
        if value.to_string().len() > OPAQUE_MAX {
            self.fault(
                key,
                format!("The {key} must not be larger than {OPAQUE_MAX} bytes"),
            );
        }
        *place = Json(value);
    }
}

/// A value that has to be there; a fault unless another one was noted for it.
pub(super) fn needed<T>(reader: &Reader<'_>, key: &str, sent: Patch<T>) -> Option<T> {
    if reader.value(key).is_none() {
        reader.fault(key, format!("The {key} field is required"));
    }
    sent.value()
}

/// A whole number, possibly sent as digits.
#[must_use]
pub fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What a key that was sent does to a place that may be empty.
pub(super) fn set<T>(sent: Patch<T>, place: &mut Option<T>) {
    match sent {
        Patch::Absent => {}
        Patch::Null => *place = None,
        Patch::Value(value) => *place = Some(value),
    }
}

fn is_address(text: &str) -> bool {
    let plain = !text
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control());
    plain
        && url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
