//! A template as one viewer gets it.

use std::collections::BTreeMap;

use serde_json::json;
use tallystick_db::Tx;
use tallystick_wire::include::{Collection, Item};
use tallystick_wire::lenient::{Json, Object};
use tallystick_wire::template::{self as wire, Template as View, TemplateIncludes};

use crate::http::query::Query;
use crate::http::{Member, Refusal};
use crate::template::access::{Grants, Permission};
use crate::template::around::{self, Asked};
use crate::template::model::{Action, Condition, Content, Field, Rule, Stage, Step, Template};
use crate::template::store::{self, Kinds};
use crate::thread::view::{Said, Talk};
use crate::thread::{self, Subject};

/// Collections that may hang on a template and that nothing fills yet.
const COLLECTIONS: [&str; 6] = [
    "linked_tasks",
    "assets",
    "member_watchers",
    "guest_watchers",
    "runs",
    "statistics",
];

/// What `with=` asks for, read once for a whole list.
#[derive(Debug, Clone, Default)]
pub struct With {
    steps: bool,
    stages: bool,
    permissions: bool,
    talk: thread::view::With,
    around: Asked,
    empty: Vec<&'static str>,
}

impl With {
    /// Reads `with=`. What always comes along, and what is not known, is ignored.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let has = |name: &str| query.asks_into(name);
        Self {
            steps: has("steps"),
            stages: has("stages"),
            permissions: has("permissions"),
            talk: thread::view::With::read(query),
            around: Asked {
                tags: has("tags"),
                folder: has("folder"),
                folder_tree: query.flag("entire_folder_tree") == Some(true),
            },
            empty: COLLECTIONS.into_iter().filter(|name| has(name)).collect(),
        }
    }

    /// Everything that belongs to the template itself.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            steps: true,
            stages: true,
            around: Asked {
                tags: true,
                ..Asked::default()
            },
            ..Self::default()
        }
    }

    /// Which parts have to be loaded.
    #[must_use]
    pub const fn kinds(&self) -> Kinds {
        if self.steps || self.stages {
            Kinds::All
        } else {
            Kinds::Usual
        }
    }
}

/// What stands beside a template and belongs to its viewer.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Everybody's grants.
    pub grants: Grants,
    /// Whether it is one of the viewer's favourites.
    pub starred: bool,
    /// What was said about it, as far as that is asked for.
    pub said: Said,
}

/// One template with what was asked for.
pub fn single(
    tx: &mut Tx<'_>,
    template: &Template,
    grants: Grants,
    member: &Member,
    with: &With,
) -> Result<View, Refusal> {
    let starred = store::is_starred(tx, &member.organization, &template.record.id, member.id())?;
    let ids = std::slice::from_ref(&template.record.id);
    let talk = Talk::read(tx, &member.organization, Subject::Template, ids, with.talk)?;
    let beside = Beside {
        grants,
        starred,
        said: talk.of(&template.record.id),
    };
    let mut view = [show(template, beside, with)];
    around::fill(tx, &member.organization, &mut view, with.around)?;
    let [view] = view;
    Ok(view)
}

/// A page of templates with what was asked for.
pub fn many(
    tx: &mut Tx<'_>,
    templates: &[Template],
    member: &Member,
    with: &With,
) -> Result<Vec<View>, Refusal> {
    let mut beside = store::list::beside(tx, member, templates)?;
    let ids: Vec<String> = templates
        .iter()
        .map(|template| template.record.id.clone())
        .collect();
    let talk = Talk::read(tx, &member.organization, Subject::Template, &ids, with.talk)?;
    let mut views: Vec<View> = templates
        .iter()
        .map(|template| {
            let mut own = beside.remove(&template.record.id).unwrap_or_default();
            own.said = talk.of(&template.record.id);
            show(template, own, with)
        })
        .collect();
    around::fill(tx, &member.organization, &mut views, with.around)?;
    Ok(views)
}

