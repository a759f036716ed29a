//! The parts of a template as they are shown: steps, fields, milestones, rules.

use tallystick_wire::lenient::Object;
use tallystick_wire::template as wire;

use crate::template::model::{Action, Condition, Content, Field, Rule, Stage, Step};

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
