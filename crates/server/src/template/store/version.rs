//! Versions of templates as they were kept (contract: templates, section 9).

use serde::{Deserialize, Serialize};
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::template::Version;

use super::{from_json, to_json};
use crate::template::model::{Content, Template};

/// Why a version was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Somebody published it.
    Published,
    /// Another version was about to take its place.
    Replaced,
}

impl Reason {
    const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Replaced => "replaced",
        }
    }
}

/// Keeps the version that is being edited as it is. Nothing happens when it is kept already.
pub fn keep(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &Template,
    reason: Reason,
    by: i64,
    now: Time,
) -> Result<()> {
    let Template { record, content } = template;
    tx.run(
        "INSERT INTO template_versions (organization_id, template_id, version, reason, title, steps_count, made_by, made_at, content) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            organization,
            &record.id,
            record.version,
            reason.word(),
            &content.head.title,
            record.steps_count,
            by,
            now.0,
            to_json(content)?
        ],
    )?;
    Ok(())
}

/// What a kept version says.
pub fn content(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &str,
    version: i64,
) -> Result<Option<Content>> {
    let text = tx.maybe(
        "SELECT content FROM template_versions WHERE organization_id = $1 AND template_id = $2 AND version = $3",
        args![organization, template, version],
        |row| row.take::<String>(),
    )?;
    text.map(|text| from_json(&text)).transpose()
}

/// How many versions were kept.
pub fn count(tx: &mut Tx<'_>, organization: &str, template: &str) -> Result<i64> {
    tx.one(
        "SELECT count(*) FROM template_versions WHERE organization_id = $1 AND template_id = $2",
        args![organization, template],
        |row| row.take(),
    )
}

/// The versions that were kept, the latest first.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &str,
    (limit, offset): (i64, i64),
) -> Result<Vec<Version>> {
    tx.all(
        "SELECT version, reason, title, steps_count, made_by, made_at FROM template_versions \
         WHERE organization_id = $1 AND template_id = $2 ORDER BY version DESC LIMIT $3 OFFSET $4",
        args![organization, template, limit, offset],
        |row| {
            Ok(Version {
                version: row.take()?,
                current: false,
                reason: Some(row.take()?),
                title: row.take()?,
                steps_count: row.take()?,
                made_by: Some(row.take()?),
                made_at: Time(row.take()?),
            })
        },
    )
}

/// A version as it rests in the bin, with its template.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    version: i64,
    reason: String,
    title: String,
    steps_count: i64,
    made_by: i64,
    made_at: i64,
    content: String,
}

/// Every version that was kept, with what it says.
pub fn all(tx: &mut Tx<'_>, organization: &str, template: &str) -> Result<Vec<Kept>> {
    tx.all(
        "SELECT version, reason, title, steps_count, made_by, made_at, content FROM template_versions \
         WHERE organization_id = $1 AND template_id = $2 ORDER BY version",
        args![organization, template],
        |row| {
            Ok(Kept {
                version: row.take()?,
                reason: row.take()?,
                title: row.take()?,
                steps_count: row.take()?,
                made_by: row.take()?,
                made_at: row.take()?,
                content: row.take()?,
            })
        },
    )
}

/// Puts a version back as it was kept.
pub fn put_back(tx: &mut Tx<'_>, organization: &str, template: &str, kept: &Kept) -> Result<()> {
    tx.later(
        "INSERT INTO template_versions (organization_id, template_id, version, reason, title, steps_count, made_by, made_at, content) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            organization,
            template,
            kept.version,
            &kept.reason,
            &kept.title,
            kept.steps_count,
            kept.made_by,
            kept.made_at,
            &kept.content
        ],
    )
}
