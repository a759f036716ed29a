//! A running server with people, tasks, and an organisation that nobody else may hear of.

use std::sync::{Arc, OnceLock};

use tallystick_db::{DbError, Stop, Tx, args};
use tallystick_server::app::App;
use tallystick_server::clock::DAY;
use tallystick_server::clock::FixedClock;
use tallystick_server::demo::found_instance;
use tallystick_server::http::access::Scopes;
use tallystick_server::ids::Ids;
use tallystick_server::member::password;
use tallystick_server::member::store::{NewUser, insert_membership, insert_user, set_membership};
use tallystick_server::oauth::authorization::{self, How, NewAuthorization};
use tallystick_server::oauth::client::{self, GrantType, NewClient};
use tallystick_server::oauth::tokens::{self, Holder};
use tallystick_server::settings::{Settings, Source, Values};
use tallystick_server::task::rules::{Assignee, Task};
use tallystick_server::token::store::{Order, issue};
use tallystick_server::{organisation, serve, task};
use tallystick_wire::Time;
use tallystick_wire::member::{MemberStatus, Role};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::database::{Database, Kind, blocking};
use super::wire::Wire;
use super::{Actor, MARK, logs};

/// Monday, 2 March 2026, 10:00 UTC.
pub const NOW: Time = Time(1_772_445_600_000_000);

pub struct World {
    /// `/organizations/{org}` of the organisation that tests are about.
    pub org: String,
    /// A second one, which `both` administers too.
    pub side: String,
    pub canary_org: String,
    /// A task of the canary organisation.
    pub canary_task: String,
    pub admin: Actor,
    pub standard: Actor,
    pub other: Actor,
    pub light: Actor,
    /// An administrator of two organisations.
    pub both: Actor,
    pub disabled: Actor,
    pub invited: Actor,
    /// Somebody without a token.
    pub stranger: Actor,
    /// The canary organisation's administrator.
    pub canary: Actor,
    pub app: App,
    pub clock: Arc<FixedClock>,
    wire: Arc<Wire>,
    database: Database,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Where the applications of tests have people sent back to.
pub const REDIRECT: &str = "https://ledger.example/callback";

/// What a token is made with.
#[derive(Default)]
pub struct Grant<'a> {
    pub scopes: &'a [&'a str],
    pub organization: Option<&'a str>,
    pub expires_at: Option<Time>,
}

struct Seeded {
    org: String,
    side: String,
    canary_org: String,
    canary_task: String,
    /// Number and token, in the order of the actors.
    people: Vec<(i64, String)>,
}

