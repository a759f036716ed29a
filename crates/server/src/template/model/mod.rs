//! A template as rules work on it: what it says ([`Content`], the same for each of its versions) and what it is
//! ([`Record`], once for all of them).
//!
//! Order is that of the vectors: positions are counted when a template is shown. Fields of a step alone keep a
//! position of their own, because clients give the same one to several of them.

mod rule;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tallystick_wire::Time;
use tallystick_wire::lenient::Json;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::{
    Assignees, Choice, Column, FieldType, Launch, Offset, StepDeadline, TemplateType,
};

pub use rule::{Action, ActionKind, Condition, Logic, Operation, Rule, Target, TargetKind, Verb};

/// A template, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// What it is.
    pub record: Record,
    /// What it says.
    pub content: Content,
}

/// What a template is, whatever its version says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Template object, which explains them"
)]
pub struct Record {
    pub id: String,
    pub increment_id: i64,
    /// Number of the version that is shown and edited.
    pub version: i64,
    /// Whether that version was kept as it is: then the next edit begins another one.
    pub is_kept: bool,
    pub alias: String,
    pub status: Option<String>,
    pub folder_id: Option<String>,
    pub is_pinned: bool,
    pub is_public: bool,
    pub is_featured: bool,
    pub is_public_kickoff: bool,
    pub dual_version_enabled: bool,
    pub is_published_state: bool,
    pub steps_count: i64,
    pub started_processes: i64,
    pub created_by: i64,
    pub owner_id: i64,
    pub last_updated_by: i64,
    pub created_at: Time,
    pub updated_at: Time,
    pub archived_at: Option<Time>,
}

impl Record {
    /// A new one, of this member's.
    #[must_use]
    pub const fn new(id: String, alias: String, owner: i64, now: Time) -> Self {
        Self {
            id,
            increment_id: 0,
            version: 1,
            is_kept: false,
            alias,
            status: None,
            folder_id: None,
            is_pinned: false,
            is_public: false,
            is_featured: false,
            is_public_kickoff: false,
            dual_version_enabled: false,
            is_published_state: false,
            steps_count: 0,
            started_processes: 0,
            created_by: owner,
            owner_id: owner,
            last_updated_by: owner,
            created_at: now,
            updated_at: now,
            archived_at: None,
        }
    }
}

/// What a version of a template says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Title, texts and settings.
    pub head: Head,
    /// The kick-off form, in order.
    pub kickoff: Vec<Field>,
    /// Milestones, in order.
    pub stages: Vec<Stage>,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// Rules, in order.
    pub rules: Vec<Rule>,
}

/// Title, texts and settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Template object, which explains them"
)]
pub struct Head {
    pub title: String,
    pub kind: TemplateType,
    pub summary: Option<String>,
    pub guidance: Option<String>,
    pub icon: Option<String>,
    pub explanation_video: Option<String>,
    pub webhook: Option<String>,
    pub public_cover: Option<String>,
    pub default_folder: Option<String>,
    pub folder_changeable_by_launcher: bool,
    pub folderize_process: bool,
    pub tag_process: bool,
    pub auto_naming: bool,
    pub allow_launcher_change_name: bool,
    pub can_add_oot: bool,
    pub default_process_name_format: Option<String>,
    pub kickoff_title: Option<String>,
    pub kickoff_description: Option<String>,
    pub kickoff_sharing_user_id: Option<i64>,
    pub ko_form_blueprint_id: Option<String>,
    pub industry_tags: Vec<Json>,
    pub topic_tags: Vec<Json>,
}

impl Head {
    /// An empty template of this title.
    #[must_use]
    pub const fn new(title: String, kind: TemplateType) -> Self {
        Self {
            title,
            kind,
            summary: None,
            guidance: None,
            icon: None,
            explanation_video: None,
            webhook: None,
            public_cover: None,
            default_folder: None,
            folder_changeable_by_launcher: false,
            folderize_process: false,
            tag_process: false,
            auto_naming: false,
            allow_launcher_change_name: false,
            can_add_oot: false,
            default_process_name_format: None,
            kickoff_title: None,
            kickoff_description: None,
            kickoff_sharing_user_id: None,
            ko_form_blueprint_id: None,
            industry_tags: Vec::new(),
            topic_tags: Vec::new(),
        }
    }
}

