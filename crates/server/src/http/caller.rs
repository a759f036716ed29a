//! Who is calling. Kinds of caller are types, and only this module makes them: there is no way to
//! hold a [`Member`] without a credential that was looked up in this very transaction.

use sha2::{Digest, Sha256};
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::member::{MemberStatus, Role};
use tallystick_wire::token::{self, Kind};

use crate::http::access::Scopes;
use crate::http::error::{Reason, Refusal};

/// A credential as it came: its form and checksum are right, nothing else is known yet.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Which kind its prefix says.
    pub kind: Kind,
    /// SHA-256 of the whole secret, in hex.
    pub hash: String,
}

impl Credential {
    /// Recognises a secret by form and checksum, without asking the database.
    #[must_use]
    pub fn recognise(secret: &str) -> Option<Self> {
        Some(Self {
            kind: token::recognise(secret)?,
            hash: hash(secret),
        })
    }
}

/// SHA-256 in hex: secrets are random and long, so a slow hash would add nothing.
#[must_use]
pub fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret.as_bytes()))
}

/// The token a request came with.
#[derive(Debug, Clone)]
pub struct TokenInUse {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub scopes: Scopes,
    /// The only organisation it works in.
    pub organization_id: Option<String>,
    /// When it was last used, as stored.
    pub last_used_at: Option<Time>,
    /// Whether it is one that the person made for themselves, so that it can be replaced by another such.
    pub is_personal: bool,
    /// The application it was given to.
    pub client_id: Option<String>,
}

/// A person, through a token of theirs.
#[derive(Debug, Clone)]
pub struct User {
    /// The person.
    pub id: i64,
    /// The token.
    pub token: TokenInUse,
}

/// An active member of the organisation in the path.
#[derive(Debug, Clone)]
pub struct Member {
    /// The person.
    pub user: User,
    /// The organisation: every query of a handler starts with it.
    pub organization: String,
    /// What they are there, as of now.
    pub role: Role,
}

impl Member {
    /// The person's number.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.user.id
    }

    /// Whether they are an administrator.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Whether they are a light member.
    #[must_use]
    pub fn is_light(&self) -> bool {
        self.role == Role::Light
    }
}

/// An application with a token of its own, in the organisation it belongs to. It is nobody's user.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its `client_id`.
    pub client_id: String,
    /// The token it came with.
    pub token_id: String,
    /// The organisation: every query of a handler starts with it.
    pub organization: String,
    /// What the token may do.
    pub scopes: Scopes,
}

/// One wording for every credential that is not accepted, so that a revoked token and an invented one
/// cannot be told apart.
const NOT_ACCEPTED: Refusal = Refusal::unauthenticated(Some("The access token is not valid"));
const EXPIRED: Refusal = Refusal::unauthenticated(Some("The access token has expired"));

/// What the one look-up finds.
struct Found {
    user: User,
    expires_at: Option<i64>,
    dead: bool,
    user_epochs: (i64, i64),
    membership_epoch: i64,
    membership: Option<(String, String, i64)>,
}

const LOOK_UP: &str = "SELECT k.id, k.kind, k.client_id, k.scopes, k.organization_id, k.last_used_at, k.expires_at, \
        k.revoked_at IS NOT NULL OR u.suspended_at IS NOT NULL OR u.email_verified_at IS NULL \
            OR EXISTS (SELECT 1 FROM token_exclusions x WHERE x.organization_id = $2 AND x.token_id = k.id), \
        u.id, k.user_epoch, u.epoch, k.membership_epoch, m.role, m.status, m.epoch \
    FROM tokens k \
    JOIN users u ON u.id = k.user_id \
    LEFT JOIN memberships m ON m.organization_id = $2 AND m.user_id = k.user_id \
    WHERE k.secret_hash = $1";

fn look_up(tx: &mut Tx<'_>, credential: &Credential, organization: &str) -> Result<Found, Refusal> {
    let found = tx.maybe(LOOK_UP, args![&credential.hash, organization], |row| {
        let id = row.take()?;
        let is_personal = row.take::<String>()? == Kind::Personal.word();
        let client_id = row.take()?;
        let scopes: String = row.take()?;
        let organization_id = row.take()?;
        let last_used_at = row.take::<Option<i64>>()?.map(Time);
        let expires_at = row.take()?;
        let dead = row.take()?;
        let user_id = row.take()?;
        let token = TokenInUse {
            id,
            scopes: Scopes::stored(&scopes),
            organization_id,
            last_used_at,
            is_personal,
            client_id,
        };
        Ok(Found {
            user: User { id: user_id, token },
            expires_at,
            dead,
            user_epochs: (row.take()?, row.take()?),
            membership_epoch: row.take()?,
            membership: match (
                row.take::<Option<String>>()?,
                row.take::<Option<String>>()?,
                row.take::<Option<i64>>()?,
            ) {
                (Some(role), Some(status), Some(epoch)) => Some((role, status, epoch)),
                _ => None,
            },
        })
    })?;
    found.ok_or(NOT_ACCEPTED)
}

