//! Copying a template, also from another organisation (contract: templates, section 2.8).

use tallystick_wire::template::{TITLE_MAX, Template as View, TemplateClone};
use tallystick_wire::{ErrorBody, Item, Patch};

use crate::activity::store::{Subject, record_named};
use crate::http::access::{Family, Scope};
use crate::http::call::object_id;
use crate::http::caller::authenticate_member;
use crate::http::error::Reason;
use crate::http::fields::taken;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::organisation::store as organisation;
use crate::tag;
use crate::template::access::{self, Grants};
use crate::template::edit::remap::{self, Sent};
use crate::template::import::{self, Draft};
use crate::template::model::Template;
use crate::template::outside;
use crate::template::read::{Faults, Reader};
use crate::template::store::tags::Side;
use crate::template::store::{self, Kinds};

/// Before the title of a copy.
const PREFIX: &str = "COPY OF - ";

/// Copy a template
///
/// Into the organization of the path; `tenant` says from which one, and the caller must be allowed to copy the template there.
/// Everything gets new ids and aliases; people, groups and folder come along within one organization only. In another one, tags
/// are those of the same titles; an administrator's copy brings missing ones along.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/clone", tag = "templates", operation_id = "clone_template",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = TemplateClone,
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn clone(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let title = match reader.text("title", TITLE_MAX) {
        Patch::Value(title) => Some(title),
        _ => None,
    };
    let tenant = reader.text("tenant", 64).value();
    outside::check(call.tx, call.caller, faults)?;
    let from = match &tenant {
        Some(named) => object_id(named).ok_or_else(Refusal::not_found)?,
        None => call.org().to_owned(),
    };
    let here = from == call.org();
    let original = source(call, &from, &id)?;
    let title = title.unwrap_or_else(|| {
        let title = format!("{PREFIX}{}", original.content.head.title);
        title.chars().take(TITLE_MAX).collect()
    });
    let fields = original.content.fields().count();
    let mut mint = super::mint(call, fields)?;
    let kind = original.content.head.kind;
    let mut made = import::fresh(&mint, call.caller.id(), title.clone(), kind);
    let mut content = remap::remap(&original.content, &Sent::default(), &mut mint).content;
    content.head.title = title;
    if !here {
        outside::without(&mut content, &outside::named(&original.content));
    }
    made.content = content;
    let record = &mut made.record;
    record.status = original.record.status.clone();
    record.folder_id = original.record.folder_id.clone().filter(|_| here);
    record.dual_version_enabled = original.record.dual_version_enabled;
    let restricted = organisation::calendar(call.tx, call.org())?
        .settings
        .restrict_blueprint_permissions;
    let mut draft = Draft {
        template: made,
        grants: Grants::of_a_new_one(restricted),
        starred: false,
        tags: Vec::new(),
        is_import: false,
        rules: Vec::new(),
        warnings: Vec::new(),
    };
    import::add(call.tx, call.org(), call.now, &mut draft)?;
    let id = draft.template.record.id.clone();
    copy_tags(call, &from, &original, &draft.template)?;
    let title = &draft.template.content.head.title;
    record_named(call, Subject::Template, &id, "created", title)?;
    let view = super::viewed(call, &draft.template, draft.grants)?;
    Reply::created(view)
}

/// Puts the tags on the copy. In another organisation they are those of the same titles; what is missing there is made by
/// whoever may make tags, and left out otherwise.
fn copy_tags(
    call: &mut Call<'_, '_, Member>,
    organization: &str,
    original: &Template,
    copy: &Template,
) -> Result<(), Refusal> {
    let from = Side {
        organization,
        id: &original.record.id,
        content: &original.content,
    };
    let (member, ids, now) = (call.caller, &call.app.ids, call.now);
    let to = Side {
        organization: &member.organization,
        id: &copy.record.id,
        content: &copy.content,
    };
    let needed = Scope {
        family: Family::Tags,
        write: true,
    };
    let may_make = member.is_admin() && member.user.token.scopes.allow(needed);
    let mut made = Vec::new();
    store::tags::copy(call.tx, from, to, now, |tx, link| {
        if from.organization == to.organization {
            return Ok(Some(link.tag_id.clone()));
        }
        let title = link.title.to_lowercase();
        if let Some((known, _)) = tag::store::find(tx, to.organization, Vec::new(), vec![title])?.pop() {
            return Ok(Some(known));
        }
        if !may_make {
            return Ok(None);
        }
        let tag = tag::store::Tag {
            id: ids.object(now),
            title: link.title.clone(),
            color: link.color.clone(),
            auto_generated: link.auto_generated,
            created_at: now,
        };
        tag::store::insert(tx, to.organization, &tag)?;
        made.push((tag.id.clone(), tag.title));
        Ok(Some(tag.id))
    })
    // Somebody else made it since it was looked for.
    .map_err(|error| taken("tags", error))?;
    for (id, title) in made {
        record_named(call, Subject::Tag, &id, "created", &title)?;
    }
    Ok(())
}

/// The template that is copied, as the caller may read and copy it where it lies.
fn source(
    call: &mut Call<'_, '_, Member>,
    organization: &str,
    id: &str,
) -> Result<Template, Refusal> {
    let (template, _, rights) = if organization == call.org() {
        access::readable(call, id)?
    } else {
        // The same credential has to open the other organisation as well; whatever is against that, nothing is told of it.
        let credential = call.request.credential.as_ref();
        let credential = credential.ok_or_else(Refusal::not_found)?;
        let there = authenticate_member(call.tx, credential, organization, call.now).map_err(
            |refusal| match refusal.reason {
                Reason::Db(_) => refusal,
                _ => Refusal::not_found(),
            },
        )?;
        access::readable_by(call.tx, &there, id, Kinds::All)?
    };
    if rights.duplicate {
        Ok(template)
    } else {
        Err(Refusal::forbidden(
            "You may read this template, not copy it",
        ))
    }
}
