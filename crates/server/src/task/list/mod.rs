//! Lists of tasks: what is asked for (`filter.rs`), and the SQL that finds it.

mod filter;

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::tag::SubjectType;

use crate::draft::Draft;
use crate::folder::store::only_inside;
use crate::http::page::Window;
use crate::http::{Member, Refusal};
use crate::member::store::contains;
use crate::organisation::{store as organisation, worktime};
use crate::tag::store::only_tagged;
use crate::task::rules::Task;
use crate::task::store::{
    COLUMNS, active_count, assign, load_assignees, load_guests, read, read_assignee,
};

pub use filter::{Filter, Sort, Status};

use crate::clock::DAY;

/// Whose tasks a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own.
    Own,
    /// Those of another member, as far as the caller may see them.
    Member(i64),
    /// All that the caller may see.
    Everybody,
}

/// The rows of a page, and how many rows there are in all.
pub fn find(
    tx: &mut Tx<'_>,
    member: &Member,
    whose: Whose,
    filter: &Filter,
    window: Window,
    now: Time,
) -> std::result::Result<(Vec<Task>, i64), Refusal> {
    let organization = member.organization.as_str();
    if whose == Whose::Own && filter.is_usual() {
        return Ok(newest_own(tx, organization, member.id(), window)?);
    }
    tx.take_time()?;
    let (mut rows, total) = filtered(tx, member, whose, filter, window, now)?;
    load_assignees(tx, organization, &mut rows)?;
    Ok((rows, total))
}

/// The tasks with their assignees, a row for each of these, and the total, which is the same in every row. The newest
/// are chosen first: what is joined to them costs the same however many tasks there are.
const NEWEST_OWN: &str = const_format::concatcp!(
    "SELECT ",
    COLUMNS,
    ", x.user_id, x.completed_at, x.place, \
      (SELECT c.active FROM task_counts c WHERE c.organization_id = $1 AND c.user_id = $2) \
      FROM (SELECT a.organization_id, a.task_id FROM task_members a \
          WHERE a.organization_id = $1 AND a.user_id = $2 AND a.active = TRUE \
          ORDER BY a.created_at DESC, a.increment_id DESC LIMIT $3 OFFSET $4) p \
      CROSS JOIN tasks t CROSS JOIN task_members x \
      WHERE t.organization_id = p.organization_id AND t.id = p.task_id \
          AND x.organization_id = t.organization_id AND x.task_id = t.id"
);

/// The commonest request of all: one's own active tasks, the newest first. One walk along one index, and a
/// total that is kept, not counted, so it costs the same however many tasks there are.
fn newest_own(
    tx: &mut Tx<'_>,
    organization: &str,
    user_id: i64,
    window: Window,
) -> Result<(Vec<Task>, i64)> {
    if window.per_page > 100 {
        tx.take_time()?;
    }
    let (mut rows, mut found, mut total) = (Vec::<Task>::new(), Vec::new(), None);
    if let Some(offset) = window.offset(i64::MAX) {
        tx.each(
            NEWEST_OWN,
            args![organization, user_id, window.per_page, offset],
            |row| {
                let task = read(row)?;
                let (assignee, place) = read_assignee(row)?;
                total = row.take()?;
                // The rows of one task stand together, or nearly: the search starts with the latest.
                let known = rows.iter().rposition(|known| known.id == task.id);
                found.push((known.unwrap_or(rows.len()), place, assignee));
                if known.is_none() {
                    rows.push(task);
                }
                Ok(())
            },
        )?;
    }
    let Some(total) = total else {
        // No row that could have told it.
        return Ok((Vec::new(), active_count(tx, organization, user_id)?));
    };
    assign(&mut rows, &mut found);
    rows.sort_by_key(|task| std::cmp::Reverse((task.created_at, task.increment_id)));
    load_guests(tx, organization, &mut rows)?;
    Ok((rows, total))
}

fn filtered(
    tx: &mut Tx<'_>,
    member: &Member,
    whose: Whose,
    filter: &Filter,
    window: Window,
    now: Time,
) -> Result<(Vec<Task>, i64)> {
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    let person = match whose {
        Whose::Own => Some(member.id()),
        Whose::Member(id) => Some(id),
        Whose::Everybody => None,
    };
    match person {
        Some(id) => {
            let id = draft.value(id);
            draft.text = format!(
                " FROM task_members a JOIN tasks t ON t.organization_id = a.organization_id AND t.id = a.task_id \
                 WHERE a.organization_id = {organization} AND a.user_id = {id}"
            );
        }
        None => draft.text = format!(" FROM tasks t WHERE t.organization_id = {organization}"),
    }
    if whose != Whose::Own {
        only_visible(&mut draft, member);
    }
    let zone = match filter.needs_days() {
        true => worktime::zone(&organisation::calendar(tx, &member.organization)?),
        false => jiff::tz::TimeZone::UTC,
    };
    narrow(&mut draft, member, filter, &zone, now);
    draft.page(tx, COLUMNS, filter.sort.sql(), window, read)
}