/// Puts a template together.
#[must_use]
pub fn show(template: &Template, beside: Beside, with: &With) -> View {
    let Template { record, content } = template;
    let head = &content.head;
    let named = beside.grants.of(Permission::Named);
    View {
        id: record.id.clone(),
        increment_id: record.increment_id,
        version: record.version,
        title: head.title.clone(),
        summary: head.summary.clone(),
        r#type: head.kind,
        status: record.status.clone(),
        starred: beside.starred,
        is_pinned: record.is_pinned,
        alias: record.alias.clone(),
        icon: head.icon.clone(),
        guidance: head.guidance.clone(),
        explanation_video: head.explanation_video.clone(),
        webhook: head.webhook.clone(),
        folder_id: record.folder_id.clone(),
        default_folder: head.default_folder.clone(),
        folder_changeable_by_launcher: head.folder_changeable_by_launcher,
        folderize_process: head.folderize_process,
        tag_process: head.tag_process,
        auto_naming: head.auto_naming,
        default_process_name_format: head.default_process_name_format.clone(),
        allow_launcher_change_name: head.allow_launcher_change_name,
        can_add_oot: head.can_add_oot,
        is_public: record.is_public,
        is_featured: record.is_featured,
        public_cover: head.public_cover.clone(),
        is_public_kickoff: record.is_public_kickoff,
        kickoff_title: head.kickoff_title.clone(),
        kickoff_description: head.kickoff_description.clone(),
        kickoff_sharing_user_id: head.kickoff_sharing_user_id,
        ko_form_blueprint_id: head.ko_form_blueprint_id.clone(),
        dual_version_enabled: record.dual_version_enabled,
        is_published_state: record.is_published_state,
        prerun: content
            .kickoff
            .iter()
            .map(|field| prerun(&record.id, field))
            .collect(),
        automated_actions: (1..)
            .zip(&content.rules)
            .map(|(position, each)| rule(each, position))
            .collect(),
        users: named.users,
        groups: named.groups,
        industry_tags: head.industry_tags.clone(),
        topic_tags: head.topic_tags.clone(),
        steps_count: record.steps_count,
        started_processes: record.started_processes,
        created_by: record.created_by,
        owner_id: record.owner_id,
        last_updated_by: Some(record.last_updated_by),
        created_at: record.created_at,
        last_updated: record.updated_at,
        archived_at: record.archived_at,
        custom_fields: Some(Object::default()),
        includes: includes(template, beside.said, &beside.grants, with),
    }
}

fn includes(template: &Template, said: Said, grants: &Grants, with: &With) -> TemplateIncludes {
    let none = || Json(json!({"data": []}));
    let more: BTreeMap<_, _> = with
        .empty
        .iter()
        .map(|name| ((*name).to_owned(), none()))
        .collect();
    let Template { record, content } = template;
    TemplateIncludes {
        steps: with
            .steps
            .then(|| Collection::of(steps(&record.id, content))),
        stages: with
            .stages
            .then(|| Collection::of(stages(&record.id, content))),
        permissions: with.permissions.then(|| Item {
            data: grants.permissions(),
        }),
        threads: said.threads,
        comments: said.comments,
        issues: said.issues,
        threads_count: said.count,
        more,
    }
}

/// All steps, in order.
#[must_use]
pub fn steps(template: &str, content: &Content) -> Vec<wire::Step> {
    (1..)
        .zip(&content.steps)
        .map(|(position, each)| step(template, each, position))
        .collect()
}

/// All milestones, in order.
#[must_use]
pub fn stages(template: &str, content: &Content) -> Vec<wire::Stage> {
    (1..)
        .zip(&content.stages)
        .map(|(position, each)| stage(template, each, position))
        .collect()
}

/// A milestone.
#[must_use]
pub fn stage(template: &str, stage: &Stage, position: i64) -> wire::Stage {
    wire::Stage {
        id: stage.id.clone(),
        checklist_id: template.to_owned(),
        name: stage.name.clone(),
        position,
        created_at: stage.created_at,
        last_updated: stage.updated_at,
    }
}

