//! One template for each thing that can be found, and a document that names them all.

mod cases;

use proptest::prelude::*;
use serde_json::{Value, json};
use tallystick_wire::Time;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::{StepDeadline, TemplateType};

use super::*;
use crate::ids::Ids;
use crate::template::arbitrary;
use crate::template::model::{Action, Target, TargetKind, Verb};
use crate::template::read::{Faults, Identity, Mint, Reader, field, rule};
use cases::CASES;

const ID: &str = "0000000000000000000000000000000f";
const NOW: Time = Time(1_772_445_600_000_000);

/// Ids as the reader takes them.
fn id(letter: char) -> String {
    format!("{:0>32}", u32::from(letter))
}

fn content(steps: &str) -> Content {
    let mut content = Content::new("T".to_owned(), TemplateType::Procedure);
    for letter in steps.chars() {
        let mut step = arbitrary::plain_step(&id(letter));
        step.title = letter.to_string();
        content.steps.push(step);
    }
    content
}

fn read<T>(body: Value, read: impl FnOnce(&Reader<'_>, &mut Mint<'_>) -> T) -> T {
    let (ids, faults) = (Ids::seeded(1), Faults::default());
    let mut mint = Mint::new(&ids, NOW, 1..100);
    let map = body.as_object().unwrap();
    let made = read(&Reader::of(map, &faults), &mut mint);
    let problems = faults.into_problems();
    assert_eq!(problems.iter().collect::<Vec<_>>(), []);
    made
}

/// A kick-off field, named by a letter.
fn ask(content: &mut Content, letter: char, more: Value) {
    let mut body = json!({"id": id(letter), "alias": format!("{letter}-1"), "label": letter.to_string(), "required": true});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    content.kickoff.push(read(body, |reader, mint| {
        field::read(reader, None, Identity::AsSent, mint)
    }));
}

/// A rule: conditions as (letter, operation, statement), actions as (verb, step).
fn when(content: &mut Content, conditions: &[(char, &str, Value)], actions: &[(Verb, char)]) {
    let conditions: Vec<Value> = conditions
        .iter()
        .map(|(letter, operation, statement)| {
            let kind = if content.step(&id(*letter)).is_some() { "Step" } else { "Prerun" };
            json!({"conditionable_id": id(*letter), "conditionable_type": kind, "operation": operation, "statement": statement})
        })
        .collect();
    let actions: Vec<Value> = actions
        .iter()
        .map(|(verb, step)| {
            let mut action = json!({"action_type": verb.kind().word(), "action_verb": verb.word(), "target_step_id": id(*step)});
            if matches!(verb, Verb::Assign) {
                action["assignees"] = json!({"users": [1]});
            }
            action
        })
        .collect();
    let name = format!("R{}", content.rules.len());
    let body = json!({"automated_alias": name, "conditions": conditions, "then_actions": actions});
    let made = read(body, |reader, mint| {
        rule::read(reader, None, content, Identity::AsSent, mint)
    });
    content.rules.push(made);
}

fn codes(content: &Content) -> Vec<&'static str> {
    let found = check(ID, content);
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    codes.retain(|code| found.iter().any(|finding| finding.code == *code));
    codes
}

const GOLD: &str = r#"{"field_type": "dropdown", "options": [{"id": 1, "text": "Gold"}, {"id": 2, "text": "Lead"}]}"#;

fn gold(content: &mut Content) {
    ask(content, 'g', serde_json::from_str(GOLD).unwrap());
}

fn due(content: &mut Content, step: usize, value: i64, option: &str, anchor: &str) {
    content.steps[step].deadline = Some(StepDeadline {
        value,
        unit: "days".to_owned(),
        option: option.to_owned(),
        step: Some(anchor.to_owned()),
    });
}

#[test]
fn each_is_found_and_nothing_else() {
    for (index, (wanted, make)) in CASES.iter().enumerate() {
        let mut made = content("abc");
        make(&mut made);
        let mut wanted = wanted.to_vec();
        wanted.sort_by_key(|word| Code::ALL.iter().position(|code| code.word() == *word));
        assert_eq!(
            codes(&made),
            wanted,
            "case {index}: {:#?}",
            check(ID, &made)
        );
    }
}

#[test]
fn every_code_has_a_case() {
    for code in Code::ALL {
        let known = CASES
            .iter()
            .any(|(wanted, _)| wanted.contains(&code.word()));
        assert!(known, "{}", code.word());
    }
}

#[test]
fn the_document_names_every_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/template-checks.md");
    let document = std::fs::read_to_string(path).unwrap();
    let rows: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            let (word, severity) = (code.word(), code.severity().word());
            format!(
                "| `{word}` | {severity} | {} | {} |",
                code.meaning(),
                code.advice()
            )
        })
        .collect();
    let found: Vec<&str> = document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(
        found,
        rows,
        "docs/template-checks.md should read:\n{}",
        rows.join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every template can be checked, twice to the same end, and what is found is in it.
    #[test]
    fn any_template_can_be_checked(content in arbitrary::content()) {
        let found = check(ID, &content);
        prop_assert_eq!(&found, &check(ID, &content));
        for finding in &found {
            let id = finding.id.as_deref();
            let there = id.is_none_or(|id| {
                content.step(id).is_some()
                    || content.fields().any(|field| field.id == id)
                    || content.stages.iter().any(|stage| stage.id == id)
                    || content.rules.iter().any(|rule| rule.id == id)
            });
            prop_assert!(there, "{:?}", finding);
        }
    }

    /// A step that is said never to be shown is not shown by any rules that hold, whatever is answered.
    #[test]
    fn never_is_never(content in arbitrary::content(), text in "[a-c12]{0,2}", done in any::<bool>()) {
        use crate::template::evaluate::{self, Status};
        let answers = content.fields().map(|field| (field.id.clone(), json!(text))).collect();
        let calendar = crate::organisation::store::Calendar {
            timezone: "UTC".to_owned(),
            settings: crate::organisation::store::OrganisationSettings::default(),
        };
        let parts = Parts::of(&content);
        let mut situation = evaluate::at_launch(&content, answers, 1, NOW, &calendar);
        for _ in 0..3 {
            evaluate::run(&parts, &mut situation, &calendar);
            for (id, state) in &mut situation.steps {
                if done && state.status != Status::Hidden {
                    state.status = Status::Completed;
                    let decided = content.step(id).is_some_and(|step| step.kind == TaskType::Approval);
                    state.approved = decided.then_some(text.len() == 1);
                }
            }
        }
        // A deadline of people: nobody answers on hidden steps, so only what the check itself allows counts.
        let captures = content.rules.iter().flat_map(|rule| &rule.conditions);
        if captures.clone().any(|each| each.of.kind == TargetKind::Capture) {
            return Ok(());
        }
        let never = [Code::StepNeverShown.word(), Code::ShowCycle.word()];
        for finding in check(ID, &content) {
            if never.contains(&finding.code.as_str()) {
                let id = finding.id.unwrap_or_default();
                prop_assert_eq!(situation.steps[&id].status, Status::Hidden);
            }
        }
    }
}
