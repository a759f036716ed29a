//! Making, importing and changing templates.

use tallystick_wire::template::{Template as View, TemplateInput, TemplateMade};
use tallystick_wire::{ErrorBody, Item, Patch};

use super::change::Edit;
use crate::activity::store::{Subject, record_named};
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::organisation::store as organisation;
use crate::template::import::{self, Maker};
use crate::template::model::Template;
use crate::template::read::{Faults, Identity, Outside, Reader, head};
use crate::template::{access, edit, outside, store};

/// Make or import a template
///
/// `title` and `type` are required. With `steps`, `automated_actions` or `stages`, such as an export has them, the whole template is
/// made in one go: everything gets a new id, and `import_warnings` says what was left out because this organization does
/// not have it.
#[utoipa::path(post, path = "/organizations/{org}/checklists", tag = "templates", operation_id = "create_template", params(("org" = String, Path)),
    request_body = TemplateInput, responses((status = 201, body = TemplateMade), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let mut body = super::body(call)?;
    let mut left_out = Vec::new();
    if import::is_import(&body) {
        left_out = import::settle_tags(call.tx, call.org(), &mut body)?;
    }
    let faults = Faults::default();
    let mut mint = super::mint(call, import::fields_in(&body))?;
    let restricted = organisation::calendar(call.tx, call.org())?
        .settings
        .restrict_blueprint_permissions;
    let maker = Maker {
        user_id: call.caller.id(),
        is_admin: call.caller.is_admin(),
        restricted,
    };
    let mut draft = import::read(&body, &faults, maker, &mut mint);
    draft.warnings.append(&mut left_out);
    let is_import = draft.is_import;
    let mut made = import::settle(call.tx, call.org(), Some(call.caller), draft, faults)?;
    import::add(call.tx, call.org(), call.now, &mut made)?;
    let Template { record, content } = &made.template;
    let title = &content.head.title;
    record_named(call, Subject::Template, &record.id, "created", title)?;
    let data = super::viewed(call, &made.template, made.grants)?;
    Reply::created_whole(&TemplateMade {
        data,
        import_warnings: is_import.then_some(made.warnings),
    })
}

/// Change a template
///
/// `title` is required with every change; what else is not sent stays as it is. `prerun` is the whole kick-off form: an entry
/// with the id of a field changes it, others are new, and fields that are not listed are deleted. `folder_id: null` takes the
/// template out of its folder. Whoever may read the template may change `status` alone.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}", tag = "templates", operation_id = "update_template",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = TemplateInput,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, mut grants, rights) = access::held(call, &id)?;
    if before.record.archived_at.is_some() {
        return Err(Refusal::not_found());
    }
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    // Whoever may read it may set the label.
    if !reader.sent("status") {
        rights.check_edit()?;
    }
    let mut after = before.clone();
    if let Some(title) = head::title(&reader) {
        after.content.head.title = title;
    }
    if let Some(kind) = head::kind(&reader, false) {
        after.content.head.kind = kind;
    }
    head::record(&reader, &mut after.record, call.caller.is_admin());
    head::settings(&reader, &mut after.content.head);
    renamed(call, &reader, &mut after)?;
    let old = grants.clone();
    import::named(&reader, &mut grants);
    if reader.value("prerun").is_some() {
        let mut mint = super::mint(call, import::fields_in(&body))?;
        let fields = import::kickoff(&reader, &before.content.kickoff, Identity::Fresh, &mut mint);
        edit::field::replace_kickoff(&mut after.content, fields)?;
    }
    still_there(&faults, &before);
    let starred = reader.flag("starred");
    // Whole objects are sent back with changes: a flag that is as it was is an echo of what was shown, not a wish.
    let published = reader.flag("is_published_state");
    let published = published.filter(|flag| *flag != before.record.is_published_state);
    if grants != old || published.is_some() || !is_label_alone(&before, &after) {
        rights.check_edit()?;
    }
    outside::check(call.tx, call.caller, faults)?;
    let edit = Edit {
        grants: Some((&old, &grants)),
        published,
        ..Edit::new(&before, &mut after)
    };
    edit.store(call)?;
    if let Some(starred) = starred {
        store::star(call.tx, call.org(), &id, call.caller.id(), starred)?;
    }
    super::shown(call, &after, grants)
}

/// What a client sends back as it was need not be there any more: only what is new has to be.
fn still_there(faults: &Faults, before: &Template) {
    let Template { record, content } = before;
    let head = &content.head;
    let mut kept = vec![Outside::Member(record.owner_id)];
    kept.extend(record.folder_id.clone().map(Outside::Folder));
    kept.extend(head.default_folder.clone().map(Outside::ProcessFolder));
    kept.extend(head.kickoff_sharing_user_id.map(Outside::Member));
    kept.extend(head.ko_form_blueprint_id.clone().map(Outside::Template));
    faults.forgive(&kept);
}

/// Whether nothing differs but the label.
fn is_label_alone(before: &Template, after: &Template) -> bool {
    let mut labelled = before.clone();
    labelled.record.status.clone_from(&after.record.status);
    labelled == *after
}

/// A readable name of the caller's choice.
fn renamed(
    call: &mut Call<'_, '_, Member>,
    reader: &Reader<'_>,
    after: &mut Template,
) -> Result<(), Refusal> {
    let Patch::Value(wanted) = reader.text("alias", 100) else {
        return Ok(());
    };
    if wanted == after.record.alias {
        return Ok(());
    }
    let plain = wanted
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !plain {
        reader.fault("alias", "The alias must hold letters, digits, - and _ only");
    } else if store::by_alias(call.tx, call.org(), &wanted)?
        .is_some_and(|other| other != after.record.id)
    {
        reader.fault("alias", "Another template has this alias");
    }
    after.record.alias = wanted;
    Ok(())
}
