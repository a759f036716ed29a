//! New identities for everything in a template: for a copy, and for an import (contract: templates, sections 2.8 and 10.3).
//!
//! Ids and names are exchanged in rules, deadlines, milestones and variables alike. What names something that is not in the
//! template is left out, with a word about it.

use std::collections::{HashMap, HashSet};

use tallystick_wire::template::ImportWarning;

use super::{field, text};
use crate::http::call::object_id;
use crate::template::alias;
use crate::template::model::{Content, Field, Rule, Stage, Step, Target, TargetKind};
use crate::template::read::Mint;
use crate::template::variable;

/// Where the parts of a content stood in the body it was read from: they are in the order of their positions, and whoever
/// sent them counts in theirs. Without a body each stands where it is.
#[derive(Debug, Default)]
pub struct Sent {
    /// Of each milestone.
    pub stages: Vec<usize>,
    /// Of each step.
    pub steps: Vec<usize>,
    /// Of each rule.
    pub rules: Vec<usize>,
}

impl Sent {
    /// Where a step stood.
    #[must_use]
    pub fn step(&self, index: usize) -> usize {
        self.steps.get(index).copied().unwrap_or(index)
    }
}

/// A content with other ids and names.
pub struct Remapped {
    /// The content.
    pub content: Content,
    /// What had to be left out.
    pub warnings: Vec<ImportWarning>,
    /// Where the rules that are left stood.
    pub rules: Vec<usize>,
}

/// The same content with other ids and names.
pub fn remap(content: &Content, sent: &Sent, mint: &mut Mint<'_>) -> Remapped {
    let mut new = Names::default();
    let mut warnings = Vec::new();
    let kickoff = content
        .kickoff
        .iter()
        .map(|field| new.field(TargetKind::Prerun, field, mint))
        .collect();
    let stages = content
        .stages
        .iter()
        .map(|stage| Stage {
            id: new.stage(&stage.id, mint),
            name: stage.name.clone(),
            created_at: mint.now,
            updated_at: mint.now,
        })
        .collect();
    let mut taken = HashSet::new();
    let mut steps: Vec<Step> = Vec::with_capacity(content.steps.len());
    for step in &content.steps {
        let id = new.id(TargetKind::Step, &step.id, mint);
        let alias = alias::of_step(&step.title, &taken);
        taken.insert(alias.clone());
        let fields = step
            .fields
            .iter()
            .map(|field| new.field(TargetKind::Capture, field, mint))
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
        new.tie(step, sent.step(index), &mut warnings);
    }
    let mut rules = Vec::with_capacity(content.rules.len());
    let mut places = Vec::with_capacity(content.rules.len());
    for (index, rule) in content.rules.iter().enumerate() {
        let index = sent.rules.get(index).copied().unwrap_or(index);
        match new.rule(rule, mint) {
            Some(rule) => {
                rules.push(rule);
                places.push(index);
            }
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
    Remapped {
        content: made,
        warnings,
        rules: places,
    }
}

/// Old ids and names to new ones.
#[derive(Default)]
struct Names {
    /// By what they name: whoever writes a template by hand counts each kind of part from 1.
    ids: HashMap<Target, String>,
    stages: HashMap<String, String>,
    names: HashMap<String, String>,
}

impl Names {
    fn id(&mut self, kind: TargetKind, old: &str, mint: &Mint<'_>) -> String {
        let id = mint.id();
        self.learn(kind, old, &id);
        id
    }

    fn learn(&mut self, kind: TargetKind, old: &str, new: &str) {
        let old = Target {
            kind,
            id: old.to_owned(),
        };
        self.ids.insert(old, new.to_owned());
    }

    fn stage(&mut self, old: &str, mint: &Mint<'_>) -> String {
        let id = mint.id();
        self.stages.insert(old.to_owned(), id.clone());
        id
    }

    fn step(&self, old: &str) -> Option<String> {
        let old = Target {
            kind: TargetKind::Step,
            id: old.to_owned(),
        };
        self.ids.get(&old).cloned()
    }

    fn field(&mut self, kind: TargetKind, original: &Field, mint: &mut Mint<'_>) -> Field {
        let copy = field::copied(original, mint);
        self.learn(kind, &original.id, &copy.id);
        self.names
            .insert(original.alias.clone(), copy.alias.clone());
        copy
    }

    /// Deadline and milestone of a step, after every step has its id.
    fn tie(&self, step: &mut Step, index: usize, warnings: &mut Vec<ImportWarning>) {
        if let Some(deadline) = &mut step.deadline
            && let Some(anchor) = &deadline.step
        {
            let found = self.step(anchor).filter(|_| anchor != "start_run");
            // Other words are kept, as they are everywhere.
            let is_gone = found.is_none() && object_id(anchor).is_some();
            if is_gone {
                warnings.push(ImportWarning {
                    path: format!("steps.{index}.deadline.step"),
                    message:
                        "There is no such step in the template; the deadline counts from the launch"
                            .to_owned(),
                });
            }
            if is_gone {
                deadline.step = Some("start_run".to_owned());
            } else if found.is_some() {
                deadline.step = found;
            }
        }
        if let Some(stage) = &step.stage_id {
            let found = self.stages.get(stage).cloned();
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
            id: self.ids.get(target)?.clone(),
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
                *step = self.step(step)?;
            }
            if let Some(from) = &mut action.from {
                *from = self.target(from)?;
            }
        }
        Some(copy)
    }
}
