//! Text with markup as people write it, made safe to show.

/// Only harmless tags and attributes; everything else is dropped or escaped.
#[must_use]
pub fn clean(text: &str) -> String {
    ammonia::clean(text)
}
