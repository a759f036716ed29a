//! How one version of a template differs from another. Pure.
//!
//! Parts are the same when their ids are. Their keys are compared as clients see them; when they were made, and the ids of
//! conditions and actions, which every edit of a rule makes anew, do not count.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use tallystick_wire::lenient::Json;
use tallystick_wire::template::Change;

use super::model::{Content, Field, Head, Rule, Stage, Step};
use super::view;

/// Keys that say nothing about what a template does.
const IGNORED: [&str; 12] = [
    "id",
    "checklist_id",
    "position",
    "created_at",
    "last_updated",
    "archived_at",
    "custom_fields",
    "captures",
    "alias",
    "tags",
    // A field that moved says so once.
    "step_id",
    "step_title",
];

/// What a part is made of.
#[derive(PartialEq)]
enum Of<'c> {
    Head(&'c Head),
    Field(&'c Field),
    Stage(&'c Stage),
    Step(&'c Step),
    Rule(&'c Rule),
}

/// A part of a template.
struct Part<'c> {
    id: &'c str,
    title: &'c str,
    /// The step, for a field of one.
    home: &'c str,
    of: Of<'c>,
}

/// The keys of a part, as clients see it. Only those of parts that differ are asked for: most of an edit does not.
fn keys(kind: &str, of: &Of<'_>) -> Map<String, Value> {
    let shown = match of {
        Of::Head(head) => serde_json::to_value(head),
        Of::Field(field) if kind == "prerun" => serde_json::to_value(view::prerun("", field)),
        Of::Field(field) => serde_json::to_value(view::capture("", field)),
        Of::Stage(stage) => serde_json::to_value(view::stage("", stage, 0)),
        Of::Step(step) => serde_json::to_value(view::step("", step, 0)),
        Of::Rule(rule) => serde_json::to_value(view::rule(rule, 0)),
    };
    let mut keys = match shown {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    if matches!(of, Of::Head(_)) {
        // On the wire it has another name than here.
        if let Some(kind) = keys.remove("kind") {
            keys.insert("type".to_owned(), kind);
        }
        return keys;
    }
    keys.retain(|key, _| !IGNORED.contains(&key.as_str()));
    for list in ["conditions", "then_actions"] {
        if let Some(Value::Array(entries)) = keys.get_mut(list) {
            for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
                entry.remove("id");
            }
        }
    }
    keys
}

/// The parts of each kind, in order.
fn parts(content: &Content) -> [(&'static str, Vec<Part<'_>>); 5] {
    fn field<'c>(field: &'c Field, home: &'c str) -> Part<'c> {
        Part {
            id: &field.id,
            title: &field.label,
            home,
            of: Of::Field(field),
        }
    }
    let plain = |id, title, of| Part {
        id,
        title,
        home: "",
        of,
    };
    let (kickoff, stages) = (content.kickoff.iter(), content.stages.iter());
    let (steps, rules) = (content.steps.iter(), content.rules.iter());
    let captures = steps.clone().flat_map(|step| {
        let fields = step.fields.iter();
        fields.map(|each| field(each, &step.id))
    });
    [
        ("prerun", kickoff.map(|each| field(each, "")).collect()),
        (
            "stage",
            stages
                .map(|stage| plain(&*stage.id, &*stage.name, Of::Stage(stage)))
                .collect(),
        ),
        (
            "step",
            steps
                .map(|step| plain(&*step.id, &*step.title, Of::Step(step)))
                .collect(),
        ),
        ("capture", captures.collect()),
        (
            "rule",
            rules
                .map(|rule| plain(&*rule.id, &*rule.name, Of::Rule(rule)))
                .collect(),
        ),
    ]
}

/// What changed from one content of the template of this id to another.
#[must_use]
pub fn compare(id: &str, before: &Content, after: &Content) -> Vec<Change> {
    let mut changes = Vec::new();
    let [old, new] = [before, after].map(|content| Part {
        id,
        title: &content.head.title,
        home: "",
        of: Of::Head(&content.head),
    });
    changed("template", &old, &new, &mut changes);
    for ((kind, old), (_, new)) in parts(before).iter().zip(&parts(after)) {
        lists(kind, old, new, &mut changes);
    }
    changes
}

fn change(kind: &str, part: &Part<'_>, what: &str) -> Change {
    Change {
        kind: kind.to_owned(),
        id: part.id.to_owned(),
        title: part.title.to_owned(),
        change: what.to_owned(),
        field: None,
        before: None,
        after: None,
    }
}

/// Each key that differs.
fn changed(kind: &str, old: &Part<'_>, new: &Part<'_>, changes: &mut Vec<Change>) {
    if old.of == new.of {
        return;
    }
    let (old, keys) = (keys(kind, &old.of), keys(kind, &new.of));
    let gone = old.keys().filter(|key| !keys.contains_key(*key));
    for key in keys.keys().chain(gone) {
        let (before, after) = (old.get(key), keys.get(key));
        if before != after {
            let value = |value: Option<&Value>| Some(Json(value.cloned().unwrap_or_default()));
            changes.push(Change {
                field: Some(key.clone()),
                before: value(before),
                after: value(after),
                ..change(kind, new, "changed")
            });
        }
    }
}

fn lists(kind: &str, old: &[Part<'_>], new: &[Part<'_>], changes: &mut Vec<Change>) {
    let places: HashMap<&str, usize> = old
        .iter()
        .enumerate()
        .map(|(place, part)| (part.id, place))
        .collect();
    let mut kept = HashSet::new();
    let shared: Vec<(usize, usize)> = new
        .iter()
        .enumerate()
        .filter_map(|(place, part)| Some((place, *places.get(part.id)?)))
        .collect();
    // Those in the longest run that kept its order stayed; the others moved.
    for place in rising(&shared) {
        kept.insert(place);
    }
    for (place, part) in new.iter().enumerate() {
        let Some(at) = places.get(part.id) else {
            changes.push(change(kind, part, "added"));
            continue;
        };
        let before = &old[*at];
        if before.home != part.home {
            let home = |part: &Part<'_>| Some(Json(Value::from(part.home)));
            changes.push(Change {
                field: Some("step_id".to_owned()),
                before: home(before),
                after: home(part),
                ..change(kind, part, "moved")
            });
        } else if !kept.contains(&place) {
            // Fields are numbered within their step.
            let number = |list: &[Part<'_>], at: usize| {
                let home = list[at].home;
                let before = list[..=at].iter().filter(|part| part.home == home);
                Some(Json(Value::from(before.count())))
            };
            changes.push(Change {
                field: Some("position".to_owned()),
                before: number(old, *at),
                after: number(new, place),
                ..change(kind, part, "moved")
            });
        }
        changed(kind, before, part, changes);
    }
    let still: HashSet<&str> = new.iter().map(|part| part.id).collect();
    let gone = old.iter().filter(|part| !still.contains(part.id));
    changes.extend(gone.map(|part| change(kind, part, "removed")));
}

/// The longest run of pairs whose second numbers rise, as their first numbers.
fn rising(pairs: &[(usize, usize)]) -> Vec<usize> {
    // For each length the pair with the lowest end, and for each pair the one before it: n log n.
    let mut ends: Vec<usize> = Vec::new();
    let mut back: Vec<Option<usize>> = vec![None; pairs.len()];
    for (index, (_, value)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *value);
        back[index] = length.checked_sub(1).map(|before| ends[before]);
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut at = ends.last().copied();
    let mut run = Vec::with_capacity(ends.len());
    while let Some(index) = at {
        run.push(pairs[index].0);
        at = back[index];
    }
    run
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tallystick_wire::Time;
    use tallystick_wire::template::TemplateType;

    use super::*;
    use crate::template::arbitrary;

    fn steps(letters: &str) -> Content {
        let mut content = Content::new("T".to_owned(), TemplateType::Procedure);
        let steps = letters.chars();
        content.steps = steps
            .map(|letter| arbitrary::plain_step(&letter.to_string()))
            .collect();
        content
    }

    fn words(before: &Content, after: &Content) -> Vec<String> {
        let changes = compare("t", before, after);
        changes
            .iter()
            .map(|change| {
                let field = change.field.as_deref().unwrap_or("-");
                format!("{} {} {} {field}", change.kind, change.id, change.change)
            })
            .collect()
    }

    #[test]
    fn only_what_moved_has_moved() {
        let moved = |before, after| words(&steps(before), &steps(after));
        assert_eq!(moved("abcd", "bcda"), ["step a moved position"]);
        assert_eq!(moved("abcd", "dabc"), ["step d moved position"]);
        assert_eq!(moved("abc", "xac"), ["step x added -", "step b removed -"]);
    }

    #[test]
    fn keys_are_those_of_the_wire() {
        let before = steps("a");
        let mut after = before.clone();
        after.head.kind = TemplateType::Form;
        after.head.title = "U".to_owned();
        after.steps[0].kind = tallystick_wire::task::TaskType::Approval;
        assert_eq!(
            words(&before, &after),
            [
                "template t changed title",
                "template t changed type",
                "step a changed step_type"
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Nothing differs from itself; what was added one way was removed the other way; touching alone is no difference.
        #[test]
        fn differences_have_two_sides(one in arbitrary::content(), two in arbitrary::content()) {
            prop_assert_eq!(compare("t", &one, &one), []);
            let mut touched = one.clone();
            for step in &mut touched.steps {
                step.updated_at = Time(1);
            }
            for rule in &mut touched.rules {
                for condition in &mut rule.conditions {
                    condition.id = "x".to_owned();
                }
            }
            prop_assert_eq!(compare("t", &one, &touched), []);
            let count = |changes: &[Change], what: &str| changes.iter().filter(|change| change.change == what).count();
            let (there, back) = (compare("t", &one, &two), compare("t", &two, &one));
            prop_assert_eq!(count(&there, "added"), count(&back, "removed"));
            prop_assert_eq!(count(&there, "changed"), count(&back, "changed"));
            prop_assert_eq!(count(&there, "moved"), count(&back, "moved"));
            prop_assert_eq!(there.is_empty(), back.is_empty());
        }
    }
}
