//! Rules of a template: automated actions (contract: templates, sections 1.8 and 6).

use serde::{Deserialize, Serialize};

use crate::lenient::Json;
use crate::time::Time;

/// A rule: when its conditions hold, its actions happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    /// 32 hex characters.
    pub id: String,
    /// What it is called.
    pub automated_alias: String,
    /// From 1; rules run in this order.
    pub position: i64,
    /// When; folded from left to right.
    pub conditions: Vec<Condition>,
    /// What then.
    pub then_actions: Vec<Action>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
    /// Always null: rules are deleted, not archived.
    pub archived_at: Option<Time>,
}

/// A condition of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Condition {
    /// 32 hex characters.
    pub id: String,
    /// The step or field it looks at.
    pub conditionable_id: String,
    /// `Step`, `Capture` or `Prerun`.
    pub conditionable_type: String,
    /// What is asked of it.
    pub operation: String,
    /// The value compared with, or a time clause for a step.
    pub statement: Json,
    /// `and` or `or`: how it joins what stands before it.
    pub logic: String,
    /// From 1.
    pub position: i64,
    /// For a table: the column that is looked at.
    pub column_contains_name: Option<String>,
}

/// An action of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Action {
    /// 32 hex characters.
    pub id: String,
    /// `visibility`, `assignment`, `deadline`, `status` or `webhook`.
    pub action_type: String,
    /// What is done, such as `show` or `assign_only`.
    pub action_verb: String,
    /// The step whose task it is done to.
    pub target_step_id: Option<String>,
    /// From 1.
    pub position: i64,
    /// A field or step that the action reads.
    pub actionable_id: Option<String>,
    /// `Step`, `Capture` or `Prerun`.
    pub actionable_type: Option<String>,
    /// The new deadline.
    pub deadline: Option<RuleDeadline>,
    /// Who.
    pub assignees: Option<Assignees>,
    /// Where a webhook goes.
    pub webhook_url: Option<String>,
    /// What it is called there.
    pub alias_name: Option<String>,
}

/// The deadline that a rule sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleDeadline {
    /// How many.
    pub value: i64,
    /// `minutes`, `hours`, `days`, `weeks` or `months`.
    pub unit: String,
    /// `from` or `before`.
    pub option: String,
}

/// People named by a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Assignees {
    /// Members, by number.
    pub users: Vec<i64>,
    /// Guests, by address.
    pub guests: Vec<String>,
    /// Groups, by id.
    pub groups: Vec<String>,
}

/// Body of `POST` and `PUT …/automated-actions…`: the whole rule. Conditions and actions have the keys of
/// [`Condition`] and [`Action`].
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleInput {
    /// What it is called; made up when it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automated_alias: Option<String>,
    /// At least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Json>>,
    /// At least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then_actions: Option<Vec<Json>>,
    /// `and` or `or`, for conditions that do not say it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_logic: Option<String>,
}
