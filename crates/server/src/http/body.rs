//! Bodies by their media type: JSON, forms, multipart, all into the same JSON value
//! (contract: auth, section 2.2).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde_json::{Map, Value};

use crate::http::error::{Reason, Refusal};

/// Deepest nesting of a form field's brackets.
const DEEPEST: usize = 16;
/// Most bytes of a refused body that are read and forgotten.
const MOST_FORGOTTEN: usize = 16 * 1024 * 1024;
/// Longest time that is spent on it.
const LONGEST_FORGETTING: Duration = Duration::from_secs(5);
/// Most fields of a form.
const MOST_FIELDS: usize = 10_000;

/// A body that was read whole, not yet looked into.
#[derive(Debug, Default)]
pub struct Body {
    kind: Kind,
    bytes: Bytes,
}

#[derive(Debug, Default)]
enum Kind {
    /// No `Content-Type`: JSON first, then a form.
    #[default]
    Unstated,
    Json,
    Form,
    Multipart(Vec<(String, String)>),
    Unknown,
}

impl Body {
    /// Sorts a body by its `Content-Type`. Only multipart needs work here, because its reader is asynchronous.
    pub async fn read(content_type: Option<&str>, bytes: Bytes) -> Result<Self, Refusal> {
        let Some(stated) = content_type.filter(|text| !text.trim().is_empty()) else {
            return Ok(Self {
                kind: Kind::Unstated,
                bytes,
            });
        };
        let Ok(media) = stated.parse::<mime::Mime>() else {
            return Ok(Self {
                kind: Kind::Unknown,
                bytes,
            });
        };
        let kind = match (media.type_(), media.subtype(), media.suffix()) {
            (_, mime::JSON, _) | (_, _, Some(mime::JSON)) => Kind::Json,
            (mime::APPLICATION, mime::WWW_FORM_URLENCODED, _) => Kind::Form,
            (mime::MULTIPART, mime::FORM_DATA, _) => {
                Kind::Multipart(multipart(stated, bytes.clone()).await?)
            }
            _ => Kind::Unknown,
        };
        Ok(Self { kind, bytes })
    }

    /// The bytes as they came, for comparing a repetition with the first request.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The body as JSON; an empty one is `{}` whatever its type.
    pub fn value(&self) -> Result<Value, Refusal> {
        if self.bytes.is_empty() {
            return Ok(Value::Object(Map::new()));
        }
        match &self.kind {
            Kind::Json => json(&self.bytes),
            Kind::Form => nest(
                form_urlencoded::parse(&self.bytes)
                    .map(|(name, value)| (name.into_owned(), value.into_owned())),
            ),
            Kind::Multipart(fields) => nest(fields.iter().cloned()),
            Kind::Unstated => json(&self.bytes).or_else(|error| {
                let is_form = self.bytes.contains(&b'=')
                    && !self.bytes.starts_with(b"{")
                    && !self.bytes.starts_with(b"[");
                if !is_form {
                    return Err(error);
                }
                nest(
                    form_urlencoded::parse(&self.bytes)
                        .map(|(name, value)| (name.into_owned(), value.into_owned())),
                )
            }),
            Kind::Unknown => Err(Reason::UnsupportedMedia.into()),
        }
    }
}

fn json(bytes: &[u8]) -> Result<Value, Refusal> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Refusal::bad_request("The body is not valid UTF-8"));
    }
    // serde_json stops at a nesting of 128.
    serde_json::from_slice(bytes).map_err(|error| {
        Refusal::bad_request(format!(
            "The body is not valid JSON (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}

async fn multipart(content_type: &str, bytes: Bytes) -> Result<Vec<(String, String)>, Refusal> {
    let unreadable = |_| Refusal::bad_request("The multipart body cannot be read");
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let whole = futures_util::stream::once(async move { Ok::<_, std::io::Error>(bytes) });
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        // A file has a name of its own and is read by the file room only, never as a field.
        if part.file_name().is_some() {
            continue;
        }
        let name = part.name().unwrap_or_default().to_owned();
        fields.push((name, part.text().await.map_err(unreadable)?));
        if fields.len() > MOST_FIELDS {
            return Err(Refusal::bad_request("The form has too many fields"));
        }
    }
    Ok(fields)
}

/// `owners[users][]=4107` and its like into nested objects and lists.
fn nest(fields: impl Iterator<Item = (String, String)>) -> Result<Value, Refusal> {
    let mut root = Value::Object(Map::new());
    for (count, (name, value)) in fields.enumerate() {
        if count >= MOST_FIELDS {
            return Err(Refusal::bad_request("The form has too many fields"));
        }
        let keys = keys(&name);
        if keys.len() > DEEPEST {
            return Err(Refusal::bad_request("A form field is nested too deeply"));
        }
        put(&mut root, &keys, Value::String(value));
    }
    Ok(root)
}

fn keys(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else {
        return vec![name];
    };
    let mut keys = vec![first];
    keys.extend(rest.strip_suffix(']').unwrap_or(rest).split("]["));
    keys
}

fn put(place: &mut Value, keys: &[&str], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *place = value;
        return;
    };
    let in_list =
        key.is_empty() || (place.is_array() && key.bytes().all(|byte| byte.is_ascii_digit()));
    if in_list || (key.bytes().all(|byte| byte.is_ascii_digit()) && !place.is_object()) {
        if !place.is_array() {
            *place = Value::Array(Vec::new());
        }
        if let Value::Array(items) = place {
            let mut item = Value::Null;
            put(&mut item, rest, value);
            items.push(item);
        }
        return;
    }
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    if let Value::Object(fields) = place {
        put(
            fields.entry((*key).to_owned()).or_insert(Value::Null),
            rest,
            value,
        );
    }
}

/// Reads and forgets the body of a request that is refused. A connection that is closed with data unread is reset, and
/// the client would see that instead of its answer. Bounded, and not for a client that waits to be told to go on.
pub async fn drain(headers: &HeaderMap, mut body: axum::body::Body) {
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let forgetting = async {
        let mut left = MOST_FORGOTTEN;
        while let Some(Ok(frame)) = body.frame().await {
            let read = frame.data_ref().map_or(0, Bytes::len);
            if read > left {
                return;
            }
            left -= read;
        }
    };
    let _ = tokio::time::timeout(LONGEST_FORGETTING, forgetting).await;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn form(text: &str) -> Value {
        let body = Body {
            kind: Kind::Form,
            bytes: Bytes::from(text.to_owned()),
        };
        body.value().unwrap()
    }

    #[test]
    fn brackets_nest() {
        assert_eq!(
            form("title=A+b&owners[users][]=4107&owners[users][]=4110&owners[guests][0]=x%40y.z"),
            json!({"title": "A b", "owners": {"users": ["4107", "4110"], "guests": ["x@y.z"]}})
        );
    }

    proptest! {
        #[test]
        fn no_form_panics(text in "[a-c\\[\\]=&0-9]{0,60}") {
            let _ = form(&text);
        }
    }
}
