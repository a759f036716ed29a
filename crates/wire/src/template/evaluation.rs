//! Trying the rules of a template out, and taking a template elsewhere. Both are our own: the contract has no such endpoints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lenient::Json;
use crate::template::Assignees;
use crate::time::Time;

/// Body of `POST …/automated-actions/test`: a moment in a process that there is not.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleTest {
    /// Answers to the kick-off form, by field id, as at launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerun: Option<BTreeMap<String, Json>>,
    /// Answers to the fields of steps, by field id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taskdata: Option<BTreeMap<String, Json>>,
    /// How steps stand, by step id; the others stand as at launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<BTreeMap<String, StepStanding>>,
    /// The step whose change runs the rules; it is never reopened by them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggered_by: Option<String>,
}

/// How a step stands in a process; what is left out is as at launch.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepStanding {
    /// `not-started`, `in-progress`, `completed` or `auto-skipped` (hidden).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// For an approval: how it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_approved: Option<bool>,
    /// Whether it was reopened and not completed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopened: Option<bool>,
    /// Whether it ended by itself at its deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired: Option<bool>,
    /// When it was completed; now without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Time>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Time>,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignees: Option<Assignees>,
}

/// What the rules of a template would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evaluation {
    /// Every rule, in the order in which they run.
    pub rules: Vec<EvaluatedRule>,
    /// Every step, as it stands afterwards.
    pub steps: Vec<EvaluatedStep>,
}

/// What one rule would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluatedRule {
    /// The rule.
    pub id: String,
    /// What it is called.
    pub automated_alias: String,
    /// Whether its conditions, folded from left to right, hold.
    pub holds: bool,
    /// Each condition.
    pub conditions: Vec<EvaluatedCondition>,
    /// Each action; empty when the rule does not hold.
    pub then_actions: Vec<EvaluatedAction>,
}

/// What one condition comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluatedCondition {
    /// The condition.
    pub id: String,
    /// Whether it holds by itself.
    pub holds: bool,
    /// What it looked at: the texts of an answer, or the status of a step.
    pub saw: Vec<String>,
}

/// What one action comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluatedAction {
    /// The action.
    pub id: String,
    /// Its verb.
    pub action_verb: String,
    /// The step whose task it is done to.
    pub target_step_id: Option<String>,
    /// `shown`, `hidden`, `assigned`, `due`, `reopened`, `called`, or `nothing`.
    pub effect: String,
    /// For `nothing`: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For `assigned`: who has the task from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignees: Option<Assignees>,
    /// For `due`: the new deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Time>,
}

/// How a step stands after the rules have run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluatedStep {
    /// The step.
    pub step_id: String,
    /// What is to be done.
    pub title: String,
    /// `not-started`, `in-progress`, `completed` or `auto-skipped`.
    pub status: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Who has it.
    pub assignees: Assignees,
    /// When it is due.
    pub deadline: Option<Time>,
}

/// A template as text, to be taken elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Export {
    /// `markdown` or `mermaid`.
    pub format: String,
    /// A name for the file.
    pub filename: String,
    /// What is in it.
    pub content: String,
}
