//! What threads hang on: who may say something there, and what follows from it.

use crate::activity::store::record_named;
use crate::http::{Call, Member, Problems, Refusal};
use crate::task::rules::{self, Task};
use crate::task::store as tasks;
use crate::thread::{Subject, store};

/// Something that the caller may read, and people talk about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A task, held until the transaction ends.
    Task(Box<Task>),
    /// A template. An archived one is read by nobody, so this one is not.
    Template {
        /// Its id.
        id: String,
        /// Its title.
        title: String,
    },
}

impl Place {
    /// What kind it is of.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Task(_) => Subject::Task,
            Self::Template { .. } => Subject::Template,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Task(task) => &task.id,
            Self::Template { id, .. } => id,
        }
    }

    /// Its title, for the record.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Task(task) => &task.title,
            Self::Template { title, .. } => title,
        }
    }

    /// Refuses who may not comment here.
    pub fn check_comment(&self, member: &Member) -> Result<(), Refusal> {
        match self {
            Self::Task(task) => rules::check_comment(task, member),
            Self::Template { .. } => Ok(()),
        }
    }

    /// Refuses who may not report or resolve an issue here.
    pub fn check_report(&self, member: &Member) -> Result<(), Refusal> {
        match self {
            Self::Task(task) => rules::check_report(task, member),
            Self::Template { .. } => Ok(()),
        }
    }

    /// Notes when nothing more may be said.
    pub fn check_open(&self, problems: &mut Problems) {
        if let Self::Task(task) = self
            && task.archived_at.is_some()
        {
            problems.add(
                "task",
                "This task is archived. Restore it before commenting",
            );
        }
    }

    /// Brings the place in line with what is said there now: an open issue shows on a task and keeps it from being
    /// completed, and one that was just reported opens a finished task again.
    pub fn settle(&self, call: &mut Call<'_, '_, Member>, reported: bool) -> Result<(), Refusal> {
        let Self::Task(before) = self else {
            return Ok(());
        };
        let organization = call.org();
        let (problem, has_mentions) =
            store::standing(call.tx, organization, Subject::Task, &before.id)?;
        let mut task = Task {
            problem,
            has_mentions,
            ..(**before).clone()
        };
        let reopened = reported && task.is_finished();
        if reopened {
            rules::open_again(&mut task, call.now);
        }
        if task != **before {
            task.updated_at = call.now;
            tasks::update_state(call.tx, organization, before, &task)?;
        }
        if reopened {
            let subject = Subject::Task.recorded();
            record_named(call, subject, &task.id, "re-opened", &task.title)?;
        }
        Ok(())
    }
}
