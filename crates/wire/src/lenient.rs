//! Booleans and integers as real clients send them (contract: auth, section 2.2): `true`, `"TRUE"`,
//! `"1"`, `1`; and numbers as numbers or as strings of digits. Out they always go as JSON's own.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A boolean in any of its accepted spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

/// An integer, possibly sent as a string of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int(pub i64);

/// Text that may have been sent as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

/// Any JSON value, passed through as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

/// Any JSON object, passed through as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Object(pub serde_json::Map<String, serde_json::Value>);

/// Reads a boolean from text, as in a query or a form.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Flag;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("true or false")
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Flag, E> {
                match value {
                    0 => Ok(Flag(false)),
                    1 => Ok(Flag(true)),
                    _ => Err(E::custom("must be true or false")),
                }
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Flag, E> {
                flag(text)
                    .map(Flag)
                    .ok_or_else(|| E::custom("must be true or false"))
            }
        }
        input.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Int;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a whole number")
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Int, E> {
                Ok(Int(value))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Int, E> {
                i64::try_from(value)
                    .map(Int)
                    .map_err(|_| E::custom("is too large"))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Int, E> {
                text.trim()
                    .parse()
                    .map(Int)
                    .map_err(|_| E::custom("must be a whole number"))
            }
        }
        input.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Text;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }
        }
        input.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_in_every_accepted_spelling() {
        for (text, expected) in [
            ("true", true),
            ("\"TRUE\"", true),
            ("\"1\"", true),
            ("1", true),
            ("\"False\"", false),
            ("0", false),
        ] {
            assert_eq!(
                serde_json::from_str::<Flag>(text).unwrap(),
                Flag(expected),
                "{text}"
            );
        }
        for text in ["2", "\"yes\"", "null", "[]", "1.0"] {
            assert!(serde_json::from_str::<Flag>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn integers_as_numbers_or_digits() {
        for (text, expected) in [("4107", 4107), ("\"4107\"", 4107), ("-1", -1)] {
            assert_eq!(
                serde_json::from_str::<Int>(text).unwrap(),
                Int(expected),
                "{text}"
            );
        }
        for text in ["4.5", "\"x\"", "99999999999999999999", "true", "\"\""] {
            assert!(serde_json::from_str::<Int>(text).is_err(), "{text}");
        }
    }
}