/// A step.
#[must_use]
pub fn step(template: &str, step: &Step, position: i64) -> wire::Step {
    wire::Step {
        id: step.id.clone(),
        checklist_id: template.to_owned(),
        title: step.title.clone(),
        alias: step.alias.clone(),
        summary: step.summary.clone(),
        step_type: step.kind,
        position,
        assignees: step.people.users.clone(),
        guests: step.people.guests.clone(),
        groups: step.people.groups.clone(),
        roles: step.roles.clone(),
        role_changes_every_time: step.role_changes_every_time,
        assign_run_starter: step.assign_run_starter,
        allow_guest_owners: step.allow_guest_owners,
        max_assignable: step.max_assignable,
        everyone_must_complete: step.everyone_must_complete,
        can_complete_only_assignees: step.can_complete_only_assignees,
        prevent_guest_comment: step.prevent_guest_comment,
        skip_start_process: step.skip_start_process,
        webhook: step.webhook.clone(),
        deadline: step.deadline.clone(),
        start_date: step.start_date.clone(),
        is_soft_start_date: step.is_soft_start_date,
        bp_to_launch: step.launches.clone(),
        top_secret: step.top_secret,
        send_chromeless: step.send_chromeless,
        stage_id: step.stage_id.clone(),
        captures: step
            .fields
            .iter()
            .map(|field| capture(&step.id, field))
            .collect(),
        tags: None,
        custom_fields: Some(Object::default()),
        created_at: step.created_at,
        last_updated: step.updated_at,
        archived_at: None,
    }
}

/// A field of a step.
#[must_use]
pub fn capture(step: &str, field: &Field) -> wire::Field {
    wire::Field {
        step_id: Some(step.to_owned()),
        ..bare(field)
    }
}

/// A field of the kick-off form.
#[must_use]
pub fn prerun(template: &str, field: &Field) -> wire::Field {
    wire::Field {
        checklist_id: Some(template.to_owned()),
        ..bare(field)
    }
}

fn bare(field: &Field) -> wire::Field {
    wire::Field {
        id: field.id.clone(),
        checklist_id: None,
        step_id: None,
        alias: field.alias.clone(),
        label: field.label.clone(),
        field_type: field.kind,
        guidance: field.guidance.clone(),
        position: field.position,
        required: field.required,
        options: field.options.clone(),
        columns: field.columns.clone(),
        field_validation: field.field_validation.clone(),
        use_wysiwyg_editor: field.use_wysiwyg_editor,
        collect_time: field.collect_time,
        default_value_enabled: field.default_value_enabled,
        default_value: field.default_value.clone(),
        prefix: field.prefix.clone(),
        suffix: field.suffix.clone(),
        settings: field.settings.clone(),
        list: field.list.clone(),
        custom_fields: Some(Object::default()),
        created_at: field.created_at,
        last_updated: field.updated_at,
        archived_at: None,
    }
}

/// A rule.
#[must_use]
pub fn rule(rule: &Rule, position: i64) -> wire::Rule {
    wire::Rule {
        id: rule.id.clone(),
        automated_alias: rule.name.clone(),
        position,
        conditions: (1..)
            .zip(&rule.conditions)
            .map(|(position, each)| condition(each, position))
            .collect(),
        then_actions: (1..)
            .zip(&rule.actions)
            .map(|(position, each)| action(each, position))
            .collect(),
        created_at: rule.created_at,
        last_updated: rule.updated_at,
        archived_at: None,
    }
}

fn condition(condition: &Condition, position: i64) -> wire::Condition {
    wire::Condition {
        id: condition.id.clone(),
        conditionable_id: condition.of.id.clone(),
        conditionable_type: condition.of.kind.word().to_owned(),
        operation: condition.operation.word().to_owned(),
        statement: condition.statement.clone(),
        logic: condition.logic.word().to_owned(),
        position,
        column_contains_name: condition.column.clone(),
    }
}

fn action(action: &Action, position: i64) -> wire::Action {
    let from = action.from.as_ref();
    wire::Action {
        id: action.id.clone(),
        action_type: action.verb.kind().word().to_owned(),
        action_verb: action.verb.word().to_owned(),
        target_step_id: action.step.clone(),
        position,
        actionable_id: from.map(|target| target.id.clone()),
        actionable_type: from.map(|target| target.kind.word().to_owned()),
        deadline: action.deadline.clone(),
        assignees: action.people.clone(),
        webhook_url: action.webhook_url.clone(),
        alias_name: action.alias_name.clone(),
    }
}
