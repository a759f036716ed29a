//! One template for each thing that can be found, and a document that names them all.

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

/// Makes a template, and the codes that must be found in it.
type Case = (&'static [&'static str], fn(&mut Content));

const CASES: &[Case] = &[
    (&[], |_| {}),
    (&[], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["step_never_shown", "option_unknown"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Silver"))],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["show_cycle", "rule_never_holds"], |content| {
        when(
            content,
            &[('b', "completed", Value::Null)],
            &[(Verb::Show, 'c')],
        );
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (
        &["show_cycle", "rule_never_holds", "rule_without_effect"],
        |content| {
            when(
                content,
                &[('b', "completed", Value::Null)],
                &[(Verb::Show, 'b')],
            );
        },
    ),
    (&["rule_part_missing"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Hide, 'c')],
        );
        content.rules[0].actions[0].step = Some(id('z'));
    }),
    (&["operation_unfit"], |content| {
        when(
            content,
            &[('a', "approved", Value::Null)],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["number_expected"], |content| {
        ask(
            content,
            'n',
            json!({"field_type": "text", "field_validation": ["numeric"]}),
        );
        when(
            content,
            &[('n', "greater_than", json!("many"))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["number_not_checked"], |content| {
        ask(content, 'n', json!({"field_type": "text"}));
        when(
            content,
            &[('n', "greater_than", json!("7"))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["statement_missing"], |content| {
        ask(content, 'n', json!({"field_type": "text"}));
        when(
            content,
            &[('n', "contains", json!(""))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["column_unknown"], |content| {
        ask(
            content,
            't',
            json!({"field_type": "table", "columns": [{"id": 1, "label": "Qty"}]}),
        );
        when(
            content,
            &[('t', "contains", json!("7"))],
            &[(Verb::Hide, 'c')],
        );
        content.rules[0].conditions[0].column = Some("Price".to_owned());
    }),
    (&["conditions_exclude"], |content| {
        gold(content);
        let both = [
            ('g', "equals", json!("Gold")),
            ('g', "equals", json!("Lead")),
        ];
        when(content, &both, &[(Verb::Hide, 'c')]);
    }),
    (&["action_source_unfit"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Assign, 'c')],
        );
        content.rules[0].actions[0].from = Some(Target {
            kind: TargetKind::Prerun,
            id: id('g'),
        });
    }),
    (&["picker_may_be_empty"], |content| {
        ask(
            content,
            'p',
            json!({"field_type": "assignees_form", "required": false}),
        );
        when(
            content,
            &[('p', "is_empty", Value::Null)],
            &[(Verb::Assign, 'c')],
        );
        let action: &mut Action = &mut content.rules[0].actions[0];
        action.people = None;
        action.from = Some(Target {
            kind: TargetKind::Prerun,
            id: id('p'),
        });
    }),
    (&["step_without_people"], |content| {
        content.steps[0].assign_run_starter = false;
    }),
    (&["too_many_assignees", "guests_not_allowed"], |content| {
        let step = &mut content.steps[0];
        step.people.users = vec![1, 2];
        step.people.guests = vec!["kim@guest.example".to_owned()];
        (step.max_assignable, step.allow_guest_owners) = (Some(2), false);
    }),
    (&["deadline_anchor_unknown"], |content| {
        due(content, 1, 1, "from", &id('z'));
    }),
    (&["deadline_words"], |content| {
        due(content, 1, 1, "around", "start_run");
    }),
    (&["deadline_on_later_step"], |content| {
        due(content, 0, 1, "from", &id('c'));
    }),
    (&["deadline_on_hidden_step"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Show, 'a')],
        );
        due(content, 1, 1, "from", &id('a'));
    }),
    (&["deadline_too_early"], |content| {
        due(content, 0, 5, "from", "start_run");
        due(content, 1, 2, "from", "start_run");
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["launches_itself"], |content| {
        content.steps[0].launches = Some(tallystick_wire::template::Launch {
            id: ID.to_owned(),
            default_name_format: None,
            tasks_within_process: false,
        });
    }),
    (&["rules_contradict", "show_and_hide"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["rule_twice"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["reopen_cycle"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Reopen, 'b')],
        );
        when(
            content,
            &[('b', "completed", Value::Null)],
            &[(Verb::Reopen, 'a')],
        );
    }),
    (&["condition_always_true"], |content| {
        gold(content);
        when(
            content,
            &[('g', "not_equals", json!("gold"))],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["clause_unknown"], |content| {
        when(
            content,
            &[('a', "completed", json!("completed"))],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["shown_by_later_step"], |content| {
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["action_on_earlier_step"], |content| {
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["variable_unknown"], |content| {
        content.steps[1].summary = Some("<p>{{nobody-1}} on {{DATE}}</p>".to_owned());
    }),
    (&["variable_of_later_step"], |content| {
        ask(content, 'x', json!({"field_type": "text"}));
        let field = content.kickoff.remove(0);
        content.steps[1].fields.push(field);
        content.steps[1].title = "{{x-1}}".to_owned();
        content.steps[2].title = "{{x-1}}!".to_owned();
    }),
    (&["name_format_variable"], |content| {
        ask(content, 'x', json!({"field_type": "textarea"}));
        content.head.default_process_name_format = Some("{{x-1}}".to_owned());
    }),
    (
        &[
            "timed_without_deadline",
            "message_empty",
            "everyone_ignored",
        ],
        |content| {
            content.steps[0].kind = TaskType::Email;
            content.steps[0].summary = Some("<p> </p>".to_owned());
            content.steps[0].everyone_must_complete = true;
        },
    ),
    (&["no_steps"], |content| content.steps.clear()),
    (&["no_questions"], |content| {
        content.head.kind = TemplateType::Form
    }),
    (&["document_empty"], |content| {
        content.head.kind = TemplateType::Document
    }),
    (&["option_twice", "field_unread"], |content| {
        let two = json!({"field_type": "radio", "options": [{"id": 1, "text": "A"}, {"id": 2, "text": "A"}]});
        ask(content, 'o', two);
    }),
    (&["default_unknown_option", "field_unread"], |content| {
        gold(content);
        content.kickoff[0].default_value_enabled = true;
        content.kickoff[0].default_value = tallystick_wire::lenient::Json(json!("Tin"));
    }),
    (&["required_field_may_be_hidden"], |content| {
        ask(content, 'x', json!({"field_type": "text"}));
        let field = content.kickoff.remove(0);
        content.steps[1].fields.push(field);
        content.steps[2].title = "{{x-1}}".to_owned();
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["stage_empty"], |content| {
        content.stages.push(Stage {
            id: id('s'),
            name: "S".to_owned(),
            created_at: NOW,
            updated_at: NOW,
        });
    }),
    (&["title_twice"], |content| {
        content.steps[1].title = "A".to_owned()
    }),
    (&["many_show_rules", "affects_much"], |content| {
        for clause in [
            "on-time", "early_24", "late_24", "any_time", "on_time", "late-24",
        ] {
            when(
                content,
                &[('a', "completed", json!(clause))],
                &[(Verb::Show, 'b')],
            );
        }
    }),
    (&["depends_on_much"], |content| {
        let many: Vec<_> = (0..11).map(|_| ('a', "completed", Value::Null)).collect();
        when(content, &many, &[(Verb::Show, 'b')]);
    }),
    (&["name_format_missing", "webhook_unencrypted"], |content| {
        content.head.auto_naming = true;
        content.head.webhook = Some("http://hooks.example/x".to_owned());
    }),
    (&["very_long"], |content| {
        for number in 0..100 {
            let mut step = arbitrary::plain_step(&format!("{number:0>32}"));
            step.title = format!("Step {number}");
            content.steps.push(step);
        }
    }),
];

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
