//! A task as one viewer gets it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tallystick_db::Tx;
use tallystick_wire::include::{Collection, Item};
use tallystick_wire::lenient::{Json, Object};
use tallystick_wire::tag::SubjectType;
use tallystick_wire::task::{Owners, Task as View, TaskIncludes};
use tallystick_wire::{Time, task};

use crate::activity;
use crate::http::query::Query;
use crate::http::{Member, Refusal};
use crate::task::rules::{self, Task};
use crate::thread::view::Talk;
use crate::thread::{self, Subject};
use crate::{folder, tag};

/// Collections that may hang on a task. The rooms they belong to have nothing for one-off tasks yet.
const COLLECTIONS: [&str; 9] = [
    "assets",
    "form_fields",
    "ko-form-fields",
    "ko_form_fields",
    "roles",
    "member_watchers",
    "guest_watchers",
    "selected_text_comment",
    "groups",
];

/// Most activity rows an include brings.
const ACTIVITIES: i64 = 100;

/// What `with=` asks for, read once for a whole list.
pub struct With {
    summary: bool,
    tags: bool,
    folders: bool,
    run: bool,
    step: bool,
    talk: thread::view::With,
    activities: bool,
    empty: Vec<&'static str>,
}

impl With {
    /// Reads `with=`; a single task always comes with its summary. Unknown names are ignored.
    #[must_use]
    pub fn read(query: &Query, single: bool) -> Self {
        let has = |name: &str| query.asks_into(name);
        Self {
            summary: single || has("summary"),
            run: has("run"),
            step: has("step"),
            tags: has("tags"),
            folders: has("folders"),
            talk: thread::view::With::read(query),
            activities: has("activities"),
            empty: COLLECTIONS.into_iter().filter(|name| has(name)).collect(),
        }
    }

    fn includes(&self, id: &str, talk: &Talk) -> TaskIncludes {
        let none = || Json(json!({"data": []}));
        let more: BTreeMap<_, _> = self
            .empty
            .iter()
            .map(|name| ((*name).to_owned(), none()))
            .collect();
        let said = talk.of(id);
        TaskIncludes {
            run: self.run.then_some(Item { data: None }),
            step: self.step.then_some(Item { data: None }),
            threads: said.threads,
            comments: said.comments,
            issues: said.issues,
            threads_count: said.count,
            activities: None,
            more,
        }
    }
}

/// A task with what was asked for, activity included.
pub fn single(
    tx: &mut Tx<'_>,
    organization: &str,
    stored: Task,
    member: &Member,
    query: &Query,
) -> Result<View, Refusal> {
    let with = With::read(query, true);
    let id = stored.id.clone();
    let talk = said(tx, organization, std::slice::from_ref(&stored), &with)?;
    let mut view = show(stored, member, &with, &talk);
    sort_into(tx, organization, std::slice::from_mut(&mut view), &with)?;
    if with.activities {
        view.includes.activities = Some(Collection::of(activity::store::of_task(
            tx,
            organization,
            &id,
            ACTIVITIES,
        )?));
    }
    Ok(view)
}

/// A page of tasks with what was asked for, and how many of them are late or due.
pub fn many(
    tx: &mut Tx<'_>,
    organization: &str,
    stored: Vec<Task>,
    member: &Member,
    query: &Query,
    now: Time,
) -> Result<(Vec<View>, i64, i64), Refusal> {
    let with = With::read(query, false);
    let (mut overdue, mut due_soon) = (0, 0);
    let talk = said(tx, organization, &stored, &with)?;
    let mut views = Vec::with_capacity(stored.len());
    for stored in stored {
        overdue += i64::from(stored.is_overdue(now));
        due_soon += i64::from(stored.is_due_soon(now));
        let activities = if with.activities {
            Some(Collection::of(activity::store::of_task(
                tx,
                organization,
                &stored.id,
                ACTIVITIES,
            )?))
        } else {
            None
        };
        let mut view = show(stored, member, &with, &talk);
        view.includes.activities = activities;
        views.push(view);
    }
    sort_into(tx, organization, &mut views, &with)?;
    Ok((views, overdue, due_soon))
}

