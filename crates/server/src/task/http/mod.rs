//! Handlers of tasks, split by verb (contract: runtime, sections 3, 4 and 6).

pub mod archive;
pub mod complete;
mod input;
pub mod read;
pub mod write;

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::task::rules::{self, Task};
use crate::task::{store, view};

/// The task of the path, held until the transaction ends; not found when the caller may not see it.
fn held(call: &mut Call<'_, '_, Member>, id: &str) -> Result<Task, Refusal> {
    store::get_to_change(call.tx, call.org(), id)?
        .filter(|task| rules::may_see(task, call.caller))
        .ok_or_else(Refusal::not_found)
}

/// 200 with the task as it is now.
fn shown(call: &mut Call<'_, '_, Member>, task: Task) -> Answer {
    let view = view::single(
        call.tx,
        &call.caller.organization,
        task,
        call.caller,
        &call.request.query,
    )?;
    Reply::data(view)
}
