//! Looking up what a body names outside of the template.

use std::collections::HashSet;

use tallystick_db::Tx;
use tallystick_wire::Time;
use tallystick_wire::template::{Assignees, ImportWarning};

use crate::guest;
use crate::http::{Member, Refusal};
use crate::template::access::{Grants, Holder};
use crate::template::model::{Action, Content, Record, Template};
use crate::template::read::{Faults, Outside};
use crate::template::store::outside;

/// Refuses with every fault of a body, things that are not there among them.
///
/// What the caller may not see is not there for them.
pub fn check(tx: &mut Tx<'_>, caller: &Member, faults: Faults) -> Result<(), Refusal> {
    check_for(tx, &caller.organization, Some(caller), faults)
}

/// The same for whoever it is; nobody sees everything.
pub fn check_for(
    tx: &mut Tx<'_>,
    organization: &str,
    viewer: Option<&Member>,
    faults: Faults,
) -> Result<(), Refusal> {
    let named = faults.outside();
    let wanted = named.iter().map(|(_, what)| what);
    let missing = missing(tx, organization, viewer, wanted)?;
    for (path, what) in named.iter().filter(|(_, what)| missing.contains(what)) {
        faults.add(path, what.missing());
    }
    faults.into_problems().check()
}

/// Those of these things that are not there, or not for this viewer.
pub fn missing<'o>(
    tx: &mut Tx<'_>,
    organization: &str,
    viewer: Option<&Member>,
    wanted: impl Iterator<Item = &'o Outside>,
) -> Result<HashSet<Outside>, Refusal> {
    let mut wanted: HashSet<Outside> = wanted.cloned().collect();
    if !wanted.is_empty() {
        let known = outside::known(tx, organization, viewer, &wanted)?;
        wanted.retain(|what| !known.contains(what));
    }
    Ok(wanted)
}

/// For an import: takes out of the template what is not there, and says so. `rules` are the places of its rules in the body.
pub fn strip(
    tx: &mut Tx<'_>,
    organization: &str,
    viewer: Option<&Member>,
    (template, rules): (&mut Template, &[usize]),
    grants: &mut Grants,
    faults: &Faults,
) -> Result<Vec<ImportWarning>, Refusal> {
    let named = faults.outside();
    let gone = missing(tx, organization, viewer, named.iter().map(|(_, what)| what))?;
    let mut warnings: Vec<ImportWarning> = named
        .iter()
        .filter(|(_, what)| gone.contains(what))
        .map(|(path, what)| ImportWarning {
            path: path.clone(),
            message: format!("{}; it was left out", what.missing()),
        })
        .collect();
    let record = &mut template.record;
    if gone.contains(&Outside::Member(record.owner_id)) {
        record.owner_id = record.created_by;
    }
    unfile(record, &gone);
    let left_out = without(&mut template.content, &gone);
    warnings.extend(left_out.into_iter().map(|left| ImportWarning {
        path: format!(
            "automated_actions.{}",
            rules.get(left.rule).unwrap_or(&left.rule)
        ),
        message: if left.whole {
            "None of its actions names anybody who is here; the rule was left out".to_owned()
        } else {
            "An action names nobody who is here and was left out".to_owned()
        },
    }));
    without_grants(grants, &gone);
    Ok(warnings)
}

/// Takes a template out of a folder that is one of these.
pub fn unfile(record: &mut Record, gone: &HashSet<Outside>) {
    clear(&mut record.folder_id, gone, Outside::Folder);
}

/// Takes back what these were granted.
pub fn without_grants(grants: &mut Grants, gone: &HashSet<Outside>) {
    grants.0.retain(|(_, holder)| match holder {
        Holder::Everyone => true,
        Holder::Member(id) => !gone.contains(&Outside::Member(*id)),
        Holder::Group(id) => !gone.contains(&Outside::Group(id.clone())),
    });
}

fn clear(place: &mut Option<String>, gone: &HashSet<Outside>, kind: impl Fn(String) -> Outside) {
    if place.clone().is_some_and(|id| gone.contains(&kind(id))) {
        *place = None;
    }
}

/// A rule that lost actions, since nobody was left whom they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Its place.
    pub rule: usize,
    /// Whether it had no other actions and went as well.
    pub whole: bool,
}

