//! The parts of a template by their ids, for those who look many of them up.

use std::collections::HashMap;

use super::model::{Content, Field, Step, Target, TargetKind};

/// An index over a template.
pub struct Parts<'c> {
    /// The template.
    pub content: &'c Content,
    steps: HashMap<&'c str, usize>,
    captures: HashMap<&'c str, (usize, &'c Field)>,
    preruns: HashMap<&'c str, &'c Field>,
}

impl<'c> Parts<'c> {
    /// Reads the whole template once.
    #[must_use]
    pub fn of(content: &'c Content) -> Self {
        let steps = content.steps.iter().enumerate();
        let captures = steps.clone().flat_map(|(index, step)| {
            let fields = step.fields.iter();
            fields.map(move |field| (field.id.as_str(), (index, field)))
        });
        let preruns = content.kickoff.iter();
        Self {
            content,
            captures: captures.collect(),
            preruns: preruns.map(|field| (field.id.as_str(), field)).collect(),
            steps: steps
                .map(|(index, step)| (step.id.as_str(), index))
                .collect(),
        }
    }

    /// Where a step stands, from 0.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<usize> {
        self.steps.get(id).copied()
    }

    /// A step.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&'c Step> {
        self.content.steps.get(self.place(id)?)
    }

    /// The field that a rule names; none for a step, and when there is no such field.
    #[must_use]
    pub fn field(&self, target: &Target) -> Option<&'c Field> {
        match target.kind {
            TargetKind::Step => None,
            TargetKind::Capture => self.captures.get(target.id.as_str()).map(|found| found.1),
            TargetKind::Prerun => self.preruns.get(target.id.as_str()).copied(),
        }
    }

    /// The place of the step that a rule looks at, or whose field it looks at; none for the kick-off form.
    #[must_use]
    pub fn place_of(&self, target: &Target) -> Option<usize> {
        match target.kind {
            TargetKind::Step => self.place(&target.id),
            TargetKind::Capture => self.captures.get(target.id.as_str()).map(|found| found.0),
            TargetKind::Prerun => None,
        }
    }

    /// Whether what a rule names is there.
    #[must_use]
    pub fn has(&self, target: &Target) -> bool {
        match target.kind {
            TargetKind::Step => self.steps.contains_key(target.id.as_str()),
            _ => self.field(target).is_some(),
        }
    }
}
