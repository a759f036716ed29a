//! Data sets for measuring: as large as asked, the same every time.

use tallystick_db::{Db, Result, Stop, Tx};
use tallystick_wire::Time;
use tallystick_wire::member::Role;
use tallystick_wire::task::TaskStatus;

use crate::clock::{DAY, SECOND};
use crate::http::access::Scopes;
use crate::ids::Ids;
use crate::member::store::{NewUser, insert_membership, insert_user};
use crate::task::rules::{Assignee, Task};
use crate::token::store::{Order, issue};
use crate::{organisation, task};

/// What a load generator needs to know of a data set.
pub struct Fixture {
    /// The organisation.
    pub organization_id: String,
    /// Number and token of each member.
    pub members: Vec<(i64, String)>,
    /// Active tasks, with the index of the member each is assigned to.
    pub active_tasks: Vec<(usize, String)>,
}

/// Tasks stored in one transaction.
const BATCH: i64 = 20_000;

/// One organisation with this many members and tasks. Tasks are spread evenly, each has one assignee, and three of ten
/// are completed.
pub fn benchmark(db: &Db, members: i64, tasks: i64, now: Time) -> Result<Fixture> {
    let ids = Ids::seeded(7);
    let organization_id = ids.object(now);
    let id = organization_id.clone();
    let people = db
        .write_here(move |tx| found(tx, &Ids::seeded(8), &id, members, now).map_err(Stop::Abort))?;
    let mut active_tasks = Vec::new();
    let mut first = 0;
    while first < tasks {
        let last = (first + BATCH).min(tasks);
        let (organization, numbers) = (
            organization_id.clone(),
            people.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        );
        active_tasks.extend(db.write_here(move |tx| {
            let ids = Ids::seeded(u64::try_from(first).unwrap_or_default() + 9);
            fill(tx, &ids, &organization, &numbers, first..last, now).map_err(Stop::Abort)
        })?);
        first = last;
    }
    Ok(Fixture {
        organization_id,
        members: people,
        active_tasks,
    })
}

fn found(
    tx: &mut Tx<'_>,
    ids: &Ids,
    organization: &str,
    members: i64,
    now: Time,
) -> Result<Vec<(i64, String)>> {
    organisation::store::insert(tx, organization, "Benchmark", "UTC", now)?;
    let mut people = Vec::new();
    for index in 0..members {
        let email = format!("member{index}@bench.example");
        let new = NewUser {
            email: &email,
            first_name: "Member",
            last_name: &format!("Number {index}"),
            timezone: None,
            password_hash: None,
        };
        let id = insert_user(tx, &new, now)?;
        let role = if index == 0 {
            Role::Admin
        } else {
            Role::Standard
        };
        insert_membership(tx, organization, id, role, index == 0, now)?;
        let order = Order {
            user_id: id,
            name: "bench",
            scopes: &Scopes::all(),
            organization_id: None,
            expires_at: None,
        };
        people.push((id, issue(tx, ids, &order, now)?.1));
    }
    Ok(people)
}

fn fill(
    tx: &mut Tx<'_>,
    ids: &Ids,
    organization: &str,
    people: &[i64],
    which: std::ops::Range<i64>,
    now: Time,
) -> Result<Vec<(usize, String)>> {
    let mut active = Vec::new();
    for index in which {
        let who = usize::try_from(index).unwrap_or_default() % people.len();
        let completed = (index / i64::try_from(people.len()).unwrap_or(1)) % 10 < 3;
        let created = now.plus((index - 20_000_000) * SECOND);
        let made = Task {
            title: format!("Check delivery {index} against the purchase order"),
            summary: Some("<p>Compare quantities, note damage, file the slip.</p>".to_owned()),
            status: if completed {
                TaskStatus::Completed
            } else {
                TaskStatus::NotStarted
            },
            deadline: Some(created.plus(5 * DAY)),
            completer_id: completed.then_some(people[who]),
            completed_at: completed.then(|| created.plus(DAY)),
            assignees: vec![Assignee {
                user_id: people[who],
                completed_at: None,
            }],
            ..Task::new(ids.object(created), index + 1, people[0], created)
        };
        task::store::insert(tx, organization, &made)?;
        if !completed {
            active.push((who, made.id));
        }
    }
    Ok(active)
}
