//! Absent, null and a value are three things in a partial update.

use serde::{Deserialize, Deserializer};

/// One field of a partial update. Fields of this type carry `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was not sent: what is stored stays.
    #[default]
    Absent,
    /// The field was sent as null (or as an empty string): it is cleared.
    Null,
    /// The field was sent with a value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, if one was sent.
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// A reference to the value, if one was sent.
    #[must_use]
    pub const fn as_value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// True when the field was sent, null included.
    #[must_use]
    pub const fn is_sent(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// This, or `other` when this was not sent: for a field with two names.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_sent() { self } else { other }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(input)?.map_or(Self::Null, Self::Value))
    }
}
