//! Bodies into typed inputs, with errors that name the field (contract: auth, section 2.2).

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::call::Call;
use crate::http::error::Refusal;
use crate::http::request::Request;

/// Fields whose content is stored as sent: an empty string in them is an answer, not a null.
const AS_SENT: [&str; 3] = ["taskdata", "prerun", "custom_fields"];

impl<P> Call<'_, '_, P> {
    /// [`Request::input`].
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        self.request.input()
    }
}

impl Request {
    /// The body as `T`. An empty body is an empty object; unknown fields are dropped; an empty string is null.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let mut value = Value::Object(self.object()?);
        empty_to_null(&mut value);
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let text = error.into_inner().to_string();
            Refusal::invalid(&path, format!("The {path} field is not valid: {text}"))
        })
    }
}

impl Request {
    /// The body as an object, for readers that look for every fault in it. An empty body is an empty object.
    pub fn object(&self) -> Result<Map<String, Value>, Refusal> {
        let value = self.body.value()?;
        check_text(&value, &mut String::new())?;
        match value {
            Value::Object(map) => Ok(map),
            _ => Err(Refusal::bad_request("The body must be a JSON object")),
        }
    }
}

/// PostgreSQL cannot store a zero byte in text, so nobody may send one.
fn check_text(value: &Value, path: &mut String) -> Result<(), Refusal> {
    let refuse =
        |path: &str| Refusal::invalid(path, format!("The {path} field must not hold a zero byte"));
    match value {
        Value::String(text) if text.contains('\0') => Err(refuse(path)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| nested(path, &index.to_string(), item)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, item)| {
            if name.contains('\0') {
                return Err(refuse(path));
            }
            nested(path, name, item)
        }),
        _ => Ok(()),
    }
}

fn nested(path: &mut String, name: &str, value: &Value) -> Result<(), Refusal> {
    let before = path.len();
    if before > 0 {
        path.push('.');
    }
    path.push_str(name);
    let checked = check_text(value, path);
    path.truncate(before);
    checked
}

fn empty_to_null(value: &mut Value) {
    match value {
        Value::String(text) if text.is_empty() => *value = Value::Null,
        Value::Array(items) => items.iter_mut().for_each(empty_to_null),
        Value::Object(fields) => {
            fields
                .iter_mut()
                .filter(|(name, _)| !AS_SENT.contains(&name.as_str()))
                .for_each(|(_, item)| empty_to_null(item));
        }
        _ => {}
    }
}
