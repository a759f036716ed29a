//! Templates of every kind, for properties: each is what the reader would make of what the view shows of it.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tallystick_wire::Time;
use tallystick_wire::lenient::Json;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::{
    Assignees, Choice, Column, FieldType, Launch, Offset, RuleDeadline, StepDeadline, TemplateType,
};

use super::model::{
    Action, ActionKind, Condition, Content, Field, Head, Logic, Operation, Rule, Stage, Step,
    Target, TargetKind, Verb,
};

const NOW: Time = Time(1_772_445_600_000_000);

/// A title: what people write, and what tries to break out of a document.
pub fn title() -> impl Strategy<Value = String> {
    let plain = "[A-Za-zäßЖ語🎉0-9][A-Za-z0-9 äß語,.-]{0,30}[A-Za-z0-9!?]";
    let nasty = prop::sample::select(vec![
        "</script><script>alert(1)</script>",
        "a\"] --> evil[\"b",
        "# not | a `heading`",
        "[x](javascript:alert(1))",
        "*bold* _em_ ~~no~~ <b>html</b> &amp; &",
        "a\nb\r\n```\nend",
        "%%{init: {}}%% ; subgraph x",
        "{{DATE}} for {{vendor-1}}",
        "=1+1,\"quoted\";x",
    ]);
    prop_oneof![4 => plain, 1 => nasty.prop_map(str::to_owned)]
}

fn html() -> impl Strategy<Value = String> {
    title().prop_map(|text| crate::rich_text::clean(&format!("<p>{}</p>", text.trim())))
}

fn maybe<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    option::weighted(0.3, of)
}

fn id(kind: u8, index: usize) -> String {
    format!("{kind:02x}{index:030x}")
}

/// The answer's form does not matter here: only what a definition may hold.
fn field(kind: FieldType, index: usize, offset: u8) -> impl Strategy<Value = Field> {
    let options = vec(title(), 2..5).prop_map(move |texts| {
        if kind.has_options() {
            let texts = (1..).zip(texts);
            texts
                .map(|(id, text)| Choice {
                    id,
                    text,
                    value: Json::default(),
                    more: Map::new(),
                })
                .collect()
        } else {
            Vec::new()
        }
    });
    let columns = vec(title(), 1..4).prop_map(move |labels| {
        if kind == FieldType::Table {
            let labels = (1..).zip(labels);
            labels
                .map(|(id, label)| Column {
                    id,
                    label,
                    more: Map::new(),
                })
                .collect()
        } else {
            Vec::new()
        }
    });
    let texts = (title(), maybe(html()), maybe(title()), maybe(title()));
    let flags = any::<[bool; 4]>();
    let opaque = maybe(Just(json!({"must_all_checked": true})));
    let checks = prop::sample::subsequence(vec!["numeric", "min:3", "max:40"], 0..3);
    let begin = maybe(title());
    (texts, flags, options, columns, opaque, checks, begin).prop_map(
        move |(
            (label, guidance, prefix, suffix),
            flags,
            options,
            columns,
            settings,
            checks,
            begin,
        )| {
            let plain = matches!(
                kind,
                FieldType::File | FieldType::Table | FieldType::AssigneesForm
            );
            let rich = kind == FieldType::Textarea && flags[1];
            let begin = begin.map(|text| {
                if rich {
                    crate::rich_text::clean(&text)
                } else {
                    text
                }
            });
            let position = i64::try_from(index).unwrap_or_default() + 1;
            Field {
                id: id(offset, index),
                alias: format!("field-{offset}-{index}"),
                label,
                kind,
                guidance,
                position,
                number: i64::from(offset) * 1_000 + position,
                required: flags[0],
                options,
                columns,
                field_validation: checks.into_iter().map(str::to_owned).collect(),
                use_wysiwyg_editor: flags[1],
                collect_time: flags[2],
                default_value_enabled: flags[3] && !plain,
                default_value: Json(begin.map_or(Value::Null, Value::String)),
                prefix,
                suffix,
                settings: Json(settings.unwrap_or_default()),
                list: Json::default(),
                created_at: NOW,
                updated_at: NOW,
            }
        },
    )
}

fn fields(offset: u8) -> impl Strategy<Value = Vec<Field>> {
    let kinds: Vec<FieldType> = FieldType::WORDS.iter().map(|(kind, _)| *kind).collect();
    vec(prop::sample::select(kinds), 0..4).prop_flat_map(move |kinds| {
        let kinds = kinds.into_iter().enumerate();
        kinds
            .map(|(index, kind)| field(kind, index, offset))
            .collect::<Vec<_>>()
    })
}

