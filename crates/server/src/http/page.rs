//! Paging: which rows are asked for, and where the page stands (contract: auth, sections 2.3 and 9.2).

use tallystick_wire::page::{Links, Meta, Page, Pagination};

use crate::http::query::Query;
use crate::http::request::Request;

/// Ceiling of `without_pagination=true`.
const EVERYTHING: i64 = 10_000;

/// The rows a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From 1.
    pub page: i64,
    /// At least 1.
    pub per_page: i64,
}

impl Window {
    /// Reads `page`, `per_page`, `limit` and `without_pagination`. What cannot be read takes its default.
    #[must_use]
    pub fn read(query: &Query, default: i64, most: i64) -> Self {
        if query.flag("without_pagination") == Some(true) {
            return Self {
                page: query.number("page").filter(|page| *page >= 1).unwrap_or(1),
                per_page: EVERYTHING,
            };
        }
        let size = |name| query.number(name).filter(|size| *size >= 1);
        let per_page = if query.get("per_page").is_some() {
            size("per_page")
        } else {
            size("limit")
        };
        Self {
            page: query.number("page").filter(|page| *page >= 1).unwrap_or(1),
            per_page: per_page.unwrap_or(default).min(most),
        }
    }

    /// How many rows stand before the page; none when the page is beyond any possible row.
    #[must_use]
    pub fn offset(self, total: i64) -> Option<i64> {
        let offset = (self.page - 1).checked_mul(self.per_page)?;
        (offset < total).then_some(offset)
    }

    /// The rows of the page: what `find` answers for `(limit, offset)`, or none where there can be none.
    pub fn rows<T, E>(
        self,
        total: i64,
        find: impl FnOnce((i64, i64)) -> Result<Vec<T>, E>,
    ) -> Result<Vec<T>, E> {
        match self.offset(total) {
            Some(offset) => find((self.per_page, offset)),
            None => Ok(Vec::new()),
        }
    }

    /// The page, whole.
    #[must_use]
    pub fn page<T>(self, request: &Request, total: i64, data: Vec<T>) -> Page<T> {
        let pagination = self.describe(request, total, data.len());
        Page {
            data,
            meta: Meta { pagination },
        }
    }

    /// Where the page stands.
    #[must_use]
    pub fn describe(self, request: &Request, total: i64, count: usize) -> Pagination {
        let total_pages = ((total + self.per_page - 1) / self.per_page).max(1);
        let link = |page: i64| format!("{}?{}", request.address(), request.query.with_page(page));
        let previous = (self.page > 1).then(|| link((self.page - 1).min(total_pages)));
        let next = (self.page < total_pages).then(|| link(self.page + 1));
        Pagination {
            total,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            per_page: self.per_page,
            current_page: self.page,
            total_pages,
            has_more_pages: self.page < total_pages,
            links: Links {
                prev: previous.clone(),
                previous,
                next,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> (i64, i64) {
        let window = Window::read(&Query::parse(text), 10, 100);
        (window.page, window.per_page)
    }

    #[test]
    fn sizes_are_clamped_and_nonsense_takes_the_default() {
        assert_eq!(window(""), (1, 10));
        assert_eq!(window("page=3&per_page=25"), (3, 25));
        assert_eq!(window("page=-1&per_page=1000000000"), (1, 100));
        assert_eq!(window("page=x&per_page=y"), (1, 10));
        assert_eq!(window("per_page=0&limit=7"), (1, 10));
        assert_eq!(window("limit=7"), (1, 7));
        assert_eq!(window("without_pagination=true"), (1, 10_000));
    }

    #[test]
    fn pages_beyond_the_end_ask_for_nothing() {
        assert_eq!(
            Window {
                page: i64::MAX,
                per_page: 100
            }
            .offset(5),
            None
        );
        assert_eq!(
            Window {
                page: 2,
                per_page: 10
            }
            .offset(10),
            None
        );
        assert_eq!(
            Window {
                page: 2,
                per_page: 10
            }
            .offset(11),
            Some(10)
        );
    }
}