impl World {
    pub async fn start(kind: Kind, settings: &[(&str, &str)]) -> Self {
        logs::keep();
        let (database, db) = Database::make(kind).await;
        let mut values = Values::default();
        let usual = [
            "limits.per_person",
            "limits.per_stranger",
            "limits.per_token_endpoint",
            "limits.registrations",
            "limits.comments",
        ]
        .map(|key| (key, "0"));
        for (key, value) in usual.iter().chain(settings) {
            values.set(key, value, Source::Flag).unwrap();
        }
        let clock = Arc::new(FixedClock::at(NOW));
        let settings = Settings::read(&values).unwrap();
        let app = App::new(db, clock.clone(), Ids::seeded(1), settings);
        let founding = app.clone();
        let seeded = blocking(move || {
            found_instance(&founding.db, &founding.ids, NOW).unwrap();
            let inside = founding.clone();
            founding
                .db
                .write_here(move |tx| seed(tx, &inside.ids).map_err(Stop::Abort))
                .unwrap()
        })
        .await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        app.listens_at(&origin);
        let wire = Arc::new(Wire::to(origin));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve::serve(app.clone(), listener, async {
            let _ = stopped.await;
        }));
        let actor = |name, index: usize| {
            let (user_id, token) = &seeded.people[index];
            wire.remember(token);
            Actor {
                name,
                user_id: *user_id,
                token: Some(token.clone()),
                in_canary: name == "canary",
                wire: wire.clone(),
            }
        };
        let stranger = Actor {
            name: "stranger",
            user_id: 0,
            token: None,
            in_canary: false,
            wire: wire.clone(),
        };
        Self {
            admin: actor("admin", 0),
            standard: actor("standard", 1),
            other: actor("other", 2),
            light: actor("light", 3),
            both: actor("both", 4),
            disabled: actor("disabled", 5),
            invited: actor("invited", 6),
            canary: actor("canary", 7),
            stranger,
            org: seeded.org,
            side: seeded.side,
            canary_org: seeded.canary_org,
            canary_task: seeded.canary_task,
            app,
            clock,
            wire,
            database,
            stop,
            server,
        }
    }

    /// Everything that is stored, table by table, without what is only for watching.
    pub async fn stored(&self) -> Vec<String> {
        let db = self.app.db.clone();
        blocking(move || db.read_here(everything).unwrap()).await
    }

    /// A path in the organisation.
    pub fn at(&self, rest: &str) -> String {
        format!("/organizations/{}/{rest}", self.org)
    }

    /// A secret that neither log nor database may hold.
    pub fn remember(&self, secret: &str) {
        self.wire.remember(secret);
    }

    pub fn origin(&self) -> &str {
        &self.wire.origin
    }

    /// Changes the database behind the server's back.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let written = self.app.db.write(move |tx| work(tx).map_err(Stop::Abort));
        written.await.unwrap()
    }

    /// Stores a task of the administrator, changed by `edit`; answers its id.
    pub async fn task(&self, edit: impl FnOnce(&mut Task)) -> String {
        self.task_in(&self.org, self.admin.user_id, edit).await
    }

    pub async fn task_in(
        &self,
        organization: &str,
        starter: i64,
        edit: impl FnOnce(&mut Task),
    ) -> String {
        let id = self.app.ids.object(NOW);
        let mut wanted = Task::new(id.clone(), 0, starter, NOW);
        wanted.title = "Count the chairs".to_owned();
        edit(&mut wanted);
        let organization = organization.to_owned();
        self.write(move |tx| {
            let mut stored = wanted.clone();
            stored.increment_id = task::store::next_increment(tx, &organization)?;
            task::store::insert(tx, &organization, &stored)
        })
        .await;
        id
    }

    /// Another token of somebody, as an actor.
    pub async fn token(&self, of: &Actor, name: &'static str, grant: Grant<'_>) -> Actor {
        let (user_id, app) = (of.user_id, self.app.clone());
        let scopes = match grant.scopes {
            [] => Scopes::all(),
            words => Scopes::stored(&words.join(" ")),
        };
        let organization = grant.organization.map(str::to_owned);
        let secret = self
            .write(move |tx| {
                let order = Order {
                    user_id,
                    name: "another",
                    scopes: &scopes,
                    organization_id: organization.as_deref(),
                    expires_at: grant.expires_at,
                };
                issue(tx, &app.ids, &order, NOW)
            })
            .await
            .1;
        self.wire.remember(&secret);
        of.with_token(name, &secret)
    }

    /// An application of the organisation, made past the API: its number and its secret.
    pub async fn client(&self, organization: &str, grants: &[GrantType]) -> (String, String) {
        let (app, organization, grants) =
            (self.app.clone(), organization.to_owned(), grants.to_vec());
        let made = self
            .write(move |tx| {
                let new = NewClient {
                    organization: Some(&organization),
                    name: "Ledger",
                    auth_method: "client_secret_basic",
                    grants: &grants,
                    redirect_uris: &[REDIRECT.to_owned()],
                    scopes: &Scopes::all(),
                    created_by: None,
                };
                client::insert(tx, &app.ids, &new, NOW)
            })
            .await;
        let secret = made.1.unwrap();
        self.wire.remember(&secret);
        (made.0, secret)
    }

    /// An application as a caller with its own token.
    pub async fn application(&self, name: &'static str, organization: &str) -> Actor {
        let (id, secret) = self
            .client(organization, &[GrantType::ClientCredentials])
            .await;
        let body = serde_json::json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        let answer = self.stranger.post("/oauth/token", body).await.expect(200);
        self.stranger
            .with_token(name, answer.json["access_token"].as_str().unwrap())
    }

    /// Something that somebody allowed, everywhere and to no application: its id.
    pub async fn authorization(&self, of: &Actor) -> String {
        let (id, user_id) = (self.app.ids.object(NOW), of.user_id);
        let authorization = id.clone();
        self.write(move |tx| {
            let new = NewAuthorization {
                id: &authorization,
                client: None,
                user_id,
                organization: None,
                how: How::SignIn,
                scopes: &Scopes::all(),
                expires_at: NOW.plus(DAY),
            };
            authorization::insert(tx, &new, NOW)
        })
        .await;
        id
    }

    /// Somebody through an application that they allowed to act for them, and the id of that authorization.
    pub async fn connected(
        &self,
        of: &Actor,
        name: &'static str,
        organization: &str,
        scopes: &[&str],
    ) -> (Actor, String) {
        let (client_id, _) = self
            .client(
                organization,
                &[GrantType::AuthorizationCode, GrantType::RefreshToken],
            )
            .await;
        let (app, user_id, organization) = (self.app.clone(), of.user_id, organization.to_owned());
        let scopes = match scopes {
            [] => Scopes::all(),
            words => Scopes::stored(&words.join(" ")),
        };
        let authorization = self.app.ids.object(NOW);
        let id = authorization.clone();
        let issued = self.app.write(move |tx| {
            let client = client::find(tx, &client_id)?.unwrap();
            let holder = Holder {
                authorization: &authorization,
                user_id,
                organization: Some(&organization),
                scopes: &scopes,
            };
            tokens::begin(tx, &app, &client, &holder, How::Code, NOW)
        });
        let issued = issued.await.unwrap();
        self.wire.remember(&issued.access_token);
        self.wire.remember(issued.refresh_token.as_ref().unwrap());
        (of.with_token(name, &issued.access_token), id)
    }

    /// Ends the server and looks for secrets in the log and in the database.
    pub async fn finish(self) {
        let Self {
            wire,
            database,
            stop,
            server,
            app,
            ..
        } = self;
        let _ = stop.send(());
        server.await.unwrap();
        let db = app.db.clone();
        drop(app);
        let (database, content) = blocking(move || {
            let content = database.content(&db);
            drop(db);
            (database, content)
        })
        .await;
        assert!(content.contains(MARK), "the content was not read");
        let log = logs::text();
        for secret in wire.secrets() {
            assert!(!log.contains(&secret), "the log holds the secret {secret}");
            assert!(
                !content.contains(&secret),
                "the database holds the secret {secret}"
            );
        }
        database.remove().await;
    }
}

