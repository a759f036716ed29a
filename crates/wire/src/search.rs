//! Search: one list for each kind of thing that is asked for (contract: runtime, section 10).

use serde::{Deserialize, Serialize};

use crate::include::Collection;
use crate::lenient::Json;
use crate::page::Page;
use crate::tag::TagLink;
use crate::task::{Owners, TaskStatus, TaskType};
use crate::time::Time;

/// What was found. A list is there when its kind was asked for, also when it is empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "each is the list of the things of its name")]
pub struct SearchResults {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<Page<BlueprintHit>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Page<Json>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Page<TaskHit>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Page<SnippetHit>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Page<PartHit>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Page<PartHit>>,
}

/// A template that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Template object, which explains them"
)]
pub struct BlueprintHit {
    pub id: String,
    pub increment_id: i64,
    pub title: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: Option<String>,
    pub steps_count: i64,
    pub icon: Option<String>,
    pub is_public: bool,
    pub is_featured: bool,
    pub organization_id: String,
    /// Plain objects, without the `data` around them that lists have elsewhere.
    pub folders: Vec<FolderHit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Collection<TagLink>>,
}

/// The folder that a template lies in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FolderHit {
    /// 32 hex characters.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The folder it lies in.
    pub parent_id: Option<String>,
}

/// A snippet that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnippetHit {
    /// 32 hex characters.
    pub id: String,
    /// Always null: snippets have no running number.
    pub increment_id: Option<i64>,
    /// What it is called.
    pub title: String,
    /// The same.
    pub name: String,
    /// Always `snippet`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always null.
    pub status: Option<String>,
    /// Its text.
    pub content: String,
}

/// A task that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Task object, which explains them"
)]
pub struct TaskHit {
    pub id: String,
    pub increment_id: i64,
    pub title: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: TaskType,
    pub status: TaskStatus,
    pub status_label: String,
    pub position: i64,
    pub deadline: Option<Time>,
    pub created_at: Time,
    pub archived_at: Option<Time>,
    pub starter_id: Option<i64>,
    pub is_oneoff_task: bool,
    pub owners: Owners,
    pub run_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Collection<TagLink>>,
}

/// A step or a form field that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartHit {
    /// 32 hex characters.
    pub id: String,
    /// Always null: parts have no running number.
    pub increment_id: Option<i64>,
    /// What it is called.
    pub title: String,
    /// The same.
    pub name: String,
    /// `step`, `capture` or `prerun`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always null.
    pub status: Option<String>,
    /// Its template.
    pub checklist_id: String,
    /// The title of that.
    pub checklist_title: String,
    /// Of a form field its step.
    pub step_id: Option<String>,
    /// Order among its neighbours, from 1.
    pub position: i64,
}
