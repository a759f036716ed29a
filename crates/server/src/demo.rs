//! What the demo starts with: an organisation, people in each role, and tasks as they look in real life.

use serde_json::{Map, Value};
use tallystick_db::{Db, DbError, Stop, Tx};
use tallystick_wire::Time;
use tallystick_wire::member::Role;
use tallystick_wire::task::{TaskStatus, TaskType};

use crate::app::App;
use crate::clock::DAY;
use crate::http::Refusal;
use crate::http::access::Scopes;
use crate::ids::Ids;
use crate::member::store::{NewUser, insert_membership, insert_user};
use crate::oauth::client::{self, GrantType, NewClient};
use crate::task::rules::{Assignee, Task};
use crate::template::import::{self, Maker};
use crate::template::read::{Faults, Mint};
use crate::token::store::{Order, issue};
use crate::{instance, organisation, task, template};

/// What a person needs to begin.
pub struct Founded {
    /// The organisation.
    pub organization_id: String,
    /// Its administrator.
    pub user_id: i64,
    /// Their address.
    pub email: String,
    /// A token of theirs.
    pub access_token: String,
    /// An application of the organisation.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// What the demo's application may do: every way that programs written for the API use.
const GRANTS: [GrantType; 5] = [
    GrantType::ClientCredentials,
    GrantType::AuthorizationCode,
    GrantType::RefreshToken,
    GrantType::DeviceCode,
    GrantType::Password,
];

/// `(first name, last name, role)`; the first is the administrator who holds the token.
const PEOPLE: [(&str, &str, Role); 5] = [
    ("Ada", "Okafor", Role::Admin),
    ("Bruno", "Lindqvist", Role::Standard),
    ("Chiara", "Novak", Role::Standard),
    ("Dev", "Raman", Role::Light),
    ("Elif", "Demir", Role::Admin),
];

/// One task of the demo: title, type, days until it is due (negative: overdue), who (index into [`PEOPLE`]), state.
struct Sample(&'static str, TaskType, i64, &'static [usize], State);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Begun,
    Done,
    Rejected,
    Archived,
}

const TASKS: [Sample; 16] = [
    Sample(
        "Send the signed lease to the landlord",
        TaskType::Task,
        -6,
        &[0],
        State::Open,
    ),
    Sample(
        "Renew the TLS certificate of the shop",
        TaskType::Task,
        -2,
        &[0, 1],
        State::Begun,
    ),
    Sample(
        "Call Hansen Freight about the damaged pallets",
        TaskType::Task,
        -1,
        &[0],
        State::Open,
    ),
    Sample(
        "Approve the travel budget for Lisbon",
        TaskType::Approval,
        0,
        &[0],
        State::Open,
    ),
    Sample(
        "Collect feedback on the new price list",
        TaskType::Task,
        1,
        &[0, 2, 3],
        State::Begun,
    ),
    Sample(
        "Prepare the laptop for Noor's first day",
        TaskType::Task,
        2,
        &[0],
        State::Open,
    ),
    Sample(
        "Check the fire extinguishers on floor two",
        TaskType::Task,
        3,
        &[3],
        State::Open,
    ),
    Sample(
        "Read and acknowledge the new expenses policy",
        TaskType::Expiring,
        5,
        &[0, 1, 2],
        State::Open,
    ),
    Sample(
        "Reconcile the card statement for last month",
        TaskType::Task,
        6,
        &[2],
        State::Begun,
    ),
    Sample("Order name badges", TaskType::Task, 9, &[0, 3], State::Open),
    Sample(
        "Book the room for the board meeting",
        TaskType::Task,
        14,
        &[0],
        State::Open,
    ),
    Sample(
        "Write to customers about the holiday hours",
        TaskType::Email,
        21,
        &[1],
        State::Open,
    ),
    Sample(
        "Invoice Marigold Bakery",
        TaskType::Task,
        -8,
        &[0],
        State::Done,
    ),
    Sample(
        "Approve the contract with Quill & Sons",
        TaskType::Approval,
        -4,
        &[0],
        State::Done,
    ),
    Sample(
        "Approve a second espresso machine",
        TaskType::Approval,
        -3,
        &[4],
        State::Rejected,
    ),
    Sample(
        "Plan the summer party that was called off",
        TaskType::Task,
        30,
        &[0],
        State::Archived,
    ),
];

/// Fills a new database, in one transaction.
pub fn found(app: &App, password_hash: &str) -> Result<Founded, Refusal> {
    let (app_inside, password_hash) = (app.clone(), password_hash.to_owned());
    app.db.write_here(move |tx| {
        let now = app_inside.clock.now();
        fill(tx, &app_inside.ids, &password_hash, now).map_err(Stop::Abort)
    })
}

