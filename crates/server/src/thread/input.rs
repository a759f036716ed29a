//! A comment from a request, with every fault named.

use tallystick_wire::patch::Patch;
use tallystick_wire::thread::{CONTENT_MAX, CommentInput, CommentUpdate, Label, State};

use crate::http::Problems;
use crate::http::call::object_id;
use crate::rich_text;
use crate::thread::mention;
use crate::thread::store::Thread;

/// Most members that one comment mentions.
const MOST_MENTIONED: usize = 100;

/// A comment that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Cleaned.
    pub content: String,
    /// What it is for.
    pub label: Label,
    /// How it is shown.
    pub state: State,
    /// The issue it resolves.
    pub resolves: Option<String>,
}

/// Reads a new comment, whose label is `usual` when none is named.
#[must_use]
pub fn fresh(input: &CommentInput, usual: Label, problems: &mut Problems) -> Draft {
    // What is no id at all gets the answer of one that is nowhere.
    let resolves = input
        .thread_id
        .as_value()
        .map(|id| object_id(id).unwrap_or_else(|| id.clone()));
    let usual = if resolves.is_some() {
        Label::Resolve
    } else {
        usual
    };
    let label = label(&input.label, problems).unwrap_or(usual);
    if resolves.is_some() && label != Label::Resolve {
        problems.add(
            "thread_id",
            "The thread_id goes with the label resolve only",
        );
    }
    Draft {
        content: content(&input.content, problems).unwrap_or_default(),
        label,
        state: state(&input.state, problems).unwrap_or(State::HideForGuests),
        resolves,
    }
}

/// Writes what was sent into a copy of a comment.
#[must_use]
pub fn changed(before: &Thread, input: &CommentUpdate, problems: &mut Problems) -> Thread {
    let mut thread = before.clone();
    if input.content.is_sent()
        && let Some(content) = content(&input.content, problems)
    {
        thread.content = content;
    }
    if let Some(label) = label(&input.label, problems) {
        if before.is_open_issue() && label != Label::Problem {
            problems.add(
                "label",
                "An open issue stays one until it is resolved with a comment",
            );
        }
        thread.label = label;
    }
    if let Some(state) = state(&input.state, problems) {
        thread.state = state;
    }
    thread
}

fn content(sent: &Patch<String>, problems: &mut Problems) -> Option<String> {
    let text = sent.as_value().map_or("", String::as_str);
    if text.chars().count() > CONTENT_MAX {
        problems.add(
            "content",
            format!("The content must not be longer than {CONTENT_MAX} characters"),
        );
        return None;
    }
    let clean = rich_text::clean(text).trim().to_owned();
    if clean.is_empty() {
        problems.add("content", "The content field is required");
        return None;
    }
    if mention::numbers(&clean).len() > MOST_MENTIONED {
        problems.add(
            "content",
            format!("The content must not mention more than {MOST_MENTIONED} members"),
        );
    }
    Some(clean)
}

fn label(sent: &Patch<String>, problems: &mut Problems) -> Option<Label> {
    let word = sent.as_value()?;
    let label = Label::read(word);
    if label.is_none() {
        let words = Label::WORDS.map(|(_, word)| word).join(", ");
        problems.add("label", format!("The label must be one of {words}"));
    }
    label
}

fn state(sent: &Patch<String>, problems: &mut Problems) -> Option<State> {
    let word = sent.as_value()?;
    let state = State::read(word);
    if state.is_none() {
        let words = State::WORDS.map(|(_, word)| word).join(", ");
        problems.add("state", format!("The state must be one of {words}"));
    }
    state
}
