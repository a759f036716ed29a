//! Rules as decision tables, and what holds for every template.

mod answers;

use proptest::prelude::*;
use serde_json::json;
use tallystick_wire::lenient::Json;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::{Choice, Column, FieldType, RuleDeadline, TemplateType};

use super::*;
use crate::clock::DAY;
use crate::organisation::store::OrganisationSettings;
use crate::template::arbitrary;
use crate::template::model::{Action, Field, Operation, Target, TargetKind};

const NOW: Time = Time(1_772_445_600_000_000);

fn calendar() -> Calendar {
    Calendar {
        timezone: "UTC".to_owned(),
        settings: OrganisationSettings::default(),
    }
}

fn field(kind: FieldType) -> Field {
    Field {
        id: "f".to_owned(),
        alias: "f-1".to_owned(),
        label: "F".to_owned(),
        kind,
        guidance: None,
        position: 1,
        number: 1,
        required: false,
        options: (1..)
            .zip(["Gold", "Silver, 925"])
            .map(|(id, text)| Choice {
                id,
                text: text.to_owned(),
                value: Json::default(),
                more: serde_json::Map::new(),
            })
            .collect(),
        columns: (1..)
            .zip(["Item", "Qty"])
            .map(|(id, label)| Column {
                id,
                label: label.to_owned(),
                more: serde_json::Map::new(),
            })
            .collect(),
        field_validation: Vec::new(),
        use_wysiwyg_editor: false,
        collect_time: false,
        default_value_enabled: false,
        default_value: Json::default(),
        prefix: None,
        suffix: None,
        settings: Json::default(),
        list: Json::default(),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn asks(kind: TargetKind, id: &str, operation: Operation, statement: Value) -> Condition {
    Condition {
        id: "c".to_owned(),
        of: Target {
            kind,
            id: id.to_owned(),
        },
        operation,
        statement: Json(statement),
        logic: Logic::And,
        column: None,
    }
}

fn two_steps() -> Content {
    let mut content = Content::new("T".to_owned(), TemplateType::Procedure);
    for id in ["a", "b"] {
        content.steps.push(arbitrary::plain_step(id));
    }
    content.kickoff.push(field(FieldType::Text));
    content
}

fn does(verb: Verb, step: &str) -> Action {
    Action {
        id: "x".to_owned(),
        verb,
        step: Some(step.to_owned()),
        from: None,
        deadline: None,
        people: None,
        webhook_url: None,
        alias_name: None,
    }
}

fn rule(conditions: Vec<Condition>, actions: Vec<Action>) -> Rule {
    Rule {
        id: "r".to_owned(),
        name: "R".to_owned(),
        conditions,
        actions,
        created_at: NOW,
        updated_at: NOW,
    }
}

#[test]
fn what_is_asked_of_steps() {
    use Operation as O;
    let done = StepState {
        status: Status::Completed,
        completed_at: Some(NOW),
        deadline: Some(NOW),
        ..StepState::default()
    };
    let yes = StepState {
        approved: Some(true),
        ..done.clone()
    };
    let hidden = StepState {
        status: Status::Hidden,
        ..StepState::default()
    };
    let late = StepState {
        deadline: Some(NOW.plus(-DAY)),
        ..done.clone()
    };
    let expired = StepState {
        expired: true,
        ..done.clone()
    };
    for (kind, operation, clause, state, holds) in [
        (TaskType::Task, O::Completed, Value::Null, &done, true),
        (
            TaskType::Task,
            O::Completed,
            json!("completed"),
            &done,
            true,
        ),
        (TaskType::Task, O::Completed, json!("on-time"), &done, true),
        (TaskType::Task, O::Completed, json!("on_time"), &late, false),
        (TaskType::Task, O::Completed, json!("late_24"), &late, true),
        (TaskType::Task, O::Completed, json!("late_24"), &done, false),
        (
            TaskType::Task,
            O::Completed,
            json!("early-24"),
            &done,
            false,
        ),
        (
            TaskType::Approval,
            O::Approved,
            json!("any_time"),
            &yes,
            true,
        ),
        (
            TaskType::Approval,
            O::Rejected,
            json!("any_time"),
            &yes,
            false,
        ),
        (
            TaskType::Expiring,
            O::Acknowledged,
            Value::Null,
            &done,
            true,
        ),
        (
            TaskType::Expiring,
            O::Acknowledged,
            Value::Null,
            &expired,
            false,
        ),
        (TaskType::Expiring, O::Expired, Value::Null, &expired, true),
        (
            TaskType::Task,
            O::NotAssigned,
            Value::Null,
            &StepState::default(),
            true,
        ),
        (TaskType::Task, O::NotAssigned, Value::Null, &hidden, false),
    ] {
        let mut content = two_steps();
        content.steps[0].kind = kind;
        let mut situation = at_launch(&content, Answers::new(), 1, NOW, &calendar());
        situation.steps.insert("a".to_owned(), state.clone());
        let asked = asks(TargetKind::Step, "a", operation, clause.clone());
        let found = condition::holds(&asked, &Parts::of(&content), &situation);
        assert_eq!(found, holds, "{operation:?} {clause} of {state:?}");
    }
}

#[test]
fn conditions_fold_from_left_to_right() {
    let or = Condition {
        logic: Logic::Or,
        ..asks(TargetKind::Prerun, "f", Operation::IsEmpty, Value::Null)
    };
    let and = Condition {
        logic: Logic::And,
        ..or.clone()
    };
    // true OR true AND false is false: there is no precedence. The first word does not count.
    assert!(!fold([(&or, true), (&or, true), (&and, false)].into_iter()));
    assert!(fold([(&and, false), (&and, true), (&or, true)].into_iter()));
    assert!(!fold(std::iter::empty()));
}

#[test]
fn what_actions_do() {
    let mut content = two_steps();
    let always = asks(TargetKind::Prerun, "f", Operation::IsEmpty, Value::Null);
    let mut due = does(Verb::Deadline, "a");
    due.deadline = Some(RuleDeadline {
        value: 1,
        unit: "days".to_owned(),
        option: "from".to_owned(),
    });
    let mut assign = does(Verb::Assign, "a");
    assign.people = Some(Assignees {
        users: vec![9],
        ..Assignees::default()
    });
    content.rules.push(rule(
        vec![always],
        vec![
            does(Verb::Show, "b"),
            does(Verb::Hide, "b"),
            assign,
            due,
            does(Verb::Reopen, "a"),
            does(Verb::ClearAssignees, "a"),
            does(Verb::Hide, "gone"),
        ],
    ));
    let mut situation = at_launch(&content, Answers::new(), 1, NOW, &calendar());
    assert_eq!(situation.steps["b"].status, Status::Hidden);
    assert_eq!(situation.steps["a"].people.users, [1]);
    let due = situation.steps["a"].deadline.unwrap();
    let outcome = run(&Parts::of(&content), &mut situation, &calendar()).remove(0);
    let both = Assignees {
        users: vec![1, 9],
        ..Assignees::default()
    };
    assert_eq!(
        outcome.effects,
        [
            Effect::Shown,
            Effect::Hidden,
            Effect::Assigned(both),
            Effect::Due(due.plus(DAY)),
            Effect::Nothing(Why::Unfinished),
            Effect::Assigned(Assignees::default()),
            Effect::Nothing(Why::NoTask),
        ]
    );
}

#[test]
fn finished_tasks_are_only_reopened_and_not_by_themselves() {
    let mut content = two_steps();
    let done = asks(TargetKind::Step, "a", Operation::Completed, Value::Null);
    let actions = [Verb::Hide, Verb::ClearAssignees, Verb::Reopen];
    let actions = actions.map(|verb| does(verb, "a"));
    content.rules.push(rule(vec![done], actions.to_vec()));
    let mut situation = at_launch(&content, Answers::new(), 1, NOW, &calendar());
    situation.steps.get_mut("a").unwrap().status = Status::Completed;
    situation.trigger = Some("a".to_owned());
    let mut again = situation.clone();
    let outcome = run(&Parts::of(&content), &mut situation, &calendar()).remove(0);
    let nothing = |why| Effect::Nothing(why);
    assert_eq!(
        outcome.effects,
        [Why::Finished, Why::Finished, Why::OwnTrigger].map(nothing)
    );
    again.trigger = None;
    let outcome = run(&Parts::of(&content), &mut again, &calendar()).remove(0);
    assert_eq!(outcome.effects[2], Effect::Reopened);
    assert_eq!(again.steps["a"].status, Status::InProgress);
}

#[test]
fn deadlines_hang_on_each_other() {
    let mut content = two_steps();
    let deadline = |option: &str, step: &str| {
        Some(tallystick_wire::template::StepDeadline {
            value: 1,
            unit: "day".to_owned(),
            option: option.to_owned(),
            step: Some(step.to_owned()),
        })
    };
    content.steps[0].deadline = deadline("from", "b");
    content.steps[1].deadline = deadline("from", "start_run");
    let mut states = BTreeMap::new();
    let due = deadline::all(&Parts::of(&content), &states, NOW, &calendar());
    assert_eq!(due["b"].at, Some(NOW.plus(DAY)));
    assert_eq!(due["a"].at, Some(NOW.plus(2 * DAY)));
    assert!(due["a"].provisional && !due["b"].provisional);
    let done = StepState {
        completed_at: Some(NOW),
        ..StepState::default()
    };
    states.insert("b".to_owned(), done);
    let due = deadline::all(&Parts::of(&content), &states, NOW, &calendar());
    assert_eq!(
        (due["a"].at, due["a"].provisional),
        (Some(NOW.plus(DAY)), false)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The same situation always comes to the same; a second run of the same rules ends too, and no task is made or lost.
    #[test]
    fn rules_are_functions(content in arbitrary::content(), text in "[a-c]{0,2}") {
        let answers: Answers = content.fields().map(|field| (field.id.clone(), json!(text))).collect();
        let parts = Parts::of(&content);
        let begin = at_launch(&content, answers, 1, NOW, &calendar());
        let (mut one, mut two) = (begin.clone(), begin.clone());
        let first = run(&parts, &mut one, &calendar());
        prop_assert_eq!(&first, &run(&parts, &mut two, &calendar()));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(one.steps.len(), content.steps.len());
        prop_assert_eq!(&one.answers, &begin.answers);
        for (rule, outcome) in content.rules.iter().zip(&first) {
            prop_assert_eq!(outcome.conditions.len(), rule.conditions.len());
            prop_assert_eq!(outcome.effects.len(), if outcome.holds { rule.actions.len() } else { 0 });
        }
        run(&parts, &mut one, &calendar());
    }

    /// No value, however strange, breaks a comparison, and a condition and its opposite never both hold.
    #[test]
    fn any_value_can_be_compared(kind in 0_usize..10, answer in json_value(), statement in json_value()) {
        let field = field(FieldType::WORDS[kind].0);
        let ask = |operation| condition::of_field(&asks(TargetKind::Prerun, "f", operation, statement.clone()), &field, Some(&answer));
        prop_assert_ne!(ask(Operation::Equals), ask(Operation::NotEquals));
        prop_assert_ne!(ask(Operation::Contains), ask(Operation::NotContains));
        prop_assert_ne!(ask(Operation::IsEmpty), ask(Operation::IsNotEmpty));
        prop_assert!(!(ask(Operation::GreaterThan) && ask(Operation::LessThan)) || answer.is_array());
        let _ = answer::check(&field, &answer);
        let _ = action::picked(&answer);
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("(id|text|users|selected|value|[a-z]{1,4})", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
