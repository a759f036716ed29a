//! The SQL of people and memberships.

use jiff::tz::TimeZone;
use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::member::{MemberStatus, Role, User};

use crate::group;
use crate::http::query::Query;
use crate::instance;

mod many;

pub use many::{active, members, names};

/// The first person's number.
const FIRST_NUMBER: i64 = 1001;

/// A person to be made.
pub struct NewUser<'a> {
    /// Address, as it is to be shown.
    pub email: &'a str,
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// IANA zone; none for the organisation's.
    pub timezone: Option<&'a str>,
    /// Argon2id hash, in the PHC form.
    pub password_hash: Option<&'a str>,
}

/// How a list of members is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sorting {
    by: By,
    descending: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum By {
    #[default]
    Name,
    Created,
    Email,
}

impl Sorting {
    /// Reads `sort` or `sort_by`; what is unknown is ignored.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let (name, descending) = query.sort();
        match name {
            "created_at" => Self {
                by: By::Created,
                descending,
            },
            "email" => Self {
                by: By::Email,
                descending,
            },
            "name" | "first_name" | "full_name" => Self {
                by: By::Name,
                descending,
            },
            _ => Self::default(),
        }
    }

    const fn sql(self) -> &'static str {
        match (self.by, self.descending) {
            (By::Name, false) => "m.search, u.id",
            (By::Name, true) => "m.search DESC, u.id DESC",
            (By::Created, false) => "m.created_at, u.id",
            (By::Created, true) => "m.created_at DESC, u.id DESC",
            (By::Email, false) => "u.email_folded, u.id",
            (By::Email, true) => "u.email_folded DESC, u.id DESC",
        }
    }
}

const COLUMNS: &str = "u.id, u.email, u.username, u.first_name, u.last_name, u.locale, u.timezone, u.phone, u.job_title, \
    u.job_description, u.team, u.country_id, u.date_format, u.suspended_at IS NOT NULL, u.created_at, u.updated_at, \
    u.last_login_at, u.last_accessed_at, u.last_known_ip, \
    m.role, m.status, m.is_default_admin, m.invited_by, m.approved_at, m.activated_at, m.disabled_at, m.disabled_by, \
    m.reactivated_at, m.reactivated_by";

fn read(row: &mut Row<'_>, now: Time) -> Result<User> {
    let mut user = User {
        id: row.take()?,
        email: row.take()?,
        username: row.take()?,
        first_name: row.take()?,
        last_name: row.take()?,
        locale: row.take()?,
        timezone: row.take()?,
        phone: row.take()?,
        job_title: row.take()?,
        job_description: row.take()?,
        team: row.take()?,
        country_id: row.take()?,
        date_format: row.take()?,
        is_suspended: row.take()?,
        created_at: row.take::<Option<i64>>()?.map(Time),
        updated_at: row.take::<Option<i64>>()?.map(Time),
        last_login_at: row.take::<Option<i64>>()?.map(Time),
        last_accessed_at: row.take::<Option<i64>>()?.map(Time),
        last_known_ip: row.take()?,
        role: row.take()?,
        status: row.take()?,
        is_default_admin: row.take::<Option<bool>>()?.unwrap_or_default(),
        invited_by: row.take()?,
        approved_at: row.take::<Option<i64>>()?.map(Time),
        activated_at: row.take::<Option<i64>>()?.map(Time),
        disabled_at: row.take::<Option<i64>>()?.map(Time),
        disabled_by: row.take()?,
        reactivated_at: row.take::<Option<i64>>()?.map(Time),
        reactivated_by: row.take()?,
        ..User::default()
    };
    user.full_name = format!("{} {}", user.first_name, user.last_name)
        .trim()
        .to_owned();
    user.last_updated = user.updated_at;
    user.active = user.status.as_deref() == Some(MemberStatus::Active.word());
    user.is_active = user.active;
    user.complete = Some(!user.first_name.is_empty());
    user.r#type.clone_from(&user.role);
    user.utc_offset = user.timezone.as_deref().and_then(|zone| offset(zone, now));
    Ok(user)
}

/// `±HH:MM` in that zone now.
fn offset(zone: &str, now: Time) -> Option<String> {
    let seconds = TimeZone::get(zone)
        .ok()?
        .to_offset(now.timestamp())
        .seconds();
    let minutes = seconds.abs() / 60;
    Some(format!(
        "{}{:02}:{:02}",
        if seconds < 0 { '-' } else { '+' },
        minutes / 60,
        minutes % 60
    ))
}

/// A member of this organisation.
pub fn member(
    tx: &mut Tx<'_>,
    organization: &str,
    user_id: i64,
    now: Time,
) -> Result<Option<User>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 AND m.user_id = $2"
    );
    tx.maybe(&sql, args![organization, user_id], |row| read(row, now))
}

/// A person, with what they are in `organization` if one is given and they belong to it.
pub fn person(
    tx: &mut Tx<'_>,
    user_id: i64,
    organization: Option<&str>,
    now: Time,
) -> Result<Option<User>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM users u LEFT JOIN memberships m ON m.organization_id = $2 AND m.user_id = u.id WHERE u.id = $1"
    );
    tx.maybe(&sql, args![user_id, organization], |row| read(row, now))
}

