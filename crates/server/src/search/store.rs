//! What is found of each kind, as far as the viewer may read it.

use std::collections::BTreeMap;

use tallystick_db::{Result, Tx, Value, args};
use tallystick_wire::include::Collection;
use tallystick_wire::search::{BlueprintHit, FolderHit, PartHit, SnippetHit, TaskHit};
use tallystick_wire::tag::{SubjectType, TagLink};
use tallystick_wire::task::Owners;

use crate::draft::Draft;
use crate::http::Member;
use crate::http::page::Window;
use crate::in_list;
use crate::member::store::contains;
use crate::search::condition::{Columns, Field};
use crate::search::filter::Filter;
use crate::tag;
use crate::task;
use crate::template;
use crate::template::model::Template;

/// What a search is for.
pub struct Sought {
    /// In lower case.
    pub text: String,
    /// The conditions in brackets.
    pub filter: Filter,
    /// Whether tags come along.
    pub tags: bool,
}

impl Sought {
    fn narrow(&self, draft: &mut Draft, column: &str, columns: &Columns) {
        let pattern = draft.value(contains(&self.text));
        draft.and(&format!("{column} LIKE {pattern} ESCAPE '\\'"));
        self.filter.narrow(draft, columns);
    }

    /// The tags of each of these, if tags are asked for.
    fn tags(
        &self,
        tx: &mut Tx<'_>,
        member: &Member,
        subject: SubjectType,
        ids: &[String],
    ) -> Result<Option<BTreeMap<String, Vec<TagLink>>>> {
        if !self.tags {
            return Ok(None);
        }
        let mut tags: BTreeMap<String, Vec<TagLink>> = BTreeMap::new();
        for (id, link) in tag::store::links_of(tx, &member.organization, subject, ids)? {
            tags.entry(id).or_default().push(link);
        }
        Ok(Some(tags))
    }
}

/// What one of them carries.
fn of(tags: &mut Option<BTreeMap<String, Vec<TagLink>>>, id: &str) -> Option<Collection<TagLink>> {
    let tags = tags.as_mut()?;
    Some(Collection::of(tags.remove(id).unwrap_or_default()))
}

/// What templates can be filtered by.
pub const TEMPLATES: Columns = Columns {
    kind: "blueprint",
    fields: &[
        (Field::Starter, "t.created_by"),
        (Field::Date, "t.created_at"),
        (Field::Title, "t.title_folded"),
    ],
};

/// What tasks can be filtered by.
pub const TASKS: Columns = Columns {
    kind: "task",
    fields: &[
        (Field::Starter, "t.starter_id"),
        (Field::Title, "t.title_folded"),
    ],
};

/// What processes can be filtered by.
pub const PROCESSES: Columns = Columns {
    kind: "process",
    fields: &[(Field::Starter, ""), (Field::Date, ""), (Field::Title, "")],
};

/// Things that cannot be filtered.
pub const fn unfiltered(kind: &'static str) -> Columns {
    Columns { kind, fields: &[] }
}

/// Templates that are not archived, the latest changed first.
pub fn templates(
    tx: &mut Tx<'_>,
    member: &Member,
    sought: &Sought,
    window: Window,
) -> Result<(Vec<BlueprintHit>, i64)> {
    let narrow = |draft: &mut Draft| {
        draft.and("t.archived_at IS NULL");
        sought.narrow(draft, "t.title_folded", &TEMPLATES);
    };
    let order = "t.updated_at DESC, t.increment_id DESC";
    let (found, total) = template::store::list::matching(tx, member, narrow, order, window)?;
    let ids: Vec<String> = found
        .iter()
        .map(|template| template.record.id.clone())
        .collect();
    let mut tags = sought.tags(tx, member, SubjectType::Checklist, &ids)?;
    let folders = folders(tx, member, &found)?;
    let hits = found.into_iter().map(|template| {
        let (record, head) = (template.record, template.content.head);
        let folder = record.folder_id.and_then(|id| folders.get(&id).cloned());
        BlueprintHit {
            tags: of(&mut tags, &record.id),
            id: record.id,
            increment_id: record.increment_id,
            name: head.title.clone(),
            title: head.title,
            kind: head.kind.word().to_owned(),
            status: record.status,
            steps_count: record.steps_count,
            icon: head.icon,
            is_public: record.is_public,
            is_featured: record.is_featured,
            organization_id: member.organization.clone(),
            folders: folder.into_iter().collect(),
        }
    });
    Ok((hits.collect(), total))
}

