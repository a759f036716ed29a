//! What holds whatever comes in: for fuzzers, which find input that nobody thinks of, and for the tests of the properties.
//!
//! Each target takes any bytes, panics when something does not hold, and says whether they came as far as that.
//! `fuzz/` in the project's folder runs them.

#![expect(
    clippy::expect_used,
    reason = "a target panics when something does not hold"
)]

use serde_json::{Map, Value};
use tallystick_wire::Time;
use tallystick_wire::template::ImportWarning;

use super::compare::compare;
use super::evaluate::{self, Answers, answer};
use super::import::{Draft, Maker, fields_in, read};
use super::model::{Content, Record, Template};
use super::parts::Parts;
use super::read::{Faults, Mint};
use super::render::{Fill, Into, escape, plain};
use super::view::{self, Beside, With};
use super::{check, export, markup, variable};
use crate::ids::Ids;
use crate::organisation::store::{Calendar, OrganisationSettings};
use crate::rich_text;

/// When everything here happens, in microseconds since 1970.
pub(super) const NOW: Time = Time(1_772_445_600_000_000);

/// A template as an export shows it.
pub(super) fn exported(content: Content) -> Map<String, Value> {
    let record = Record::new("f".repeat(32), "t".to_owned(), 1, NOW);
    let template = Template { record, content };
    let view = view::show(&template, Beside::default(), &With::whole());
    match serde_json::to_value(view) {
        Ok(Value::Object(map)) => map,
        other => panic!("{other:?}"),
    }
}

/// What `POST …/checklists` makes of a body: the content, what is wrong, and what was left out.
pub(super) fn imported(
    body: &Map<String, Value>,
) -> (Content, Vec<(String, String)>, Vec<ImportWarning>) {
    let (ids, faults) = (Ids::seeded(7), Faults::default());
    let maker = Maker {
        user_id: 1,
        is_admin: false,
        restricted: false,
    };
    let numbers = i64::try_from(fields_in(body)).unwrap_or(i64::MAX - 1);
    let mut mint = Mint::new(&ids, NOW, 1..numbers + 1);
    let Draft {
        template, warnings, ..
    } = read(body, &faults, maker, &mut mint);
    let problems = faults.into_problems();
    let wrong = problems.iter();
    let wrong = wrong.map(|(path, text)| (path.to_owned(), text.to_owned()));
    (template.content, wrong.collect(), warnings)
}

/// The content with ids by place and aliases by place, so that two of them can be compared.
pub(super) fn by_place(content: &Content) -> Content {
    let mut copy = content.clone();
    let mut names: Vec<(String, String)> = Vec::new();
    let mut number = |old: &str, kind: &str| {
        let next = names.len();
        names.push((old.to_owned(), format!("{kind}{next:030}")));
    };
    for field in content.fields() {
        number(&field.id, "f-");
        number(&field.alias, "a-");
    }
    for step in &content.steps {
        number(&step.id, "s-");
    }
    for stage in &content.stages {
        number(&stage.id, "m-");
    }
    let mut text = serde_json::to_string(&copy).unwrap_or_default();
    for (old, new) in names {
        text = text.replace(&format!("\"{old}\""), &format!("\"{new}\""));
        text = text.replace(&format!("{{{{{old}}}}}"), &format!("{{{{{new}}}}}"));
    }
    copy = serde_json::from_str(&text).unwrap_or(copy);
    for (place, rule) in copy.rules.iter_mut().enumerate() {
        rule.id = place.to_string();
        for condition in &mut rule.conditions {
            condition.id.clear();
        }
        for action in &mut rule.actions {
            action.id.clear();
        }
    }
    for step in &mut copy.steps {
        step.alias.clear();
    }
    copy
}

/// A body is refused with places and reasons, or what is made of it holds together, can be stored, and comes back from its
/// export. Answers whether it was accepted.
pub(super) fn sound(body: &Map<String, Value>) -> bool {
    let (content, wrong, _) = imported(body);
    for (path, text) in &wrong {
        assert!(!path.is_empty() && !text.is_empty(), "{path}: {text}");
    }
    if !wrong.is_empty() {
        return false;
    }
    let stored = serde_json::to_string(&content).expect("a template is JSON");
    let back: Content = serde_json::from_str(&stored).expect("what was written is read");
    assert!(back == content, "{stored}");
    for rule in &content.rules {
        assert!(rule.conditions.iter().all(|each| content.has(&each.of)));
        let steps = rule.actions.iter().filter_map(|each| each.step.as_deref());
        for step in steps {
            assert!(content.step(step).is_some(), "{step}");
        }
    }
    let found = check::check("t", &content);
    assert_eq!(found, check::check("t", &content));
    let _ = export::markdown::document(&content, &export::Names::new());
    let _ = export::mermaid::chart(&content);
    let (again, wrong, _) = imported(&exported(content.clone()));
    assert_eq!(wrong, []);
    assert_eq!(compare("t", &by_place(&content), &by_place(&again)), []);
    true
}

/// Any body of an import.
pub fn import(data: &[u8]) -> bool {
    serde_json::from_slice(data).is_ok_and(|body| sound(&body))
}

