//! Templates: the Checklist object of the contract (templates, section 1) and what may be sent to make or change one.

mod evaluation;
mod field;
mod public;
mod rule;
mod step;
mod version;

use serde::{Deserialize, Serialize};

use crate::include::{Collection, Item};
use crate::lenient::{Json, Object};
use crate::thread::Comment;
use crate::time::Time;

pub use evaluation::{
    EvaluatedAction, EvaluatedCondition, EvaluatedRule, EvaluatedStep, Evaluation, Export,
    RuleTest, StepStanding,
};
pub use field::{Choice, Column, Field, FieldInput, FieldOrder, FieldType, FormFields, MoveOut};
pub use public::{PublicStep, PublicTemplate};
pub use rule::{Action, Assignees, Condition, Rule, RuleDeadline, RuleInput};
pub use step::{Deadline, Launch, Offset, Position, Step, StepDeadline, StepInput};
pub use version::{Change, Comparison, Finding, Health, Version};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 250;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateType {
    /// Steps that are carried out.
    Procedure,
    /// A form that is filled in.
    Form,
    /// A text that is read.
    Document,
}

impl TemplateType {
    /// Every type, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Procedure, "procedure"),
        (Self::Form, "form"),
        (Self::Document, "document"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Form => "form",
            Self::Document => "document",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(kind, _)| *kind)
    }
}

/// A template. Its kick-off form and its rules always come with it, its steps when `with=steps` asks for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Template {
    /// 32 hex characters; the same in every version.
    pub id: String,
    /// Running number within the organisation, for people.
    pub increment_id: i64,
    /// The version shown here.
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// What it is about, as HTML; the text itself of a document.
    pub summary: Option<String>,
    /// What it is for.
    pub r#type: TemplateType,
    /// How ready it is, in words of the organisation's own.
    pub status: Option<String>,
    /// Whether it is one of the caller's favourites.
    pub starred: bool,
    /// Whether it stands before the others in lists.
    pub is_pinned: bool,
    /// Readable name for addresses and webhooks; stays when the title changes.
    pub alias: String,
    /// Name of a picture.
    pub icon: Option<String>,
    /// What to know before launching it, as HTML.
    pub guidance: Option<String>,
    /// Address of a film.
    pub explanation_video: Option<String>,
    /// Address that is told of its processes.
    pub webhook: Option<String>,
    /// The folder it lies in.
    pub folder_id: Option<String>,
    /// The folder its processes are put into.
    pub default_folder: Option<String>,
    /// Whether whoever launches may choose another one.
    pub folder_changeable_by_launcher: bool,
    /// Whether the launch page asks for a folder.
    pub folderize_process: bool,
    /// Whether the launch page asks for a tag.
    pub tag_process: bool,
    /// Whether processes are named by `default_process_name_format`.
    pub auto_naming: bool,
    /// Text with `{{variables}}`.
    pub default_process_name_format: Option<String>,
    /// Whether the launch page lets the generated name be changed.
    pub allow_launcher_change_name: bool,
    /// Whether its processes may get one-off tasks.
    pub can_add_oot: bool,
    /// Whether anybody may read it without signing in.
    pub is_public: bool,
    /// Whether it is shown first among public ones.
    pub is_featured: bool,
    /// Address of a picture.
    pub public_cover: Option<String>,
    /// Whether anybody may launch it through its form.
    pub is_public_kickoff: bool,
    /// Heading of the kick-off form.
    pub kickoff_title: Option<String>,
    /// Text above the kick-off form, as HTML.
    pub kickoff_description: Option<String>,
    /// The member in whose name public launches happen.
    pub kickoff_sharing_user_id: Option<i64>,
    /// Another template whose kick-off form is used.
    pub ko_form_blueprint_id: Option<String>,
    /// Whether edits wait until they are published.
    pub dual_version_enabled: bool,
    /// Whether the version shown is published.
    pub is_published_state: bool,
    /// The kick-off form.
    pub prerun: Vec<Field>,
    /// The rules.
    pub automated_actions: Vec<Rule>,
    /// Members named as having access.
    pub users: Vec<i64>,
    /// Groups named as having access.
    pub groups: Vec<String>,
    /// Public keywords.
    pub industry_tags: Vec<Json>,
    /// Public keywords.
    pub topic_tags: Vec<Json>,
    /// How many steps it has.
    pub steps_count: i64,
    /// How many processes were launched from it.
    pub started_processes: i64,
    /// Who made it.
    pub created_by: i64,
    /// Who answers for it.
    pub owner_id: i64,
    /// Who changed it last.
    pub last_updated_by: Option<i64>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
    /// When it was archived.
    pub archived_at: Option<Time>,
    /// Custom field values; null for the public.
    pub custom_fields: Option<Object>,
    /// What `with=` asked for.
    #[serde(flatten)]
    pub includes: TemplateIncludes,
}

