//! What happened, as the feed tells it.

use std::collections::BTreeMap;

use tallystick_db::{Result, Tx};
use tallystick_wire::Item;
use tallystick_wire::activity::{Event, Named};

use crate::activity::feed::{self, Stored};
use crate::activity::store::described;
use crate::activity::{KINDS, Kind};
use crate::thread;

/// A page of rows with what they are about, in one query for each kind of thing.
pub fn many(tx: &mut Tx<'_>, organization: &str, rows: Vec<Stored>) -> Result<Vec<Event>> {
    let mut titles = BTreeMap::new();
    for kind in ["task", "template", "step", "thread"] {
        let mut ids: Vec<String> = rows
            .iter()
            .flat_map(|row| std::iter::once(&row.subject).chain(&row.parent))
            .filter(|(of, _)| of == kind)
            .map(|(_, id)| id.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let found = match kind {
            "thread" => thread::store::contents(tx, organization, &ids)?,
            kind => feed::titles(tx, organization, kind, &ids)?,
        };
        titles.insert(kind, found);
    }
    let named = |(kind, id): &(String, String)| -> Option<Item<Named>> {
        let title = titles.get(kind.as_str())?.get(id)?;
        Some(Item {
            data: Named {
                id: id.clone(),
                title: title.clone(),
                name: title.clone(),
            },
        })
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let (audit, parent) = (named(&row.subject), row.parent.as_ref().and_then(named));
            show(organization, row, audit, parent)
        })
        .collect())
}

fn show(
    organization: &str,
    row: Stored,
    audit: Option<Item<Named>>,
    parent: Option<Item<Named>>,
) -> Event {
    let is_guest = row.actor_type == "guest";
    let text = audit
        .as_ref()
        .filter(|_| row.subject.0 == "thread")
        .map(|thread| vec![thread.data.title.clone()]);
    let (parent_type, parent_id) = row.parent.unzip();
    Event {
        id: row.id,
        organization_id: organization.to_owned(),
        created_at: row.created_at,
        auditable_type: model(&row.subject.0),
        parentable_type: parent_type.as_deref().map(model),
        parentable_id: parent_id,
        undoable: false,
        source: vec![if is_guest { "Guest" } else { "Member" }.to_owned()],
        actor_type: vec![model(if is_guest { "guest" } else { "member" })],
        actor_id: vec![row.actor_id],
        kind: vec![
            kind(&row.subject.0).map_or_else(|| row.subject.0.clone(), |kind| kind.word.to_owned()),
        ],
        // What was recorded by a version that kept no sentence.
        description: vec![
            row.description
                .unwrap_or_else(|| described(&row.verb, &row.subject.0, None)),
        ],
        auditable_id: row.subject.1,
        verb: vec![row.verb],
        field: row.field.map(|field| vec![field]),
        old_value: row.old_value.map(|value| vec![value]),
        text,
        references: None,
        actor: row.actor.into_iter().collect(),
        audit,
        parent,
        origin: None,
    }
}

fn kind(stored: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.stored == stored)
}

fn model(stored: &str) -> String {
    let name = kind(stored).map_or(stored, |kind| kind.model);
    format!("App\\Models\\{name}")
}
