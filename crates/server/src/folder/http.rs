//! Handlers of folders, split by verb (contract: organization, section 5.2).

pub mod fields;
pub mod objects;
pub mod read;
pub mod write;

use std::collections::BTreeMap;

use http::Method;
use tallystick_wire::custom_field::Record;
use tallystick_wire::folder as wire;
use tallystick_wire::include::Collection;
use tallystick_wire::lenient::Object;

use crate::custom_field;
use crate::folder::rules::{DEEPEST, Folder};
use crate::folder::store;
use crate::http::{Call, Member, Refusal};

/// Values of custom fields by folder.
type Fields = BTreeMap<String, Object>;

fn fields_of(call: &mut Call<'_, '_, Member>, folders: &[Folder]) -> Result<Fields, Refusal> {
    let ids: Vec<String> = folders.iter().map(|folder| folder.id.clone()).collect();
    let found = custom_field::store::of(call.tx, call.org(), Record::Folder, &ids)?;
    Ok(found)
}

fn view(folder: Folder, fields: &mut Fields) -> wire::Folder {
    wire::Folder {
        custom_fields: Some(fields.remove(&folder.id).unwrap_or_default()),
        id: folder.id,
        name: folder.name,
        parent_id: folder.parent_id,
        parent: folder.parent,
        total: Some(folder.total),
        position: Some(folder.position),
        folder_type: folder.folder_type,
        created_at: folder.created_at,
        updated_at: folder.updated_at,
        children: None,
    }
}

/// Each folder of `parent` with the folders in it, taken out of `rest` in their order.
fn nested(
    parent: Option<&str>,
    rest: &mut BTreeMap<Option<String>, Vec<wire::Folder>>,
    depth: usize,
) -> Vec<wire::Folder> {
    let mut own = rest.remove(&parent.map(str::to_owned)).unwrap_or_default();
    for folder in &mut own {
        let children = match depth {
            DEEPEST => Vec::new(),
            _ => nested(Some(&folder.id), rest, depth + 1),
        };
        folder.children = Some(Collection::of(children));
    }
    own
}

fn by_parent(views: Vec<wire::Folder>) -> BTreeMap<Option<String>, Vec<wire::Folder>> {
    let mut by_parent: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for view in views {
        by_parent
            .entry(view.parent_id.clone())
            .or_default()
            .push(view);
    }
    by_parent
}

/// The folder of the path as a record that has custom fields; held when they are to be written.
fn target(call: &mut Call<'_, '_, Member>) -> Result<custom_field::Target, Refusal> {
    let id = call.id("folder_id")?;
    let found = if call.request.method == Method::GET {
        store::get(call.tx, call.org(), &id)?
    } else {
        store::get_to_change(call.tx, call.org(), &id)?
    };
    found.ok_or_else(Refusal::not_found)?;
    Ok(custom_field::Target {
        record: Record::Folder,
        id,
    })
}
