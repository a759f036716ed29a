//! `tallystick user invite|password`: what the administrator on the machine does for somebody's account.

use std::sync::Arc;

use tallystick_server::account;
use tallystick_server::app::App;
use tallystick_server::clock::SystemClock;
use tallystick_server::ids::Ids;
use tallystick_server::member::store::{self as members, NewUser};
use tallystick_server::member::{password, rules};
use tallystick_server::{mail, member};
use tallystick_wire::member::{MemberStatus, Role};

use crate::args::Common;
use crate::output;
use crate::startup::write;

/// A server that does not serve: what writes records and queues mail asks for one.
fn app(common: &Common) -> Result<App, String> {
    let start = common.start(&[])?;
    let db = start.open_beside()?;
    let clock = Arc::new(SystemClock::default());
    Ok(App::new(db, clock, Ids::default(), start.settings))
}

/// Sets a password, given on standard input or made here and printed.
pub fn password(common: &Common, email: String, stdin: bool) -> Result<(), String> {
    let app = app(common)?;
    let chosen = if stdin {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| format!("The password cannot be read: {error}."))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        // A made one has letters and digits, but by chance not of each kind that is asked for.
        std::iter::repeat_with(|| app.ids.password())
            .find(|made| password::check(made).is_ok())
            .unwrap_or_default()
    };
    password::check(&chosen).map_err(|sentence| format!("{sentence}."))?;
    let hash = password::hash(&chosen, &app.ids)
        .map_err(|error| format!("The password cannot be hashed: {error}."))?;
    let (inside, named) = (app.clone(), email.clone());
    let found = write(&app.db, move |tx| {
        let Some(user) = members::by_email(tx, &email)? else {
            return Ok(false);
        };
        account::password::set(tx, &inside, user, &hash, inside.clock.now())?;
        Ok(true)
    })?;
    if !found {
        return Err(format!("There is nobody with the address {named}."));
    }
    output::say(&format!(
        "{named} has a new password; sessions and tokens of before have ended."
    ));
    if !stdin {
        output::data(&chosen);
    }
    Ok(())
}

/// Invites somebody; a running server sends the mail.
pub fn invite(common: &Common, org: String, email: String, role: &str) -> Result<(), String> {
    let role = Role::read(role).ok_or("The role is admin, standard or light.")?;
    if !rules::is_email(&email) {
        return Err(format!("{email} is not an e-mail address."));
    }
    let app = app(common)?;
    let (inside, named) = (app.clone(), email.clone());
    let invited = write(&app.db, move |tx| {
        let now = inside.clock.now();
        let id = match members::by_email(tx, &email)? {
            Some(id) => id,
            None => {
                let new = NewUser {
                    email: &email,
                    first_name: email.split('@').next().unwrap_or_default(),
                    last_name: "",
                    timezone: None,
                    password_hash: None,
                };
                members::insert_user(tx, &new, now)?
            }
        };
        match member::store::member(tx, &org, id, now)?.and_then(|member| member.status) {
            Some(status) if status == MemberStatus::Invited.word() => {}
            Some(_) => return Ok(false),
            None => {
                members::insert_membership(tx, &org, id, role, false, now)?;
                let status = MemberStatus::Invited;
                members::set_membership(tx, &org, id, role, status, now)?;
            }
        }
        mail::invite(tx, &inside, id, &org, None, now)?;
        Ok(true)
    })?;
    if !invited {
        return Err(format!("{named} is a member already."));
    }
    output::say(&format!(
        "{named} is invited; the running server sends the mail."
    ));
    Ok(())
}
