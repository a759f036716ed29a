//! The activity feed: what happened, told for people and for reports (contract: runtime, section 11).

use serde::{Deserialize, Serialize};

use crate::include::Item;
use crate::lenient::Json;
use crate::time::Time;

/// Something that happened. What the original groups is in lists here too, each with one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ActivityEvent))]
pub struct Event {
    /// Number of the row.
    pub id: i64,
    /// The organization.
    pub organization_id: String,
    /// When.
    pub created_at: Time,
    /// What it was done to: `App\Models\Task` and so on.
    pub auditable_type: String,
    /// Its id.
    pub auditable_id: String,
    /// What that belongs to.
    pub parentable_type: Option<String>,
    /// The id of that.
    pub parentable_id: Option<String>,
    /// Always false: nothing is undone by the feed.
    pub undoable: bool,
    /// What was done: `created`, `updated`, `completed`, …
    pub verb: Vec<String>,
    /// `Member` or `Guest`.
    pub source: Vec<String>,
    /// `App\Models\User` or `App\Models\Guest`.
    pub actor_type: Vec<String>,
    /// Who did it, by number.
    pub actor_id: Vec<Option<i64>>,
    /// `Task`, `Comment`, `Blueprint`, …
    #[serde(rename = "type")]
    pub kind: Vec<String>,
    /// A sentence, without the name of who did it.
    pub description: Vec<String>,
    /// The field that changed.
    pub field: Option<Vec<String>>,
    /// What it held before.
    pub old_value: Option<Vec<String>>,
    /// Of a comment that still stands: what it says.
    pub text: Option<Vec<String>>,
    /// Always null so far.
    pub references: Option<Vec<Json>>,
    /// Who did it.
    pub actor: Vec<Actor>,
    /// What it was done to, if that still exists.
    pub audit: Option<Item<Named>>,
    /// What that belongs to, if it still exists.
    pub parent: Option<Item<Named>>,
    /// What launched it by itself; always null so far.
    pub origin: Option<Item<Named>>,
}

/// Who did something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ActivityActor))]
#[expect(
    missing_docs,
    reason = "the names are those of the User object, which explains them"
)]
pub struct Actor {
    pub id: i64,
    pub email: String,
    pub username: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub full_name: String,
    pub profile_pic: Option<String>,
    pub resize_profile_pic: Option<String>,
}

/// An object in as many words as the feed needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ActivityObject))]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The same, as clients of processes read it.
    pub name: String,
}
