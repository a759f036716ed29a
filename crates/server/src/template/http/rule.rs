//! Rules of a template (contract: templates, section 6.1).

use tallystick_wire::template::{Deleted, Rule as View, RuleInput};
use tallystick_wire::{ErrorBody, Item};

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access;
use crate::template::model::{Rule, Template};
use crate::template::outside;
use crate::template::read::{Faults, Identity, MOST_RULES, Outside, Reader, rule};
use crate::template::view;

fn found(template: &Template, id: &str) -> Result<View, Refusal> {
    let mut rules = (1..).zip(&template.content.rules);
    let (position, rule) = rules
        .find(|(_, rule)| rule.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok(view::rule(rule, position))
}

/// Add a rule
///
/// When the conditions hold, the actions happen. Conditions are folded from left to right; rules run in the order in which
/// they were made.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/automated-actions", tag = "templates", operation_id = "create_rule",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = RuleInput,
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, _) = access::editable(call, &id)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mint = super::mint(call, 0)?;
    let made = rule::read(&reader, None, &before.content, Identity::Fresh, &mint);
    if before.content.rules.len() >= MOST_RULES {
        reader.fault(
            "automated_alias",
            format!("A template has at most {MOST_RULES} rules"),
        );
    }
    outside::check(call.tx, call.caller, faults)?;
    let rule = made.id.clone();
    let mut after = before.clone();
    after.content.rules.push(made);
    outside::welcome(
        call.tx,
        call.org(),
        call.now,
        &after.content,
        Some(&before.content),
    )?;
    super::store_change(call, &before, &mut after)?;
    Reply::created(found(&after, &rule)?)
}

/// Replace a rule
///
/// The body is the complete rule; its place stays.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/automated-actions/{rule}", tag = "templates", operation_id = "update_rule",
    params(("org" = String, Path), ("checklist" = String, Path), ("rule" = String, Path)), request_body = RuleInput,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, rule_id) = (call.id("checklist")?, call.id("rule")?);
    let (before, _) = access::editable(call, &id)?;
    let mut rules = before.content.rules.iter();
    let stored = rules
        .find(|rule| rule.id == rule_id)
        .ok_or_else(Refusal::not_found)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mint = super::mint(call, 0)?;
    let made = rule::read(
        &reader,
        Some(stored),
        &before.content,
        Identity::Fresh,
        &mint,
    );
    still_there(&faults, stored);
    outside::check(call.tx, call.caller, faults)?;
    let mut after = before.clone();
    if let Some(place) = after
        .content
        .rules
        .iter_mut()
        .find(|rule| rule.id == rule_id)
    {
        *place = made;
    }
    outside::welcome(
        call.tx,
        call.org(),
        call.now,
        &after.content,
        Some(&before.content),
    )?;
    super::store_change(call, &before, &mut after)?;
    Reply::data(found(&after, &rule_id)?)
}

/// People who have left since are no fault of whoever sends the rule back.
fn still_there(faults: &Faults, stored: &Rule) {
    let mut kept = Vec::new();
    for people in stored
        .actions
        .iter()
        .filter_map(|action| action.people.as_ref())
    {
        kept.extend(people.users.iter().map(|id| Outside::Member(*id)));
        kept.extend(people.guests.iter().cloned().map(Outside::Guest));
        kept.extend(people.groups.iter().cloned().map(Outside::Group));
    }
    faults.forgive(&kept);
}

/// Delete a rule
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/automated-actions/{rule}", tag = "templates", operation_id = "delete_rule",
    params(("org" = String, Path), ("checklist" = String, Path), ("rule" = String, Path)),
    responses((status = 200, body = Item<Deleted>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, rule) = (call.id("checklist")?, call.id("rule")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &rule)?;
    let mut after = before.clone();
    after.content.rules.retain(|each| each.id != rule);
    super::store_change(call, &before, &mut after)?;
    Reply::data(Deleted { id: rule })
}
