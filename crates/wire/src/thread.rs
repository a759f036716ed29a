//! Threads: comments and issues on tasks, processes and templates (contract: runtime, sections 2.6 and 8).

use serde::{Deserialize, Serialize};

use crate::patch::Patch;
use crate::time::Time;

/// Longest content, in characters.
pub const CONTENT_MAX: usize = 20_000;

/// What a comment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CommentLabel))]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Something said.
    Comment,
    /// An issue.
    Problem,
    /// What settled an issue.
    Resolve,
    /// How the template could be better.
    Improvement,
    /// A hint for whoever does the work.
    Advice,
}

impl Label {
    /// Every label, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 5] = [
        (Self::Comment, "comment"),
        (Self::Problem, "problem"),
        (Self::Resolve, "resolve"),
        (Self::Improvement, "improvement"),
        (Self::Advice, "advice"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(label, _)| *label == self)
            .map_or("comment", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(label, _)| *label)
    }
}

/// How a comment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CommentState))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// To guests too.
    Open,
    /// To members only.
    HideForGuests,
    /// Folded away until somebody asks.
    Collapsed,
}

impl State {
    /// Every state, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Open, "open"),
        (Self::HideForGuests, "hide-for-guests"),
        (Self::Collapsed, "collapsed"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("open", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(state, _)| *state)
    }
}

/// Who wrote a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AuthorType {
    /// A member.
    User,
    /// A guest.
    Guest,
    /// A program in nobody's name.
    Bot,
}

impl AuthorType {
    /// Every kind, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::User, "user"),
        (Self::Guest, "guest"),
        (Self::Bot, "bot"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("user", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(kind, _)| *kind)
    }
}

/// A comment, or an issue when its label is `problem`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comment {
    /// 32 hex characters.
    pub id: String,
    /// Text with harmless markup; who is mentioned stands in it by name.
    pub content: String,
    /// Number of the member or guest who wrote it; null for a program.
    pub author_id: Option<i64>,
    /// What kind of author that is.
    pub author_type: AuthorType,
    /// The task it is about.
    pub task_id: Option<String>,
    /// The process it is about.
    pub run_id: Option<String>,
    /// The template it is about.
    pub checklist_id: Option<String>,
    /// What it is for.
    pub label: Label,
    /// How it is shown.
    pub state: State,
    /// When it was written.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it was archived.
    pub archived_at: Option<Time>,
    /// Of an issue: the comment that resolved it; null while it is open.
    pub resolve_id: Option<String>,
    /// The members it mentions, by number.
    pub sent_to: Vec<i64>,
    /// The same as `author_id`, as older clients read it.
    pub sent_by: Option<i64>,
    /// The same as `updated_at`, as older clients read it.
    pub last_updated_at: Time,
}

/// Body of `POST …/comment`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentInput {
    /// The text; required. `@[number]` mentions a member.
    #[serde(default)]
    pub content: Patch<String>,
    /// `comment` (default), `problem`, `resolve`, `improvement` or `advice`.
    #[serde(default)]
    pub label: Patch<String>,
    /// `open`, `hide-for-guests` (default) or `collapsed`.
    #[serde(default)]
    pub state: Patch<String>,
    /// The open issue that this resolves.
    #[serde(default)]
    pub thread_id: Patch<String>,
}

/// Body of `PUT …/comment/{comment}`: any subset.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentUpdate {
    /// The text.
    #[serde(default)]
    pub content: Patch<String>,
    /// What it is for.
    #[serde(default)]
    pub label: Patch<String>,
    /// How it is shown.
    #[serde(default)]
    pub state: Patch<String>,
}

/// Body of `POST …/bot-comment`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BotCommentInput {
    /// The text; required.
    #[serde(default)]
    pub content: Patch<String>,
}

/// Body of `POST …/problem`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueInput {
    /// What is wrong; required.
    #[serde(default)]
    pub content: Patch<String>,
    /// How it is shown.
    #[serde(default)]
    pub state: Patch<String>,
}

/// Body of `POST …/resolved-threads`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResolutionInput {
    /// The open issue; required.
    #[serde(default)]
    pub thread_id: Patch<String>,
    /// What was done about it; required.
    #[serde(default)]
    pub content: Patch<String>,
    /// How that is shown.
    #[serde(default)]
    pub state: Patch<String>,
}

impl From<BotCommentInput> for CommentInput {
    fn from(input: BotCommentInput) -> Self {
        Self {
            content: input.content,
            ..Self::default()
        }
    }
}

impl From<IssueInput> for CommentInput {
    fn from(input: IssueInput) -> Self {
        Self {
            content: input.content,
            state: input.state,
            ..Self::default()
        }
    }
}

impl From<ResolutionInput> for CommentInput {
    fn from(input: ResolutionInput) -> Self {
        Self {
            content: input.content,
            state: input.state,
            thread_id: input.thread_id,
            ..Self::default()
        }
    }
}
