//! `tallystick org|user|token`: for the administrator on the machine, who needs no token.

use jiff::tz::TimeZone;
use tallystick_db::args;
use tallystick_server::clock::{Clock, DAY, SystemClock};
use tallystick_server::http::access::Scopes;
use tallystick_server::ids::Ids;
use tallystick_server::member::store::{self as members, NewUser, Sorting};
use tallystick_server::token::store::{self as tokens, Order, State};
use tallystick_server::{member, organisation};
use tallystick_wire::member::{MemberStatus, Role};

use crate::args::{Org, Token, User};
use crate::commands::account;
use crate::exit::Exit;
use crate::output;
use crate::startup::{explain, write};

pub fn org(command: Org) -> Result<Exit, String> {
    let now = SystemClock::default().now();
    match command {
        Org::Create {
            common,
            name,
            timezone,
        } => {
            if name.trim().is_empty() || name.chars().count() > 50 {
                return Err("The name of an organisation has 1 to 50 characters.".to_owned());
            }
            TimeZone::get(&timezone).map_err(|_| {
                format!("There is no time zone {timezone}; use a name such as Europe/Berlin.")
            })?;
            let db = common.start(&[])?.open_beside()?;
            let id = Ids::default().object(now);
            let stored = id.clone();
            write(&db, move |tx| {
                organisation::store::insert(tx, &stored, name.trim(), &timezone, now)
            })?;
            output::data(&id);
        }
        Org::List { common } => {
            let db = common.start(&[])?.open_beside()?;
            let found = db
                .read_here(organisation::store::list_all)
                .map_err(explain)?;
            let rows: Vec<Vec<String>> = found
                .into_iter()
                .map(|(id, name, zone, members)| vec![id, members.to_string(), zone, name])
                .collect();
            output::table(&["id", "members", "time zone", "name"], &rows);
        }
        Org::Revoke {
            common,
            organization,
        } => {
            let db = common.start(&[])?.open_beside()?;
            let id = organization.clone();
            let ended = write(&db, move |tx| {
                tx.run(
                    "UPDATE memberships SET epoch = epoch + 1 WHERE organization_id = $1",
                    args![&id],
                )?;
                tx.run("UPDATE tokens SET revoked_at = $2 WHERE organization_id = $1 AND revoked_at IS NULL", args![&id, now.0])
            })?;
            output::say(&format!(
                "Ended {ended} tokens that were bound to {organization}."
            ));
        }
    }
    Ok(Exit::Done)
}

pub fn user(command: User) -> Result<Exit, String> {
    let now = SystemClock::default().now();
    match command {
        User::Create {
            common,
            org,
            email,
            first_name,
            last_name,
            role,
        } => {
            let role = Role::read(&role).ok_or("The role is admin, standard or light.")?;
            if !email.contains('@') || email.len() > 254 {
                return Err(format!("{email} is not an e-mail address."));
            }
            if first_name.chars().count() > 32 || last_name.chars().count() > 32 {
                return Err("First and last name have at most 32 characters each.".to_owned());
            }
            let db = common.start(&[])?.open_beside()?;
            let id = write(&db, move |tx| {
                let id = match members::by_email(tx, &email)? {
                    Some(id) => id,
                    None => {
                        let new = NewUser {
                            email: &email,
                            first_name: &first_name,
                            last_name: &last_name,
                            timezone: None,
                            password_hash: None,
                        };
                        members::insert_user(tx, &new, now)?
                    }
                };
                let first = members::count(tx, &org, None, Some("active"))? == 0;
                members::insert_membership(tx, &org, id, role, first && role == Role::Admin, now)?;
                Ok(id)
            })?;
            output::data(&id.to_string());
        }
        User::Invite {
            common,
            org,
            email,
            role,
        } => account::invite(&common, org, email, &role)?,
        User::Password {
            common,
            email,
            stdin,
        } => account::password(&common, email, stdin)?,
        User::List { common, org } => {
            let db = common.start(&[])?.open_beside()?;
            let everybody = (i64::from(i32::MAX), 0);
            let found = db
                .read_here(|tx| {
                    members::list(tx, &org, None, None, Sorting::default(), everybody, now)
                })
                .map_err(explain)?;
            let rows: Vec<Vec<String>> = found
                .into_iter()
                .map(|user| {
                    vec![
                        user.id.to_string(),
                        user.role.unwrap_or_default(),
                        user.status.unwrap_or_default(),
                        user.email,
                        user.full_name,
                    ]
                })
                .collect();
            output::table(&["id", "role", "status", "e-mail", "name"], &rows);
        }
        User::Revoke { common, org, email } => {
            let db = common.start(&[])?.open_beside()?;
            let named = email.clone();
            let changed = write(&db, move |tx| {
                let Some(id) = members::number_of(tx, &org, &email)? else {
                    return Ok(0);
                };
                let role = member::store::member(tx, &org, id, now)?
                    .and_then(|user| Role::read(&user.role?))
                    .unwrap_or(Role::Light);
                members::set_membership(tx, &org, id, role, MemberStatus::Disabled, now)
            })?;
            if changed == 0 {
                return Err(format!("There is no member {named} in this organisation."));
            }
            output::say(&format!(
                "{named} is disabled; their tokens stop working there at once."
            ));
        }
    }
    Ok(Exit::Done)
}

