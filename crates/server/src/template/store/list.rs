//! Lists of templates: what is asked for, and the SQL that finds it (contract: templates, section 2.1).

use std::collections::HashMap;

use tallystick_db::{Result, Tx};
use tallystick_wire::tag::SubjectType;

use super::{COLUMNS, Kinds, load_some, read};
use crate::draft::Draft;
use crate::http::Member;
use crate::http::call::object_id;
use crate::http::page::Window;
use crate::http::query::Query;
use crate::member::store::contains;
use crate::tag::store::only_tagged;
use crate::template::access;
use crate::template::model::Template;
use crate::template::view::Beside;

/// Most entries of one list in a query.
const LONGEST_LIST: usize = 100;

/// Whether archived templates are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archived {
    /// Only templates that are not.
    Without,
    /// Those too.
    With,
    /// Nothing else.
    Only,
}

/// What is asked for. Words that are not known ask for nothing in particular: no client gets a 4xx for them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the query parameters")]
pub struct Filter {
    pub text: Option<String>,
    pub status: Option<String>,
    pub drafts: bool,
    pub kind: Option<String>,
    pub starred: bool,
    pub folders: Vec<String>,
    pub tags: Vec<String>,
    pub owner_id: Option<i64>,
    pub archived: Archived,
    order: &'static str,
}

impl Filter {
    /// Reads the query.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let mut archived = match query.get("archived").map(str::to_lowercase).as_deref() {
            Some("only") => Archived::Only,
            None | Some("0" | "false") => Archived::Without,
            Some(_) => Archived::With,
        };
        let mut status = query.get("status").map(str::to_owned);
        let mut drafts = false;
        match status.as_deref() {
            // What connectors send for every kind of thing.
            Some("active" | "all") => status = None,
            Some("archived") => {
                archived = Archived::Only;
                status = None;
            }
            Some("draft") => {
                drafts = true;
                status = None;
            }
            _ => {}
        }
        let list = |names: [&str; 2]| {
            let all = names.into_iter().flat_map(|name| query.list(name));
            all.take(LONGEST_LIST).map(str::to_owned).collect()
        };
        Self {
            text: query.get("q").map(str::to_lowercase),
            status,
            drafts,
            kind: query.get("type").map(str::to_owned),
            starred: query.flag("starred") == Some(true),
            folders: list(["folder", "folder_id"]),
            tags: list(["tag", "tags"]),
            owner_id: query.number("owner_id"),
            archived,
            order: order(query),
        }
    }
}

/// Pinned ones first, whatever else; the running number ends every order.
fn order(query: &Query) -> &'static str {
    let text = query
        .get("sort_by")
        .or_else(|| query.get("sort"))
        .unwrap_or_default();
    let (name, down) = text
        .strip_prefix('-')
        .map_or((text, false), |name| (name, true));
    let down = down
        || query
            .get("sort_direction")
            .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    match (name, down) {
        ("title" | "name", false) => "t.title_folded, t.increment_id",
        ("title" | "name", true) => "t.title_folded DESC, t.increment_id DESC",
        ("created_at" | "created", false) => "t.created_at, t.increment_id",
        ("created_at" | "created", true) => "t.created_at DESC, t.increment_id DESC",
        ("updated" | "updated_at" | "last_updated", false) => "t.updated_at, t.increment_id",
        _ => "t.updated_at DESC, t.increment_id DESC",
    }
}

/// The templates of a page with the parts that are asked for, and how many there are in all.
pub fn find(
    tx: &mut Tx<'_>,
    member: &Member,
    filter: &Filter,
    window: Window,
    kinds: Kinds,
) -> Result<(Vec<Template>, i64)> {
    tx.take_time()?;
    let order = format!("t.is_pinned DESC, {}", filter.order);
    let narrowed = |draft: &mut Draft| narrow(draft, member, filter);
    let (mut templates, total) = matching(tx, member, narrowed, &order, window)?;
    for some in templates.chunks_mut(100) {
        load_some(tx, &member.organization, some, kinds)?;
    }
    Ok((templates, total))
}

