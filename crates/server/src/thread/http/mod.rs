//! The verbs of threads, once for everything that has them. A room adds its paths in a file of its own, such as `task.rs`:
//! each handler finds the place and hands it on.

pub mod task;
pub mod template;

use tallystick_wire::thread::{
    AuthorType, BotCommentInput, CommentInput, CommentUpdate, IssueInput, Label, ResolutionInput,
};

use crate::activity::store::{Event, Subject as Recorded, described, record_event};
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::thread::store::{self, Thread};
use crate::thread::{Place, input, view};

/// Writes a comment, or an issue if its label says so. 201.
pub fn comment_on(call: &mut Call<'_, '_, Member>, place: &Place) -> Answer {
    place.check_comment(call.caller)?;
    let input: CommentInput = call.body()?;
    let thread = say(call, place, &input, Label::Comment, AuthorType::User)?;
    Reply::created(shown(call, thread)?)
}

/// Writes a comment in nobody's name. 201.
pub fn comment_as_bot_on(call: &mut Call<'_, '_, Member>, place: &Place) -> Answer {
    place.check_comment(call.caller)?;
    let input = call.body::<BotCommentInput>()?.into();
    let thread = say(call, place, &input, Label::Comment, AuthorType::Bot)?;
    Reply::created(shown(call, thread)?)
}

/// Reports an issue. 201.
pub fn report_on(call: &mut Call<'_, '_, Member>, place: &Place) -> Answer {
    place.check_report(call.caller)?;
    let input = call.body::<IssueInput>()?.into();
    let thread = say(call, place, &input, Label::Problem, AuthorType::User)?;
    Reply::created(shown(call, thread)?)
}

/// Resolves an issue with a comment. 200.
pub fn resolve_on(call: &mut Call<'_, '_, Member>, place: &Place) -> Answer {
    place.check_report(call.caller)?;
    let input = call.body::<ResolutionInput>()?.into();
    let thread = say(call, place, &input, Label::Resolve, AuthorType::User)?;
    Reply::data(shown(call, thread)?)
}

fn say(
    call: &mut Call<'_, '_, Member>,
    place: &Place,
    input: &CommentInput,
    usual: Label,
    author_type: AuthorType,
) -> Result<Thread, Refusal> {
    let mut problems = Problems::default();
    let draft = input::fresh(input, usual, &mut problems);
    if draft.label == Label::Problem || draft.resolves.is_some() {
        place.check_report(call.caller)?;
    }
    if usual == Label::Resolve && draft.resolves.is_none() {
        problems.add("thread_id", "The thread_id field is required");
    }
    let organization = call.org();
    let (subject, subject_id) = (place.subject(), place.id());
    if let Some(issue) = &draft.resolves {
        let found = store::get_to_change(call.tx, organization, subject, subject_id, issue)?;
        if !found.is_some_and(|thread| thread.is_open_issue()) {
            problems.add("thread_id", "There is no such open issue here");
        }
    }
    place.check_open(&mut problems);
    problems.check()?;
    call.app.limits.comment(organization)?;
    let thread = Thread {
        id: call.app.ids.object(call.now),
        subject,
        subject_id: subject_id.to_owned(),
        content: draft.content,
        label: draft.label,
        state: draft.state,
        author_type,
        author_id: (author_type == AuthorType::User).then(|| call.caller.id()),
        resolve_id: None,
        created_at: call.now,
        updated_at: call.now,
    };
    let mentioned = mentioned(call, &thread)?;
    store::insert(call.tx, organization, &thread, &mentioned)?;
    if let Some(issue) = &draft.resolves
        && !store::resolve(call.tx, organization, issue, &thread)?
    {
        return Err(Refusal::invalid(
            "thread_id",
            "There is no such open issue here",
        ));
    }
    let reported = thread.is_open_issue();
    let verb = match (reported, draft.resolves) {
        (true, _) => "issue-reported",
        (_, Some(_)) => "issue-resolved",
        _ => "commented",
    };
    record(call, place, &thread, verb)?;
    place.settle(call, reported)?;
    Ok(thread)
}

/// Changes text, label or state. For its author and administrators. 200.
pub fn edit_on(call: &mut Call<'_, '_, Member>, place: &Place, id: &str) -> Answer {
    let before = own(call, place, id)?;
    let input: CommentUpdate = call.body()?;
    let mut problems = Problems::default();
    let mut thread = input::changed(&before, &input, &mut problems);
    let reported = thread.is_open_issue() && !before.is_open_issue();
    if reported {
        place.check_report(call.caller)?;
    }
    place.check_open(&mut problems);
    problems.check()?;
    if thread != before {
        thread.updated_at = call.now;
        let mentioned = mentioned(call, &thread)?;
        store::update(call.tx, call.org(), &thread, &mentioned)?;
        let verb = if reported {
            "issue-reported"
        } else {
            "updated"
        };
        record(call, place, &thread, verb)?;
        place.settle(call, reported)?;
    }
    Reply::data(shown(call, thread)?)
}

/// Deletes a comment or an issue. For its author and administrators. 204.
pub fn delete_on(call: &mut Call<'_, '_, Member>, place: &Place, id: &str) -> Answer {
    let thread = own(call, place, id)?;
    store::throw_away(call.tx, call.org(), &thread.id, call.now)?;
    record(call, place, &thread, "comment-deleted")?;
    place.settle(call, false)?;
    Ok(Reply::nothing())
}

/// A comment of this place that the caller may change.
fn own(call: &mut Call<'_, '_, Member>, place: &Place, id: &str) -> Result<Thread, Refusal> {
    let thread = store::get_to_change(call.tx, call.org(), place.subject(), place.id(), id)?
        .ok_or_else(Refusal::not_found)?;
    let is_author =
        thread.author_type == AuthorType::User && thread.author_id == Some(call.caller.id());
    if is_author || call.caller.is_admin() {
        Ok(thread)
    } else {
        Err(Refusal::forbidden(
            "Only its author and administrators may change a comment",
        ))
    }
}

fn mentioned(call: &mut Call<'_, '_, Member>, thread: &Thread) -> Result<Vec<i64>, Refusal> {
    let names = store::names(
        call.tx,
        call.org(),
        std::iter::once(thread.content.as_str()),
    )?;
    Ok(names.into_keys().collect())
}

/// Records it as done to the comment, inside of the place.
fn record(
    call: &mut Call<'_, '_, Member>,
    place: &Place,
    thread: &Thread,
    verb: &str,
) -> Result<(), Refusal> {
    let parent = place.subject().recorded();
    let description = match verb {
        "updated" => format!(
            "changed a comment on the {} \"{}\"",
            parent.word(),
            place.title()
        ),
        verb => described(verb, parent.word(), Some(place.title())),
    };
    let event = Event {
        parent: Some((parent, place.id())),
        description: Some(&description),
        ..Event::new(Recorded::Thread, &thread.id, verb)
    };
    Ok(record_event(call, &event)?)
}

fn shown(
    call: &mut Call<'_, '_, Member>,
    thread: Thread,
) -> Result<tallystick_wire::thread::Comment, Refusal> {
    let names = store::names(
        call.tx,
        call.org(),
        std::iter::once(thread.content.as_str()),
    )?;
    Ok(view::show(thread, &names))
}