/// Adds tags and folders, of all tasks at once.
fn sort_into(
    tx: &mut Tx<'_>,
    organization: &str,
    views: &mut [View],
    with: &With,
) -> Result<(), Refusal> {
    let ids: Vec<String> = views.iter().map(|view| view.id.clone()).collect();
    let mut tags: Links = if with.tags {
        links(tag::store::links_of(
            tx,
            organization,
            SubjectType::Task,
            &ids,
        )?)
    } else {
        BTreeMap::new()
    };
    let mut folders: Links = if with.folders {
        links(folder::store::links_of(
            tx,
            organization,
            SubjectType::Task,
            &ids,
        )?)
    } else {
        BTreeMap::new()
    };
    for view in views {
        let more = &mut view.includes.more;
        for (name, wanted, found) in [
            ("tags", with.tags, &mut tags),
            ("folders", with.folders, &mut folders),
        ] {
            if wanted {
                let own = found.remove(&view.id).unwrap_or_default();
                more.insert(name.to_owned(), Json(json!({"data": own})));
            }
        }
    }
    Ok(())
}

type Links = BTreeMap<String, Vec<serde_json::Value>>;

fn links<T: Serialize>(found: Vec<(String, T)>) -> Links {
    let mut links = Links::new();
    for (id, link) in found {
        links.entry(id).or_default().push(json!(link));
    }
    links
}

/// What was said about all of them, if that is asked for.
fn said(
    tx: &mut Tx<'_>,
    organization: &str,
    stored: &[Task],
    with: &With,
) -> Result<Talk, Refusal> {
    let ids: Vec<String> = stored.iter().map(|task| task.id.clone()).collect();
    Ok(Talk::read(
        tx,
        organization,
        Subject::Task,
        &ids,
        with.talk,
    )?)
}

fn show(stored: Task, member: &Member, with: &With, talk: &Talk) -> View {
    let is_completable =
        stored.is_active() && !stored.problem && rules::may_complete(&stored, member);
    let completion_progress = stored.progress();
    let status_label = stored.label().to_owned();
    let summary = with.summary.then(|| stored.summary.clone());
    task::Task {
        original_title: stored.title.clone(),
        name: stored.title.clone(),
        title: stored.title,
        original_summary: summary.clone(),
        description: summary.clone(),
        summary,
        run_id: None,
        checklist_id: None,
        step_id: None,
        linked_step_id: None,
        alias: None,
        taskdata: Object::default(),
        owners: Owners {
            users: stored
                .assignees
                .iter()
                .map(|assignee| assignee.user_id)
                .collect(),
            guests: stored.guests,
            ..Owners::default()
        },
        is_completable,
        status: stored.status,
        status_label,
        task_type: stored.task_type,
        is_approved: stored.is_approved,
        position: stored.position,
        blueprint_position: None,
        started_at: stored.started_at,
        deadline: stored.deadline,
        is_soft_start_date: stored.is_soft_start_date,
        created_at: stored.created_at,
        last_updated: stored.updated_at,
        completed_at: stored.completed_at,
        archived_at: stored.archived_at,
        starter_id: Some(stored.starter_id),
        owner_id: Some(stored.starter_id),
        completer_id: stored.completer_id,
        completer_guest: None,
        completer_guest_id: None,
        is_oneoff_task: true,
        everyone_must_complete: stored.everyone_must_complete,
        completion_progress,
        has_deadline_dependent_child_tasks: false,
        can_complete_only_assignees: stored.can_complete_only_assignees,
        max_assignable: stored.max_assignable,
        allow_guest_owners: true,
        prevent_guest_comment: stored.prevent_guest_comment,
        webhook: stored.webhook,
        stage_id: None,
        problem: stored.problem,
        send_chromeless: None,
        run_status: None,
        top_secret: stored.top_secret,
        custom_fields: Some(Object::default()),
        includes: with.includes(&stored.id, talk),
        increment_id: stored.increment_id,
        id: stored.id,
    }
}
