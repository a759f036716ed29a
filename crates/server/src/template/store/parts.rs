//! The parts of templates: loading them, and writing only what changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tallystick_db::{Result, Tx, args};
use tallystick_wire::template::Assignees;

use super::{from_json, to_json};
use crate::draft::Draft;
use crate::template::edit::text::{self, Place};
use crate::template::embed;
use crate::template::model::{Content, Field, Rule, Stage, Step, Template};

/// Which parts are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Kick-off form and rules: what every answer shows.
    Usual,
    /// All.
    All,
}

/// One row, as it is to be.
#[derive(Debug, PartialEq, Eq)]
struct Part<'c> {
    kind: &'static str,
    parent: &'c str,
    place: i64,
    title: &'c str,
    body: String,
}

/// Loads parts of several templates in one query.
pub fn load_some(
    tx: &mut Tx<'_>,
    organization: &str,
    templates: &mut [Template],
    kinds: Kinds,
) -> Result<()> {
    if templates.is_empty() {
        return Ok(());
    }
    let mut draft = Draft::default();
    let organization = draft.value(organization.to_owned());
    let ids = draft.list(templates.iter().map(|template| template.record.id.clone()));
    let usual = match kinds {
        Kinds::Usual => " AND kind IN ('prerun', 'rule')",
        Kinds::All => "",
    };
    let sql = format!(
        "SELECT template_id, id, kind, parent_id, body FROM template_parts \
         WHERE organization_id = {organization} AND template_id IN ({ids}){usual} ORDER BY template_id, kind, place, id"
    );
    let index: HashMap<String, usize> = templates
        .iter()
        .enumerate()
        .map(|(index, template)| (template.record.id.clone(), index))
        .collect();
    let mut captures: HashMap<String, Vec<Field>> = HashMap::new();
    tx.each(&sql, &draft.values, |row| {
        let (template, _id): (String, String) = (row.take()?, row.take()?);
        let (kind, parent): (String, String) = (row.take()?, row.take()?);
        let body: String = row.take()?;
        let Some(index) = index.get(&template) else {
            return Ok(());
        };
        let content = &mut templates[*index].content;
        match kind.as_str() {
            "prerun" => content.kickoff.push(from_json(&body)?),
            "rule" => content.rules.push(from_json(&body)?),
            "stage" => content.stages.push(from_json(&body)?),
            "step" => content.steps.push(from_json(&body)?),
            _ => captures
                .entry(template + &parent)
                .or_default()
                .push(from_json(&body)?),
        }
        Ok(())
    })?;
    for template in templates {
        let id = &template.record.id;
        for step in &mut template.content.steps {
            if let Some(fields) = captures.remove(&format!("{id}{}", step.id)) {
                step.fields = fields;
            }
        }
    }
    Ok(())
}

/// Writes the parts that are not as they were `before`, and what they name.
pub fn save(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &str,
    before: Option<&Content>,
    after: &Content,
) -> Result<()> {
    let old = before.map(rows).transpose()?.unwrap_or_default();
    let new = rows(after)?;
    for id in old.keys().filter(|id| !new.contains_key(*id)) {
        tx.later(
            "DELETE FROM template_parts WHERE organization_id = $1 AND template_id = $2 AND id = $3",
            args![organization, template, *id],
        )?;
    }
    for (id, part) in &new {
        if old.get(id) == Some(part) {
            continue;
        }
        tx.later(
            "INSERT INTO template_parts (organization_id, template_id, id, kind, parent_id, place, title, title_folded, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (organization_id, template_id, id) DO UPDATE SET parent_id = excluded.parent_id, place = excluded.place, \
                title = excluded.title, title_folded = excluded.title_folded, body = excluded.body",
            args![organization, template, *id, part.kind, part.parent, part.place, part.title, part.title.to_lowercase(), &part.body],
        )?;
    }
    let (old, new) = (
        before.map(|content| mentions(template, content)),
        mentions(template, after),
    );
    let old = old.unwrap_or_default();
    for (part, kind, mentioned) in old.difference(&new) {
        tx.later(
            "DELETE FROM template_mentions WHERE organization_id = $1 AND template_id = $2 AND part_id = $3 AND kind = $4 AND mentioned = $5",
            args![organization, template, part, *kind, mentioned],
        )?;
    }
    for (part, kind, mentioned) in new.difference(&old) {
        tx.later(
            "INSERT INTO template_mentions (organization_id, template_id, part_id, kind, mentioned) VALUES ($1, $2, $3, $4, $5)",
            args![organization, template, part, *kind, mentioned],
        )?;
    }
    Ok(())
}

fn rows(content: &Content) -> Result<BTreeMap<&str, Part<'_>>> {
    let mut rows = BTreeMap::new();
    let mut add = |id, kind, parent, place: usize, title, body| {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        rows.insert(
            id,
            Part {
                kind,
                parent,
                place,
                title,
                body,
            },
        );
    };
    for (place, field) in content.kickoff.iter().enumerate() {
        add(
            &*field.id,
            "prerun",
            "",
            place,
            &*field.label,
            to_json(field)?,
        );
    }
    for (place, stage) in content.stages.iter().enumerate() {
        let Stage { id, name, .. } = stage;
        add(id, "stage", "", place, name, to_json(stage)?);
    }
    for (place, step) in content.steps.iter().enumerate() {
        // The fields have rows of their own.
        let alone = Step {
            fields: Vec::new(),
            ..step.clone()
        };
        add(&step.id, "step", "", place, &step.title, to_json(&alone)?);
        for (place, field) in step.fields.iter().enumerate() {
            let body = to_json(field)?;
            add(&field.id, "capture", &step.id, place, &field.label, body);
        }
    }
    for (place, rule) in content.rules.iter().enumerate() {
        let Rule { id, name, .. } = rule;
        add(id, "rule", "", place, name, to_json(rule)?);
    }
    Ok(rows)
}

type Mention = (String, &'static str, String);

/// Everything outside that the parts name: `(part, kind, which)`.
fn mentions(template: &str, content: &Content) -> BTreeSet<Mention> {
    let mut found = BTreeSet::new();
    let mut people = |part: &str, people: &Assignees| {
        let users = people.users.iter().map(|id| ("member", id.to_string()));
        let guests = people.guests.iter().map(|email| ("guest", email.clone()));
        let groups = people.groups.iter().map(|id| ("group", id.clone()));
        for (kind, which) in users.chain(guests).chain(groups) {
            found.insert((part.to_owned(), kind, which));
        }
    };
    for step in &content.steps {
        people(&step.id, &step.people);
    }
    for rule in &content.rules {
        for action in &rule.actions {
            if let Some(named) = &action.people {
                people(&rule.id, named);
            }
        }
    }
    if let Some(folder) = &content.head.default_folder {
        found.insert((template.to_owned(), "folder", folder.clone()));
    }
    for step in &content.steps {
        for role in &step.roles {
            found.insert((step.id.clone(), "role", role.clone()));
        }
        if let Some(launch) = &step.launches {
            found.insert((step.id.clone(), "template", launch.id.clone()));
        }
    }
    text::each(content, |place, words| {
        let part = match place {
            Place::Template => template,
            Place::Step(id) | Place::Field(id) => id,
        };
        for (kind, which) in embed::named(words) {
            found.insert((part.to_owned(), kind, which));
        }
    });
    found
}
