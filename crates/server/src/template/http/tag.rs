//! Tags on templates and steps, and on processes and tasks: one pair of routes for all of them, whose path says `checklists`
//! (contract: organization, section 4.3).

use tallystick_wire::tag::{SubjectType, TagLink, TagLinkInput};
use tallystick_wire::{ErrorBody, Item, Patch};

use crate::http::call::object_id;
use crate::http::error::Reason;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::template::access;
use crate::template::model::Template;
use crate::template::store;
use crate::template::told::Told;
use crate::{tag, task};

/// Put a tag on something
///
/// On a template (`Checklist`), a step, a process (`Run`) or a task, for whoever may change it. Doing it again answers 200 with
/// what is there. The number `id` of the answer is what takes the tag away again.
#[utoipa::path(post, path = "/organizations/{org}/checklists/tags", tag = "tags", operation_id = "attach_tag",
    params(("org" = String, Path)), request_body = TagLinkInput,
    responses((status = 201, body = Item<TagLink>), (status = 200, body = Item<TagLink>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn attach(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: TagLinkInput = call.body()?;
    let mut problems = Problems::default();
    let id = |sent: &Patch<tallystick_wire::lenient::Text>| {
        sent.as_value().and_then(|text| object_id(text.0.trim()))
    };
    let word = input
        .subject_type
        .as_value()
        .map(|text| text.0.trim().to_owned());
    let subject = word.as_deref().and_then(SubjectType::read);
    if subject.is_none() {
        problems.add(
            "subject_type",
            "The subject_type must be Checklist, Step, Run or Task",
        );
    }
    let (subject_id, tag_id) = (id(&input.subject_id), id(&input.tag_id));
    if subject_id.is_none() {
        problems.add("subject_id", "Subject not found");
    }
    if tag_id.is_none() {
        problems.add("tag_id", "There is no such tag in this organization");
    }
    let (Some(subject), Some(subject_id), Some(tag_id)) = (subject, subject_id, tag_id) else {
        problems.check()?;
        return Err(Refusal::not_found());
    };
    let carrier = editable(call, subject, &subject_id).map_err(|refusal| match refusal.reason {
        Reason::NotFound => Refusal::invalid("subject_id", "Subject not found"),
        _ => refusal,
    })?;
    let found = tag::store::attach(call.tx, call.org(), &tag_id, subject, &subject_id, call.now)?;
    let Some((link, is_new)) = found else {
        return Err(Refusal::invalid(
            "tag_id",
            "There is no such tag in this organization",
        ));
    };
    if !is_new {
        return Reply::data(link);
    }
    tell(call, carrier.as_ref(), &link, "linked")?;
    Reply::created(link)
}

/// Take a tag away again
///
/// `association` is the number that attaching answered, and that `with=tags` shows; not the tag's id.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/tags/{association}", tag = "tags", operation_id = "detach_tag",
    params(("org" = String, Path), ("association" = i64, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn detach(call: &mut Call<'_, '_, Member>) -> Answer {
    let number = call.path("association")?.parse::<i64>();
    let number = number.map_err(|_| Refusal::not_found())?;
    let link = tag::store::link(call.tx, call.org(), number)?.ok_or_else(Refusal::not_found)?;
    let carrier = editable(call, link.subject_type, &link.subject_id)?;
    tag::store::detach(call.tx, call.org(), number)?;
    tell(call, carrier.as_ref(), &link, "unlinked")?;
    Ok(Reply::nothing())
}

/// Records that a tag was put on a template or a step, or taken off it.
fn tell(
    call: &mut Call<'_, '_, Member>,
    carrier: Option<&Template>,
    link: &TagLink,
    verb: &'static str,
) -> Result<(), Refusal> {
    let Some(template) = carrier else {
        return Ok(());
    };
    let content = &template.content;
    let step = (link.subject_type == SubjectType::Step).then(|| link.subject_id.clone());
    let (kind, title) = match step.as_ref().and_then(|id| content.step(id)) {
        Some(step) => ("step", &step.title),
        None => ("template", &content.head.title),
    };
    let action = if verb == "linked" {
        "put the tag \"{tag}\" on"
    } else {
        "took the tag \"{tag}\" off"
    };
    let told = Told {
        step,
        verb,
        field: Some("tags".to_owned()),
        old: None,
        description: format!(
            "{} the {kind} \"{title}\"",
            action.replace("{tag}", &link.title)
        ),
    };
    super::change::tell(call, &template.record.id, &told)
}

/// The template that carries the tag, or whose step does, if the caller may change it: not found when they may not see it. None
/// for a task that they may change.
fn editable(
    call: &mut Call<'_, '_, Member>,
    subject: SubjectType,
    id: &str,
) -> Result<Option<Template>, Refusal> {
    match subject {
        SubjectType::Checklist => access::editable(call, id).map(|(template, _)| Some(template)),
        SubjectType::Step => {
            let template = store::of_step(call.tx, call.org(), id)?;
            let template = template.ok_or_else(Refusal::not_found)?;
            access::editable(call, &template).map(|(template, _)| Some(template))
        }
        SubjectType::Task => {
            let task = task::store::get_to_change(call.tx, call.org(), id)?
                .filter(|task| {
                    task.archived_at.is_none() && task::rules::may_see(task, call.caller)
                })
                .ok_or_else(Refusal::not_found)?;
            task::rules::check_edit(&task, call.caller)?;
            Ok(None)
        }
        // Processes have no room yet: there is none that could carry a tag.
        SubjectType::Run => Err(Refusal::not_found()),
    }
}
