//! What hangs on a template and its parts but is kept elsewhere: tags, the folder, custom fields. Each is read for a whole
//! page at once, and only where there can be any.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tallystick_db::{Result, Tx};
use tallystick_wire::custom_field::Record;
use tallystick_wire::lenient::{Json, Object};
use tallystick_wire::tag::SubjectType;
use tallystick_wire::template::{Field, Step, Template};

use crate::{custom_field, folder, tag};

/// What is asked for of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Tags, of templates and of their steps.
    pub tags: bool,
    /// The folder.
    pub folder: bool,
    /// The folders above it as well.
    pub folder_tree: bool,
}

/// Fills it into templates that are otherwise ready.
pub fn fill(
    tx: &mut Tx<'_>,
    organization: &str,
    views: &mut [Template],
    asked: Asked,
) -> Result<()> {
    let ids: Vec<String> = views.iter().map(|view| view.id.clone()).collect();
    if asked.tags {
        let mut tags = by_subject(tag::store::links_of(
            tx,
            organization,
            SubjectType::Checklist,
            &ids,
        )?);
        for view in &mut *views {
            let own = tags.remove(&view.id).unwrap_or_default();
            let more = &mut view.includes.more;
            more.insert("tags".to_owned(), Json(json!({"data": own})));
        }
    }
    if asked.folder {
        let wanted: Vec<String> = views
            .iter()
            .filter_map(|view| view.folder_id.clone())
            .collect();
        let mut known = folder::store::several(tx, organization, &wanted)?;
        if asked.folder_tree {
            known = folder::store::with_ancestors(tx, organization, known)?;
        }
        for view in &mut *views {
            let own = view.folder_id.as_ref().and_then(|id| known.get(id));
            let own = own.map(|own| folder_view(own, &known, asked.folder_tree));
            let more = &mut view.includes.more;
            more.insert("folder".to_owned(), Json(json!({"data": own})));
        }
    }
    let used = custom_field::store::records(tx, organization)?;
    if used.contains(&Record::Template) {
        let mut values = custom_field::store::of(tx, organization, Record::Template, &ids)?;
        for view in &mut *views {
            view.custom_fields = values.remove(&view.id).or_else(|| Some(Object::default()));
        }
    }
    if used.contains(&Record::KickoffField) {
        let fields = views.iter_mut().flat_map(|view| &mut view.prerun);
        fill_fields(tx, organization, Record::KickoffField, fields.collect())?;
    }
    let mut steps: Vec<&mut Step> = views
        .iter_mut()
        .filter_map(|view| view.includes.steps.as_mut())
        .flat_map(|steps| &mut steps.data)
        .collect();
    fill_parts(tx, organization, &mut steps, asked.tags, &used)
}

/// Fills it into steps that are shown by themselves.
pub fn fill_steps(
    tx: &mut Tx<'_>,
    organization: &str,
    steps: &mut [Step],
    tags: bool,
) -> Result<()> {
    let used = custom_field::store::records(tx, organization)?;
    let mut all: Vec<&mut Step> = steps.iter_mut().collect();
    fill_parts(tx, organization, &mut all, tags, &used)
}

fn fill_parts(
    tx: &mut Tx<'_>,
    organization: &str,
    steps: &mut [&mut Step],
    tags: bool,
    used: &[Record],
) -> Result<()> {
    let ids: Vec<String> = steps.iter().map(|step| step.id.clone()).collect();
    if tags {
        let mut found = by_subject(tag::store::links_of(
            tx,
            organization,
            SubjectType::Step,
            &ids,
        )?);
        for step in &mut *steps {
            let own = found.remove(&step.id).unwrap_or_default();
            step.tags = Some(Json(json!({"data": own})));
        }
    }
    if used.contains(&Record::Step) {
        let mut values = custom_field::store::of(tx, organization, Record::Step, &ids)?;
        for step in &mut *steps {
            step.custom_fields = values.remove(&step.id).or_else(|| Some(Object::default()));
        }
    }
    if used.contains(&Record::FormField) {
        let fields = steps.iter_mut().flat_map(|step| &mut step.captures);
        fill_fields(tx, organization, Record::FormField, fields.collect())?;
    }
    Ok(())
}

fn fill_fields(
    tx: &mut Tx<'_>,
    organization: &str,
    record: Record,
    fields: Vec<&mut Field>,
) -> Result<()> {
    let ids: Vec<String> = fields.iter().map(|field| field.id.clone()).collect();
    let mut values = custom_field::store::of(tx, organization, record, &ids)?;
    for field in fields {
        field.custom_fields = values.remove(&field.id).or_else(|| Some(Object::default()));
    }
    Ok(())
}

fn by_subject<T: Serialize>(found: Vec<(String, T)>) -> BTreeMap<String, Vec<serde_json::Value>> {
    let mut links = BTreeMap::<String, Vec<serde_json::Value>>::new();
    for (id, link) in found {
        links.entry(id).or_default().push(json!(link));
    }
    links
}

fn folder_view(
    own: &folder::rules::Folder,
    known: &BTreeMap<String, folder::rules::Folder>,
    with_ancestors: bool,
) -> serde_json::Value {
    let plain = |folder: &folder::rules::Folder| {
        json!({"id": folder.id, "name": folder.name, "parent_id": folder.parent_id, "position": folder.position,
            "folder_type": folder.folder_type})
    };
    let mut view = plain(own);
    if with_ancestors {
        // From the top down; a tree is never deeper than it may be made.
        let mut above = Vec::new();
        let mut next = own.parent_id.as_ref();
        while let Some(parent) = next.and_then(|id| known.get(id)) {
            above.insert(0, plain(parent));
            next = parent.parent_id.as_ref();
            if above.len() > folder::rules::DEEPEST {
                break;
            }
        }
        view["ancestors"] = json!(above);
    }
    view
}