fn people() -> impl Strategy<Value = Assignees> {
    let guests = prop::sample::subsequence(vec!["kim@guest.example", "lee@guest.example"], 0..3);
    (prop::sample::subsequence(vec![1, 2, 3], 0..4), guests).prop_map(|(users, guests)| Assignees {
        users,
        guests: guests.into_iter().map(str::to_owned).collect(),
        groups: Vec::new(),
    })
}

fn step(index: usize, stages: usize) -> impl Strategy<Value = Step> {
    let kinds: Vec<TaskType> = TaskType::WORDS.iter().map(|(kind, _)| *kind).collect();
    let words = (
        0_i64..400,
        prop::sample::select(vec!["days", "hour", "moons"]),
        prop::sample::select(vec!["from", "prior_to"]),
        prop::sample::select(vec![None, Some("start_run"), Some("step")]),
    );
    let deadline = maybe(words).prop_map(move |found| {
        found.map(|(value, unit, option, anchor)| StepDeadline {
            value,
            unit: unit.to_owned(),
            option: option.to_owned(),
            // Only earlier ones, so that no circle comes about.
            step: anchor.map(|word| match word {
                "step" if index > 0 => id(100, index / 2),
                _ => "start_run".to_owned(),
            }),
        })
    });
    let launches = maybe(title()).prop_map(|format| {
        format.map(|format| Launch {
            id: id(120, 1),
            default_name_format: Some(format),
            tasks_within_process: false,
        })
    });
    let parts = (
        title(),
        maybe(html()),
        prop::sample::select(kinds),
        people(),
        deadline,
        launches,
    );
    let offset = u8::try_from(index).unwrap_or_default() + 1;
    (
        parts,
        any::<[bool; 10]>(),
        fields(offset),
        option::of(0..stages.max(1)),
        maybe(0_i64..90),
    )
        .prop_map(move |(parts, flags, fields, stage, start)| {
            let (title, summary, kind, people, deadline, launches) = parts;
            Step {
                id: id(100, index),
                alias: format!("step-{index}"),
                title,
                summary,
                kind,
                people,
                roles: Vec::new(),
                role_changes_every_time: flags[0],
                assign_run_starter: flags[1],
                allow_guest_owners: flags[2],
                max_assignable: flags[3].then_some(9),
                everyone_must_complete: flags[4]
                    && matches!(kind, TaskType::Task | TaskType::Approval),
                can_complete_only_assignees: flags[5],
                prevent_guest_comment: flags[6],
                skip_start_process: flags[7],
                webhook: flags[8].then(|| "https://hooks.example/step".to_owned()),
                deadline: deadline
                    .filter(|deadline| deadline.step.as_deref() != Some(id(100, index).as_str())),
                start_date: start.map(|value| Offset {
                    value,
                    unit: "days".to_owned(),
                }),
                is_soft_start_date: flags[9],
                launches,
                top_secret: flags[0],
                send_chromeless: flags[1],
                stage_id: stage.filter(|_| stages > 0).map(|stage| id(110, stage)),
                tags: None,
                fields,
                created_at: NOW,
                updated_at: NOW,
            }
        })
}

/// A step that only has a title, which is its id.
pub fn plain_step(id: &str) -> Step {
    Step {
        title: id.to_owned(),
        alias: id.to_owned(),
        ..Step::new(id.to_owned(), NOW)
    }
}

/// What a rule may look at: the part, and the type of the field.
type Looks = (Target, Option<FieldType>);

fn targets(kickoff: &[Field], steps: &[Step]) -> Vec<Looks> {
    let named = |kind, id: &str| Target {
        kind,
        id: id.to_owned(),
    };
    let preruns = kickoff
        .iter()
        .map(|field| (named(TargetKind::Prerun, &field.id), Some(field.kind)));
    let rest = steps.iter().flat_map(move |step| {
        let captures = step
            .fields
            .iter()
            .map(move |field| (named(TargetKind::Capture, &field.id), Some(field.kind)));
        captures.chain([(named(TargetKind::Step, &step.id), None)])
    });
    preruns.chain(rest).collect()
}

fn condition(of: Vec<Looks>, index: usize) -> impl Strategy<Value = Condition> {
    let statements = vec![
        Value::Null,
        json!("any_time"),
        json!("12"),
        json!("a"),
        json!(["a", "b"]),
        json!("2026-03-01"),
    ];
    (
        prop::sample::select(of),
        any::<prop::sample::Index>(),
        prop::sample::select(statements),
        any::<bool>(),
    )
        .prop_map(move |((of, _), operation, statement, and)| {
            let is_step = of.kind == TargetKind::Step;
            let fitting: Vec<Operation> = Operation::WORDS
                .iter()
                .map(|(operation, _)| *operation)
                .filter(|operation| operation.is_of_a_step() == is_step)
                .collect();
            Condition {
                id: id(131, index),
                of,
                operation: *operation.get(&fitting),
                statement: Json(statement),
                logic: if and { Logic::And } else { Logic::Or },
                column: None,
            }
        })
}

