//! The SQL of tags and of what carries them, organisation first in every statement.

use tallystick_db::{DbError, Result, Row, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::tag::{SubjectType, TagLink, TagStatistics};

use crate::draft::Draft;
use crate::http::query::Query;
use crate::in_list;
use crate::instance;
use crate::member::store::contains;

/// A tag as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the Tag object, which explains them"
)]
pub struct Tag {
    pub id: String,
    pub title: String,
    pub color: Option<String>,
    pub auto_generated: bool,
    pub created_at: Time,
}

/// Leaves of the rows of `t` those that carry any of these tags, named by id or by title; all when none is named.
pub fn only_tagged(draft: &mut Draft, subject: SubjectType, tags: &[String]) {
    if tags.is_empty() {
        return;
    }
    let ids = draft.list(tags.iter().map(|tag| tag.to_ascii_lowercase()));
    let titles = draft.list(tags.iter().map(|tag| tag.to_lowercase()));
    draft.and(&format!(
        "EXISTS (SELECT 1 FROM tag_links l JOIN tags w ON w.organization_id = l.organization_id AND w.id = l.tag_id \
         WHERE l.organization_id = t.organization_id AND l.subject_type = '{}' AND l.subject_id = t.id \
         AND (w.id IN ({ids}) OR w.title_folded IN ({titles})))",
        subject.word()
    ));
}

const COLUMNS: &str = "t.id, t.title, t.color, t.auto_generated, t.created_at";

fn read(row: &mut Row<'_>) -> Result<Tag> {
    Ok(Tag {
        id: row.take()?,
        title: row.take()?,
        color: row.take()?,
        auto_generated: row.take()?,
        created_at: Time(row.take()?),
    })
}

/// Which tags a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the title, in lower case.
    pub search: Option<String>,
    /// Only those that the system made, or only the others; none for both.
    pub auto_generated: Option<bool>,
}

impl Filter {
    /// Reads `q`, `all` and `auto_generated`. Asking for automatic tags is enough to get them.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let all = query.get("all") == Some("true");
        let usual = if all { None } else { Some(false) };
        Self {
            search: query.get("q").map(str::to_lowercase),
            auto_generated: query.flag("auto_generated").or(usual),
        }
    }
}

const FILTER: &str = "FROM tags t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.title_folded LIKE $2 ESCAPE '\\') \
    AND (CAST($3 AS BOOLEAN) IS NULL OR t.auto_generated = $3)";

/// How many tags a filter finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, filter: &Filter) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    let search = filter.search.as_deref().map(contains);
    tx.one(
        &sql,
        args![organization, search, filter.auto_generated],
        |row| row.take(),
    )
}

/// A page of tags.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    filter: &Filter,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Tag>> {
    let order = match query.sort() {
        ("title" | "name", false) => "t.title_folded, t.id",
        ("title" | "name", true) => "t.title_folded DESC, t.id DESC",
        ("created_at", true) => "t.created_at DESC, t.id DESC",
        _ => "t.created_at, t.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $4 OFFSET $5");
    let search = filter.search.as_deref().map(contains);
    tx.all(
        &sql,
        args![organization, search, filter.auto_generated, limit, offset],
        read,
    )
}

/// One tag.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Tag>> {
    let sql = format!("SELECT {COLUMNS} FROM tags t WHERE t.organization_id = $1 AND t.id = $2");
    tx.maybe(&sql, args![organization, id], read)
}

/// One tag, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Tag>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tags t WHERE t.organization_id = $1 AND t.id = $2 /*lock t*/"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// Whether another tag has this title, in any letter case.
pub fn is_taken(tx: &mut Tx<'_>, organization: &str, title: &str, id: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM tags WHERE organization_id = $1 AND title_folded = $2 AND id <> $3",
        args![organization, title.to_lowercase(), id],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

/// Those tags that have one of these ids or of these titles, which are in lower case: id and such a title of each.
pub fn find(
    tx: &mut Tx<'_>,
    organization: &str,
    ids: Vec<String>,
    titles: Vec<String>,
) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (column, wanted) in [("id", ids), ("title_folded", titles)] {
        for part in wanted.chunks(in_list::MOST) {
            let sql = in_list::sql(
                &format!(
                    "SELECT id, title_folded FROM tags WHERE organization_id = $1 AND {column} IN ("
                ),
                2,
                part.len(),
                ")",
            );
            let values = in_list::args(args![organization], part.iter().map(Value::from));
            tx.each(&sql, &values, |row| {
                found.push((row.take()?, row.take()?));
                Ok(())
            })?;
        }
    }
    Ok(found)
}

/// Stores a new tag.
pub fn insert(tx: &mut Tx<'_>, organization: &str, tag: &Tag) -> Result<()> {
    tx.run(
        "INSERT INTO tags (organization_id, id, title, title_folded, color, auto_generated, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        args![organization, &tag.id, &tag.title, tag.title.to_lowercase(), tag.color.as_ref(), tag.auto_generated, tag.created_at.0],
    )?;
    Ok(())
}

/// Stores another title or colour.
pub fn update(tx: &mut Tx<'_>, organization: &str, tag: &Tag, now: Time) -> Result<()> {
    tx.run(
        "UPDATE tags SET title = $3, title_folded = $4, color = $5, updated_at = $6 WHERE organization_id = $1 AND id = $2",
        args![organization, &tag.id, &tag.title, tag.title.to_lowercase(), tag.color.as_ref(), now.0],
    )?;
    Ok(())
}

