//! Handlers of tasks, split by verb (contract: runtime, sections 3, 4 and 6).

pub mod archive;
mod changes;
pub mod complete;
mod input;
pub mod read;
mod tags;
pub mod write;

use crate::http::{Answer, Call, Member, Reply};
use crate::task::access::held;
use crate::task::rules::Task;
use crate::task::view;

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
