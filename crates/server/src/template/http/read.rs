//! Reading templates.

use serde_json::{Value, json};
use tallystick_wire::lenient::Object;
use tallystick_wire::template::{FormFields, Template as View};
use tallystick_wire::{ErrorBody, Item, Page};

use super::version::as_of;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Reply};
use crate::template::access;
use crate::template::model::{Field, Step};
use crate::template::store::list::{self, Filter};
use crate::template::view::{self, With};

/// Templates
///
/// Those that the caller may read, pinned ones first. The kick-off form and the rules always come along; `with=` brings
/// `steps`, `stages`, `tags`, `folder`, `permissions` and `threads`.
#[utoipa::path(get, path = "/organizations/{org}/checklists", tag = "templates", operation_id = "templates",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the title"), ("with" = Option<String>, Query),
        ("sort_by" = Option<String>, Query, description = "title, created_at, updated (default -updated); - reverses"),
        ("status" = Option<String>, Query), ("type" = Option<String>, Query, description = "procedure, form or document"),
        ("starred" = Option<bool>, Query), ("folder" = Option<String>, Query, description = "ids, comma separated"),
        ("tag" = Option<String>, Query, description = "ids or titles, comma separated"), ("owner_id" = Option<i64>, Query),
        ("archived" = Option<String>, Query, description = "only, or true for those too"), ("page" = Option<i64>, Query),
        ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<View>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    let filter = Filter::read(call.query());
    let window = Window::read(call.query(), 10, 100);
    let with = With::read(call.query());
    let (templates, total) = list::find(call.tx, call.caller, &filter, window, with.kinds())?;
    let data = view::many(call.tx, &templates, call.caller, &with)?;
    Reply::whole(&window.page(call.request, total, data))
}

/// One template
///
/// 404 when the caller may not read it, and when it is archived. `version` asks for one that was kept.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}", tag = "templates", operation_id = "template",
    params(("org" = String, Path), ("checklist" = String, Path), ("with" = Option<String>, Query),
        ("entire_folder_tree" = Option<bool>, Query, description = "with=folder: the folders above as well"),
        ("version" = Option<i64>, Query)),
    responses((status = 200, body = Item<View>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let with = With::read(call.query());
    let asked = call.query().number("version");
    let kinds = if asked.is_some() {
        crate::template::store::Kinds::All
    } else {
        with.kinds()
    };
    let (mut template, grants, _) = access::readable_with(call, &id, kinds)?;
    if let Some(number) = asked {
        template = as_of(call, template, number)?;
    }
    super::shown(call, &template, grants)
}

/// Form fields of a template
///
/// One object with the fields of its steps and those of its kick-off form.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/form-fields", tag = "templates", operation_id = "template_form_fields",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<FormFields>), (status = 404, body = ErrorBody)))]
pub fn form_fields(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    let content = &template.content;
    let steps = content.steps.iter();
    Reply::data(FormFields {
        id,
        title: content.head.title.clone(),
        form_fields: steps
            .flat_map(|step| {
                step.fields
                    .iter()
                    .map(move |field| entry(field, Some(step)))
            })
            .collect(),
        ko_form_fields: content
            .kickoff
            .iter()
            .map(|field| entry(field, None))
            .collect(),
    })
}

fn entry(field: &Field, step: Option<&Step>) -> Object {
    let mut entry = json!({
        "id": field.id, "alias": field.alias, "label": field.label, "field_type": field.kind,
        "required": field.required, "position": field.position, "options": field.options, "columns": field.columns,
    });
    if let Some(step) = step {
        entry["step_id"] = json!(step.id);
        entry["step_title"] = json!(step.title);
        entry["step_name"] = json!(step.title);
    }
    match entry {
        Value::Object(map) => Object(map),
        _ => Object::default(),
    }
}
