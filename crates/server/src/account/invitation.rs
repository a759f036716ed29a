//! Invitations: looked at by whoever has the link, accepted by a deliberate step.
//!
//! A link opens a new account to who reads its mail. It never changes the password of an account that is in use, and is no
//! way around it: see [`accept`].

use jiff::tz::TimeZone;
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::patch::Patch;

use crate::account::code::{self, Proven, Purpose};
use crate::account::sign_in::Person;
use crate::account::{email, password, store};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::Problems;
use crate::http::error::Refusal;
use crate::member::rules;

/// What is shown before somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The organisation's name.
    pub organization_name: String,
    /// The address it was sent to.
    pub email: String,
    /// Whether the account is new and takes a password, names and a time zone. When not, accepting changes nothing of the
    /// account, and signs nobody in.
    pub needs_password: bool,
    /// First name, as the inviter wrote it or as it is.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Time zone of the account, else of the organisation.
    pub timezone: String,
}

/// What somebody says who accepts. For an account that is in use it is ignored.
#[derive(Clone, Default)]
pub struct Acceptance {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The password, for an account without one.
    pub password: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
}

/// The invitation of a code; looking changes nothing. None: the code is not valid, or the invitation was withdrawn.
pub async fn look(app: &App, secret: &str) -> Result<Option<Invitation>, Refusal> {
    let (secret, now) = (secret.to_owned(), app.clock.now());
    let read = app.db.read(move |tx| {
        let Some(proven) = code::look(tx, Purpose::Invitation, &secret, now)? else {
            return Ok::<_, Refusal>(None);
        };
        Ok(find(tx, &proven)?)
    });
    read.await
}

/// An account whose address was never proven counts as new: who set its password need not be who reads its mail.
fn find(tx: &mut Tx<'_>, proven: &Proven) -> tallystick_db::Result<Option<Invitation>> {
    tx.maybe(
        "SELECT o.name, u.password_hash IS NULL OR u.email_verified_at IS NULL, u.first_name, u.last_name, \
            COALESCE(u.timezone, o.timezone) \
         FROM memberships m JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id \
         WHERE m.organization_id = $1 AND m.user_id = $2 AND m.status = 'invited' AND u.suspended_at IS NULL \
            AND u.email = $3",
        args![proven.organization.as_deref(), proven.user_id, &proven.email],
        |row| {
            Ok(Invitation {
                organization_name: row.take()?,
                email: proven.email.clone(),
                needs_password: row.take()?,
                first_name: row.take()?,
                last_name: row.take()?,
                timezone: row.take()?,
            })
        },
    )
}

/// Accepts an invitation. None: the code is not valid.
///
/// Begin a session for the person only where [`Invitation::needs_password`] was true: they chose the password a moment ago.
/// Everybody else signs in as always, second factor included; a mailed link does not replace that.
pub async fn accept(
    app: &App,
    secret: &str,
    acceptance: Acceptance,
    origin: &Origin,
) -> Result<Option<Person>, Refusal> {
    let Some(invitation) = look(app, secret).await? else {
        return Ok(None);
    };
    let hash = if invitation.needs_password {
        check(&acceptance)?;
        let chosen = acceptance.password.clone().unwrap_or_default();
        Some(app.hashing.hash(chosen, app.ids.salt()).await?)
    } else {
        None
    };
    let (inside, secret, origin) = (app.clone(), secret.to_owned(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let Some(proven) = code::take(tx, Purpose::Invitation, &secret, now)? else {
            return Ok(None);
        };
        let Some(found) = find(tx, &proven)? else {
            return Ok(None);
        };
        if found.needs_password != hash.is_some() {
            // The account came into use meanwhile: look again.
            return Err(Refusal::bad_request(
                "The account changed meanwhile; open the link again",
            ));
        }
        let user_id = proven.user_id;
        if let Some(hash) = &hash {
            set_up(tx, user_id, hash, &acceptance, now)?;
        }
        let organization = proven.organization.as_deref().unwrap_or_default();
        tx.run(
            "UPDATE memberships SET status = 'active', activated_at = $3, approved_at = COALESCE(approved_at, $3) \
             WHERE organization_id = $1 AND user_id = $2 AND status = 'invited'",
            args![organization, user_id, now.0],
        )?;
        email::refresh_search(tx, user_id)?;
        let event = Event::new("invitation_accepted").inside(organization);
        let event = event.by(user_id).of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        let account = store::find(tx, user_id)?;
        Ok::<_, Refusal>(account.map(|account| account.person))
    });
    write.await
}

fn check(acceptance: &Acceptance) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    rules::name(
        "first_name",
        &Patch::Value(acceptance.first_name.clone()),
        &mut problems,
    );
    rules::name(
        "last_name",
        &Patch::Value(acceptance.last_name.clone()),
        &mut problems,
    );
    if let Some(zone) = &acceptance.timezone
        && TimeZone::get(zone).is_err()
    {
        problems.add("timezone", "The timezone is a name such as Europe/Berlin");
    }
    problems.check()?;
    match &acceptance.password {
        Some(chosen) => password::check("password", chosen),
        None => Err(Refusal::invalid(
            "password",
            "The password field is required",
        )),
    }
}

/// Makes the account of somebody new theirs. Whatever was made with it before its address was proven ends.
fn set_up(
    tx: &mut Tx<'_>,
    user_id: i64,
    hash: &str,
    acceptance: &Acceptance,
    now: Time,
) -> tallystick_db::Result<()> {
    store::end_everything(tx, user_id, None, now)?;
    store::set_password(tx, user_id, hash, now)?;
    store::set_verified(tx, user_id, now)?;
    tx.run(
        "UPDATE users SET first_name = $2, last_name = $3, timezone = COALESCE($4, timezone) WHERE id = $1",
        args![
            user_id,
            acceptance.first_name.trim(),
            acceptance.last_name.trim(),
            acceptance.timezone.as_deref()
        ],
    )?;
    Ok(())
}