fn action(steps: Vec<String>, of: Vec<Looks>, index: usize) -> impl Strategy<Value = Action> {
    let verbs: Vec<Verb> = Verb::WORDS.iter().map(|(verb, _)| *verb).collect();
    (
        prop::sample::select(verbs),
        prop::sample::select(steps),
        people(),
        any::<prop::sample::Index>(),
        any::<bool>(),
        0_i64..90,
    )
        .prop_map(move |(verb, step, mut people, pick, from, value)| {
            let kind = verb.kind();
            let assigning = kind == ActionKind::Assignment && verb != Verb::ClearAssignees;
            if people.users.is_empty() {
                people.users.push(1);
            }
            let readable: Vec<&Looks> = of
                .iter()
                .filter(|(_, field)| match kind {
                    ActionKind::Deadline => field.is_none_or(|kind| kind == FieldType::Date),
                    _ => assigning && *field == Some(FieldType::AssigneesForm),
                })
                .collect();
            let from = (from && !readable.is_empty()).then(|| pick.get(&readable).0.clone());
            let web = kind == ActionKind::Webhook;
            Action {
                id: id(132, index),
                verb,
                step: Some(step),
                from,
                deadline: (kind == ActionKind::Deadline).then(|| RuleDeadline {
                    value,
                    unit: "days".to_owned(),
                    option: "from".to_owned(),
                }),
                people: assigning.then_some(people),
                webhook_url: web.then(|| "https://hooks.example/rule".to_owned()),
                alias_name: web.then(|| "told".to_owned()),
            }
        })
}

fn rules(kickoff: &[Field], steps: &[Step]) -> BoxedStrategy<Vec<Rule>> {
    let of = targets(kickoff, steps);
    let ids: Vec<String> = steps.iter().map(|step| step.id.clone()).collect();
    if ids.is_empty() {
        return Just(Vec::new()).boxed();
    }
    let rule = (
        title(),
        vec(condition(of.clone(), 0), 1..4),
        vec(action(ids, of, 0), 1..4),
    );
    vec(rule, 0..5)
        .prop_map(|rules| {
            let rules = rules.into_iter().enumerate();
            rules
                .map(|(index, (name, conditions, mut actions))| {
                    let mut seen = std::collections::HashSet::new();
                    actions.retain(|action| {
                        let kind = action.verb.kind();
                        !matches!(kind, ActionKind::Visibility | ActionKind::Deadline)
                            || seen.insert((kind, action.step.clone()))
                    });
                    Rule {
                        id: id(130, index),
                        name,
                        conditions,
                        actions,
                        created_at: NOW,
                        updated_at: NOW,
                    }
                })
                .collect()
        })
        .boxed()
}

/// A whole template.
pub fn content() -> impl Strategy<Value = Content> {
    let kinds = TemplateType::WORDS.iter().map(|(kind, _)| *kind);
    let head = (
        title(),
        prop::sample::select(kinds.collect::<Vec<_>>()),
        maybe(html()),
        maybe(title()),
        any::<[bool; 6]>(),
    );
    let inside = (0_usize..7, 0_usize..3).prop_flat_map(|(steps, stages)| {
        let steps: Vec<_> = (0..steps).map(|index| step(index, stages)).collect();
        let stages: Vec<_> = (0..stages)
            .map(|index| title().prop_map(move |name| (index, name)))
            .collect();
        (fields(0), steps, stages)
    });
    (head, inside).prop_flat_map(|(head, (kickoff, steps, stages))| {
        let rules = rules(&kickoff, &steps);
        rules.prop_map(move |rules| {
            let (title, kind, summary, format, flags) = head.clone();
            let mut made = Head::new(title, kind);
            made.summary = summary;
            made.default_process_name_format = format;
            made.auto_naming = flags[0];
            made.tag_process = flags[1];
            made.folderize_process = flags[2];
            made.allow_launcher_change_name = flags[3];
            made.can_add_oot = flags[4];
            made.webhook = flags[5].then(|| "https://hooks.example/all".to_owned());
            Content {
                head: made,
                kickoff: kickoff.clone(),
                stages: stages
                    .iter()
                    .map(|(index, name)| Stage {
                        id: id(110, *index),
                        name: name.clone(),
                        created_at: NOW,
                        updated_at: NOW,
                    })
                    .collect(),
                steps: steps.clone(),
                rules,
            }
        })
    })
}