fn fill(tx: &mut Tx<'_>, ids: &Ids, password_hash: &str, now: Time) -> Result<Founded, Refusal> {
    let organization = ids.object(now);
    organisation::store::insert(tx, &organization, "Northwind Studio", "UTC", now)?;
    let mut people = Vec::new();
    for (index, (first_name, last_name, role)) in PEOPLE.into_iter().enumerate() {
        let email = format!("{}@northwind.example", first_name.to_lowercase());
        let new = NewUser {
            email: &email,
            first_name,
            last_name,
            timezone: Some("UTC"),
            password_hash: Some(password_hash),
        };
        let id = insert_user(tx, &new, now.plus(-40 * DAY))?;
        insert_membership(tx, &organization, id, role, index == 0, now.plus(-40 * DAY))?;
        people.push(id);
    }
    templates(tx, ids, &organization, &people, now)?;
    for (index, sample) in (0_i64..).zip(&TASKS) {
        let created = now.plus(-12 * DAY + index * DAY / 2);
        let number = task::store::next_increment(tx, &organization)?;
        task::store::insert(
            tx,
            &organization,
            &sample.task(ids, number, &people, created, now),
        )?;
    }
    let order = Order {
        user_id: people[0],
        name: "Demo",
        scopes: &Scopes::all(),
        organization_id: None,
        expires_at: Some(now.plus(crate::token::rules::USUAL_LIFE)),
    };
    let (_, access_token) = issue(tx, ids, &order, now)?;
    let application = NewClient {
        organization: Some(&organization),
        name: "Demo application",
        auth_method: "client_secret_basic",
        grants: &GRANTS,
        redirect_uris: &["http://127.0.0.1/callback".to_owned()],
        scopes: &Scopes::all(),
        created_by: Some(people[0]),
    };
    let (client_id, client_secret) = client::insert(tx, ids, &application, now)?;
    Ok(Founded {
        client_id,
        client_secret: client_secret.unwrap_or_default(),
        organization_id: organization,
        user_id: people[0],
        email: "ada@northwind.example".to_owned(),
        access_token,
    })
}

/// The templates that come with the program; users find them in `examples/templates`.
const TEMPLATES: [&str; 6] = [
    include_str!("../../../examples/templates/employee-onboarding.json"),
    include_str!("../../../examples/templates/client-onboarding.json"),
    include_str!("../../../examples/templates/purchase-approval.json"),
    include_str!("../../../examples/templates/incident-response.json"),
    include_str!("../../../examples/templates/month-end-close.json"),
    include_str!("../../../examples/templates/contract-review.json"),
];

/// Imports the templates as a user would; their steps go to the full members in turn.
fn templates(
    tx: &mut Tx<'_>,
    ids: &Ids,
    organization: &str,
    people: &[i64],
    now: Time,
) -> Result<(), Refusal> {
    for text in TEMPLATES {
        let body: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| DbError::Other(error.to_string()))?;
        let count = import::fields_in(&body);
        let numbers = template::store::field_numbers(tx, organization, count)?;
        let mut mint = Mint::new(ids, now.plus(-30 * DAY), numbers);
        let faults = Faults::default();
        let maker = Maker {
            user_id: people[0],
            is_admin: true,
            restricted: false,
        };
        let draft = import::read(&body, &faults, maker, &mut mint);
        let mut draft = import::settle(tx, organization, None, draft, faults)?;
        for (index, step) in draft.template.content.steps.iter_mut().enumerate() {
            step.people.users.push(people[index % 3]);
        }
        import::add(tx, organization, now, &mut draft)?;
    }
    Ok(())
}

impl Sample {
    fn task(&self, ids: &Ids, number: i64, people: &[i64], created: Time, now: Time) -> Task {
        let Self(title, kind, days, who, state) = *self;
        let assignees: Vec<i64> = who.iter().map(|index| people[*index]).collect();
        let finished = matches!(state, State::Done | State::Rejected);
        let completed = finished.then(|| now.plus(-DAY));
        let decision = match (kind, state) {
            (TaskType::Approval, State::Done) => Some(true),
            (_, State::Rejected) => Some(false),
            _ => None,
        };
        Task {
            title: title.to_owned(),
            summary: Some(format!("<p>{title}.</p>")),
            task_type: kind,
            status: match state {
                State::Begun => TaskStatus::InProgress,
                State::Done | State::Rejected => TaskStatus::Completed,
                State::Open | State::Archived => TaskStatus::NotStarted,
            },
            is_approved: decision,
            deadline: Some(now.plus(days * DAY + DAY / 3)),
            everyone_must_complete: who.len() > 2,
            completer_id: completed.map(|_| assignees[0]),
            completed_at: completed,
            archived_at: (state == State::Archived).then(|| now.plus(-DAY)),
            assignees: assignees
                .into_iter()
                .map(|user_id| Assignee {
                    user_id,
                    completed_at: None,
                })
                .collect(),
            ..Task::new(ids.object(created), number, people[4], created)
        }
    }
}

/// Gives a new database its identity; answers it.
pub fn found_instance(db: &Db, ids: &Ids, now: Time) -> tallystick_db::Result<String> {
    let id = ids.object(now);
    let stored = id.clone();
    db.write_here(move |tx| instance::found(tx, &stored, now).map_err(Stop::Abort))?;
    Ok(id)
}
