//! Comments and issues as a viewer gets them.

use std::collections::BTreeMap;

use tallystick_db::{Result, Tx};
use tallystick_wire::include::Collection;
use tallystick_wire::thread::{Comment, Label};

use crate::http::query::Query;
use crate::thread::store::{self, Thread, Which};
use crate::thread::{Subject, mention};

/// Most entries that an include brings: of one thing, and of each thing in a list. The latest are shown.
const MOST: (i64, i64) = (1_000, 100);

/// Which of the includes are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct With {
    /// Comments and issues.
    pub threads: bool,
    /// Comments.
    pub comments: bool,
    /// Issues.
    pub issues: bool,
    /// Only how many.
    pub count: bool,
}

impl With {
    /// Reads `with=`.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let has = |name: &str| query.asks_into(name);
        Self {
            threads: has("threads"),
            comments: has("comments"),
            issues: has("issues"),
            count: has("threads_count"),
        }
    }

    const fn which(self) -> Option<Which> {
        match (self.threads, self.comments, self.issues) {
            (false, false, false) => None,
            (false, true, false) => Some(Which::Comments),
            (false, false, true) => Some(Which::Issues),
            _ => Some(Which::All),
        }
    }
}

/// What was said about the things of a page, ready to be taken by their ids.
#[derive(Debug, Default)]
pub struct Talk {
    with: With,
    said: BTreeMap<String, Vec<Comment>>,
    counts: BTreeMap<String, i64>,
}

impl Talk {
    /// Reads what is asked for, for all these things at once.
    pub fn read(
        tx: &mut Tx<'_>,
        organization: &str,
        subject: Subject,
        ids: &[String],
        with: With,
    ) -> Result<Self> {
        let mut talk = Self {
            with,
            ..Self::default()
        };
        if with == With::default() || ids.is_empty() {
            return Ok(talk);
        }
        if let Some(which) = with.which() {
            let most = if ids.len() == 1 { MOST.0 } else { MOST.1 };
            let found = store::of_subjects(tx, organization, subject, ids, which, most)?;
            let contents = found.iter().map(|thread| thread.content.as_str());
            let names = store::names(tx, organization, contents)?;
            for thread in found {
                let of = talk.said.entry(thread.subject_id.clone()).or_default();
                of.push(show(thread, &names));
            }
        }
        if with.count {
            talk.counts = store::counts(tx, organization, subject, ids)?;
        }
        Ok(talk)
    }

    /// What was said about one thing, as far as it was asked for.
    #[must_use]
    pub fn of(&self, id: &str) -> Said {
        let part = |asked: bool, fits: fn(&Comment) -> bool| {
            let all = self.said.get(id).into_iter().flatten();
            asked.then(|| Collection::of(all.filter(|comment| fits(comment)).cloned().collect()))
        };
        let count = || self.counts.get(id).copied().unwrap_or_default();
        Said {
            threads: part(self.with.threads, |_| true),
            comments: part(self.with.comments, |comment| {
                comment.label != Label::Problem
            }),
            issues: part(self.with.issues, |comment| comment.label == Label::Problem),
            count: self.with.count.then(count),
        }
    }
}

/// The includes of one thing: `threads`, `comments`, `issues` and `threads_count`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the include of its name")]
pub struct Said {
    pub threads: Option<Collection<Comment>>,
    pub comments: Option<Collection<Comment>>,
    pub issues: Option<Collection<Comment>>,
    pub count: Option<i64>,
}

/// A thread with names in the place of mentions.
#[must_use]
pub fn show(thread: Thread, names: &BTreeMap<i64, String>) -> Comment {
    let of = |subject| (thread.subject == subject).then(|| thread.subject_id.clone());
    Comment {
        content: mention::shown(&thread.content, names),
        author_id: thread.author_id,
        author_type: thread.author_type,
        task_id: of(Subject::Task),
        run_id: None,
        checklist_id: of(Subject::Template),
        label: thread.label,
        state: thread.state,
        created_at: thread.created_at,
        updated_at: thread.updated_at,
        archived_at: None,
        sent_to: mention::numbers(&thread.content)
            .into_iter()
            .filter(|id| names.contains_key(id))
            .collect(),
        sent_by: thread.author_id,
        last_updated_at: thread.updated_at,
        resolve_id: thread.resolve_id,
        id: thread.id,
    }
}
