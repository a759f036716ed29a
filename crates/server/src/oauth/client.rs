//! Clients: what an application is, its rows, and how it proves itself (RFC 6749, section 2).

use subtle::ConstantTimeEq;
use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::{ClientId, OAuthClient};
use tallystick_wire::token::Kind;

use crate::clock::DAY;
use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::ids::Ids;
use crate::instance;

/// The number of the first client that an administrator makes.
const FIRST_NUMBER: i64 = 4801;
/// How long the secret before a rotation works beside the new one.
pub const OVERLAP: i64 = DAY;

/// A way to get tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// The application as itself.
    ClientCredentials,
    /// A person in a browser, with consent.
    AuthorizationCode,
    /// A refresh token for a new pair.
    RefreshToken,
    /// A person in a browser elsewhere, for a device without one (RFC 8628).
    DeviceCode,
    /// A person's password. Discouraged.
    Password,
    /// A token in the address a browser is sent back to. Discouraged.
    Implicit,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ClientCredentials,
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::DeviceCode,
        Self::Password,
        Self::Implicit,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::Password => "password",
            Self::Implicit => "implicit",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether RFC 9700 advises against it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(self, Self::Password | Self::Implicit)
    }

    /// A list of them as it is stored.
    #[must_use]
    pub fn to_stored(list: &[Self]) -> String {
        list.iter()
            .map(|kind| kind.word())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A stored list.
    #[must_use]
    pub fn stored(text: &str) -> Vec<Self> {
        text.split_ascii_whitespace()
            .filter_map(Self::read)
            .collect()
    }
}

/// An application.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// The organisation it belongs to; none when it registered itself.
    pub organization: Option<String>,
    /// Its name.
    pub name: String,
    /// How it said it would prove itself.
    pub auth_method: String,
    /// The ways it may get tokens.
    pub grants: Vec<GrantType>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for.
    pub scopes: Scopes,
    /// Whether it registered itself.
    pub self_registered: bool,
    /// The last four characters of its secret.
    pub secret_last4: Option<String>,
    /// Who made it.
    pub created_by: Option<i64>,
    /// When.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    secret_hash: Option<String>,
    old_secret: Option<(String, Time)>,
}

impl Client {
    /// Whether it can keep a secret.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.secret_hash.is_some()
    }

    /// Whether it may get tokens this way.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether this is its secret, or the one before while both work. Compared in constant time.
    #[must_use]
    pub fn has_secret(&self, secret: &str, now: Time) -> bool {
        let given = hash(secret);
        let same = |stored: &str| bool::from(stored.as_bytes().ct_eq(given.as_bytes()));
        let is_current = self.secret_hash.as_deref().is_some_and(same);
        let is_old = self
            .old_secret
            .as_ref()
            .is_some_and(|(stored, until)| same(stored) && now < *until);
        is_current || is_old
    }

    /// As administrators see it.
    #[must_use]
    pub fn view(&self, now: Time) -> OAuthClient {
        let words = |list: &mut dyn Iterator<Item = &GrantType>| {
            list.map(|kind| kind.word().to_owned()).collect()
        };
        OAuthClient {
            id: ClientId(self.id.clone()),
            name: self.name.clone(),
            organization_id: self.organization.clone(),
            redirect: self.redirect_uris.first().cloned(),
            redirect_uris: self.redirect_uris.clone(),
            grant_types: words(&mut self.grants.iter()),
            legacy_grant_types: words(&mut self.grants.iter().filter(|kind| kind.is_legacy())),
            token_endpoint_auth_method: self.auth_method.clone(),
            scopes: self.scopes.words().to_vec(),
            secret_last4: self.secret_last4.clone(),
            old_secret_until: self
                .old_secret
                .as_ref()
                .map(|(_, until)| *until)
                .filter(|until| now < *until),
            created_by: self.created_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

const COLUMNS: &str = "id, organization_id, name, auth_method, grant_types, redirect_uris, scopes, self_registered, \
    secret_last4, created_by, created_at, updated_at, secret_hash, old_secret_hash, old_secret_until";

fn read(row: &mut Row<'_>) -> Result<Client> {
    Ok(Client {
        id: row.take()?,
        organization: row.take()?,
        name: row.take()?,
        auth_method: row.take()?,
        grants: GrantType::stored(&row.take::<String>()?),
        redirect_uris: row.take::<String>()?.lines().map(str::to_owned).collect(),
        scopes: Scopes::stored(&row.take::<String>()?),
        self_registered: row.take()?,
        secret_last4: row.take()?,
        created_by: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
        secret_hash: row.take()?,
        old_secret: row
            .take::<Option<String>>()?
            .zip(row.take::<Option<i64>>()?.map(Time)),
    })
}

/// A client that was not revoked.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Client>> {
    let sql = format!("SELECT {COLUMNS} FROM oauth_clients WHERE id = $1 AND revoked_at IS NULL");
    tx.maybe(&sql, args![id], read)
}

/// A client of this organisation.
pub fn find_in(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Client>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM oauth_clients WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// How many clients an organisation has.
pub fn count(tx: &mut Tx<'_>, organization: &str) -> Result<i64> {
    tx.one(
        "SELECT count(*) FROM oauth_clients WHERE organization_id = $1 AND revoked_at IS NULL",
        args![organization],
        |row| row.take(),
    )
}

/// Clients of an organisation, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    (limit, offset): (i64, i64),
) -> Result<Vec<Client>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM oauth_clients WHERE organization_id = $1 AND revoked_at IS NULL \
         ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    tx.all(&sql, args![organization, limit, offset], read)
}