/// `(first name, role, status)` of the organisation's people.
const PEOPLE: [(&str, Role, MemberStatus); 7] = [
    ("Ada", Role::Admin, MemberStatus::Active),
    ("Bruno", Role::Standard, MemberStatus::Active),
    ("Chiara", Role::Standard, MemberStatus::Active),
    ("Dev", Role::Light, MemberStatus::Active),
    ("Hana", Role::Admin, MemberStatus::Active),
    ("Eli", Role::Admin, MemberStatus::Disabled),
    ("Fay", Role::Admin, MemberStatus::Invited),
];

fn seed(tx: &mut Tx<'_>, ids: &Ids) -> Result<Seeded, DbError> {
    let [org, side, canary_org] = [0; 3].map(|_| ids.object(NOW));
    organisation::store::insert(tx, &org, "Northwind", "UTC", NOW)?;
    organisation::store::insert(tx, &side, "Sideline", "UTC", NOW)?;
    let canary_name = format!("{MARK} Ltd");
    organisation::store::insert(tx, &canary_org, &canary_name, "UTC", NOW)?;
    let mut people = Vec::new();
    for (index, (name, role, status)) in PEOPLE.into_iter().enumerate() {
        let email = format!("{}@northwind.example", name.to_lowercase());
        let id = person(tx, name, &email)?;
        insert_membership(tx, &org, id, role, index == 0, NOW)?;
        if status != MemberStatus::Active {
            set_membership(tx, &org, id, role, status, NOW)?;
        }
        if name == "Hana" {
            insert_membership(tx, &side, id, Role::Admin, true, NOW)?;
        }
        people.push((id, token(tx, ids, id, "first")?));
    }
    let canary = person(tx, MARK, &format!("{MARK}@canary.example"))?;
    insert_membership(tx, &canary_org, canary, Role::Admin, true, NOW)?;
    people.push((canary, token(tx, ids, canary, MARK)?));
    let canary_task = ids.object(NOW);
    let secret_work = Task {
        title: format!("{MARK} audit"),
        summary: Some(format!("<p>{MARK}</p>")),
        webhook: Some(format!("https://{MARK}.example/hook")),
        assignees: vec![Assignee {
            user_id: canary,
            completed_at: None,
        }],
        guests: vec![format!("guest.{MARK}@canary.example")],
        ..Task::new(
            canary_task.clone(),
            task::store::next_increment(tx, &canary_org)?,
            canary,
            NOW,
        )
    };
    task::store::insert(tx, &canary_org, &secret_work)?;
    Ok(Seeded {
        org,
        side,
        canary_org,
        canary_task,
        people,
    })
}

