//! Texts as people read them: with the snippets that they embed (contract: templates, section 11).
//!
//! What is stored, and what editors get and send back, holds references only: a snippet that changes changes everywhere.

use tallystick_db::{Result, Tx};

use super::edit::text;
use super::embed;
use super::model::Content;
use crate::snippet::store;

/// Fills in what the texts embed; for the public only snippets that are public. Snippets that are not there leave nothing.
pub fn fill(
    tx: &mut Tx<'_>,
    organization: &str,
    content: &mut Content,
    public_only: bool,
) -> Result<()> {
    let mut ids = Vec::new();
    text::each(content, |_, words| {
        let named = embed::named(words).into_iter();
        ids.extend(
            named
                .filter(|(kind, _)| *kind == "snippet")
                .map(|(_, id)| id),
        );
    });
    if ids.is_empty() {
        return Ok(());
    }
    ids.sort_unstable();
    ids.dedup();
    let contents = store::contents(tx, organization, &ids, public_only)?;
    text::each_mut(content, |_, words| {
        if let Some(filled) = embed::filled(words, &contents) {
            *words = filled;
        }
    });
    Ok(())
}
