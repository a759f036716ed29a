//! The wrapping of objects and lists, at the top of an answer and in includes (contract: auth, section 9.1).

use serde::{Deserialize, Serialize};

/// `{"data": {…}}`: one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item<T> {
    /// The object; null in an include whose target is missing.
    pub data: T,
}

/// `{"data": […]}`: a list that comes whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Collection<T> {
    /// The rows, possibly none.
    pub data: Vec<T>,
}

impl<T> Collection<T> {
    /// A collection of these rows.
    #[must_use]
    pub const fn of(data: Vec<T>) -> Self {
        Self { data }
    }
}
