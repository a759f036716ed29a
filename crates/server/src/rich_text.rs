//! Rich text, cleaned when it is written.

/// Which rules [`clean`] follows; stored beside what it cleaned.
pub const VERSION: i64 = 1;

/// The text without anything that could run.
#[must_use]
pub fn clean(html: &str) -> String {
    ammonia::clean(html)
}
