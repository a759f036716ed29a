//! A form as a browser sends it.

use http::{HeaderMap, header};

use crate::http::error::{Reason, Refusal};

/// Most fields that are looked at.
const MOST_FIELDS: usize = 500;

/// The fields of a form, in their order.
#[derive(Debug, Default, Clone)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body. Forms come in one type only: what a page of ours sends.
    pub fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Refusal> {
        let media = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !media.starts_with("application/x-www-form-urlencoded") {
            return Err(Reason::UnsupportedMedia.into());
        }
        let fields: Vec<(String, String)> = form_urlencoded::parse(bytes)
            .take(MOST_FIELDS)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if fields
            .iter()
            .any(|(name, value)| name.contains('\0') || value.contains('\0'))
        {
            return Err(Refusal::bad_request("The form holds a zero byte"));
        }
        Ok(Self(fields))
    }

    /// The first value under this name, as typed; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The same without spaces around it; none when nothing is left.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|text| !text.is_empty())
    }

    /// Every value under this name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Whether a box with this name and value is ticked.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0
            .iter()
            .any(|(key, held)| key == name && held == value)
    }

    /// Everything but the proof that it is ours, as a query: to come back to a form that is filled already.
    #[must_use]
    pub fn as_query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.0.iter().filter(|(name, _)| name != "csrf") {
            out.append_pair(name, value);
        }
        out.finish()
    }

    /// A query read as a form: what [`Self::as_query`] wrote.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let fields = form_urlencoded::parse(query.as_bytes()).take(MOST_FIELDS);
        Self(
            fields
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .filter(|(name, value)| !name.contains('\0') && !value.contains('\0'))
                .collect(),
        )
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
