//! The SQL of snippets, organisation first in every statement.

use std::collections::HashMap;

use tallystick_db::{Result, Row, Tx, Value, args};
use tallystick_wire::Time;

use crate::http::query::Query;
use crate::in_list;
use crate::member::store::contains;
use crate::rich_text;

/// A snippet as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the Snippet object, which explains them"
)]
pub struct Snippet {
    pub id: String,
    pub title: String,
    /// Clean, by the rules of [`rich_text::VERSION`].
    pub content: String,
    pub is_public: bool,
    pub created_at: Time,
    pub updated_at: Time,
}

const COLUMNS: &str =
    "t.id, t.title, t.content, t.content_rules, t.is_public, t.created_at, t.updated_at";

fn read(row: &mut Row<'_>) -> Result<Snippet> {
    let (id, title) = (row.take()?, row.take()?);
    let content: String = row.take()?;
    let rules: i64 = row.take()?;
    Ok(Snippet {
        id,
        title,
        // What an older version cleaned is cleaned again before anybody sees it.
        content: if rules == rich_text::VERSION {
            content
        } else {
            rich_text::clean(&content)
        },
        is_public: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
    })
}

const FILTER: &str = "FROM snippets t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.title_folded LIKE $2 ESCAPE '\\')";

/// How many snippets a search finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, search: Option<&str>) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    let values = args![organization, search.map(contains)];
    tx.one(&sql, values, |row| row.take())
}

/// A page of snippets, by title.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Snippet>> {
    let order = match query.sort() {
        ("created_at", false) => "t.created_at, t.id",
        ("created_at", true) => "t.created_at DESC, t.id DESC",
        ("updated_at", false) => "t.updated_at, t.id",
        ("updated_at", true) => "t.updated_at DESC, t.id DESC",
        ("title" | "name", true) => "t.title_folded DESC, t.id DESC",
        _ => "t.title_folded, t.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $3 OFFSET $4");
    let values = args![organization, search.map(contains), limit, offset];
    tx.all(&sql, values, read)
}

/// One snippet.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Snippet>> {
    let sql =
        format!("SELECT {COLUMNS} FROM snippets t WHERE t.organization_id = $1 AND t.id = $2");
    tx.maybe(&sql, args![organization, id], read)
}

/// One snippet, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Snippet>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM snippets t WHERE t.organization_id = $1 AND t.id = $2 /*lock t*/"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// Stores a new snippet.
pub fn insert(tx: &mut Tx<'_>, organization: &str, snippet: &Snippet) -> Result<()> {
    tx.run(
        "INSERT INTO snippets (organization_id, id, title, title_folded, content, content_rules, is_public, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            organization,
            &snippet.id,
            &snippet.title,
            snippet.title.to_lowercase(),
            &snippet.content,
            rich_text::VERSION,
            snippet.is_public,
            snippet.created_at.0,
            snippet.updated_at.0
        ],
    )?;
    Ok(())
}

/// Stores what changed of a snippet.
pub fn update(tx: &mut Tx<'_>, organization: &str, snippet: &Snippet) -> Result<()> {
    tx.run(
        "UPDATE snippets SET title = $3, title_folded = $4, content = $5, content_rules = $6, is_public = $7, updated_at = $8 \
         WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &snippet.id,
            &snippet.title,
            snippet.title.to_lowercase(),
            &snippet.content,
            rich_text::VERSION,
            snippet.is_public,
            snippet.updated_at.0
        ],
    )?;
    Ok(())
}

/// The contents of those of these snippets that there are, by their ids; only of public ones if so asked.
pub fn contents(
    tx: &mut Tx<'_>,
    organization: &str,
    ids: &[String],
    public_only: bool,
) -> Result<HashMap<String, String>> {
    let select = format!(
        "SELECT {COLUMNS} FROM snippets t WHERE t.organization_id = $1 AND (t.is_public OR NOT CAST($2 AS BOOLEAN)) AND t.id IN ("
    );
    let mut found = HashMap::new();
    for some in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(&select, 3, some.len(), ")");
        let ids = some.iter().map(|id| Value::from(id.as_str()));
        let values = in_list::args(args![organization, public_only], ids);
        for snippet in tx.all(&sql, &values, read)? {
            found.insert(snippet.id, snippet.content);
        }
    }
    Ok(found)
}

/// Deletes a snippet; the templates that embed it are told before.
pub fn forget(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    tx.run(
        "DELETE FROM snippets WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(())
}