pub fn token(command: Token) -> Result<Exit, String> {
    let now = SystemClock::default().now();
    match command {
        Token::Create {
            common,
            email,
            name,
            org,
            days,
            scopes,
        } => {
            let words: Vec<String> = scopes
                .split(',')
                .map(|word| word.trim().to_owned())
                .filter(|word| !word.is_empty())
                .collect();
            let scopes = Scopes::read(&words)?;
            let expires_at = (days > 0).then(|| now.plus(days.saturating_mul(DAY)));
            let db = common.start(&[])?.open_beside()?;
            let named = email.clone();
            let issued = write(&db, move |tx| {
                let Some(user_id) = members::by_email(tx, &email)? else {
                    return Ok(None);
                };
                let order = Order {
                    user_id,
                    name: &name,
                    scopes: &scopes,
                    organization_id: org.as_deref(),
                    expires_at,
                };
                tokens::issue(tx, &Ids::default(), &order, now).map(Some)
            })?;
            let (id, secret) =
                issued.ok_or_else(|| format!("There is nobody with the address {named}."))?;
            output::say(&format!("Token {id}, shown this once:"));
            output::data(&secret);
        }
        Token::List { common, email } => {
            let db = common.start(&[])?.open_beside()?;
            let found = db
                .read_here(|tx| match members::by_email(tx, &email)? {
                    Some(user) => tokens::list(tx, user, State::Any, now, 1_000, 0).map(Some),
                    None => Ok(None),
                })
                .map_err(explain)?;
            let found =
                found.ok_or_else(|| format!("There is nobody with the address {email}."))?;
            let rows: Vec<Vec<String>> = found
                .into_iter()
                .map(|token| {
                    let state = if token.revoked_at.is_some() {
                        "revoked".to_owned()
                    } else {
                        token
                            .expires_at
                            .map_or_else(|| "never ends".to_owned(), |end| format!("until {end}"))
                    };
                    let used = token
                        .last_used_at
                        .map_or_else(|| "never".to_owned(), |time| time.to_string());
                    vec![
                        token.id,
                        format!("{}…{}", token.prefix, token.last4),
                        state,
                        used,
                        token.scopes.join(" "),
                        token.name,
                    ]
                })
                .collect();
            output::table(
                &["id", "token", "state", "last used", "scopes", "name"],
                &rows,
            );
        }
        Token::Revoke { common, email, id } => {
            let db = common.start(&[])?.open_beside()?;
            let (named, which) = (email.clone(), id.clone());
            let ended = write(&db, move |tx| {
                let Some(user_id) = members::by_email(tx, &email)? else {
                    return Ok(0);
                };
                if id == "all" {
                    tokens::revoke_all(tx, user_id, now)
                } else {
                    tokens::revoke(tx, user_id, &id, now)
                }
            })?;
            if ended == 0 {
                return Err(format!("{named} has no working token {which}."));
            }
            output::say(&format!("Revoked {ended}."));
        }
    }
    Ok(Exit::Done)
}