/// Those tasks of a page that the member sees and that the conditions of `narrow` leave, and how many there are in all.
pub fn matching(
    tx: &mut Tx<'_>,
    member: &Member,
    narrow: impl FnOnce(&mut Draft),
    order: &str,
    window: Window,
) -> Result<(Vec<Task>, i64)> {
    let mut draft = Draft::default();
    let organization = draft.value(member.organization.clone());
    draft.text = format!(" FROM tasks t WHERE t.organization_id = {organization}");
    only_visible(&mut draft, member);
    narrow(&mut draft);
    let (mut rows, total) = draft.page(tx, COLUMNS, order, window, read)?;
    load_assignees(tx, &member.organization, &mut rows)?;
    Ok((rows, total))
}

/// The same rule as [`crate::task::rules::may_see`], in SQL, for lists of `t`; a test compares them.
pub fn only_visible(draft: &mut Draft, member: &Member) {
    if member.is_admin() {
        return;
    }
    let me = draft.value(member.id());
    let assigned = format!(
        "EXISTS (SELECT 1 FROM task_members v WHERE v.organization_id = t.organization_id AND v.task_id = t.id AND v.user_id = {me})"
    );
    let mentioned = format!(
        "(t.has_mentions = TRUE AND EXISTS (SELECT 1 FROM thread_mentions w WHERE w.organization_id = t.organization_id \
         AND w.subject_type = 'task' AND w.subject_id = t.id AND w.user_id = {me}))"
    );
    let started = if member.is_light() {
        mentioned
    } else {
        format!("(t.starter_id = {me} OR {mentioned})")
    };
    draft.and(&format!(
        "((t.top_secret = FALSE AND {started}) OR {assigned})"
    ));
}

fn narrow(
    draft: &mut Draft,
    member: &Member,
    filter: &Filter,
    zone: &jiff::tz::TimeZone,
    now: Time,
) {
    status(draft, filter.status, now);
    match filter.archived {
        filter::Archived::Without => draft.and("t.archived_at IS NULL"),
        filter::Archived::With => {}
        filter::Archived::Only => draft.and("t.archived_at IS NOT NULL"),
    }
    if let Some(text) = &filter.text {
        let pattern = draft.value(contains(&text.to_lowercase()));
        draft.and(&format!("t.title_folded LIKE {pattern} ESCAPE '\\'"));
    }
    let mut owners = filter.owners.clone();
    owners.extend(filter.assigned_to_me.then_some(member.id()));
    if !owners.is_empty() {
        let list: Vec<String> = owners.into_iter().map(|id| draft.value(id)).collect();
        draft.and(&format!(
            "EXISTS (SELECT 1 FROM task_members f WHERE f.organization_id = t.organization_id AND f.task_id = t.id AND f.user_id IN ({}))",
            list.join(", ")
        ));
    }
    if !filter.guests.is_empty() {
        let list: Vec<String> = filter
            .guests
            .iter()
            .map(|email| draft.value(email.to_lowercase()))
            .collect();
        draft.and(&format!(
            "EXISTS (SELECT 1 FROM task_guests f JOIN guests g ON g.id = f.guest_id WHERE f.organization_id = t.organization_id \
             AND f.task_id = t.id AND g.email_folded IN ({}))",
            list.join(", ")
        ));
    }
    if filter.unassigned {
        draft.and(
            "t.has_guests = FALSE AND NOT EXISTS (SELECT 1 FROM task_members f WHERE f.organization_id = t.organization_id AND f.task_id = t.id)",
        );
    }
    for (column, range) in [
        ("created_at", &filter.created),
        ("deadline", &filter.deadline),
    ] {
        if let Some(first) = range.from {
            let moment = draft.value(tallystick_wire::time::start_of(first, zone).0);
            draft.and(&format!("t.{column} >= {moment}"));
        }
        if let Some(day) = range.before {
            let moment = draft.value(tallystick_wire::time::start_of(day, zone).0);
            draft.and(&format!("t.{column} < {moment}"));
        }
    }
    only_tagged(draft, SubjectType::Task, &filter.tags);
    if let Some(folder) = &filter.folder {
        only_inside(draft, SubjectType::Task, folder);
    }
    if filter.nothing_has_it {
        draft.and("t.organization_id = ''");
    }
}

fn status(draft: &mut Draft, status: Status, now: Time) {
    const OPEN: &str = "t.status IN ('not-started', 'in-progress')";
    match status {
        Status::All => {}
        Status::Active => {
            draft.and("t.status IN ('not-started', 'in-progress') AND t.archived_at IS NULL")
        }
        Status::Incomplete => draft.and("t.status <> 'completed'"),
        Status::InProgress => draft.and("t.status = 'in-progress'"),
        Status::NotStarted => draft.and("t.status = 'not-started'"),
        Status::Completed => draft.and("t.status = 'completed'"),
        Status::Hidden => draft.and("t.status = 'auto-skipped'"),
        Status::Overdue => {
            let now = draft.value(now.0);
            draft.and(&format!("{OPEN} AND t.deadline < {now}"));
        }
        Status::DueSoon => {
            let (from, to) = (draft.value(now.0), draft.value(now.0 + DAY));
            draft.and(&format!(
                "{OPEN} AND t.deadline >= {from} AND t.deadline <= {to}"
            ));
        }
        Status::Problem => draft.and("t.problem = TRUE"),
        // No task is a draft.
        Status::Nothing => draft.and("t.organization_id = ''"),
    }
}
