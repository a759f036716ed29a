//! Finds what is wrong with a template, or could be better. Pure: [`check`] reads a template and gives findings.
//!
//! `codes.rs` lists everything that can be found; each of the other files looks for its part of it.

mod circle;
mod codes;
mod condition;
mod reach;
mod rule;
mod step;
mod text;

use std::collections::HashSet;

use tallystick_wire::template::{Finding, TemplateType};

use crate::template::model::{Content, Field, Rule, Stage, Step};
use crate::template::parts::Parts;

pub use codes::{Code, Severity};

/// Steps, fields of the kick-off form and rules beyond which a template counts as very long.
const LONG: (usize, usize, usize) = (100, 50, 150);

/// Everything that is found in the template of this id, the worst first.
#[must_use]
pub fn check(id: &str, content: &Content) -> Vec<Finding> {
    let mut found = Findings::default();
    let parts = Parts::of(content);
    let reach = reach::Reach::of(&parts);
    whole(content, &mut found);
    step::check(id, &parts, &reach, &mut found);
    rule::check(&parts, &reach, &mut found);
    text::check(&parts, &reach, &mut found);
    // The order in which they were found is that of the template.
    found.all.sort_by_key(|(code, _)| code.severity());
    found.all.into_iter().map(|(_, finding)| finding).collect()
}

/// Whether nothing worse than advice was found.
#[must_use]
pub fn is_healthy(findings: &[Finding]) -> bool {
    let advice = Severity::Advice.word();
    findings.iter().all(|finding| finding.severity == advice)
}

/// Where a finding is.
#[derive(Clone, Copy)]
enum Place<'a> {
    Template,
    Prerun(&'a Field),
    Stage(&'a Stage),
    Step(&'a Step),
    Capture(&'a Field),
    Rule(&'a Rule),
}

#[derive(Default)]
struct Findings {
    all: Vec<(Code, Finding)>,
    broken: HashSet<String>,
}

impl Findings {
    fn add(&mut self, code: Code, place: Place<'_>, message: impl Into<String>) {
        let (kind, id, title) = match place {
            Place::Template => ("template", None, ""),
            Place::Prerun(field) => ("prerun", Some(&field.id), field.label.as_str()),
            Place::Stage(stage) => ("stage", Some(&stage.id), stage.name.as_str()),
            Place::Step(step) => ("step", Some(&step.id), step.title.as_str()),
            Place::Capture(field) => ("capture", Some(&field.id), field.label.as_str()),
            Place::Rule(rule) => ("rule", Some(&rule.id), rule.name.as_str()),
        };
        let finding = Finding {
            code: code.word().to_owned(),
            severity: code.severity().word().to_owned(),
            kind: kind.to_owned(),
            id: id.cloned(),
            title: title.to_owned(),
            message: message.into(),
            advice: code.advice().to_owned(),
        };
        if let (Place::Rule(rule), Severity::Error) = (place, code.severity()) {
            self.broken.insert(rule.id.clone());
        }
        self.all.push((code, finding));
    }

    /// Whether something that has to be mended was found in a rule.
    fn broken(&self, rule: &Rule) -> bool {
        self.broken.contains(&rule.id)
    }
}

fn whole(content: &Content, found: &mut Findings) {
    let head = &content.head;
    match head.kind {
        TemplateType::Procedure if content.steps.is_empty() => found.add(
            Code::NoSteps,
            Place::Template,
            "There is nothing to do in this procedure",
        ),
        TemplateType::Form if content.kickoff.is_empty() => found.add(
            Code::NoQuestions,
            Place::Template,
            "There is nothing to fill in in this form",
        ),
        TemplateType::Document if head.summary.is_none() => found.add(
            Code::DocumentEmpty,
            Place::Template,
            "There is nothing to read in this document",
        ),
        _ => {}
    }
    let (steps, fields, rules) = (
        content.steps.len(),
        content.kickoff.len(),
        content.rules.len(),
    );
    if steps > LONG.0 || fields > LONG.1 || rules > LONG.2 {
        found.add(
            Code::VeryLong,
            Place::Template,
            format!("It has {steps} steps, {fields} fields at kick-off and {rules} rules"),
        );
    }
    for stage in &content.stages {
        let stage_id = Some(&stage.id);
        if !content
            .steps
            .iter()
            .any(|step| step.stage_id.as_ref() == stage_id)
        {
            found.add(
                Code::StageEmpty,
                Place::Stage(stage),
                "No step belongs to this milestone",
            );
        }
    }
    if head.auto_naming && head.default_process_name_format.is_none() {
        found.add(
            Code::NameFormatMissing,
            Place::Template,
            "auto_naming is on without default_process_name_format",
        );
    }
    let steps = content
        .steps
        .iter()
        .map(|step| (Place::Step(step), &step.webhook));
    let rules = content.rules.iter().flat_map(|rule| {
        let actions = rule.actions.iter();
        actions.map(move |action| (Place::Rule(rule), &action.webhook_url))
    });
    let all = std::iter::once((Place::Template, &head.webhook));
    for (place, address) in all.chain(steps).chain(rules) {
        if let Some(address) = address
            && address.to_ascii_lowercase().starts_with("http:")
        {
            found.add(
                Code::WebhookUnencrypted,
                place,
                format!("{address} is not encrypted"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
