//! Folders: of templates, and of processes and tasks (contract: organization, section 5).

use serde::{Deserialize, Serialize};

use crate::include::Collection;
use crate::lenient::{Int, Object, Text};
use crate::patch::Patch;
use crate::time::Time;

/// Longest name, in characters.
pub const NAME_MAX: usize = 32;

/// What a folder holds; decided when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FolderType {
    /// Templates.
    Checklist,
    /// Processes and tasks.
    Run,
}

impl FolderType {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checklist => "checklist",
            Self::Run => "run",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Checklist, Self::Run]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Folder {
    /// 32 hex characters.
    pub id: String,
    /// At most 32 characters.
    pub name: String,
    /// The folder it lies in.
    pub parent_id: Option<String>,
    /// That folder's name.
    pub parent: Option<String>,
    /// How many templates, or processes and tasks, lie in it.
    pub total: Option<i64>,
    /// Order among its neighbours.
    pub position: Option<i64>,
    /// What it holds.
    pub folder_type: FolderType,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// Custom field values.
    pub custom_fields: Option<Object>,
    /// Only with `with=children`: the folders in it, each with its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub children: Option<Collection<Folder>>,
}

/// Body of `POST …/folders` and `PUT …/folders/{folder_id}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FolderInput {
    /// At most 32 characters; required to make a folder.
    #[serde(default)]
    pub name: Patch<Text>,
    /// `run` for processes and tasks, else for templates; fixed once the folder is there.
    #[serde(default)]
    pub folder_type: Patch<Text>,
    /// The folder it lies in; null for the top.
    #[serde(default)]
    pub parent_id: Patch<Text>,
    /// Order among its neighbours, from 1.
    #[serde(default)]
    pub position: Patch<Int>,
}

/// Body of `POST …/folders/add-object`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FolderObjectInput {
    /// A folder for processes.
    #[serde(default)]
    pub folder_id: Patch<Text>,
    /// The process or task.
    #[serde(default)]
    pub subject_id: Patch<Text>,
    /// `Run` or `Task`.
    #[serde(default)]
    pub subject_type: Patch<Text>,
}

/// A process or task in a folder. `id` is the number to take it out by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FolderLink {
    /// Number of the link.
    pub id: i64,
    /// The folder.
    pub folder_id: String,
    /// What lies in it.
    pub subject_id: String,
    /// What kind of thing that is: `Run` or `Task`.
    pub subject_type: String,
}

/// One entry of `folders` on a process or task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InFolder {
    /// Number of the link.
    pub id: i64,
    /// The folder.
    pub folder_id: String,
    /// Its name.
    pub name: String,
}
