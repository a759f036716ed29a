//! Taking a template elsewhere: an endpoint of our own (contract: templates, section 10.1).

use std::collections::{BTreeSet, HashMap};

use tallystick_wire::template::{Export, Template as View};
use tallystick_wire::{ErrorBody, Item};

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::export::{Names, filename, markdown, mermaid};
use crate::template::model::Content;
use crate::template::view::{self, With};
use crate::template::{access, snippets, store};

/// Export a template
///
/// `format=json` (default) answers the template with everything in it: `data` is what `POST …/checklists` takes back.
/// `markdown` is a document for people, with the snippets that it embeds, `mermaid` a flow chart; `data` is then an object with `format`, `filename` and
/// `content`, because the API answers JSON only.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/export", tag = "templates", operation_id = "export_template",
    params(("org" = String, Path), ("checklist" = String, Path),
        ("format" = Option<String>, Query, description = "json (default), markdown or mermaid")),
    responses((status = 200, body = Item<View>, description = "The template; for markdown and mermaid an object with format, filename and content"),
        (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn export(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (mut template, grants, _) = access::readable(call, &id)?;
    let made = match call.query().get("format").unwrap_or_default() {
        "" | "json" => {
            let with = With::whole();
            let view = view::single(call.tx, &template, grants, call.caller, &with)?;
            return Reply::data(view);
        }
        "markdown" => {
            snippets::fill(call.tx, call.org(), &mut template.content, false)?;
            let names = names(call, &template.content)?;
            Export {
                format: "markdown".to_owned(),
                filename: filename(&template.content.head.title, "md"),
                content: markdown::document(&template.content, &names),
            }
        }
        "mermaid" => Export {
            format: "mermaid".to_owned(),
            filename: filename(&template.content.head.title, "mmd"),
            content: mermaid::chart(&template.content),
        },
        _ => {
            return Err(Refusal::invalid(
                "format",
                "The format must be json, markdown or mermaid",
            ));
        }
    };
    Reply::data(made)
}

/// Names of the members that steps and rules name.
fn names(call: &mut Call<'_, '_, Member>, content: &Content) -> Result<Names, Refusal> {
    let steps = content.steps.iter().map(|step| &step.people);
    let actions = content.rules.iter().flat_map(|rule| &rule.actions);
    let people = steps.chain(actions.filter_map(|action| action.people.as_ref()));
    let ids: BTreeSet<i64> = people.flat_map(|people| &people.users).copied().collect();
    let found = store::outside::names(call.tx, call.org(), ids.into_iter().collect())?;
    Ok(found.into_iter().collect::<HashMap<_, _>>())
}