/// Deletes a tag and takes it off everything; false when there is none.
pub fn delete(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<bool> {
    let gone = tx.run(
        "DELETE FROM tags WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(gone > 0)
}

/// How often these tags are used, in their order.
pub fn statistics(
    tx: &mut Tx<'_>,
    organization: &str,
    tags: &[String],
) -> Result<Vec<TagStatistics>> {
    let mut all = vec![TagStatistics::default(); tags.len()];
    for (part, counted) in tags
        .chunks(in_list::MOST)
        .zip(all.chunks_mut(in_list::MOST))
    {
        let sql = in_list::sql(
            "SELECT l.tag_id, l.subject_type, count(*), count(t.archived_at) FROM tag_links l \
             LEFT JOIN templates t ON l.subject_type = 'Checklist' AND t.organization_id = l.organization_id AND t.id = l.subject_id \
             WHERE l.organization_id = $1 AND l.tag_id IN (",
            2,
            part.len(),
            ") GROUP BY l.tag_id, l.subject_type",
        );
        tx.each(
            &sql,
            &in_list::args(args![organization], part.iter().map(Value::from)),
            |row| {
                let (tag, subject) = (row.take::<String>()?, row.take::<String>()?);
                let (number, archived): (i64, i64) = (row.take()?, row.take()?);
                let Some(index) = part.iter().position(|id| *id == tag) else {
                    return Ok(());
                };
                match SubjectType::read(&subject) {
                    Some(SubjectType::Checklist) => {
                        counted[index].active_template = number - archived;
                        counted[index].archived_template = archived;
                    }
                    Some(SubjectType::Run) => counted[index].active_process = number,
                    _ => {}
                }
                Ok(())
            },
        )?;
    }
    Ok(all)
}

const LINK: &str = "SELECT l.id, l.tag_id, t.title, t.color, l.subject_id, l.subject_type, t.auto_generated, l.created_at \
    FROM tag_links l JOIN tags t ON t.organization_id = l.organization_id AND t.id = l.tag_id WHERE l.organization_id = $1 AND ";

fn read_link(row: &mut Row<'_>) -> Result<TagLink> {
    Ok(TagLink {
        id: row.take()?,
        tag_id: row.take()?,
        title: row.take()?,
        color: row.take()?,
        r#type: "private".to_owned(),
        subject_id: row.take()?,
        subject_type: {
            let word: String = row.take()?;
            SubjectType::read(&word)
                .ok_or_else(|| DbError::Decode(format!("{word:.40} carries a tag")))?
        },
        auto_generated: row.take()?,
        created_at: Time(row.take()?),
        deleted_at: None,
    })
}

/// Puts a tag on something whose existence and editing right were checked. Answers the association and whether it is new;
/// none when there is no such tag.
pub fn attach(
    tx: &mut Tx<'_>,
    organization: &str,
    tag_id: &str,
    subject: SubjectType,
    subject_id: &str,
    now: Time,
) -> Result<Option<(TagLink, bool)>> {
    // Held, so that nobody deletes it meanwhile.
    if get_to_change(tx, organization, tag_id)?.is_none() {
        return Ok(None);
    }
    let sql = format!("{LINK}l.subject_type = $2 AND l.subject_id = $3 AND l.tag_id = $4");
    let wanted = args![organization, subject.word(), subject_id, tag_id];
    if let Some(known) = tx.maybe(&sql, wanted, read_link)? {
        return Ok(Some((known, false)));
    }
    let id = instance::next_number(tx, organization, "tag_links", 1)?;
    let added = tx.run(
        "INSERT INTO tag_links (organization_id, id, tag_id, subject_type, subject_id, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
        args![organization, id, tag_id, subject.word(), subject_id, now.0],
    )?;
    let link = tx.one(&sql, wanted, read_link)?;
    Ok(Some((link, added > 0)))
}

/// One association.
pub fn link(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<Option<TagLink>> {
    tx.maybe(
        &format!("{LINK}l.id = $2"),
        args![organization, id],
        read_link,
    )
}

/// Takes a tag off; false when there is no such association.
pub fn detach(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<bool> {
    let gone = tx.run(
        "DELETE FROM tag_links WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(gone > 0)
}

/// Leaves on something exactly the tags that are wanted; answers whether that changed anything. Tags that are gone are left out.
pub fn set(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: SubjectType,
    subject_id: &str,
    wanted: &[String],
    now: Time,
) -> Result<bool> {
    let mut changed = false;
    let ids = [subject_id.to_owned()];
    for (_, link) in links_of(tx, organization, subject, &ids)? {
        if !wanted.contains(&link.tag_id) {
            changed |= detach(tx, organization, link.id)?;
        }
    }
    for tag_id in wanted {
        let attached = attach(tx, organization, tag_id, subject, subject_id, now)?;
        changed |= attached.is_some_and(|(_, is_new)| is_new);
    }
    Ok(changed)
}

/// Takes every tag off something that is deleted for good.
pub fn forget_subject(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: SubjectType,
    subject_id: &str,
) -> Result<()> {
    tx.run(
        "DELETE FROM tag_links WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3",
        args![organization, subject.word(), subject_id],
    )?;
    Ok(())
}

/// The tags of these subjects, each with the subject's id, in the order they were attached.
pub fn links_of(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: SubjectType,
    subjects: &[String],
) -> Result<Vec<(String, TagLink)>> {
    let mut found = Vec::new();
    for part in subjects.chunks(in_list::MOST) {
        let sql = in_list::sql(
            &format!(
                "{LINK}l.subject_type = '{}' AND l.subject_id IN (",
                subject.word()
            ),
            2,
            part.len(),
            ") ORDER BY l.id",
        );
        tx.each(
            &sql,
            &in_list::args(args![organization], part.iter().map(Value::from)),
            |row| {
                let link = read_link(row)?;
                found.push((link.subject_id.clone(), link));
                Ok(())
            },
        )?;
    }
    Ok(found)
}
