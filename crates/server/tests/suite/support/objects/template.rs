//! Templates and what is inside them.

use serde_json::{Value, json};
use tallystick_server::template::access::Grants;
use tallystick_server::template::model::{
    Action, Condition, Content, Field, Logic, Operation, Record, Rule, Stage, Step, Target,
    TargetKind, Template as Stored, Verb,
};
use tallystick_server::template::store;
use tallystick_wire::lenient::Json;
use tallystick_wire::template::TemplateType;

use super::{Home, Objects, Others, Room};
use crate::support::{MARK, NOW};

pub struct Template;

/// Where a template stands in paths.
const TEMPLATE: &str = "/organizations/{org}/checklists/{checklist}";
/// The same for the older connector.
const BLUEPRINT: &str = "/processes/micro-functions/organizations/{org}/blueprints/{checklist}";

/// The same for everybody.
const PUBLIC: &str = "/public/organizations/{org}/checklists/{alias}";

/// The last parameter of a stem, if the stem is one of a template's.
fn parameter(stem: &str) -> Option<&str> {
    if stem == PUBLIC {
        return Some("checklist");
    }
    if !stem.starts_with(TEMPLATE) && !stem.starts_with(BLUEPRINT) {
        return None;
    }
    let name = stem.rsplit_once('{')?.1.strip_suffix('}')?;
    matches!(
        name,
        "checklist" | "step" | "capture" | "prerun" | "rule" | "stage" | "version"
    )
    .then_some(name)
}

impl Room for Template {
    fn home(&self, stem: &str) -> Option<Home> {
        Some(match parameter(stem)? {
            "checklist" => Home::Hidden,
            "version" => Home::Everywhere,
            _ => Home::Organisation,
        })
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let template = match parameter(stem) {
            Some("checklist") => return stored(objects).await,
            Some("version") if objects.org == objects.world.canary_org => return "7".to_owned(),
            Some("version") => return "1".to_owned(),
            _ => {
                let root = if stem.starts_with(TEMPLATE) {
                    TEMPLATE
                } else {
                    BLUEPRINT
                };
                objects.at(root).await
            }
        };
        // Parts are named by their template, so that they can be told without asking.
        part(&template, parameter(stem).unwrap())
    }

    fn unknown(&self, stem: &str) -> String {
        match parameter(stem) {
            Some("version") => "999".to_owned(),
            _ => "0123456789abcdef0123456789abcdef".to_owned(),
        }
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        let field = json!({"label": "Colour", "field_type": "text", "required": false});
        let template = || objects.at(TEMPLATE);
        Some(match operation {
            "create_template" => json!({"title": "Move house", "type": "procedure"}),
            "update_template" | "create_step" | "update_step" => json!({"title": "Move house"}),
            "create_capture" | "update_capture" => field,
            "reorder_step" => json!({"position": 1}),
            "reorder_capture" => {
                json!({"capture_id": part(&template().await, "capture"), "position": 1})
            }
            "move_capture" => {
                json!({"target_step_id": part(&template().await, "other"), "position": 1})
            }
            "create_rule" | "update_rule" => rule(&template().await),
            "create_stage" | "update_stage" => json!({"name": "Packing"}),
            "edit_step_type" => json!({"stepType": "all"}),
            _ => return None,
        })
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        let theirs = others.canary.at(TEMPLATE).await;
        let stranger = others.canary.owner.user_id;
        Some(match property {
            "owner_id" | "user_id" | "kickoff_sharing_user_id" => vec![json!(stranger)],
            "ko_form_blueprint_id" | "folder_id" | "default_folder" => vec![json!(theirs)],
            "tenant" => vec![json!(others.canary.org)],
            "capture_id" => vec![json!(part(&theirs, "capture"))],
            "target_step_id" => vec![json!(part(&theirs, "step"))],
            "stage_id" => vec![json!(part(&theirs, "stage"))],
            "users" => vec![json!([stranger])],
            "groups" => vec![json!([theirs])],
            "bp_to_launch" => vec![json!({"id": theirs})],
            _ => return None,
        })
    }
}

/// The id of a part: that of its template with another end.
fn part(template: &str, kind: &str) -> String {
    let end = match kind {
        "step" => "51",
        "other" => "52",
        "capture" => "c1",
        "prerun" => "b1",
        "rule" => "a1",
        _ => "d1",
    };
    format!("{}{end}", &template[..30])
}

fn rule(template: &str) -> Value {
    json!({
        "automated_alias": "Show", "conditions": [{
            "conditionable_id": part(template, "step"), "conditionable_type": "Step", "operation": "completed",
            "statement": "any_time", "logic": "and"}],
        "then_actions": [{"action_type": "visibility", "action_verb": "show", "target_step_id": part(template, "other")}],
    })
}

/// A template of the owner's, with one of everything.
async fn stored(objects: &Objects<'_>) -> String {
    let world = objects.world;
    let id = world.app.ids.object(NOW);
    // Who is no member here can have no template here.
    let foreign = objects.owner.user_id == world.canary.user_id && objects.org != world.canary_org;
    let owner = if foreign { &world.admin } else { objects.owner };
    let template = template(&id, owner.user_id, objects.org == world.canary_org);
    let (organization, hidden) = (objects.org.to_owned(), objects.hidden);
    world
        .write(move |tx| {
            let mut template = template.clone();
            template.record.increment_id = store::next_increment(tx, &organization)?;
            let grants = Grants::of_a_new_one(hidden);
            store::insert(tx, &organization, &template, &grants)
        })
        .await;
    id
}

fn template(id: &str, owner: i64, is_canary: bool) -> Stored {
    let title = if is_canary { MARK } else { "Bake bread" };
    let mut content = Content::new(title.to_owned(), TemplateType::Procedure);
    let field = |kind, number| Field {
        label: "Flour".to_owned(),
        alias: format!("flour-{number}"),
        ..Field::new(part(id, kind), number, NOW)
    };
    let step = |kind, title: &str| Step {
        title: title.to_owned(),
        alias: kind_of(title),
        ..Step::new(part(id, kind), NOW)
    };
    content.kickoff.push(field("prerun", 1));
    content.stages.push(Stage {
        id: part(id, "stage"),
        name: "Dough".to_owned(),
        created_at: NOW,
        updated_at: NOW,
    });
    content.steps.push(Step {
        fields: vec![field("capture", 2)],
        ..step("step", "Knead")
    });
    content.steps.push(step("other", "Rest"));
    content.rules.push(Rule {
        id: part(id, "rule"),
        name: "Rest after kneading".to_owned(),
        // No rule that would keep a part from being deleted.
        conditions: vec![Condition {
            id: part(id, "x"),
            of: Target {
                kind: TargetKind::Step,
                id: part(id, "other"),
            },
            operation: Operation::Completed,
            statement: Json(json!("any_time")),
            logic: Logic::And,
            column: None,
        }],
        actions: vec![Action {
            id: part(id, "y"),
            verb: Verb::Show,
            step: Some(part(id, "other")),
            from: None,
            deadline: None,
            people: None,
            webhook_url: None,
            alias_name: None,
        }],
        created_at: NOW,
        updated_at: NOW,
    });
    Stored {
        record: Record {
            steps_count: 2,
            // Another number than here: the version in a path has to be one of the template's own.
            version: if is_canary { 7 } else { 1 },
            ..Record::new(id.to_owned(), format!("bake-bread-{id}"), owner, NOW)
        },
        content,
    }
}

fn kind_of(title: &str) -> String {
    title.to_lowercase()
}
