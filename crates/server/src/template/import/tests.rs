//! What is exported comes back, and whatever is sent is either refused or kept.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ids::Ids;
use crate::template::arbitrary;
use crate::template::compare::compare;

use crate::template::view::{self, Beside, With};

const NOW: Time = Time(1_772_445_600_000_000);

fn template(content: Content) -> Template {
    Template {
        record: Record::new("f".repeat(32), "t".to_owned(), 1, NOW),
        content,
    }
}

/// As an export shows it.
fn exported(content: Content) -> Map<String, Value> {
    let view = view::show(&template(content), Beside::default(), &With::whole());
    match serde_json::to_value(view) {
        Ok(Value::Object(map)) => map,
        other => panic!("{other:?}"),
    }
}

/// As `POST …/checklists` reads it: the content, what is wrong, and what was left out.
fn imported(body: &Map<String, Value>) -> (Content, Vec<(String, String)>, Vec<ImportWarning>) {
    let (ids, faults) = (Ids::seeded(7), Faults::default());
    let maker = Maker {
        user_id: 1,
        is_admin: false,
        restricted: false,
    };
    let numbers = i64::try_from(fields_in(body)).unwrap();
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
fn by_place(content: &Content) -> Content {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut text = serde_json::to_string(content).unwrap();
    let mut next = 0;
    let mut number = |old: &str, kind: &str| {
        next += 1;
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
    for (old, new) in names {
        text = text.replace(&format!("\"{old}\""), &format!("\"{new}\""));
    }
    let mut copy: Content = serde_json::from_str(&text).unwrap();
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Shown, written as JSON, read again: the same template but for its ids and aliases.
    #[test]
    fn what_is_exported_comes_back(content in arbitrary::content()) {
        let (back, wrong, warnings) = imported(&exported(content.clone()));
        prop_assert_eq!(wrong, vec![]);
        prop_assert_eq!(warnings, vec![]);
        let changes = compare("t", &by_place(&content), &by_place(&back));
        prop_assert_eq!(changes, vec![]);
        // And once more, now from what was imported: nothing is lost by repetition.
        let (again, ..) = imported(&exported(back.clone()));
        prop_assert_eq!(compare("t", &by_place(&back), &by_place(&again)), vec![]);
    }
}

/// Values of every kind under the keys that the reader knows, so that it gets past the first of them.
fn noise() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "task",
        "dropdown",
        "table",
        "assignees_form",
        "visibility",
        "show",
        "assignment",
        "assign",
        "deadline",
        "Step",
        "Prerun",
        "Capture",
        "completed",
        "equals",
        "or",
        "days",
        "from",
        "before",
        "start_run",
        "true",
        "0",
        "00000000000000000000000000000001",
        "00000000000000000000000000000002",
        "https://x.example",
        "javascript:1",
        "{{a-1}}",
        "<p>x</p>",
        "procedure",
        "\u{feff}",
        "🎉",
    ]);
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => (-2_i64..4).prop_map(Value::from),
        1 => any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)),
        6 => words.prop_map(Value::from),
        1 => "\\PC{0,20}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "id",
        "title",
        "type",
        "prerun",
        "steps",
        "stages",
        "automated_actions",
        "captures",
        "label",
        "field_type",
        "required",
        "options",
        "columns",
        "text",
        "value",
        "position",
        "conditions",
        "then_actions",
        "actions",
        "conditionable_id",
        "conditionable_type",
        "operation",
        "statement",
        "logic",
        "action_type",
        "action_verb",
        "target_step_id",
        "actionable_id",
        "actionable_type",
        "deadline",
        "assignees",
        "users",
        "guests",
        "groups",
        "unit",
        "option",
        "step",
        "stage_id",
        "bp_to_launch",
        "start_date",
        "name",
        "data",
        "alias",
        "tags",
        "max_assignable",
        "summary",
        "default_value",
        "field_validation",
        "settings",
        "list",
        "step_type",
        "webhook",
    ]);
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((keys.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

/// A template with one value somewhere in it replaced by noise.
fn damaged() -> impl Strategy<Value = Map<String, Value>> {
    (arbitrary::content(), any::<prop::sample::Index>(), noise()).prop_map(
        |(content, place, noise)| {
            let mut body = Value::Object(exported(content));
            let mut all = Vec::new();
            pointers(&body, String::new(), &mut all);
            if let Some(spot) = body.pointer_mut(place.get(&all).as_str()) {
                *spot = noise;
            }
            match body {
                Value::Object(map) => map,
                _ => Map::new(),
            }
        },
    )
}

fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, inner)| pointers(inner, format!("{at}/{key}"), all)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, inner)| pointers(inner, format!("{at}/{index}"), all)),
        _ => {}
    }
    all.push(at);
}

fn sound(body: &Map<String, Value>) -> Result<(), TestCaseError> {
    let (content, wrong, _) = imported(body);
    for (path, text) in &wrong {
        prop_assert!(!path.is_empty() && !text.is_empty());
    }
    if wrong.is_empty() {
        // What is accepted can be stored and comes back; nothing in it points at what is not there; it can be worked with.
        let stored = serde_json::to_string(&content).unwrap();
        let back: Content = serde_json::from_str(&stored).unwrap();
        prop_assert!(back == content, "{}", stored);
        for rule in &content.rules {
            prop_assert!(rule.conditions.iter().all(|each| content.has(&each.of)));
            let known =
                |step: &Option<String>| step.as_ref().is_none_or(|id| content.step(id).is_some());
            let acts = rule.actions.iter().all(|each| known(&each.step));
            prop_assert!(acts);
        }
        let _ = crate::template::check::check("t", &content);
        let (again, wrong, _) = imported(&exported(content.clone()));
        prop_assert_eq!(wrong, vec![]);
        prop_assert_eq!(compare("t", &by_place(&content), &by_place(&again)), vec![]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn noise_is_refused_or_kept(mut body in prop::collection::btree_map("(title|type|prerun|steps|stages|automated_actions|summary|users|default_folder|industry_tags)", noise(), 0..8)) {
        body.insert("title".to_owned(), json!("T"));
        body.insert("type".to_owned(), json!("procedure"));
        sound(&body.into_iter().collect())?;
    }

    #[test]
    fn a_damaged_template_is_refused_or_kept(body in damaged()) {
        sound(&body)?;
    }
}
