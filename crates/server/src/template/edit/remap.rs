//! New identities for everything in a template: for a copy, and for an import (contract: templates, sections 2.8 and 10.3).
//!
//! Ids and names are exchanged in rules, deadlines, milestones and variables alike. What names something that is not in the
//! template is left out, with a word about it.

use std::collections::{HashMap, HashSet};

use tallystick_wire::template::ImportWarning;

use super::{field, text};
use crate::template::alias;
use crate::template::model::{Content, Field, Rule, Stage, Step, Target};
use crate::template::read::Mint;
use crate::template::variable;

/// The same content with other ids and names, and what had to be left out.
pub fn remap(content: &Content, mint: &mut Mint<'_>) -> (Content, Vec<ImportWarning>) {
    let mut new = Names::default();
    let mut warnings = Vec::new();
    let kickoff = content
        .kickoff
        .iter()
        .map(|field| new.field(field, mint))
        .collect();
    let stages = content
        .stages
        .iter()
        .map(|stage| Stage {
            id: new.id(&stage.id, mint),
            name: stage.name.clone(),
            created_at: mint.now,
            updated_at: mint.now,
        })
        .collect();
    let mut taken = HashSet::new();
    let mut steps: Vec<Step> = Vec::with_capacity(content.steps.len());
    for step in &content.steps {
        let id = new.id(&step.id, mint);
        let alias = alias::of_step(&step.title, &taken);
        taken.insert(alias.clone());
        let fields = step
            .fields
            .iter()
            .map(|field| new.field(field, mint))
            .collect();
        steps.push(Step {
            id,
            alias,
            fields,
            created_at: mint.now,
            updated_at: mint.now,
            ..step.clone()
        });
    }
    for (index, step) in steps.iter_mut().enumerate() {
        new.tie(step, index, &mut warnings);
    }
    let mut rules = Vec::with_capacity(content.rules.len());
    for (index, rule) in content.rules.iter().enumerate() {
        match new.rule(rule, mint) {
            Some(rule) => rules.push(rule),
            None => warnings.push(ImportWarning {
                path: format!("automated_actions.{index}"),
                message:
                    "The rule names a step or field that is not in the template and was left out"
                        .to_owned(),
            }),
        }
    }
    let mut made = Content {
        head: content.head.clone(),
        kickoff,
        stages,
        steps,
        rules,
    };
    text::each_mut(&mut made, |_, words| {
        if words.contains("{{") {
            *words = variable::rename(words, |name| new.names.get(name).cloned());
        }
    });
    (made, warnings)
}

/// Old ids and names to new ones.
#[derive(Default)]
struct Names {
    ids: HashMap<String, String>,
    names: HashMap<String, String>,
}

impl Names {
    fn id(&mut self, old: &str, mint: &Mint<'_>) -> String {
        let id = mint.id();
        self.ids.insert(old.to_owned(), id.clone());
        id
    }

    fn field(&mut self, original: &Field, mint: &mut Mint<'_>) -> Field {
        let copy = field::copied(original, mint);
        self.ids.insert(original.id.clone(), copy.id.clone());
        self.names
            .insert(original.alias.clone(), copy.alias.clone());
        copy
    }

    /// Deadline and milestone of a step, after every step has its id.
    fn tie(&self, step: &mut Step, index: usize, warnings: &mut Vec<ImportWarning>) {
        if let Some(deadline) = &mut step.deadline
            && let Some(anchor) = &deadline.step
            && anchor.len() == 32
        {
            let found = self.ids.get(anchor).cloned();
            if found.is_none() {
                warnings.push(ImportWarning {
                    path: format!("steps.{index}.deadline.step"),
                    message:
                        "There is no such step in the template; the deadline counts from the launch"
                            .to_owned(),
                });
            }
            deadline.step = Some(found.unwrap_or_else(|| "start_run".to_owned()));
        }
        if let Some(stage) = &step.stage_id {
            let found = self.ids.get(stage).cloned();
            if found.is_none() {
                warnings.push(ImportWarning {
                    path: format!("steps.{index}.stage_id"),
                    message: "There is no such milestone in the template; the step has none"
                        .to_owned(),
                });
            }
            step.stage_id = found;
        }
    }

    fn target(&self, target: &Target) -> Option<Target> {
        Some(Target {
            kind: target.kind,
            id: self.ids.get(&target.id)?.clone(),
        })
    }

    /// The rule with new ids; none when something it names is not there.
    fn rule(&self, rule: &Rule, mint: &Mint<'_>) -> Option<Rule> {
        let mut copy = rule.clone();
        copy.id = mint.id();
        (copy.created_at, copy.updated_at) = (mint.now, mint.now);
        for condition in &mut copy.conditions {
            condition.id = mint.id();
            condition.of = self.target(&condition.of)?;
        }
        for action in &mut copy.actions {
            action.id = mint.id();
            if let Some(step) = &mut action.step {
                *step = self.ids.get(step)?.clone();
            }
            if let Some(from) = &mut action.from {
                *from = self.target(from)?;
            }
        }
        Some(copy)
    }
}