/// The organisation somebody used last, among those where they are active.
pub fn current_organisation(tx: &mut Tx<'_>, user_id: i64) -> Result<Option<String>> {
    tx.maybe(
        "SELECT organization_id FROM memberships WHERE user_id = $1 AND status = 'active' \
         ORDER BY last_accessed_at DESC NULLS LAST, organization_id LIMIT 1",
        args![user_id],
        |row| row.take(),
    )
}

/// The number of a member known by address or user name.
pub fn number_of(tx: &mut Tx<'_>, organization: &str, named: &str) -> Result<Option<i64>> {
    tx.maybe(
        "SELECT u.id FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.organization_id = $1 AND (u.email_folded = $2 OR u.username = $3)",
        args![organization, fold(named), named],
        |row| row.take(),
    )
}

const FILTER: &str = "m.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR m.search LIKE $2 ESCAPE '\\') \
    AND (CAST($3 AS TEXT) IS NULL OR m.status = $3)";

/// How many members a filter finds.
pub fn count(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    status: Option<&str>,
) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM memberships m WHERE {FILTER}");
    tx.one(
        &sql,
        args![organization, search.map(contains), status],
        |row| row.take(),
    )
}

/// Members, a page of them.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    status: Option<&str>,
    sorting: Sorting,
    (limit, offset): (i64, i64),
    now: Time,
) -> Result<Vec<User>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memberships m JOIN users u ON u.id = m.user_id WHERE {FILTER} ORDER BY {} LIMIT $4 OFFSET $5",
        sorting.sql()
    );
    tx.all(
        &sql,
        args![organization, search.map(contains), status, limit, offset],
        |row| read(row, now),
    )
}

/// A LIKE pattern for text that contains this, whatever signs are in it.
#[must_use]
pub fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// How addresses are compared.
#[must_use]
pub fn fold(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The next person's number.
pub fn next_number(tx: &mut Tx<'_>) -> Result<i64> {
    instance::next_number(tx, "", "users", FIRST_NUMBER)
}

/// Makes a person whose address counts as proven; answers their number.
pub fn insert_user(tx: &mut Tx<'_>, new: &NewUser<'_>, now: Time) -> Result<i64> {
    let id = next_number(tx)?;
    let username = new.email.split('@').next().unwrap_or_default();
    tx.run(
        "INSERT INTO users (id, email, email_folded, username, first_name, last_name, locale, timezone, password_hash, \
            email_verified_at, epoch, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'en', $7, $8, $9, 1, $9, $9)",
        args![id, new.email, fold(new.email), username, new.first_name, new.last_name, new.timezone, new.password_hash, now.0],
    )?;
    Ok(id)
}

/// Makes somebody an active member.
pub fn insert_membership(
    tx: &mut Tx<'_>,
    organization: &str,
    user_id: i64,
    role: Role,
    default_admin: bool,
    now: Time,
) -> Result<()> {
    tx.run(
        "INSERT INTO memberships (organization_id, user_id, role, status, is_default_admin, epoch, search, approved_at, \
            activated_at, created_at) \
         SELECT $1, u.id, $3, 'active', $4, 1, '', $5, $5, $5 FROM users u WHERE u.id = $2",
        args![organization, user_id, role.word(), default_admin, now.0],
    )?;
    refresh_search(tx, organization, user_id)
}

/// Fills the column that members are found by. Lower case is made here: the engines disagree on what it is.
pub fn refresh_search(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<()> {
    let text: String = tx.one(
        "SELECT first_name || ' ' || last_name || ' ' || email FROM users WHERE id = $1",
        args![user_id],
        |row| row.take(),
    )?;
    tx.run(
        "UPDATE memberships SET search = $3 WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id, text.to_lowercase()],
    )?;
    Ok(())
}

/// Sets a member's role and status and ends the credentials that hang on the membership.
pub fn set_membership(
    tx: &mut Tx<'_>,
    organization: &str,
    user_id: i64,
    role: Role,
    status: MemberStatus,
    now: Time,
) -> Result<u64> {
    let disabled_at = (status == MemberStatus::Disabled).then_some(now.0);
    if disabled_at.is_some() {
        group::store::leave(tx, organization, user_id)?;
    }
    tx.run(
        "UPDATE memberships SET role = $3, status = $4, disabled_at = $5, epoch = epoch + 1 WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id, role.word(), status.word(), disabled_at],
    )
}

/// Makes a membership one that waits for its invitation to be accepted.
pub fn set_invited(tx: &mut Tx<'_>, organization: &str, user_id: i64, by: i64) -> Result<()> {
    tx.run(
        "UPDATE memberships SET status = 'invited', invited_by = $3, activated_at = NULL WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id, by],
    )?;
    Ok(())
}

/// The number of a person known by address.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<i64>> {
    tx.maybe(
        "SELECT id FROM users WHERE email_folded = $1",
        args![fold(email)],
        |row| row.take(),
    )
}

/// Which of these numbers are members that work can be given to.
pub fn assignable(tx: &mut Tx<'_>, organization: &str, users: &[i64]) -> Result<Vec<i64>> {
    let mut found = Vec::with_capacity(users.len());
    for user in users {
        let id = tx.maybe(
            "SELECT user_id FROM memberships WHERE organization_id = $1 AND user_id = $2 AND status <> 'disabled'",
            args![organization, *user],
            |row| row.take::<i64>(),
        )?;
        found.extend(id);
    }
    Ok(found)
}
