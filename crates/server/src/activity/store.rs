//! The SQL of the activity record.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::task::Activity;

use crate::http::{Call, Member};

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A task.
    Task,
    /// A template, or something inside it.
    Template,
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
}

impl Subject {
    /// The word in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Template => "template",
            Self::Group => "group",
            Self::Tag => "tag",
            Self::Folder => "folder",
            Self::Guest => "guest",
            Self::JobTitle => "job-title",
            Self::CustomFieldKey => "custom-field-key",
            Self::Snippet => "snippet",
        }
    }
}

/// Records that the caller did something to a task.
pub fn record(call: &mut Call<'_, '_, Member>, task_id: &str, verb: &str) -> Result<()> {
    record_about(call, Subject::Task, task_id, verb)
}

/// Records that the caller did something.
pub fn record_about(
    call: &mut Call<'_, '_, Member>,
    subject: Subject,
    id_of_subject: &str,
    verb: &str,
) -> Result<()> {
    let id = call.app.ids.row(call.now);
    let member = call.caller;
    call.tx.later(
        "INSERT INTO activities (organization_id, id, subject_type, subject_id, verb, actor_id, token_id, client, created_at) \
         VALUES ($1, $2, $9, $3, $4, $5, $6, $7, $8)",
        args![&member.organization, id, id_of_subject, verb, member.id(), &member.user.token.id, call.request.client.as_ref(), call.now.0, subject.word()],
    )
}

/// What happened to a task, the latest first.
pub fn of_task(
    tx: &mut Tx<'_>,
    organization: &str,
    task_id: &str,
    most: i64,
) -> Result<Vec<Activity>> {
    tx.all(
        "SELECT id, verb, actor_id, created_at FROM activities \
         WHERE organization_id = $1 AND subject_type = 'task' AND subject_id = $2 ORDER BY id DESC LIMIT $3",
        args![organization, task_id, most],
        |row| Ok(Activity { id: row.take()?, verb: row.take()?, actor_id: row.take()?, created_at: Time(row.take()?) }),
    )
}