/// Takes these things out of a template.
///
/// An action that names nobody any more goes as well, and a rule without actions: the template could not be sent back as it is
/// shown.
pub fn without(content: &mut Content, gone: &HashSet<Outside>) -> Vec<LeftOut> {
    let head = &mut content.head;
    clear(&mut head.default_folder, gone, Outside::ProcessFolder);
    clear(&mut head.ko_form_blueprint_id, gone, Outside::Template);
    if head
        .kickoff_sharing_user_id
        .is_some_and(|id| gone.contains(&Outside::Member(id)))
    {
        head.kickoff_sharing_user_id = None;
    }
    for step in &mut content.steps {
        people(&mut step.people, gone);
        if let Some(tags) = &mut step.tags {
            tags.retain(|id| !gone.contains(&Outside::Tag(id.clone())));
        }
        if step
            .launches
            .as_ref()
            .is_some_and(|launch| gone.contains(&Outside::Template(launch.id.clone())))
        {
            step.launches = None;
        }
    }
    let mut left_out = Vec::new();
    for (index, rule) in content.rules.iter_mut().enumerate() {
        let count = rule.actions.len();
        rule.actions.retain_mut(|action| still_names(action, gone));
        if rule.actions.len() < count {
            left_out.push(LeftOut {
                rule: index,
                whole: rule.actions.is_empty(),
            });
        }
    }
    content.rules.retain(|rule| !rule.actions.is_empty());
    left_out
}

/// Whether an action that named people still does, or asks a field for them.
fn still_names(action: &mut Action, gone: &HashSet<Outside>) -> bool {
    let Some(named) = &mut action.people else {
        return true;
    };
    people(named, gone);
    if *named != Assignees::default() {
        return true;
    }
    action.people = None;
    action.from.is_some()
}

fn people(people: &mut Assignees, gone: &HashSet<Outside>) {
    people
        .users
        .retain(|id| !gone.contains(&Outside::Member(*id)));
    people
        .guests
        .retain(|email| !gone.contains(&Outside::Guest(email.clone())));
    people
        .groups
        .retain(|id| !gone.contains(&Outside::Group(id.clone())));
}

/// Makes guests of the addresses that a template names.
pub fn welcome(
    tx: &mut Tx<'_>,
    organization: &str,
    now: Time,
    content: &Content,
    before: Option<&Content>,
) -> Result<(), Refusal> {
    let old: HashSet<&String> = before.map(addresses).unwrap_or_default();
    let mut new: Vec<&String> = addresses(content).difference(&old).copied().collect();
    new.sort();
    for email in new {
        guest::store::ensure(tx, organization, email, now)?;
    }
    Ok(())
}

fn addresses(content: &Content) -> HashSet<&String> {
    content.people().flat_map(|people| &people.guests).collect()
}

/// Everything of its organisation that a template names.
#[must_use]
pub fn named(content: &Content) -> HashSet<Outside> {
    let mut all = HashSet::new();
    let head = &content.head;
    all.extend(head.default_folder.clone().map(Outside::ProcessFolder));
    all.extend(head.ko_form_blueprint_id.clone().map(Outside::Template));
    all.extend(head.kickoff_sharing_user_id.map(Outside::Member));
    for people in content.people() {
        all.extend(people.users.iter().map(|id| Outside::Member(*id)));
        all.extend(people.guests.iter().cloned().map(Outside::Guest));
        all.extend(people.groups.iter().cloned().map(Outside::Group));
    }
    for step in &content.steps {
        let launched = step.launches.iter();
        all.extend(launched.map(|launch| Outside::Template(launch.id.clone())));
    }
    all
}

/// Everybody who was granted something.
pub fn named_in(grants: &Grants) -> impl Iterator<Item = Outside> {
    grants.0.iter().filter_map(|(_, holder)| match holder {
        Holder::Everyone => None,
        Holder::Member(id) => Some(Outside::Member(*id)),
        Holder::Group(id) => Some(Outside::Group(id.clone())),
    })
}

/// What a template names that is not there any more, whoever sees it.
pub fn gone(
    tx: &mut Tx<'_>,
    organization: &str,
    content: &Content,
) -> Result<HashSet<Outside>, Refusal> {
    missing(tx, organization, None, named(content).iter())
}
