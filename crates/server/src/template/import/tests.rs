//! What is exported comes back, and whatever is sent is either refused or kept.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::template::arbitrary;
use crate::template::compare::compare;
use crate::template::fuzz::{by_place, exported, imported, sound};

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn noise_is_refused_or_kept(mut body in prop::collection::btree_map("(title|type|prerun|steps|stages|automated_actions|summary|users|default_folder|industry_tags)", noise(), 0..8)) {
        body.insert("title".to_owned(), json!("T"));
        body.insert("type".to_owned(), json!("procedure"));
        sound(&body.into_iter().collect());
    }

    #[test]
    fn a_damaged_template_is_refused_or_kept(body in damaged()) {
        sound(&body);
    }
}
