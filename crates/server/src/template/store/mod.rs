//! The SQL of templates, organisation first in every statement.

mod bin;
pub mod list;
pub mod outside;
mod parts;
pub mod tags;
pub mod version;

use const_format::concatcp;
use tallystick_db::{DbError, Result, Row, Tx, args};
use tallystick_wire::Time;

use crate::instance;
use crate::rich_text;
use crate::template::access::{self, Grants};
use crate::template::model::{Content, Head, Record, Template};

pub use bin::{restore_from_bin, throw_away};
pub use parts::{Kinds, load_some};

/// The columns of a template, in the order [`read`] takes them.
const COLUMNS: &str = "t.id, t.increment_id, t.version, t.is_kept, t.alias, t.status, t.folder_id, t.is_pinned, t.is_public, \
    t.is_featured, t.is_public_kickoff, t.dual_version_enabled, t.is_published_state, t.steps_count, t.started_processes, \
    t.created_by, t.owner_id, t.last_updated_by, t.created_at, t.updated_at, t.archived_at, t.body";

/// Reads a row of [`COLUMNS`]; the parts are loaded apart.
fn read(row: &mut Row<'_>) -> Result<Template> {
    let record = Record {
        id: row.take()?,
        increment_id: row.take()?,
        version: row.take()?,
        is_kept: row.take()?,
        alias: row.take()?,
        status: row.take()?,
        folder_id: row.take()?,
        is_pinned: row.take()?,
        is_public: row.take()?,
        is_featured: row.take()?,
        is_public_kickoff: row.take()?,
        dual_version_enabled: row.take()?,
        is_published_state: row.take()?,
        steps_count: row.take()?,
        started_processes: row.take()?,
        created_by: row.take()?,
        owner_id: row.take()?,
        last_updated_by: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
        archived_at: row.take::<Option<i64>>()?.map(Time),
    };
    let head: Head = from_json(&row.take::<String>()?)?;
    let content = Content {
        head,
        kickoff: Vec::new(),
        stages: Vec::new(),
        steps: Vec::new(),
        rules: Vec::new(),
    };
    Ok(Template { record, content })
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| DbError::Decode(format!("a part of a template: {error}")))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| DbError::Other(error.to_string()))
}

/// Whether what was read may change before the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It may.
    Not,
    /// Nobody else changes it until then.
    UntilTheEnd,
}

const ONE: &str = concatcp!(
    "SELECT ",
    COLUMNS,
    " FROM templates t WHERE t.organization_id = $1 AND t.id = $2"
);

/// One template, whole; archived ones too.
pub fn get(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    hold: Hold,
    kinds: Kinds,
) -> Result<Option<Template>> {
    let sql = match hold {
        Hold::Not => ONE,
        Hold::UntilTheEnd => concatcp!(ONE, " /*lock t*/"),
    };
    let Some(mut template) = tx.maybe(sql, args![organization, id], read)? else {
        return Ok(None);
    };
    parts::load_some(tx, organization, std::slice::from_mut(&mut template), kinds)?;
    Ok(Some(template))
}

/// One template by its readable name.
pub fn by_alias(tx: &mut Tx<'_>, organization: &str, alias: &str) -> Result<Option<String>> {
    tx.maybe(
        "SELECT id FROM templates WHERE organization_id = $1 AND alias = $2",
        args![organization, alias],
        |row| row.take(),
    )
}

/// The next running number of an organisation's templates.
pub fn next_increment(tx: &mut Tx<'_>, organization: &str) -> Result<i64> {
    instance::next_number(tx, organization, "templates", 1)
}

/// Running numbers for so many fields, as names need them.
pub fn field_numbers(
    tx: &mut Tx<'_>,
    organization: &str,
    count: usize,
) -> Result<std::ops::Range<i64>> {
    instance::next_numbers(tx, organization, "fields", 1001, count)
}

/// Stores a new template with its grants.
pub fn insert(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &Template,
    grants: &Grants,
) -> Result<()> {
    let Template { record, content } = template;
    tx.run(
        "INSERT INTO templates (organization_id, id, increment_id, version, is_kept, title, title_folded, template_type, alias, \
            status, folder_id, is_pinned, is_public, is_featured, is_public_kickoff, dual_version_enabled, is_published_state, \
            steps_count, started_processes, created_by, owner_id, last_updated_by, created_at, updated_at, archived_at, \
            cleaned_by, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
            $24, $25, $26, $27)",
        args![
            organization,
            &record.id,
            record.increment_id,
            record.version,
            record.is_kept,
            &content.head.title,
            content.head.title.to_lowercase(),
            content.head.kind.word(),
            &record.alias,
            record.status.as_ref(),
            record.folder_id.as_ref(),
            record.is_pinned,
            record.is_public,
            record.is_featured,
            record.is_public_kickoff,
            record.dual_version_enabled,
            record.is_published_state,
            record.steps_count,
            record.started_processes,
            record.created_by,
            record.owner_id,
            record.last_updated_by,
            record.created_at.0,
            record.updated_at.0,
            record.archived_at.map(|time| time.0),
            rich_text::VERSION,
            to_json(&content.head)?
        ],
    )?;
    parts::save(tx, organization, &record.id, None, content)?;
    tags::save(tx, organization, content, record.updated_at)?;
    set_grants(tx, organization, &record.id, grants)
}