/// Those templates of a page that the member may read and that the conditions of `narrow` leave, without their parts; and how
/// many there are in all.
pub fn matching(
    tx: &mut Tx<'_>,
    member: &Member,
    narrow: impl FnOnce(&mut Draft),
    order: &str,
    window: Window,
) -> Result<(Vec<Template>, i64)> {
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    draft.text = format!(" FROM templates t WHERE t.organization_id = {organization}");
    access::only_visible(&mut draft, member);
    narrow(&mut draft);
    draft.page(tx, COLUMNS, order, window, read)
}

fn narrow(draft: &mut Draft, member: &Member, filter: &Filter) {
    match filter.archived {
        Archived::Without => draft.and("t.archived_at IS NULL"),
        Archived::With => {}
        Archived::Only => draft.and("t.archived_at IS NOT NULL"),
    }
    if let Some(text) = &filter.text {
        let pattern = draft.value(contains(text));
        draft.and(&format!("t.title_folded LIKE {pattern} ESCAPE '\\'"));
    }
    if let Some(status) = &filter.status {
        let status = draft.value(status.clone());
        draft.and(&format!("t.status = {status}"));
    }
    if filter.drafts {
        draft.and("t.dual_version_enabled = TRUE AND t.is_published_state = FALSE");
    }
    if let Some(kind) = &filter.kind {
        let kind = draft.value(kind.clone());
        draft.and(&format!("t.template_type = {kind}"));
    }
    if filter.starred {
        let me = draft.value(member.id());
        draft.and(&format!(
            "EXISTS (SELECT 1 FROM template_stars s WHERE s.organization_id = t.organization_id AND s.template_id = t.id \
             AND s.user_id = {me})"
        ));
    }
    if !filter.folders.is_empty() {
        let folders = filter
            .folders
            .iter()
            .map(|id| object_id(id).unwrap_or_else(|| id.clone()));
        let folders = draft.list(folders.collect::<Vec<_>>());
        draft.and(&format!("t.folder_id IN ({folders})"));
    }
    only_tagged(draft, SubjectType::Checklist, &filter.tags);
    if let Some(owner) = filter.owner_id {
        let owner = draft.value(owner);
        draft.and(&format!("t.owner_id = {owner}"));
    }
}

/// What stands beside each of these templates, in two queries for all of them.
pub fn beside(
    tx: &mut Tx<'_>,
    member: &Member,
    templates: &[Template],
) -> Result<HashMap<String, Beside>> {
    let mut rows: HashMap<String, Vec<(String, String, String)>> = HashMap::new();
    let mut found: HashMap<String, Beside> = HashMap::new();
    for some in templates.chunks(500) {
        let mut draft = Draft::default();
        let organization = draft.value(member.organization.clone());
        let ids = draft.list(some.iter().map(|template| template.record.id.clone()));
        let sql = format!(
            "SELECT template_id, permission, subject_kind, subject FROM template_grants \
             WHERE organization_id = {organization} AND template_id IN ({ids}) ORDER BY template_id, permission, place, subject"
        );
        tx.each(&sql, &draft.values, |row| {
            let template = row.take()?;
            let grant = (row.take()?, row.take()?, row.take()?);
            rows.entry(template).or_default().push(grant);
            Ok(())
        })?;
        let me = draft.value(member.id());
        let sql = format!(
            "SELECT template_id FROM template_stars WHERE organization_id = {organization} AND template_id IN ({ids}) AND user_id = {me}"
        );
        tx.each(&sql, &draft.values, |row| {
            found.entry(row.take()?).or_default().starred = true;
            Ok(())
        })?;
    }
    for (template, rows) in rows {
        found.entry(template).or_default().grants = access::stored(rows);
    }
    Ok(found)
}
