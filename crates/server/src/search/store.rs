//! What is found of each kind, as far as the viewer may read it.

use tallystick_db::{Result, Tx};
use tallystick_wire::include::Collection;
use tallystick_wire::lenient::Json;
use tallystick_wire::search::{BlueprintHit, PartHit, TaskHit};
use tallystick_wire::task::Owners;

use crate::draft::Draft;
use crate::http::Member;
use crate::http::page::Window;
use crate::member::store::contains;
use crate::search::condition::{Columns, Field};
use crate::search::filter::Filter;
use crate::task;
use crate::template;

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

    /// Nothing carries tags yet.
    fn tags(&self) -> Option<Collection<Json>> {
        self.tags.then(|| Collection::of(Vec::new()))
    }
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
    let hits = found.into_iter().map(|template| {
        let (record, head) = (template.record, template.content.head);
        BlueprintHit {
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
            folders: Vec::new(),
            tags: sought.tags(),
        }
    });
    Ok((hits.collect(), total))
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
    let hits = found.into_iter().map(|task| TaskHit {
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
        tags: sought.tags(),
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
    let total = tx.one(
        &format!("SELECT count(*){}", draft.text),
        &draft.values,
        |row| row.take(),
    )?;
    let Some(offset) = window.offset(total) else {
        return Ok((Vec::new(), total));
    };
    let (limit, offset) = (draft.value(window.per_page), draft.value(offset));
    let sql = format!(
        "SELECT p.id, p.title, p.kind, p.parent_id, p.place, t.id, t.title{} ORDER BY p.title_folded, t.id, p.id \
         LIMIT {limit} OFFSET {offset}",
        draft.text
    );
    let rows = tx.all(&sql, &draft.values, |row| {
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
    })?;
    Ok((rows, total))
}
