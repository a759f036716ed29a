//! The SQL of folders and of what lies in them, organisation first in every statement.

use std::collections::BTreeMap;

use tallystick_db::{DbError, Result, Row, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::folder::{FolderLink, FolderType, InFolder};
use tallystick_wire::tag::SubjectType;

use crate::draft::Draft;
use crate::folder::rules::{Folder, Tree};
use crate::http::query::Query;
use crate::in_list;
use crate::instance;
use crate::member::store::contains;
use crate::template;

/// Leaves of the rows of `t` those that lie in this folder.
pub fn only_inside(draft: &mut Draft, subject: SubjectType, folder: &str) {
    let folder = draft.value(folder.to_ascii_lowercase());
    draft.and(&format!(
        "EXISTS (SELECT 1 FROM folder_links l WHERE l.organization_id = t.organization_id AND l.folder_id = {folder} \
         AND l.subject_type = '{}' AND l.subject_id = t.id)",
        subject.word()
    ));
}

const COLUMNS: &str = "t.id, t.name, t.parent_id, \
    (SELECT p.name FROM folders p WHERE p.organization_id = t.organization_id AND p.id = t.parent_id), t.position, t.folder_type, \
    (SELECT count(*) FROM folder_links l WHERE l.organization_id = t.organization_id AND l.folder_id = t.id) \
        + (SELECT count(*) FROM templates c WHERE c.organization_id = t.organization_id AND c.folder_id = t.id AND c.archived_at IS NULL), \
    t.created_at, t.updated_at";

fn read(row: &mut Row<'_>) -> Result<Folder> {
    Ok(Folder {
        id: row.take()?,
        name: row.take()?,
        parent_id: row.take()?,
        parent: row.take()?,
        position: row.take()?,
        folder_type: {
            let word: String = row.take()?;
            FolderType::read(&word)
                .ok_or_else(|| DbError::Decode(format!("a folder of {word:.40}")))?
        },
        total: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
    })
}

/// Which folders a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this type only.
    pub folder_type: Option<FolderType>,
    /// Part of the name, in lower case.
    pub search: Option<String>,
}

const FILTER: &str = "FROM folders t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.folder_type = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR t.name_folded LIKE $3 ESCAPE '\\')";

/// How many folders a filter finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, filter: &Filter) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    let kind = filter.folder_type.map(FolderType::word);
    let search = filter.search.as_deref().map(contains);
    tx.one(&sql, args![organization, kind, search], |row| row.take())
}

/// Folders in their order.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    filter: &Filter,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Folder>> {
    let order = match query.sort() {
        ("name", false) => "t.name_folded, t.id",
        ("name", true) => "t.name_folded DESC, t.id DESC",
        ("created_at", false) => "t.created_at, t.id",
        ("created_at", true) => "t.created_at DESC, t.id DESC",
        ("position", true) => "t.position DESC, t.created_at DESC, t.id DESC",
        _ => "t.position, t.created_at, t.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $4 OFFSET $5");
    let kind = filter.folder_type.map(FolderType::word);
    let search = filter.search.as_deref().map(contains);
    tx.all(&sql, args![organization, kind, search, limit, offset], read)
}

/// One folder.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Folder>> {
    let sql = format!("SELECT {COLUMNS} FROM folders t WHERE t.organization_id = $1 AND t.id = $2");
    tx.maybe(&sql, args![organization, id], read)
}

/// One folder, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Folder>> {
    let held = tx.maybe(
        "SELECT t.id FROM folders t WHERE t.organization_id = $1 AND t.id = $2 /*lock t*/",
        args![organization, id],
        |row| row.take::<String>(),
    )?;
    match held {
        Some(id) => get(tx, organization, &id),
        None => Ok(None),
    }
}

