//! A template as a document: Markdown for people, Mermaid for a picture of it. Pure.
//!
//! (As JSON it is exported as it is shown; that is what an import takes back.) Titles, labels and answers are other people's
//! text: wherever one is written, it is escaped, so that it stays text.

pub mod markdown;
pub mod mermaid;
mod words;

use std::collections::HashMap;

/// Names of members by their number.
pub type Names = HashMap<i64, String>;

/// A name for the file: letters, digits and hyphens of the title.
#[must_use]
pub fn filename(title: &str, extension: &str) -> String {
    let name = super::alias::slug(title, "template");
    format!("{name}.{extension}")
}
