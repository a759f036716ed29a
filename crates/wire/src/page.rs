//! Pages of a list (contract: auth, section 9.2).

use serde::{Deserialize, Serialize};

/// `{"data": […], "meta": {"pagination": {…}}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T, M = Meta> {
    /// The rows of this page.
    pub data: Vec<T>,
    /// About the page.
    pub meta: M,
}

/// `meta` of a plain list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// Where this page stands in the whole.
    pub pagination: Pagination,
}

/// Where a page stands in the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pagination {
    /// Rows on all pages together, exact under the same filter.
    pub total: i64,
    /// Rows on this page.
    pub count: i64,
    /// Rows a page holds at most.
    pub per_page: i64,
    /// This page, from 1.
    pub current_page: i64,
    /// How many pages there are, at least 1.
    pub total_pages: i64,
    /// True when there is a next page.
    pub has_more_pages: bool,
    /// Neighbouring pages; a key is absent where there is no such page.
    pub links: Links,
}

/// Absolute addresses of the neighbouring pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Links {
    /// The page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The same, under the name other clients read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// The page after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