/// The folders that these templates lie in.
fn folders(
    tx: &mut Tx<'_>,
    member: &Member,
    templates: &[Template],
) -> Result<BTreeMap<String, FolderHit>> {
    let mut ids: Vec<String> = templates
        .iter()
        .filter_map(|template| template.record.folder_id.clone())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(
            "SELECT id, name, parent_id FROM folders WHERE organization_id = $1 AND id IN (",
            2,
            part.len(),
            ")",
        );
        let values = in_list::args(args![&member.organization], part.iter().map(Value::from));
        tx.each(&sql, &values, |row| {
            let folder = FolderHit {
                id: row.take()?,
                name: row.take()?,
                parent_id: row.take()?,
            };
            found.insert(folder.id.clone(), folder);
            Ok(())
        })?;
    }
    Ok(found)
}

/// Snippets, which every member may read; by title.
pub fn snippets(
    tx: &mut Tx<'_>,
    member: &Member,
    sought: &Sought,
    window: Window,
) -> Result<(Vec<SnippetHit>, i64)> {
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    draft.text = format!(" FROM snippets s WHERE s.organization_id = {organization}");
    sought.narrow(&mut draft, "s.title_folded", &unfiltered("snippet"));
    let (columns, order) = ("s.id, s.title, s.content", "s.title_folded, s.id");
    draft.page(tx, columns, order, window, |row| {
        let (id, title): (String, String) = (row.take()?, row.take()?);
        Ok(SnippetHit {
            id,
            increment_id: None,
            name: title.clone(),
            title,
            kind: "snippet".to_owned(),
            status: None,
            content: row.take()?,
        })
    })
}

/// Tasks, archived ones too, the latest changed first.
pub fn tasks(
    tx: &mut Tx<'_>,
    member: &Member,
    sought: &Sought,
    window: Window,
) -> Result<(Vec<TaskHit>, i64)> {
    let narrow = |draft: &mut Draft| sought.narrow(draft, "t.title_folded", &TASKS);
    let order = "t.updated_at DESC, t.increment_id DESC";
    let (found, total) = task::list::matching(tx, member, narrow, order, window)?;
    let ids: Vec<String> = found.iter().map(|task| task.id.clone()).collect();
    let mut tags = sought.tags(tx, member, SubjectType::Task, &ids)?;
    let hits = found.into_iter().map(|task| TaskHit {
        tags: of(&mut tags, &task.id),
        name: task.title.clone(),
        status_label: task.label().to_owned(),
        id: task.id,
        increment_id: task.increment_id,
        title: task.title,
        kind: task.task_type,
        status: task.status,
        position: task.position,
        deadline: task.deadline,
        created_at: task.created_at,
        archived_at: task.archived_at,
        starter_id: Some(task.starter_id),
        is_oneoff_task: true,
        owners: Owners {
            users: task
                .assignees
                .iter()
                .map(|assignee| assignee.user_id)
                .collect(),
            guests: task.guests,
            ..Owners::default()
        },
        run_id: None,
    });
    Ok((hits.collect(), total))
}

/// Steps, or form fields with those of kick-off forms, of templates that are not archived; by title.
pub fn parts(
    tx: &mut Tx<'_>,
    member: &Member,
    sought: &Sought,
    kinds: &str,
    window: Window,
) -> Result<(Vec<PartHit>, i64)> {
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    draft.text = format!(
        " FROM templates t JOIN template_parts p ON p.organization_id = t.organization_id AND p.template_id = t.id \
         WHERE t.organization_id = {organization} AND t.archived_at IS NULL AND p.kind IN ({kinds})"
    );
    template::access::only_visible(&mut draft, member);
    sought.narrow(&mut draft, "p.title_folded", &unfiltered("part"));
    let columns = "p.id, p.title, p.kind, p.parent_id, p.place, t.id, t.title";
    let order = "p.title_folded, t.id, p.id";
    draft.page(tx, columns, order, window, |row| {
        let (id, title): (String, String) = (row.take()?, row.take()?);
        let kind = row.take()?;
        let parent: String = row.take()?;
        Ok(PartHit {
            id,
            increment_id: None,
            name: title.clone(),
            title,
            kind,
            status: None,
            step_id: (!parent.is_empty()).then_some(parent),
            position: row.take::<i64>()? + 1,
            checklist_id: row.take()?,
            checklist_title: row.take()?,
        })
    })
}