/// Stores what an edit changed: the row, and those parts that are not as they were.
pub fn update(
    tx: &mut Tx<'_>,
    organization: &str,
    before: &Template,
    after: &Template,
) -> Result<()> {
    let Template { record, content } = after;
    tx.run(
        "UPDATE templates SET version = $3, is_kept = $4, title = $5, title_folded = $6, template_type = $7, alias = $8, status = $9, \
            folder_id = $10, is_pinned = $11, is_public = $12, is_featured = $13, is_public_kickoff = $14, \
            dual_version_enabled = $15, is_published_state = $16, steps_count = $17, owner_id = $18, last_updated_by = $19, \
            updated_at = $20, archived_at = $21, cleaned_by = $22, body = $23 \
         WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &record.id,
            record.version,
            record.is_kept,
            &content.head.title,
            content.head.title.to_lowercase(),
            content.head.kind.word(),
            &record.alias,
            record.status.as_ref(),
            record.folder_id.as_ref(),
            record.is_pinned,
            record.is_public,
            record.is_featured,
            record.is_public_kickoff,
            record.dual_version_enabled,
            record.is_published_state,
            record.steps_count,
            record.owner_id,
            record.last_updated_by,
            record.updated_at.0,
            record.archived_at.map(|time| time.0),
            rich_text::VERSION,
            to_json(&content.head)?
        ],
    )?;
    parts::save(tx, organization, &record.id, Some(&before.content), content)?;
    tags::forget_deleted(tx, organization, &before.content, content)?;
    tags::save(tx, organization, content, record.updated_at)
}

/// The template that a step belongs to.
pub fn of_step(tx: &mut Tx<'_>, organization: &str, step: &str) -> Result<Option<String>> {
    tx.maybe(
        "SELECT template_id FROM template_parts WHERE organization_id = $1 AND id = $2 AND kind = 'step'",
        args![organization, step],
        |row| row.take(),
    )
}

/// The templates whose texts embed this one, archived ones too.
pub fn embedding(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Vec<String>> {
    mentioning(tx, organization, "embedded_template", id)
}

/// The templates that name something of this kind, archived ones too.
pub fn mentioning(
    tx: &mut Tx<'_>,
    organization: &str,
    kind: &str,
    mentioned: &str,
) -> Result<Vec<String>> {
    tx.all(
        "SELECT DISTINCT template_id FROM template_mentions WHERE organization_id = $1 AND kind = $2 AND mentioned = $3 \
         ORDER BY template_id",
        args![organization, kind, mentioned],
        |row| row.take(),
    )
}

/// Everybody's grants on a template.
pub fn grants(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Grants> {
    let rows = tx.all(
        "SELECT permission, subject_kind, subject FROM template_grants WHERE organization_id = $1 AND template_id = $2 \
         ORDER BY permission, place, subject",
        args![organization, id],
        |row| Ok((row.take()?, row.take()?, row.take()?)),
    )?;
    Ok(access::stored(rows))
}

/// Puts other grants in the place of all.
pub fn set_grants(tx: &mut Tx<'_>, organization: &str, id: &str, grants: &Grants) -> Result<()> {
    tx.later(
        "DELETE FROM template_grants WHERE organization_id = $1 AND template_id = $2",
        args![organization, id],
    )?;
    for (place, [permission, kind, subject]) in (0_i64..).zip(access::to_store(grants)) {
        tx.later(
            "INSERT INTO template_grants (organization_id, template_id, permission, subject_kind, subject, place) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![organization, id, permission, kind, subject, place],
        )?;
    }
    Ok(())
}

/// Whether it is one of somebody's favourites.
pub fn is_starred(tx: &mut Tx<'_>, organization: &str, id: &str, user_id: i64) -> Result<bool> {
    let found = tx.maybe(
        "SELECT user_id FROM template_stars WHERE organization_id = $1 AND template_id = $2 AND user_id = $3",
        args![organization, id, user_id],
        |row| row.take::<i64>(),
    )?;
    Ok(found.is_some())
}

/// Makes it one of somebody's favourites, or not.
pub fn star(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    user_id: i64,
    starred: bool,
) -> Result<()> {
    let sql = if starred {
        "INSERT INTO template_stars (organization_id, template_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM template_stars WHERE organization_id = $1 AND template_id = $2 AND user_id = $3"
    };
    tx.run(sql, args![organization, id, user_id])?;
    Ok(())
}
