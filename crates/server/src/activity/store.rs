//! The SQL of the activity record: writing it, and what happened to one task.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::task::Activity;

use crate::http::{Call, Member};

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A task.
    Task,
    /// A template, or something inside it that is no step.
    Template,
    /// A step of a template, with its form fields.
    Step,
    /// A group.
    Group,
    /// A tag.
    Tag,
    /// A folder.
    Folder,
    /// A guest.
    Guest,
    /// A job title.
    JobTitle,
    /// The key of a custom field.
    CustomFieldKey,
    /// A snippet.
    Snippet,
    /// A comment or an issue.
    Thread,
}

impl Subject {
    /// The word in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Template => "template",
            Self::Step => "step",
            Self::Group => "group",
            Self::Tag => "tag",
            Self::Folder => "folder",
            Self::Guest => "guest",
            Self::JobTitle => "job-title",
            Self::CustomFieldKey => "custom-field-key",
            Self::Snippet => "snippet",
            Self::Thread => "thread",
        }
    }
}

/// Something that happened, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What it was done to.
    pub subject: Subject,
    /// Its id.
    pub id: &'a str,
    /// What was done.
    pub verb: &'a str,
    /// What the subject belongs to: whoever may read that may read this event.
    pub parent: Option<(Subject, &'a str)>,
    /// The field that changed, with what it held before.
    pub field: Option<(&'a str, Option<&'a str>)>,
    /// A sentence for people, without the name of who did it; without one it is made of verb and kind.
    pub description: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// An event with nothing but what, to what.
    #[must_use]
    pub const fn new(subject: Subject, id: &'a str, verb: &'a str) -> Self {
        Self {
            subject,
            id,
            verb,
            parent: None,
            field: None,
            description: None,
        }
    }
}

/// A sentence about something that was done: to a task, or to the task "Water the plants".
#[must_use]
pub fn described(verb: &str, kind: &str, name: Option<&str>) -> String {
    let words = match verb {
        "updated" => "changed",
        "owners-updated" => "changed the assignees of",
        "re-opened" => "reopened",
        "unarchived" => "restored",
        "completed-part" => "completed their part of",
        "commented" => "commented on",
        "issue-reported" => "reported an issue on",
        "issue-resolved" => "resolved an issue on",
        "comment-deleted" => "deleted a comment on",
        other => other,
    };
    match name {
        Some(name) => format!("{words} the {kind} \"{name}\""),
        None => format!("{words} the {kind}"),
    }
}

/// Records that the caller did something to what has this name.
pub fn record_named(
    call: &mut Call<'_, '_, Member>,
    subject: Subject,
    id_of_subject: &str,
    verb: &str,
    name: &str,
) -> Result<()> {
    let description = described(verb, subject.word(), Some(name));
    record_change(call, subject, id_of_subject, verb, None, Some(&description))
}

/// Records that the caller changed a field of something.
pub fn record_change(
    call: &mut Call<'_, '_, Member>,
    subject: Subject,
    id_of_subject: &str,
    verb: &str,
    field: Option<&str>,
    description: Option<&str>,
) -> Result<()> {
    let event = Event {
        field: field.map(|field| (field, None)),
        description,
        ..Event::new(subject, id_of_subject, verb)
    };
    record_event(call, &event)
}

/// Records what the caller did, in every detail.
pub fn record_event(call: &mut Call<'_, '_, Member>, event: &Event<'_>) -> Result<()> {
    let id = call.app.ids.row(call.now);
    let member = call.caller;
    let made = event.description.is_none();
    let made = made.then(|| described(event.verb, event.subject.word(), None));
    let description = event.description.or(made.as_deref());
    call.tx.later(
        "INSERT INTO activities (organization_id, id, subject_type, subject_id, verb, actor_id, token_id, client, created_at, \
            parent_type, parent_id, field, old_value, description, description_folded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            &member.organization,
            id,
            event.subject.word(),
            event.id,
            event.verb,
            member.id(),
            &member.user.token.id,
            call.request.client.as_ref(),
            call.now.0,
            event.parent.map(|(kind, _)| kind.word()),
            event.parent.map(|(_, id)| id),
            event.field.map(|(name, _)| name),
            event.field.and_then(|(_, before)| before),
            description,
            description.map(str::to_lowercase)
        ],
    )
}

/// What happened to a task and to what was said about it, the latest first.
pub fn of_task(
    tx: &mut Tx<'_>,
    organization: &str,
    task_id: &str,
    most: i64,
) -> Result<Vec<Activity>> {
    tx.all(
        "SELECT id, verb, actor_id, created_at FROM activities \
         WHERE organization_id = $1 AND ((subject_type = 'task' AND subject_id = $2) OR (parent_type = 'task' AND parent_id = $2)) \
         ORDER BY id DESC LIMIT $3",
        args![organization, task_id, most],
        |row| Ok(Activity { id: row.take()?, verb: row.take()?, actor_id: row.take()?, created_at: Time(row.take()?) }),
    )
}
