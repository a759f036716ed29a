//! Decisions about groups (contract: organization, section 3.2).

use tallystick_wire::Time;
use tallystick_wire::member::Role;

use crate::http::{Member, Refusal};

/// A group as the rules know it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the Group object, which explains them"
)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub members: Vec<i64>,
    /// Addresses.
    pub guests: Vec<String>,
    pub created_at: Time,
    pub updated_at: Time,
}

/// Whether a member may make, change and delete groups: administrators, and standard members where the organisation
/// allows it.
pub fn check_manage(caller: &Member, allow_manage_groups: bool) -> Result<(), Refusal> {
    let may = match caller.role {
        Role::Admin => true,
        Role::Standard => allow_manage_groups,
        Role::Light => false,
    };
    if may {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "Only administrators manage groups in this organization",
    ))
}