fn check_token(found: &Found, now: Time) -> Result<(), Refusal> {
    if found.dead || found.user_epochs.0 != found.user_epochs.1 {
        return Err(NOT_ACCEPTED);
    }
    if found.expires_at.is_some_and(|end| end <= now.0) {
        return Err(EXPIRED);
    }
    Ok(())
}

/// The kinds of credential that stand for a person.
const fn stands_for_a_person(kind: Kind) -> bool {
    matches!(kind, Kind::Personal | Kind::Issued | Kind::OAuth)
}

/// The person behind a credential, for routes without an organisation.
pub fn authenticate_user(
    tx: &mut Tx<'_>,
    credential: &Credential,
    now: Time,
) -> Result<User, Refusal> {
    if !stands_for_a_person(credential.kind) {
        return Err(NOT_ACCEPTED);
    }
    let found = look_up(tx, credential, "")?;
    check_token(&found, now)?;
    if let Some(organization) = &found.user.token.organization_id {
        // A token for one organisation dies with the membership, also where no organisation is named.
        let bound = look_up(tx, credential, organization)?;
        active_member(&bound)?;
    }
    Ok(found.user)
}

/// The active member behind a credential, in the organisation of the path.
///
/// An organisation that does not exist and one the caller does not belong to get the same answer.
pub fn authenticate_member(
    tx: &mut Tx<'_>,
    credential: &Credential,
    organization: &str,
    now: Time,
) -> Result<Member, Refusal> {
    if !stands_for_a_person(credential.kind) {
        return Err(NOT_ACCEPTED);
    }
    let organization = organization.to_ascii_lowercase();
    let found = look_up(tx, credential, &organization)?;
    check_token(&found, now)?;
    if found
        .user
        .token
        .organization_id
        .as_ref()
        .is_some_and(|only| *only != organization)
    {
        return Err(Reason::Forbidden {
            code: "ORGANIZATION_RESTRICTED",
            message: "This credential is restricted to another organization".to_owned(),
        }
        .into());
    }
    let role = active_member(&found)?;
    Ok(Member {
        user: found.user,
        organization,
        role,
    })
}

/// The application behind a credential, in the organisation of the path. Any other organisation gets one answer, whether
/// it exists or not.
pub fn authenticate_application(
    tx: &mut Tx<'_>,
    credential: &Credential,
    organization: &str,
    now: Time,
) -> Result<Application, Refusal> {
    if credential.kind != Kind::Application {
        return Err(NOT_ACCEPTED);
    }
    let found = tx.maybe(
        "SELECT k.id, k.client_id, k.organization_id, k.scopes, k.expires_at, k.revoked_at IS NOT NULL OR c.revoked_at IS NOT NULL \
         FROM application_tokens k JOIN oauth_clients c ON c.id = k.client_id WHERE k.secret_hash = $1",
        args![&credential.hash],
        |row| {
            let application = Application {
                token_id: row.take()?,
                client_id: row.take()?,
                organization: row.take()?,
                scopes: Scopes::stored(&row.take::<String>()?),
            };
            Ok((application, row.take::<i64>()?, row.take::<bool>()?))
        },
    )?;
    let (application, expires_at, dead) = found.ok_or(NOT_ACCEPTED)?;
    if dead {
        return Err(NOT_ACCEPTED);
    }
    if expires_at <= now.0 {
        return Err(EXPIRED);
    }
    if !application.organization.eq_ignore_ascii_case(organization) {
        return Err(Reason::Forbidden {
            code: "ORGANIZATION_RESTRICTED",
            message: "This application has no permission for this organization".to_owned(),
        }
        .into());
    }
    Ok(application)
}

fn active_member(found: &Found) -> Result<Role, Refusal> {
    let Some((role, status, epoch)) = &found.membership else {
        return Err(Refusal::not_found());
    };
    match MemberStatus::read(status) {
        Some(MemberStatus::Active) => {}
        // Someone who was switched off knows the organisation, so there is nothing to hide: their credential ends.
        Some(MemberStatus::Disabled) => return Err(NOT_ACCEPTED),
        _ => return Err(Refusal::not_found()),
    }
    if found.user.token.organization_id.is_some() && *epoch != found.membership_epoch {
        return Err(NOT_ACCEPTED);
    }
    Role::read(role)
        .ok_or_else(|| tallystick_db::DbError::Decode("role of a membership".to_owned()).into())
}
