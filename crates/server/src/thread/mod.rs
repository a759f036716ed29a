//! Threads: comments and issues, and who is mentioned in them.
//!
//! Tasks have them, and templates: [`Place`] is what they hang on, and knows who may say something there and what an issue
//! does to it. `http/` holds the verbs, once for all places; `mention.rs` finds and shows `@[number]`.

pub mod http;
pub mod input;
pub mod mention;
pub mod place;
pub mod store;
pub mod view;

pub use place::Place;

use crate::activity::store as activity;
use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::{task, template};

/// The kinds of things that people talk about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A task.
    Task,
    /// A template.
    Template,
}

impl Subject {
    /// The word in the database, the same as in the bin and in the activity record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.recorded().word()
    }

    /// The same in the activity record.
    #[must_use]
    pub const fn recorded(self) -> activity::Subject {
        match self {
            Self::Task => activity::Subject::Task,
            Self::Template => activity::Subject::Template,
        }
    }
}

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(write, Tasks, member(ANY), task::comment_on_task),
        endpoint!(write, Tasks, member(ANY), task::comment_on_task_as_bot),
        endpoint!(write, Tasks, member(ANY), task::report_on_task),
        endpoint!(write, Tasks, member(ANY), task::resolve_on_task),
        endpoint!(write, Tasks, member(ANY), task::edit_on_task),
        endpoint!(write, Tasks, member(ANY), task::delete_on_task),
        endpoint!(write, Templates, member(ANY), template::comment_on_template),
        endpoint!(write, Templates, member(ANY), template::report_on_template),
        endpoint!(write, Templates, member(ANY), template::resolve_on_template),
        endpoint!(write, Templates, member(ANY), template::edit_on_template),
        endpoint!(write, Templates, member(ANY), template::delete_on_template),
    ]
}
