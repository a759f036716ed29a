//! The SQL of the feed: what happened, as far as one viewer may know.

use std::collections::BTreeMap;

use tallystick_db::{Result, Row, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::activity::Actor;

use crate::activity::filter::{Entity, Filter};
use crate::draft::Draft;
use crate::http::page::Window;
use crate::http::{Member, Refusal};
use crate::in_list;
use crate::member::store::{contains, fold};
use crate::task;
use crate::template;

/// A row as it is stored, with who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the columns")]
pub struct Stored {
    pub id: i64,
    pub created_at: Time,
    pub subject: (String, String),
    pub parent: Option<(String, String)>,
    pub verb: String,
    pub actor_type: String,
    pub actor_id: Option<i64>,
    pub field: Option<String>,
    pub old_value: Option<String>,
    pub description: Option<String>,
    pub actor: Option<Actor>,
}

const COLUMNS: &str = "a.id, a.created_at, a.subject_type, a.subject_id, a.parent_type, a.parent_id, a.verb, a.actor_type, \
    a.actor_id, a.field, a.old_value, a.description, u.email, u.username, u.first_name, u.last_name, g.email";

/// Who did it: a member's own row, or a guest's.
const ACTORS: &str = " LEFT JOIN memberships m ON a.actor_type = 'user' AND m.organization_id = a.organization_id AND m.user_id = a.actor_id \
    LEFT JOIN users u ON u.id = m.user_id \
    LEFT JOIN guests g ON a.actor_type = 'guest' AND g.id = a.actor_id";

/// What a row belongs to, which decides who may see it: the parent where there is one.
const PLACE: (&str, &str) = (
    "COALESCE(a.parent_type, a.subject_type)",
    "COALESCE(a.parent_id, a.subject_id)",
);

fn read(row: &mut Row<'_>) -> Result<Stored> {
    let mut stored = Stored {
        id: row.take()?,
        created_at: Time(row.take()?),
        subject: (row.take()?, row.take()?),
        parent: row
            .take::<Option<String>>()?
            .zip(row.take::<Option<String>>()?),
        verb: row.take()?,
        actor_type: row.take()?,
        actor_id: row.take()?,
        field: row.take()?,
        old_value: row.take()?,
        description: row.take()?,
        actor: None,
    };
    let member: [Option<String>; 4] = [row.take()?, row.take()?, row.take()?, row.take()?];
    let guest: Option<String> = row.take()?;
    stored.actor = match (stored.actor_id, member, guest) {
        (Some(id), [Some(email), username, first, last], _) => {
            let (first_name, last_name) = (first.unwrap_or_default(), last.unwrap_or_default());
            Some(Actor {
                id,
                email,
                username,
                full_name: format!("{first_name} {last_name}").trim().to_owned(),
                first_name,
                last_name,
                ..Actor::default()
            })
        }
        (Some(id), _, Some(email)) => Some(Actor {
            id,
            full_name: email.clone(),
            email,
            ..Actor::default()
        }),
        _ => None,
    };
    Ok(stored)
}

/// The rows of a page, and how many rows there are in all.
pub fn find(
    tx: &mut Tx<'_>,
    member: &Member,
    filter: &Filter,
    window: Window,
) -> std::result::Result<(Vec<Stored>, i64), Refusal> {
    tx.take_time()?;
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    draft.text = format!(" WHERE a.organization_id = {organization}");
    if !member.is_admin() {
        if let Some(entity) = &filter.entity {
            check_entity(tx, member, entity)?;
        }
        only_visible(&mut draft, member);
    }
    narrow(&mut draft, filter, &organization);
    let total = tx.one(
        &format!("SELECT count(*) FROM activities a{}", draft.text),
        &draft.values,
        |row| row.take(),
    )?;
    let Some(offset) = window.offset(total) else {
        return Ok((Vec::new(), total));
    };
    let (limit, offset) = (draft.value(window.per_page), draft.value(offset));
    let order = if filter.oldest_first {
        "a.created_at, a.id"
    } else {
        "a.created_at DESC, a.id DESC"
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM activities a{ACTORS}{} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
        draft.text
    );
    Ok((tx.all(&sql, &draft.values, read)?, total))
}

/// What belongs to a task that the member sees, or to a template whose changes they may follow.
fn only_visible(draft: &mut Draft, member: &Member) {
    let (kind, id) = PLACE;
    draft.text.push_str(&format!(
        " AND (({kind} = 'task' AND EXISTS (SELECT 1 FROM tasks t WHERE t.organization_id = a.organization_id AND t.id = {id}"
    ));
    task::list::only_visible(draft, member);
    draft.text.push_str(&format!(
        ")) OR ({kind} = 'template' AND EXISTS (SELECT 1 FROM templates t WHERE t.organization_id = a.organization_id AND t.id = {id}"
    ));
    followed(draft, member);
    draft.text.push_str(")))");
}

/// Light members may be given a template to launch; how it was changed is for those who design.
fn followed(draft: &mut Draft, member: &Member) {
    if member.is_light() {
        let me = draft.value(member.id());
        draft.and(&format!("(t.owner_id = {me} OR t.created_by = {me})"));
    } else {
        template::access::only_visible(draft, member);
    }
}

/// Not found when the member may not see the thing; refused when they may, but not its feed.
fn check_entity(
    tx: &mut Tx<'_>,
    member: &Member,
    entity: &Entity,
) -> std::result::Result<(), Refusal> {
    let Some(id) = &entity.id else {
        return Ok(());
    };
    let organization = member.organization.as_str();
    let (kind, id) = match entity.kind.stored {
        "thread" => tx.maybe(
            "SELECT subject_type, subject_id FROM threads WHERE organization_id = $1 AND id = $2",
            args![organization, id],
            |row| Ok((row.take::<String>()?, row.take::<String>()?)),
        )?,
        "step" => tx.maybe(
            "SELECT template_id FROM template_parts WHERE organization_id = $1 AND id = $2 AND kind = 'step'",
            args![organization, id],
            |row| Ok(("template".to_owned(), row.take::<String>()?)),
        )?,
        kind => Some((kind.to_owned(), id.clone())),
    }
    .ok_or_else(Refusal::not_found)?;
    let mut is = |table: &str, rule: fn(&mut Draft, &Member)| {
        let mut draft = Draft::default();
        let (organization, id) = (
            draft.value(organization.to_owned()),
            draft.value(id.clone()),
        );
        draft.text = format!(
            "SELECT 1 FROM {table} t WHERE t.organization_id = {organization} AND t.id = {id}"
        );
        rule(&mut draft, member);
        tx.maybe(&draft.text, &draft.values, |_| Ok(()))
            .map(|found| found.is_some())
    };
    match kind.as_str() {
        "task" if is("tasks", task::list::only_visible)? => Ok(()),
        "template" if is("templates", followed)? => Ok(()),
        "template" if is("templates", template::access::only_visible)? => Err(Refusal::forbidden(
            "What happened to this template is shown to those who design",
        )),
        _ => Err(Refusal::not_found()),
    }
}

fn narrow(draft: &mut Draft, filter: &Filter, organization: &str) {
    if let Some(Entity { kind, id }) = &filter.entity {
        let kind = draft.value(kind.stored.to_owned());
        let condition = match id {
            Some(id) => {
                let id = draft.value(id.clone());
                format!(
                    "((a.subject_type = {kind} AND a.subject_id = {id}) OR (a.parent_type = {kind} AND a.parent_id = {id}))"
                )
            }
            None => format!("(a.subject_type = {kind} OR a.parent_type = {kind})"),
        };
        draft.and(&condition);
    }
    if !filter.types.is_empty() {
        let types = draft.list(filter.types.iter().map(|kind| (*kind).to_owned()));
        draft.and(&format!("a.subject_type IN ({types})"));
    }
    if !filter.verbs.is_empty() {
        let verbs = draft.list(filter.verbs.clone());
        draft.and(&format!("a.verb IN ({verbs})"));
    }
    if let Some(kind) = filter.actor_type {
        let kind = draft.value(kind.to_owned());
        draft.and(&format!("a.actor_type = {kind}"));
    }
    if let Some(id) = filter.actor_id {
        let id = draft.value(id);
        draft.and(&format!("a.actor_id = {id}"));
    }
    if let Some(email) = &filter.actor_email {
        let email = draft.value(fold(email));
        draft.and(&format!(
            "((a.actor_type = 'user' AND a.actor_id IN (SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id \
                WHERE m.organization_id = {organization} AND u.email_folded = {email})) \
             OR (a.actor_type = 'guest' AND a.actor_id IN (SELECT o.guest_id FROM organization_guests o JOIN guests g ON g.id = o.guest_id \
                WHERE o.organization_id = {organization} AND g.email_folded = {email})))"
        ));
    }
    if let (Some(from), _) = filter.created {
        let from = draft.value(from);
        draft.and(&format!("a.created_at >= {from}"));
    }
    if let (_, Some(before)) = filter.created {
        let before = draft.value(before);
        draft.and(&format!("a.created_at < {before}"));
    }
    if let Some(text) = &filter.text {
        let pattern = draft.value(contains(text));
        draft.and(&format!("a.description_folded LIKE {pattern} ESCAPE '\\'"));
    }
    if let Some(field) = &filter.field {
        let field = draft.value(field.clone());
        draft.and(&format!("a.field = {field}"));
    }
    if filter.nothing_has_it {
        draft.and("a.organization_id = ''");
    }
}

/// The titles of those tasks, templates or steps that still exist.
pub fn titles(
    tx: &mut Tx<'_>,
    organization: &str,
    kind: &str,
    ids: &[String],
) -> Result<BTreeMap<String, String>> {
    let table = match kind {
        "task" => "tasks",
        "template" => "templates",
        "step" => "template_parts",
        _ => return Ok(BTreeMap::new()),
    };
    let mut found = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(
            &format!("SELECT id, title FROM {table} WHERE organization_id = $1 AND id IN ("),
            2,
            part.len(),
            ")",
        );
        let values = in_list::args(args![organization], part.iter().map(Value::from));
        tx.each(&sql, &values, |row| {
            found.insert(row.take()?, row.take()?);
            Ok(())
        })?;
    }
    Ok(found)
}