/// How many rows each table has that a page could change.
fn everything(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    const TABLES: [(&str, &str); 12] = [
        ("users", "sum(epoch)"),
        ("memberships", "sum(epoch)"),
        (
            "sessions",
            "sum(seen_at + confirmed_at + COALESCE(ended_at, 0))",
        ),
        ("tokens", "sum(COALESCE(revoked_at, 0))"),
        ("authorizations", "sum(COALESCE(ended_at, 0))"),
        ("oauth_clients", "sum(updated_at + COALESCE(revoked_at, 0))"),
        ("authorization_codes", "sum(COALESCE(used_at, 0))"),
        ("device_codes", "sum(COALESCE(user_id, 0))"),
        ("token_policies", "sum(updated_at)"),
        ("audit_events", "count(*)"),
        ("throttles", "sum(failures)"),
        ("mail_jobs", "count(*)"),
    ];
    TABLES
        .into_iter()
        .map(|(table, sum)| {
            let sql = format!("SELECT count(*), CAST({sum} AS TEXT) FROM {table}");
            tx.one(&sql, args![], |row| {
                let (rows, sum) = (row.take::<i64>()?, row.take::<Option<String>>()?);
                Ok(format!("{table} {rows} {sum:?}"))
            })
        })
        .collect()
}

/// Everybody's password.
pub const PASSWORD: &str = "Correct-Horse-9";

/// Its hash, made once: it is slow on purpose.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD, &Ids::seeded(2)).unwrap())
}

fn person(tx: &mut Tx<'_>, name: &str, email: &str) -> Result<i64, DbError> {
    let new = NewUser {
        email,
        first_name: name,
        last_name: "Example",
        timezone: Some("UTC"),
        password_hash: Some(password_hash()),
    };
    insert_user(tx, &new, NOW)
}

fn token(tx: &mut Tx<'_>, ids: &Ids, user_id: i64, name: &str) -> Result<String, DbError> {
    let order = Order {
        user_id,
        name,
        scopes: &Scopes::all(),
        organization_id: None,
        expires_at: None,
    };
    Ok(issue(tx, ids, &order, NOW)?.1)
}
