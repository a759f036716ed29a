//! Rules of a template, with the words they are made of.

use serde::{Deserialize, Serialize};
use tallystick_wire::Time;
use tallystick_wire::lenient::Json;
use tallystick_wire::template::{Assignees, RuleDeadline};

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Rule object, which explains them"
)]
pub struct Rule {
    pub id: String,
    pub name: String,
    pub conditions: Vec<Condition>,
    pub actions: Vec<Action>,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// 32 hex characters.
    pub id: String,
    /// What it looks at.
    pub of: Target,
    /// What is asked of it.
    pub operation: Operation,
    /// The value compared with, or a time clause.
    pub statement: Json,
    /// How it joins what stands before it.
    pub logic: Logic,
    /// For a table: the column that is looked at.
    pub column: Option<String>,
}

/// A part of the template that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Which one.
    pub id: String,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// 32 hex characters.
    pub id: String,
    /// What is done.
    pub verb: Verb,
    /// The step whose task it is done to; only a webhook goes without.
    pub step: Option<String>,
    /// A field or step that it reads.
    pub from: Option<Target>,
    /// The new deadline.
    pub deadline: Option<RuleDeadline>,
    /// Who.
    pub people: Option<Assignees>,
    /// Where a webhook goes.
    pub webhook_url: Option<String>,
    /// What it is called there.
    pub alias_name: Option<String>,
}

/// How a condition joins what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logic {
    /// Both.
    #[default]
    And,
    /// One of them.
    Or,
}

impl Logic {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every one, with its word on the wire.
            pub const WORDS: &[(Self, &'static str)] = &[$((Self::$variant, $word)),*];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word, in any letter case.
            #[must_use]
            pub fn read(word: &str) -> Option<Self> {
                let mut all = Self::WORDS.iter();
                all.find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(found, _)| *found)
            }
        }
    };
}

words! {
    /// What a rule may look at.
    TargetKind {
        /// A step.
        Step = "Step",
        /// A form field of a step.
        Capture = "Capture",
        /// A field of the kick-off form.
        Prerun = "Prerun",
    }
}

words! {
    /// What a condition asks. The first seven are asked of a step, the others of a field.
    Operation {
        /// The task was completed.
        Completed = "completed",
        /// The task was reopened.
        Reopened = "reopened",
        /// The task was approved.
        Approved = "approved",
        /// The task was rejected.
        Rejected = "rejected",
        /// The task was acknowledged.
        Acknowledged = "acknowledged",
        /// The task ran out.
        Expired = "expired",
        /// Nobody has the task.
        NotAssigned = "not_assigned",
        /// The answer holds the value.
        Contains = "contains",
        /// It does not.
        NotContains = "not_contains",
        /// The answer is the value.
        Equals = "equals",
        /// It is not.
        NotEquals = "not_equals",
        /// The answer is one of the values.
        EqualsAny = "equals_any",
        /// The answer is more.
        GreaterThan = "greater_than",
        /// The answer is less.
        LessThan = "less_than",
        /// There is no answer.
        IsEmpty = "is_empty",
        /// There is one.
        IsNotEmpty = "is_not_empty",
    }
}

impl Operation {
    /// Whether it is asked of a step, not of a field.
    #[must_use]
    pub const fn is_of_a_step(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Reopened
                | Self::Approved
                | Self::Rejected
                | Self::Acknowledged
                | Self::Expired
                | Self::NotAssigned
        )
    }
}

words! {
    /// What kind of action.
    ActionKind {
        /// Show or hide.
        Visibility = "visibility",
        /// Assign and unassign.
        Assignment = "assignment",
        /// Set the deadline.
        Deadline = "deadline",
        /// Reopen.
        Status = "status",
        /// Call an address.
        Webhook = "webhook",
    }
}

words! {
    /// What an action does.
    Verb {
        /// Show the task.
        Show = "show",
        /// Hide it.
        Hide = "hide",
        /// Add assignees.
        Assign = "assign",
        /// Replace them.
        AssignOnly = "assign_only",
        /// Take these away.
        Unassign = "unassign",
        /// Take all away.
        ClearAssignees = "clear_assignees",
        /// Set the deadline.
        Deadline = "deadline",
        /// Reopen the task.
        Reopen = "reopen",
        /// Call an address.
        EmitWebhook = "emit_webhook",
    }
}

impl Verb {
    /// The kind it belongs to.
    #[must_use]
    pub const fn kind(self) -> ActionKind {
        match self {
            Self::Show | Self::Hide => ActionKind::Visibility,
            Self::Assign | Self::AssignOnly | Self::Unassign | Self::ClearAssignees => {
                ActionKind::Assignment
            }
            Self::Deadline => ActionKind::Deadline,
            Self::Reopen => ActionKind::Status,
            Self::EmitWebhook => ActionKind::Webhook,
        }
    }
}
