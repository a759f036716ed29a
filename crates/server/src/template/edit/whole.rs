//! What must hold for a template as a whole, whichever way it was put together.

use std::collections::{HashMap, HashSet};

use super::remap::Sent;
use crate::template::model::Content;
use crate::template::read::Faults;

/// Notes deadlines that hang on each other in a circle: none of them would ever be known.
pub fn check_deadlines(content: &Content, faults: &Faults, path: impl Fn(usize, &str) -> String) {
    let anchors: HashMap<&str, &str> = content
        .steps
        .iter()
        .filter_map(|step| {
            let anchor = step.deadline.as_ref()?.step.as_deref()?;
            Some((step.id.as_str(), anchor))
        })
        .collect();
    // Each step hangs on one other at most, so every walk is done once: it ends at a step without an anchor, at one that was
    // walked over before, or at one of its own steps, which closes a circle.
    let mut done = HashSet::new();
    let mut in_a_circle = HashSet::new();
    for step in &content.steps {
        let mut walk = Vec::new();
        let mut next = Some(step.id.as_str());
        while let Some(at) = next.filter(|at| done.insert(*at)) {
            walk.push(at);
            next = anchors.get(at).copied();
        }
        let closed = walk.iter().position(|at| Some(*at) == next);
        in_a_circle.extend(closed.into_iter().flat_map(|start| walk.split_off(start)));
    }
    for (index, step) in content.steps.iter().enumerate() {
        if in_a_circle.contains(step.id.as_str()) {
            faults.add(
                &path(index, &step.id),
                "These deadlines hang on each other in a circle",
            );
        }
    }
}

/// Notes ids that an import uses twice for one kind of part, and names: nothing could say which of the two is meant.
pub fn check_identities(content: &Content, sent: &Sent, faults: &Faults) {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    let mut once = |kind: &'static str, path: String, id: &str, alias: Option<&str>| {
        if !ids.insert((kind, id.to_owned())) {
            faults.add(&format!("{path}.id"), "This id is used twice");
        }
        if alias.is_some_and(|alias| !names.insert(alias.to_owned())) {
            faults.add(&format!("{path}.alias"), "This alias is used twice");
        }
    };
    for (index, field) in content.kickoff.iter().enumerate() {
        once(
            "prerun",
            format!("prerun.{index}"),
            &field.id,
            Some(&field.alias),
        );
    }
    for (index, stage) in content.stages.iter().enumerate() {
        let index = sent.stages.get(index).copied().unwrap_or(index);
        once("stage", format!("stages.{index}"), &stage.id, None);
    }
    for (index, step) in content.steps.iter().enumerate() {
        let index = sent.step(index);
        once("step", format!("steps.{index}"), &step.id, None);
        for (inner, field) in step.fields.iter().enumerate() {
            let path = format!("steps.{index}.captures.{inner}");
            once("capture", path, &field.id, Some(&field.alias));
        }
    }
}
