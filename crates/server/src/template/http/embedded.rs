//! Taking an embedded template out of the texts that embed it (contract: templates, section 2.5).

use tallystick_wire::template::DeletedReference;

use super::change::Edit;
use crate::http::{Call, Member, Refusal};
use crate::template::edit::text::{self, Place};
use crate::template::edit::version::Cause;
use crate::template::embed;
use crate::template::store::{self, Hold, Kinds};

/// Takes `id` out of every text of the organisation's templates; answers what was changed.
pub(super) fn take_out(
    call: &mut Call<'_, '_, Member>,
    id: &str,
) -> Result<Vec<DeletedReference>, Refusal> {
    let mut changed = Vec::new();
    for other in store::embedding(call.tx, call.org(), id)? {
        if other == id {
            continue;
        }
        let Some(before) = store::get(call.tx, call.org(), &other, Hold::UntilTheEnd, Kinds::All)?
        else {
            continue;
        };
        let mut after = before.clone();
        let (mut whole, mut steps) = (false, Vec::new());
        text::each_mut(&mut after.content, |place, words| {
            let Some(without) = embed::without(words, embed::TEMPLATE, id) else {
                return;
            };
            *words = without;
            match place {
                Place::Step(step) => steps.push(step.to_owned()),
                Place::Template | Place::Field(_) => whole = true,
            }
        });
        if whole {
            changed.push(DeletedReference {
                r#type: "Blueprint".to_owned(),
                title: before.content.head.title.clone(),
                id: other.clone(),
            });
        }
        for step in before
            .content
            .steps
            .iter()
            .filter(|step| steps.contains(&step.id))
        {
            changed.push(DeletedReference {
                r#type: "Step".to_owned(),
                title: step.title.clone(),
                id: step.id.clone(),
            });
        }
        let edit = Edit {
            cause: Cause::Loss,
            ..Edit::new(&before, &mut after)
        };
        edit.store(call)?;
    }
    Ok(changed)
}