/// Whether there is such a folder of this type.
pub fn exists(tx: &mut Tx<'_>, organization: &str, id: &str, kind: FolderType) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM folders WHERE organization_id = $1 AND id = $2 AND folder_type = $3",
        args![organization, id, kind.word()],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

/// Makes every other change of the organisation's trees wait until this transaction ends.
pub fn hold_tree(tx: &mut Tx<'_>, organization: &str) -> Result<()> {
    tx.one(
        "SELECT t.id FROM organizations t WHERE t.id = $1 /*lock t*/",
        args![organization],
        |row| row.take::<String>(),
    )?;
    Ok(())
}

/// The parents of all folders of one type.
pub fn tree(tx: &mut Tx<'_>, organization: &str, kind: FolderType) -> Result<Tree> {
    let rows = tx.all(
        "SELECT id, parent_id FROM folders WHERE organization_id = $1 AND folder_type = $2",
        args![organization, kind.word()],
        |row| Ok((row.take()?, row.take()?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// The place after the last of the folders beside it.
pub fn next_position(
    tx: &mut Tx<'_>,
    organization: &str,
    kind: FolderType,
    parent: Option<&str>,
) -> Result<i64> {
    tx.one(
        "SELECT COALESCE(max(position), 0) + 1 FROM folders WHERE organization_id = $1 AND folder_type = $2 \
         AND COALESCE(parent_id, '') = COALESCE(CAST($3 AS TEXT), '')",
        args![organization, kind.word(), parent],
        |row| row.take(),
    )
}

/// Stores a new folder.
pub fn insert(tx: &mut Tx<'_>, organization: &str, folder: &Folder) -> Result<()> {
    tx.run(
        "INSERT INTO folders (organization_id, id, folder_type, parent_id, position, name, name_folded, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            organization,
            &folder.id,
            folder.folder_type.word(),
            folder.parent_id.as_ref(),
            folder.position,
            &folder.name,
            folder.name.to_lowercase(),
            folder.created_at.0,
            folder.updated_at.0
        ],
    )?;
    Ok(())
}

/// Stores another name, parent or position.
pub fn update(tx: &mut Tx<'_>, organization: &str, folder: &Folder) -> Result<()> {
    tx.run(
        "UPDATE folders SET parent_id = $3, position = $4, name = $5, name_folded = $6, updated_at = $7 \
         WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &folder.id,
            folder.parent_id.as_ref(),
            folder.position,
            &folder.name,
            folder.name.to_lowercase(),
            folder.updated_at.0
        ],
    )?;
    Ok(())
}

/// Deletes a folder. What lies in it moves to where the folder lay; at the top, processes and tasks lie in none. Whatever
/// else names folders is moved here too.
pub fn forget(tx: &mut Tx<'_>, organization: &str, folder: &Folder) -> Result<()> {
    let parent = folder.parent_id.as_deref();
    tx.run(
        "UPDATE folders SET parent_id = $3 WHERE organization_id = $1 AND parent_id = $2",
        args![organization, &folder.id, parent],
    )?;
    if parent.is_some() {
        tx.run(
            "UPDATE folder_links SET folder_id = $3 WHERE organization_id = $1 AND folder_id = $2",
            args![organization, &folder.id, parent],
        )?;
    }
    template::forget::folder(tx, organization, &folder.id, parent)?;
    tx.run(
        "DELETE FROM folders WHERE organization_id = $1 AND id = $2",
        args![organization, &folder.id],
    )?;
    Ok(())
}

/// Puts a process or task into a folder, out of the one it lay in.
pub fn put(
    tx: &mut Tx<'_>,
    organization: &str,
    folder_id: &str,
    subject: SubjectType,
    subject_id: &str,
    now: Time,
) -> Result<FolderLink> {
    let id = instance::next_number(tx, organization, "folder_links", 1)?;
    tx.run(
        "INSERT INTO folder_links (organization_id, id, folder_id, subject_type, subject_id, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (organization_id, subject_type, subject_id) DO UPDATE SET folder_id = excluded.folder_id",
        args![organization, id, folder_id, subject.word(), subject_id, now.0],
    )?;
    tx.one(
        "SELECT id, folder_id, subject_id, subject_type FROM folder_links \
         WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3",
        args![organization, subject.word(), subject_id],
        read_link,
    )
}

fn read_link(row: &mut Row<'_>) -> Result<FolderLink> {
    Ok(FolderLink {
        id: row.take()?,
        folder_id: row.take()?,
        subject_id: row.take()?,
        subject_type: row.take()?,
    })
}

/// One link.
pub fn link(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<Option<FolderLink>> {
    tx.maybe(
        "SELECT id, folder_id, subject_id, subject_type FROM folder_links WHERE organization_id = $1 AND id = $2",
        args![organization, id],
        read_link,
    )
}

/// Takes something out of its folder.
pub fn take_out(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<()> {
    tx.run(
        "DELETE FROM folder_links WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(())
}

/// Takes out of its folder what is deleted for good.
pub fn forget_subject(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: SubjectType,
    subject_id: &str,
) -> Result<()> {
    tx.run(
        "DELETE FROM folder_links WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3",
        args![organization, subject.word(), subject_id],
    )?;
    Ok(())
}

/// The folders of these processes or tasks, each with the subject's id.
pub fn links_of(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: SubjectType,
    subjects: &[String],
) -> Result<Vec<(String, InFolder)>> {
    let mut found = Vec::new();
    for part in subjects.chunks(in_list::MOST) {
        let before = format!(
            "SELECT l.subject_id, l.id, l.folder_id, f.name FROM folder_links l \
             JOIN folders f ON f.organization_id = l.organization_id AND f.id = l.folder_id \
             WHERE l.organization_id = $1 AND l.subject_type = '{}' AND l.subject_id IN (",
            subject.word()
        );
        let sql = in_list::sql(&before, 2, part.len(), ") ORDER BY l.id");
        tx.each(
            &sql,
            &in_list::args(args![organization], part.iter().map(Value::from)),
            |row| {
                let subject = row.take()?;
                let folder = InFolder {
                    id: row.take()?,
                    folder_id: row.take()?,
                    name: row.take()?,
                };
                found.push((subject, folder));
                Ok(())
            },
        )?;
    }
    Ok(found)
}

/// These folders, by id.
pub fn several(
    tx: &mut Tx<'_>,
    organization: &str,
    ids: &[String],
) -> Result<BTreeMap<String, Folder>> {
    let mut found = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let before =
            format!("SELECT {COLUMNS} FROM folders t WHERE t.organization_id = $1 AND t.id IN (");
        let sql = in_list::sql(&before, 2, part.len(), ")");
        let values = in_list::args(args![organization], part.iter().map(Value::from));
        tx.each(&sql, &values, |row| {
            let folder = read(row)?;
            found.insert(folder.id.clone(), folder);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The same with every folder above them, one query for each level.
pub fn with_ancestors(
    tx: &mut Tx<'_>,
    organization: &str,
    mut known: BTreeMap<String, Folder>,
) -> Result<BTreeMap<String, Folder>> {
    loop {
        let parents = known.values().filter_map(|folder| folder.parent_id.clone());
        let missing: Vec<String> = parents.filter(|id| !known.contains_key(id)).collect();
        let above = several(tx, organization, &missing)?;
        if above.is_empty() {
            return Ok(known);
        }
        known.extend(above);
    }
}
