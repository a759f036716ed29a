//! A template as anybody may read it, without signing in (contract: templates, section 11).

use serde::{Deserialize, Serialize};

use crate::include::Collection;
use crate::lenient::Json;
use crate::task::TaskType;
use crate::template::{Field, Stage, TemplateType};
use crate::time::Time;

/// What a public template says: its texts, its steps and its forms. No people, no rules, no addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Template object, which explains them"
)]
pub struct PublicTemplate {
    pub id: String,
    pub alias: String,
    pub title: String,
    pub summary: Option<String>,
    pub r#type: TemplateType,
    pub icon: Option<String>,
    pub guidance: Option<String>,
    pub explanation_video: Option<String>,
    pub public_cover: Option<String>,
    pub is_featured: bool,
    pub kickoff_title: Option<String>,
    pub kickoff_description: Option<String>,
    pub industry_tags: Vec<Json>,
    pub topic_tags: Vec<Json>,
    pub steps_count: i64,
    pub last_updated: Time,
    pub prerun: Vec<Field>,
    pub stages: Collection<Stage>,
    pub steps: Collection<PublicStep>,
}

/// A step of a public template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Step object, which explains them"
)]
pub struct PublicStep {
    pub id: String,
    pub alias: String,
    pub title: String,
    pub summary: Option<String>,
    pub step_type: TaskType,
    pub position: i64,
    pub stage_id: Option<String>,
    pub captures: Vec<Field>,
}
