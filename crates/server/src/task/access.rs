//! A task as far as the caller may know of it, for the handlers of this room and of those that hang things on tasks.

use crate::http::{Call, Member, Refusal};
use crate::task::rules::{self, Task};
use crate::task::store;

/// The task, to be read; not found when the caller may not see it.
pub fn readable(call: &mut Call<'_, '_, Member>, id: &str) -> Result<Task, Refusal> {
    store::get(call.tx, call.org(), id)?
        .filter(|task| rules::may_see(task, call.caller))
        .ok_or_else(Refusal::not_found)
}

/// The task, held until the transaction ends; not found when the caller may not see it.
pub fn held(call: &mut Call<'_, '_, Member>, id: &str) -> Result<Task, Refusal> {
    store::get_to_change(call.tx, call.org(), id)?
        .filter(|task| rules::may_see(task, call.caller))
        .ok_or_else(Refusal::not_found)
}
