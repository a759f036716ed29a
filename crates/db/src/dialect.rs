//! Every fragment that differs between the engines, by name, and nowhere else.
//!
//! A fragment is written as a comment inside the SQL text. SQLite reads it as what it is, a comment;
//! PostgreSQL gets it replaced once, when the statement is prepared. So the text stays one text, costs
//! nothing at run time, and a reader sees where the engines part.

/// `(what stands in the text, what PostgreSQL reads)`.
const FRAGMENTS: &[(&str, &str)] = &[
    // SQLite has one writer, so what a write closure has read cannot change under it.
    // The weaker of the two row locks: it does not hold up foreign-key checks against the row.
    ("/*lock t*/", "FOR NO KEY UPDATE OF t"),
];

/// The text that PostgreSQL prepares.
pub(crate) fn for_postgres(sql: &str) -> String {
    FRAGMENTS
        .iter()
        .fold(sql.to_owned(), |text, (mark, fragment)| {
            text.replace(mark, fragment)
        })
}
