//! Registration: a new account with an organisation of its own, where the installation lets strangers do that
//! (contract: auth, section 8.2).

use jiff::tz::TimeZone;
use tallystick_wire::member::{MemberStatus, Role, User};
use tallystick_wire::patch::Patch;

use crate::account::password;
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::Problems;
use crate::http::error::{Reason, Refusal};
use crate::mail::{self, Notice};
use crate::member::rules;
use crate::member::store::{self as members, NewUser};
use crate::organisation;

/// What somebody says who registers.
#[derive(Clone, Default)]
pub struct Registration {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address; it has to be proven before anybody signs in with it.
    pub email: String,
    /// Password.
    pub password: String,
    /// What the organisation is called.
    pub company_name: String,
    /// IANA name; none: UTC.
    pub timezone: Option<String>,
}

/// Makes an account and its organisation. An address that has an account gets a mail that says so; the answer here is the
/// same, and names a number that is nobody's.
pub async fn register(
    app: &App,
    registration: Registration,
    origin: &Origin,
) -> Result<User, Refusal> {
    if !app.settings.accounts.registration {
        return Err(Reason::Forbidden {
            code: "REGISTRATION_CLOSED",
            message:
                "This installation takes no registrations; ask its administrator for an invitation"
                    .to_owned(),
        }
        .into());
    }
    let registration = checked(registration)?;
    let hash = app
        .hashing
        .hash(registration.password.clone(), app.ids.salt())
        .await?;
    let (inside, origin) = (app.clone(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let zone = registration.timezone.as_deref().unwrap_or("UTC");
        if let Some(known) = members::by_email(tx, &registration.email)? {
            let id = members::next_number(tx)?;
            mail::notice(tx, &inside, Notice::AlreadyRegistered, known, now)?;
            return Ok(shown(id, &registration, now));
        }
        let new = NewUser {
            email: &registration.email,
            first_name: &registration.first_name,
            last_name: &registration.last_name,
            timezone: Some(zone),
            password_hash: Some(&hash),
        };
        let id = members::insert_user(tx, &new, now)?;
        tx.run(
            "UPDATE users SET email_verified_at = NULL WHERE id = $1",
            tallystick_db::args![id],
        )?;
        let organization = inside.ids.object(now);
        organisation::store::insert(tx, &organization, &registration.company_name, zone, now)?;
        members::insert_membership(tx, &organization, id, Role::Admin, true, now)?;
        let event = Event::new("account_registered").inside(&organization);
        event.by(id).of(id).from(&origin).record(tx, &inside, now)?;
        mail::verification(tx, &inside, id, now)?;
        Ok::<_, Refusal>(shown(id, &registration, now))
    });
    write.await
}

fn checked(mut sent: Registration) -> Result<Registration, Refusal> {
    let mut problems = Problems::default();
    sent.first_name = rules::name("first_name", &Patch::Value(sent.first_name), &mut problems);
    sent.last_name = rules::name("last_name", &Patch::Value(sent.last_name), &mut problems);
    sent.email = rules::email("email", &Patch::Value(sent.email), &mut problems);
    sent.company_name = sent.company_name.trim().to_owned();
    let letters = sent.company_name.chars().count();
    let is_name =
        !sent.company_name.contains("://") && !sent.company_name.chars().any(char::is_control);
    if !(1..=50).contains(&letters) || !is_name {
        problems.add(
            "company_name",
            "The company_name must be a name of 1 to 50 characters",
        );
    }
    if let Some(zone) = &sent.timezone
        && TimeZone::get(zone).is_err()
    {
        problems.add("timezone", "The timezone is a name such as Europe/Berlin");
    }
    problems.check()?;
    password::check("password", &sent.password)?;
    Ok(sent)
}

/// The person as they will be. Made of what was sent alone, so that a known address shows nothing of its account.
fn shown(id: i64, sent: &Registration, now: tallystick_wire::Time) -> User {
    User {
        id,
        email: sent.email.clone(),
        username: sent.email.split('@').next().map(str::to_owned),
        first_name: sent.first_name.clone(),
        last_name: sent.last_name.clone(),
        full_name: format!("{} {}", sent.first_name, sent.last_name),
        locale: Some("en".to_owned()),
        timezone: Some(sent.timezone.clone().unwrap_or_else(|| "UTC".to_owned())),
        role: Some(Role::Admin.word().to_owned()),
        r#type: Some(Role::Admin.word().to_owned()),
        status: Some(MemberStatus::Active.word().to_owned()),
        active: true,
        is_active: true,
        is_default_admin: true,
        complete: Some(true),
        approved_at: Some(now),
        activated_at: Some(now),
        created_at: Some(now),
        updated_at: Some(now),
        last_updated: Some(now),
        ..User::default()
    }
}