/// Any text as rich text, with variables, as a cell, as plain text.
pub fn texts(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let clean = rich_text::clean(text);
    assert_eq!(rich_text::clean(&clean), clean);
    let folded = clean.to_ascii_lowercase();
    for harm in ["<script", "<style", "<svg", "<iframe", "<form", "<object"] {
        assert!(!folded.contains(harm), "{clean}");
    }
    // Whatever is filled in adds no tag.
    let filled = markup::replace(&clean, |_, into| Some(escape(text, into)));
    assert_eq!(filled.matches('<').count(), clean.matches('<').count());
    let unknown = variable::replace(text, |_| None);
    assert_eq!(unknown, text);
    for name in variable::names(text) {
        assert!(!name.contains(['{', '}', '<', '>']), "{name}");
    }
    let _ = plain(text);
    let cell = escape(text, Into::Csv);
    assert!(!cell[1..].starts_with(['=', '+', '-', '@']), "{cell}");
    assert_eq!(cell.matches('"').count() % 2, 0, "{cell}");
    true
}

/// `{"template": …, "answers": {field: value}}`: rules end, and twice is the same.
pub fn rules(data: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<Map<String, Value>>(data) else {
        return false;
    };
    let Some(template) = body.get("template").and_then(Value::as_object) else {
        return false;
    };
    let (content, wrong, _) = imported(template);
    if !wrong.is_empty() {
        return false;
    }
    // In order, because ids are made anew.
    let sent = body.get("answers").and_then(Value::as_array);
    let sent = sent.into_iter().flatten();
    let answers: Answers = content
        .fields()
        .zip(sent)
        .filter(|(field, value)| answer::check(field, value).is_ok())
        .map(|(field, value)| (field.id.clone(), value.clone()))
        .collect();
    let calendar = Calendar {
        timezone: "UTC".to_owned(),
        settings: OrganisationSettings::default(),
    };
    let parts = Parts::of(&content);
    let end = || {
        let mut situation = evaluate::at_launch(&content, answers.clone(), 1, NOW, &calendar);
        let outcomes = evaluate::run(&parts, &mut situation, &calendar);
        (format!("{outcomes:?}"), format!("{:?}", sorted(&situation)))
    };
    assert_eq!(end(), end());
    let (members, system) = (Default::default(), Default::default());
    let fill = Fill::new(&content, &answers, &members, &system);
    for step in &content.steps {
        let _ = fill.text(step.summary.as_deref().unwrap_or_default(), Into::Html);
    }
    true
}

fn sorted(situation: &evaluate::Situation) -> Vec<String> {
    let steps = situation.steps.iter();
    let mut steps: Vec<String> = steps.map(|(id, state)| format!("{id} {state:?}")).collect();
    steps.sort();
    steps
}

/// `{"field": …, "value": …}`: an answer fits its field or is refused with a reason; one that fits can be read by conditions and
/// written anywhere.
pub fn answers(data: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<Map<String, Value>>(data) else {
        return false;
    };
    let field = body.get("field").cloned().unwrap_or_default();
    let template = serde_json::json!({"title": "T", "type": "form", "prerun": [field]});
    let (content, wrong, _) = imported(template.as_object().expect("it is an object"));
    let (true, Some(field)) = (wrong.is_empty(), content.kickoff.first()) else {
        return false;
    };
    let value = body.get("value").cloned().unwrap_or_default();
    if let Err((_, reason)) = answer::check(field, &value) {
        assert!(!reason.is_empty());
        return false;
    }
    let stored = serde_json::to_string(&value).expect("a value is JSON");
    let back: Value = serde_json::from_str(&stored).expect("what was written is read");
    assert_eq!(
        answer::texts(field, Some(&back), None),
        answer::texts(field, Some(&value), None)
    );
    let answers = Answers::from([(field.id.clone(), value)]);
    let (members, system) = (Default::default(), Default::default());
    let fill = Fill::new(&content, &answers, &members, &system);
    let html = fill.value(field, Into::Html);
    assert!(!html.to_ascii_lowercase().contains("<script"), "{html}");
    let address = fill.value(field, Into::Url);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'%';
    assert!(address.bytes().all(plain), "{address}");
    true
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// What the fuzzers begin with.
    fn seeds(folder: &str) -> Vec<Vec<u8>> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = fs::read_dir(project.join(folder)).expect("a folder of seeds");
        let all: Vec<Vec<u8>> = files
            .map(|file| fs::read(file.expect("a seed").path()).expect("a seed"))
            .collect();
        assert!(!all.is_empty());
        all
    }

    #[test]
    fn seeds_hold() {
        for (folder, target) in [
            ("examples/templates", import as fn(&[u8]) -> bool),
            ("fuzz/seeds/import", import),
            ("fuzz/seeds/texts", texts),
            ("fuzz/seeds/rules", rules),
            ("fuzz/seeds/answers", answers),
        ] {
            for seed in seeds(folder) {
                let reached = target(&seed);
                assert!(reached, "a seed of {folder} is refused");
                // And cut off, as a fuzzer does first.
                target(&seed[..seed.len() / 2]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "([<>&\"'{}=/ a-c]|<[abp]>|</[abp]>|\\{\\{a\\}\\}|\\PC){0,40}") {
            texts(text.as_bytes());
        }
    }
}