/// The parts of a template that only `with=` brings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "each is the object of its name; the contract's list explains them"
)]
pub struct TemplateIncludes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Collection<Step>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Collection<Stage>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Item<Permissions>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issues: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads_count: Option<i64>,
    /// Other includes, and whatever a newer server sends that this version has no field for.
    #[serde(flatten)]
    pub more: std::collections::BTreeMap<String, Json>,
}

/// A milestone: a named group of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    /// 32 hex characters.
    pub id: String,
    /// Its template.
    pub checklist_id: String,
    /// At most 250 characters.
    pub name: String,
    /// From 1.
    pub position: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
}

/// Body of `POST …/stages` and `PUT …/stages/{stage}`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageInput {
    /// At most 250 characters; required for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From 1; a new one goes to the end without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

/// Who has one permission on a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Grant {
    /// Every administrator and standard member.
    pub everyone: bool,
    /// Members, by number.
    pub users: Vec<i64>,
    /// Groups, by id.
    pub groups: Vec<String>,
}

/// Who may do what with a template. Administrators, its owner and its maker may do all of it anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Permissions {
    /// Read it.
    pub read: Grant,
    /// Change it; implies reading.
    pub edit: Grant,
    /// Launch it; implies reading.
    pub launch: Grant,
    /// Copy it; implies reading.
    pub duplicate: Grant,
    /// Read its processes.
    pub process_read: Grant,
}

/// Body of `POST …/checklists` and `PUT …/checklists/{checklist}`: the names are those of [`Template`].
///
/// An update leaves alone what is not sent. A list that is sent replaces the stored one. A new template may bring
/// its `steps`, `automated_actions` and `stages`: it is then imported as a whole.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "the names are those of the Template object, which explains them"
)]
pub struct TemplateInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation_video: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_cover: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<i64>,
    /// The starter: must be a member, and is otherwise ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starred: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_pinned: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_public: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_featured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_public_kickoff: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_naming: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dual_version_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_published_state: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folderize_process: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_changeable_by_launcher: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_process: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_launcher_change_name: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_add_oot: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_folder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_process_name_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kickoff_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kickoff_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kickoff_sharing_user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ko_form_blueprint_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry_tags: Option<Vec<Json>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic_tags: Option<Vec<Json>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerun: Option<Vec<FieldInput>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepInput>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automated_actions: Option<Vec<RuleInput>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<StageInput>>,
}

/// Body of `POST …/checklists/{checklist}/clone`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateClone {
    /// The organisation to copy from; that of the path without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Title of the copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Answer to archiving or deleting a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateGone {
    /// A sentence.
    pub message: String,
    /// Templates and steps whose text embedded it, and from which it was taken.
    pub deleted_references: Vec<DeletedReference>,
}

/// Something that embedded a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedReference {
    /// `Blueprint` or `Step`.
    pub r#type: String,
    /// Its title.
    pub title: String,
    /// Its id.
    pub id: String,
}

/// Answer to making a template, with what an import had to adjust.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateMade {
    /// The template.
    pub data: Template,
    /// What was left out or changed, each with its place; only there after an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_warnings: Option<Vec<ImportWarning>>,
}

/// Something an import could not take over as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportWarning {
    /// Where in the body, as a dotted path.
    pub path: String,
    /// What was done about it.
    pub message: String,
}

/// What is left of something deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted {
    /// Its id.
    pub id: String,
}
