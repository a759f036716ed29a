//! What happened: one row for each change, written in the transaction that made it, and the feed that tells it.
//!
//! `store.rs` writes; every room calls it. `filter.rs` reads what a feed is asked for, `feed.rs` finds it, `view.rs` shows it.

pub mod feed;
pub mod filter;
mod http;
pub mod store;
pub mod view;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(read, Org, member(ANY), http::feed)]
}

/// A kind of thing that the record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The word in the database: see [`store::Subject::word`].
    pub stored: &'static str,
    /// `type` in the feed.
    pub word: &'static str,
    /// The last part of `auditable_type`.
    pub model: &'static str,
    /// `entity_type`, where the feed can be asked for one such thing.
    pub entity: Option<&'static str>,
}

const fn kind(
    stored: &'static str,
    word: &'static str,
    model: &'static str,
    entity: Option<&'static str>,
) -> Kind {
    Kind {
        stored,
        word,
        model,
        entity,
    }
}

/// Every kind, also those whose rooms are still to come.
pub const KINDS: [Kind; 14] = [
    kind("thread", "Comment", "Thread", Some("thread")),
    kind("task", "Task", "Task", Some("task")),
    kind("step", "Step", "Step", Some("step")),
    kind("process", "Process", "Run", Some("run")),
    kind("template", "Blueprint", "Checklist", Some("checklist")),
    kind("member", "User", "User", None),
    kind("organization", "Organization", "Organization", None),
    kind("tag", "Tag", "Tag", None),
    kind("group", "Group", "Group", None),
    kind("guest", "Guest", "Guest", None),
    kind("folder", "Folder", "Folder", None),
    kind("snippet", "Snippet", "Snippet", None),
    kind("job-title", "JobTitle", "JobTitle", None),
    kind("custom-field-key", "CustomFieldKey", "CustomFieldKey", None),
];

/// The words of `verb`.
pub const VERBS: [&str; 24] = [
    "created",
    "updated",
    "owners-updated",
    "uploaded",
    "completed",
    "completed-part",
    "uncompleted",
    "deleted",
    "re-ordered",
    "commented",
    "issue-reported",
    "issue-resolved",
    "archived",
    "unarchived",
    "re-opened",
    "emitted",
    "enabled",
    "disabled",
    "comment-deleted",
    "invited",
    "invite-accepted",
    "linked",
    "unlinked",
    "published",
];