/// A client to be made.
#[derive(Debug)]
pub struct NewClient<'a> {
    /// The organisation; none for one that registers itself.
    pub organization: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// `none` makes a public client; others get a secret.
    pub auth_method: &'a str,
    /// The ways it may get tokens.
    pub grants: &'a [GrantType],
    /// Where people may be sent back to.
    pub redirect_uris: &'a [String],
    /// The most it may ask for.
    pub scopes: &'a Scopes,
    /// Who makes it.
    pub created_by: Option<i64>,
}

/// Makes a client; answers its id and its secret, which is stored nowhere.
pub fn insert(
    tx: &mut Tx<'_>,
    ids: &Ids,
    new: &NewClient<'_>,
    now: Time,
) -> Result<(String, Option<String>)> {
    let self_registered = new.organization.is_none();
    let id = if self_registered {
        ids.uuid()
    } else {
        instance::next_number(tx, "", "oauth_clients", FIRST_NUMBER)?.to_string()
    };
    let secret = (new.auth_method != "none").then(|| ids.token(Kind::Client));
    tx.run(
        "INSERT INTO oauth_clients (id, organization_id, name, secret_hash, secret_last4, auth_method, grant_types, \
            redirect_uris, scopes, self_registered, created_by, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        args![
            &id,
            new.organization,
            new.name,
            secret.as_deref().map(hash),
            secret.as_deref().map(last4),
            new.auth_method,
            GrantType::to_stored(new.grants),
            new.redirect_uris.join("\n"),
            new.scopes.to_stored(),
            self_registered,
            new.created_by,
            now.0
        ],
    )?;
    Ok((id, secret))
}

fn last4(secret: &str) -> &str {
    &secret[secret.len() - 4..]
}

/// Stores what can be changed of a client.
pub fn update(tx: &mut Tx<'_>, client: &Client, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE oauth_clients SET name = $2, grant_types = $3, redirect_uris = $4, scopes = $5, updated_at = $6 WHERE id = $1",
        args![
            &client.id,
            &client.name,
            GrantType::to_stored(&client.grants),
            client.redirect_uris.join("\n"),
            client.scopes.to_stored(),
            now.0
        ],
    )
}

/// Gives a client a new secret; the old one works for [`OVERLAP`] more, or ends at once.
pub fn rotate(tx: &mut Tx<'_>, ids: &Ids, id: &str, at_once: bool, now: Time) -> Result<String> {
    let secret = ids.token(Kind::Client);
    let until = if at_once { now } else { now.plus(OVERLAP) };
    tx.run(
        "UPDATE oauth_clients SET old_secret_hash = secret_hash, old_secret_until = $4, secret_hash = $2, secret_last4 = $3, \
            updated_at = $5 WHERE id = $1",
        args![id, hash(&secret), last4(&secret), until.0, now.0],
    )?;
    Ok(secret)
}

/// Ends a client and everything that was issued to it.
pub fn revoke(tx: &mut Tx<'_>, id: &str, now: Time) -> Result<()> {
    for sql in [
        "UPDATE oauth_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        "UPDATE authorizations SET ended_at = $2 WHERE client_id = $1 AND ended_at IS NULL",
        "UPDATE tokens SET revoked_at = $2 WHERE client_id = $1 AND revoked_at IS NULL",
        "UPDATE refresh_tokens SET revoked_at = $2 WHERE client_id = $1 AND revoked_at IS NULL",
        "UPDATE application_tokens SET revoked_at = $2 WHERE client_id = $1 AND revoked_at IS NULL",
        "UPDATE authorization_codes SET used_at = $2 WHERE client_id = $1 AND used_at IS NULL",
        "UPDATE device_codes SET state = 'used', polled_at = $2 WHERE client_id = $1 AND state <> 'used'",
    ] {
        tx.run(sql, args![id, now.0])?;
    }
    Ok(())
}