/// A form field, of a step or of the kick-off form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Field object, which explains them"
)]
pub struct Field {
    pub id: String,
    pub alias: String,
    pub label: String,
    pub kind: FieldType,
    pub guidance: Option<String>,
    pub position: i64,
    /// Running number, also the end of the alias: fields of one position stand in the order they were made.
    pub number: i64,
    pub required: bool,
    pub options: Vec<Choice>,
    pub columns: Vec<Column>,
    pub field_validation: Vec<String>,
    pub use_wysiwyg_editor: bool,
    pub collect_time: bool,
    pub default_value_enabled: bool,
    pub default_value: Json,
    pub prefix: Option<String>,
    pub suffix: Option<String>,
    pub settings: Json,
    pub list: Json,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Field {
    /// One without a question.
    #[must_use]
    pub fn new(id: String, number: i64, now: Time) -> Self {
        Self {
            id,
            alias: String::new(),
            label: String::new(),
            kind: FieldType::Text,
            guidance: None,
            position: 1,
            number,
            required: false,
            options: Vec::new(),
            columns: Vec::new(),
            field_validation: Vec::new(),
            use_wysiwyg_editor: false,
            collect_time: false,
            default_value_enabled: false,
            default_value: Json::default(),
            prefix: None,
            suffix: None,
            settings: Json::default(),
            list: Json::default(),
            created_at: now,
            updated_at: now,
        }
    }
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Stage object, which explains them"
)]
pub struct Stage {
    pub id: String,
    pub name: String,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Step object, which explains them"
)]
pub struct Step {
    pub id: String,
    pub title: String,
    pub alias: String,
    pub summary: Option<String>,
    pub kind: TaskType,
    pub people: Assignees,
    pub roles: Vec<String>,
    pub role_changes_every_time: bool,
    pub assign_run_starter: bool,
    pub allow_guest_owners: bool,
    pub max_assignable: Option<i64>,
    pub everyone_must_complete: bool,
    pub can_complete_only_assignees: bool,
    pub prevent_guest_comment: bool,
    pub skip_start_process: bool,
    pub webhook: Option<String>,
    pub deadline: Option<StepDeadline>,
    pub start_date: Option<Offset>,
    pub is_soft_start_date: bool,
    pub launches: Option<Launch>,
    pub top_secret: bool,
    pub send_chromeless: bool,
    pub stage_id: Option<String>,
    /// The tags a request wants on it; they are kept apart, with the tags of everything else.
    #[serde(skip)]
    pub tags: Option<Vec<String>>,
    pub fields: Vec<Field>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Step {
    /// One without a title.
    #[must_use]
    pub fn new(id: String, now: Time) -> Self {
        Self {
            id,
            title: String::new(),
            alias: String::new(),
            summary: None,
            kind: TaskType::Task,
            people: Assignees::default(),
            roles: Vec::new(),
            role_changes_every_time: false,
            assign_run_starter: true,
            allow_guest_owners: true,
            max_assignable: None,
            everyone_must_complete: false,
            can_complete_only_assignees: false,
            prevent_guest_comment: false,
            skip_start_process: false,
            webhook: None,
            deadline: None,
            start_date: None,
            is_soft_start_date: false,
            launches: None,
            top_secret: false,
            send_chromeless: false,
            stage_id: None,
            tags: None,
            fields: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether each assignee may have to complete it.
    #[must_use]
    pub const fn may_wait_for_all(&self) -> bool {
        matches!(self.kind, TaskType::Task | TaskType::Approval)
    }
}

impl Content {
    /// A template that only has a title.
    #[must_use]
    pub const fn new(title: String, kind: TemplateType) -> Self {
        Self {
            head: Head::new(title, kind),
            kickoff: Vec::new(),
            stages: Vec::new(),
            steps: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// A step.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// A form field of a step, with the step.
    #[must_use]
    pub fn capture(&self, id: &str) -> Option<(&Step, &Field)> {
        self.steps.iter().find_map(|step| {
            let field = step.fields.iter().find(|field| field.id == id)?;
            Some((step, field))
        })
    }

    /// A field of the kick-off form.
    #[must_use]
    pub fn prerun(&self, id: &str) -> Option<&Field> {
        self.kickoff.iter().find(|field| field.id == id)
    }

    /// Whether what a rule names is there.
    #[must_use]
    pub fn has(&self, target: &Target) -> bool {
        match target.kind {
            TargetKind::Step => self.step(&target.id).is_some(),
            TargetKind::Capture => self.capture(&target.id).is_some(),
            TargetKind::Prerun => self.prerun(&target.id).is_some(),
        }
    }

    /// The readable names of its steps.
    #[must_use]
    pub fn step_aliases(&self) -> HashSet<String> {
        self.steps.iter().map(|step| step.alias.clone()).collect()
    }

    /// Everybody who is named, by steps and by actions of rules.
    pub fn people(&self) -> impl Iterator<Item = &Assignees> {
        let steps = self.steps.iter().map(|step| &step.people);
        let actions = self.rules.iter().flat_map(|rule| &rule.actions);
        steps.chain(actions.filter_map(|action| action.people.as_ref()))
    }

    /// The same, to be changed.
    pub fn people_mut(&mut self) -> impl Iterator<Item = &mut Assignees> {
        let steps = self.steps.iter_mut().map(|step| &mut step.people);
        let actions = self.rules.iter_mut().flat_map(|rule| &mut rule.actions);
        steps.chain(actions.filter_map(|action| action.people.as_mut()))
    }

    /// Every field: those of the kick-off form, then those of the steps, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let captures = self.steps.iter().flat_map(|step| &step.fields);
        self.kickoff.iter().chain(captures)
    }
}
