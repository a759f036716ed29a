//! Trying the rules of a template out: an endpoint of our own, over `evaluate/`.

use std::collections::BTreeMap;

use serde_json::Value;
use tallystick_wire::template::{
    Assignees, EvaluatedAction, EvaluatedCondition, EvaluatedRule, EvaluatedStep, Evaluation,
    RuleTest,
};
use tallystick_wire::{ErrorBody, Item, Patch, Time};

use crate::http::call::object_id;
use crate::http::{Answer, Call, Member, Reply};
use crate::organisation::store as organisation;
use crate::template::access;
use crate::template::evaluate::{
    self, Answers, Effect, Outcome, Situation, Status, StepState, answer, condition, deadline,
};
use crate::template::model::{Field, Rule, Target, TargetKind};
use crate::template::parts::Parts;
use crate::template::read::{Faults, MOST, Reader, whole_number};

/// Try the rules out
///
/// Nothing is launched and nothing changes: the rules run once, in order, in a process that was launched just now by the caller
/// and stands as the body says. Answers have the forms that they have at launch and in tasks.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/automated-actions/test", tag = "templates", operation_id = "test_rules",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = RuleTest,
    responses((status = 200, body = Item<Evaluation>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn test(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    let calendar = organisation::calendar(call.tx, call.org())?;
    let content = &template.content;
    let parts = Parts::of(content);
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mut answers = Answers::new();
    for (key, kind) in [
        ("prerun", TargetKind::Prerun),
        ("taskdata", TargetKind::Capture),
    ] {
        answered(&reader, key, kind, &parts, &mut answers);
    }
    let me = call.caller.id();
    let mut situation = evaluate::at_launch(content, answers, me, call.now, &calendar);
    let given = standing(&reader, &parts, &mut situation);
    if let Patch::Value(id) = reader.id("triggered_by") {
        if parts.step(&id).is_none() {
            reader.fault("triggered_by", NO_STEP);
        }
        situation.trigger = Some(id);
    }
    faults.into_problems().check()?;
    // Steps that hang on one that is done already are due accordingly, unless the body says otherwise.
    for (id, due) in deadline::all(&parts, &situation.steps, call.now, &calendar) {
        let own = given.contains(&id);
        if let Some(state) = situation.steps.get_mut(&id).filter(|_| !own) {
            state.deadline = due.at;
        }
    }
    let mut rules = Vec::with_capacity(content.rules.len());
    for rule in &content.rules {
        let saw: Vec<Vec<String>> = rule
            .conditions
            .iter()
            .map(|each| condition::saw(each, &parts, &situation))
            .collect();
        let outcome = evaluate::run_one(rule, &parts, &mut situation, &calendar);
        rules.push(shown(rule, saw, outcome));
    }
    let steps = content.steps.iter().map(|step| {
        let state = situation.steps.remove(&step.id).unwrap_or_default();
        EvaluatedStep {
            step_id: step.id.clone(),
            title: step.title.clone(),
            status: state.status.word().to_owned(),
            hidden: state.status == Status::Hidden,
            assignees: state.people,
            deadline: state.deadline,
        }
    });
    Reply::data(Evaluation {
        rules,
        steps: steps.collect(),
    })
}

const NO_STEP: &str = "There is no such step in this template";

/// Answers under a key, each checked against its field.
fn answered(
    reader: &Reader<'_>,
    key: &str,
    kind: TargetKind,
    parts: &Parts<'_>,
    answers: &mut Answers,
) {
    let Patch::Value(inner) = reader.object(key) else {
        return;
    };
    for sent in inner.keys() {
        let target = object_id(sent).map(|id| Target { kind, id });
        let Some(field) = target.and_then(|target| parts.field(&target)) else {
            inner.fault(sent, "There is no such field in this template");
            continue;
        };
        let value = inner.value(sent).cloned().unwrap_or(Value::Null);
        match checked(field, &value) {
            Ok(()) => {
                answers.insert(field.id.clone(), value);
            }
            Err((at, text)) if at.is_empty() => inner.fault(sent, text),
            Err((at, text)) => inner.fault(&format!("{sent}.{at}"), text),
        }
    }
}

/// A table without a value is left out by clients; here null says the same.
fn checked(field: &Field, value: &Value) -> Result<(), (String, String)> {
    if value.is_null() {
        return Ok(());
    }
    answer::check(field, value)
}

/// How steps stand; answers which of them bring a deadline of their own.
fn standing(reader: &Reader<'_>, parts: &Parts<'_>, situation: &mut Situation) -> Vec<String> {
    let mut given = Vec::new();
    let Patch::Value(inner) = reader.object("steps") else {
        return given;
    };
    for sent in inner.keys() {
        let id = object_id(sent).filter(|id| parts.step(id).is_some());
        let Some(state) = id.as_ref().and_then(|id| situation.steps.get_mut(id)) else {
            inner.fault(sent, NO_STEP);
            continue;
        };
        match inner.object(sent) {
            Patch::Value(entry) => {
                one(&entry, state, situation.now);
                if entry.value("deadline").is_some() {
                    given.extend(id);
                }
            }
            _ => continue,
        }
    }
    given
}

fn one(entry: &Reader<'_>, state: &mut StepState, now: Time) {
    if let Patch::Value(word) = entry.text("status", 64) {
        match Status::read(&word) {
            Some(status) => state.status = status,
            None => {
                let words = Status::WORDS.map(|(_, word)| word);
                entry.fault(
                    "status",
                    format!("The status must be one of {}", words.join(", ")),
                );
            }
        }
    }
    if let Some(approved) = entry.flag("is_approved") {
        state.approved = Some(approved);
    }
    entry.set_flag("reopened", &mut state.reopened);
    entry.set_flag("expired", &mut state.expired);
    if let Some(moment) = moment(entry, "deadline") {
        state.deadline = Some(moment);
    }
    if state.status == Status::Completed {
        state.completed_at = Some(moment(entry, "completed_at").unwrap_or(now));
    }
    match entry.object("assignees") {
        Patch::Value(people) => state.people = assignees(&people),
        Patch::Null if entry.sent("assignees") => state.people = Assignees::default(),
        _ => {}
    }
}

fn moment(entry: &Reader<'_>, key: &str) -> Option<Time> {
    let Patch::Value(text) = entry.text(key, 64) else {
        return None;
    };
    let moment = condition::moment(&text);
    if moment.is_none() {
        entry.fault(
            key,
            format!("The {key} {}", tallystick_wire::time::EXPECTED),
        );
    }
    moment
}

/// People by their names only: whether they exist does not matter to a trial.
fn assignees(people: &Reader<'_>) -> Assignees {
    let mut users = Vec::new();
    for (index, entry) in people.list("users", MOST).into_iter().flatten().enumerate() {
        match whole_number(entry) {
            Some(id) => users.push(id),
            None => people.fault(
                &format!("users.{index}"),
                "This must be the number of a member",
            ),
        }
    }
    Assignees {
        users,
        guests: people.texts("guests", 320).unwrap_or_default(),
        groups: people.texts("groups", 64).unwrap_or_default(),
    }
}

fn shown(rule: &Rule, saw: Vec<Vec<String>>, outcome: Outcome) -> EvaluatedRule {
    let conditions = rule.conditions.iter().zip(saw).zip(outcome.conditions);
    let actions = rule.actions.iter().zip(outcome.effects);
    EvaluatedRule {
        id: rule.id.clone(),
        automated_alias: rule.name.clone(),
        holds: outcome.holds,
        conditions: conditions
            .map(|((condition, saw), holds)| EvaluatedCondition {
                id: condition.id.clone(),
                holds,
                saw,
            })
            .collect(),
        then_actions: actions
            .map(|(action, effect)| {
                let mut shown = EvaluatedAction {
                    id: action.id.clone(),
                    action_verb: action.verb.word().to_owned(),
                    target_step_id: action.step.clone(),
                    effect: String::new(),
                    reason: None,
                    assignees: None,
                    deadline: None,
                };
                let word = match effect {
                    Effect::Shown => "shown",
                    Effect::Hidden => "hidden",
                    Effect::Assigned(people) => {
                        shown.assignees = Some(people);
                        "assigned"
                    }
                    Effect::Due(moment) => {
                        shown.deadline = Some(moment);
                        "due"
                    }
                    Effect::Reopened => "reopened",
                    Effect::Called { .. } => "called",
                    Effect::Nothing(why) => {
                        shown.reason = Some(why.words().to_owned());
                        "nothing"
                    }
                };
                word.clone_into(&mut shown.effect);
                shown
            })
            .collect(),
    }
}

/// Deadlines of the steps
///
/// When each step would be due if the template were launched now, without rules. What hangs on the completion of another step
/// is estimated as if that one were on time.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/steps-deadlines", tag = "templates", operation_id = "template_deadlines",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<Vec<tallystick_wire::template::Deadline>>), (status = 404, body = ErrorBody)))]
pub fn deadlines(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    let calendar = organisation::calendar(call.tx, call.org())?;
    let parts = Parts::of(&template.content);
    let due = deadline::all(&parts, &BTreeMap::new(), call.now, &calendar);
    let steps = template.content.steps.iter().map(|step| {
        let due = due.get(&step.id);
        tallystick_wire::template::Deadline {
            step_id: step.id.clone(),
            deadline_time: due.and_then(|due| due.at),
            provisional: due.is_some_and(|due| due.provisional),
        }
    });
    Reply::data(steps.collect::<Vec<_>>())
}
