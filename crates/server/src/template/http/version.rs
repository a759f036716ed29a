//! Versions of a template: reading them, and bringing one back. Ours: the contract names a version number only
//! (templates, section 9).

use tallystick_wire::template::{Comparison, Health, Template as View, Version};
use tallystick_wire::{ErrorBody, Item, Page};

use super::change::Edit;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::model::{Content, Template};
use crate::template::outside;
use crate::template::store::Kinds;
use crate::template::store::version::{self, Reason};
use crate::template::told::{self, Told};
use crate::template::{access, check, compare};

/// Versions of a template
///
/// The one being edited first, then those that were kept, the latest first.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/versions", tag = "templates", operation_id = "template_versions",
    params(("org" = String, Path), ("checklist" = String, Path), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Version>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable_with(call, &id, Kinds::Usual)?;
    let record = &template.record;
    let window = Window::read(call.query(), 10, 100);
    let kept = version::count(call.tx, call.org(), &id)?;
    // The one being edited stands before the others, unless it is kept itself.
    let extra = i64::from(!record.is_kept);
    let total = kept + extra;
    let mut data = Vec::new();
    if let Some(offset) = window.offset(total) {
        if extra == 1 && offset == 0 {
            data.push(Version {
                version: record.version,
                current: true,
                reason: None,
                made_by: None,
                made_at: record.updated_at,
                title: template.content.head.title.clone(),
                steps_count: record.steps_count,
            });
        }
        let some = i64::try_from(data.len()).unwrap_or_default();
        let page = (window.per_page - some, (offset - extra + some).max(0));
        data.extend(version::list(call.tx, call.org(), &id, page)?);
    }
    for version in &mut data {
        version.current = version.version == record.version;
    }
    Reply::whole(&window.page(call.request, total, data))
}

/// What a version of a template says; not found when there is none.
pub(super) fn content(
    call: &mut Call<'_, '_, Member>,
    id: &str,
    number: i64,
) -> Result<Content, Refusal> {
    version::content(call.tx, call.org(), id, number)?.ok_or_else(Refusal::not_found)
}

/// The number of a version in the path.
pub(super) fn number(call: &Call<'_, '_, Member>) -> Result<i64, Refusal> {
    call.path("version")?
        .parse()
        .map_err(|_| Refusal::not_found())
}

/// A template as a version has it: what the template is, with what the version says. Not found when there is none.
pub(super) fn as_of(
    call: &mut Call<'_, '_, Member>,
    mut template: Template,
    number: i64,
) -> Result<Template, Refusal> {
    if number != template.record.version {
        template.content = content(call, &template.record.id, number)?;
        template.record.version = number;
        template.record.is_kept = true;
        template.record.steps_count =
            i64::try_from(template.content.steps.len()).unwrap_or(i64::MAX);
    }
    Ok(template)
}

/// One version of a template
///
/// The template as it was then; `with=` brings what it brings for the template itself.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/versions/{version}", tag = "templates", operation_id = "template_version",
    params(("org" = String, Path), ("checklist" = String, Path), ("version" = i64, Path), ("with" = Option<String>, Query)),
    responses((status = 200, body = Item<View>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let number = number(call)?;
    let (template, grants, _) = access::readable(call, &id)?;
    let template = as_of(call, template, number)?;
    super::shown(call, &template, grants)
}

/// Compare two versions of a template
///
/// What changed from this version to the one that `to` names, or to the one being edited.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/versions/{version}/compare", tag = "templates", operation_id = "compare_template_versions",
    params(("org" = String, Path), ("checklist" = String, Path), ("version" = i64, Path),
        ("to" = Option<i64>, Query, description = "another version; without it the one being edited")),
    responses((status = 200, body = Item<Comparison>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn compare(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let from = number(call)?;
    let (template, ..) = access::readable(call, &id)?;
    let to = match call.query().get("to").filter(|text| !text.is_empty()) {
        None => template.record.version,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid("to", "The to must be the number of a version"))?,
    };
    let before = as_of(call, template.clone(), from)?;
    let after = as_of(call, template, to)?;
    Reply::data(Comparison {
        from,
        to,
        changes: compare::compare(&id, &before.content, &after.content),
    })
}

/// Bring a version back
///
/// What it says becomes a new version; the one that was being edited is kept. Ids stay, so processes and rules find their
/// steps again.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/versions/{version}/restore", tag = "templates", operation_id = "restore_template_version",
    params(("org" = String, Path), ("checklist" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn restore(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let number = number(call)?;
    let (mut before, grants) = access::editable(call, &id)?;
    if number == before.record.version && !before.record.is_kept {
        return super::shown(call, &before, grants);
    }
    let mut content = content(call, &id, number)?;
    // Groups, folders and people that went meanwhile do not come back.
    let gone = outside::gone(call.tx, call.org(), &content)?;
    outside::without(&mut content, &gone);
    if content != before.content && !before.record.is_kept {
        version::keep(
            call.tx,
            call.org(),
            &before,
            Reason::Replaced,
            call.caller.id(),
            call.now,
        )?;
        before.record.is_kept = true;
    }
    let mut after = before.clone();
    after.content = content;
    let old = Some(before.record.version.to_string());
    let title = &before.content.head.title;
    let told = Told {
        description: format!("restored version {number} of the template \"{title}\""),
        ..told::field("version", old, title)
    };
    let edit = Edit {
        told: Some(told),
        ..Edit::new(&before, &mut after)
    };
    edit.store(call)?;
    super::shown(call, &after, grants)
}

/// Check a template
///
/// Steps that nobody ever sees, rules that cannot hold, deadlines that make no sense, and more; the worst first.
/// `docs/template-checks.md` lists everything that can be found.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/health", tag = "templates", operation_id = "template_health",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<Health>), (status = 404, body = ErrorBody)))]
pub fn health(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    let findings = check::check(&id, &template.content);
    Reply::data(Health {
        checklist_id: id,
        version: template.record.version,
        healthy: check::is_healthy(&findings),
        findings,
    })
}
