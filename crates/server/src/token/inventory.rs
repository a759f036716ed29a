//! The tokens that work in an organisation, whoever's they are: listed by its administrators, and switched off there.

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::{ClientId, OwnedToken};

use crate::token::store;

/// Bound to the organisation, or unbound and of one of its members; neither revoked, nor expired, nor switched off here,
/// nor past an epoch.
const WORKING: &str = "FROM tokens k JOIN users u ON u.id = k.user_id AND u.epoch = k.user_epoch \
    JOIN memberships m ON m.organization_id = $1 AND m.user_id = k.user_id \
    WHERE (k.organization_id IS NULL OR (k.organization_id = $1 AND k.membership_epoch = m.epoch)) \
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2) \
        AND NOT EXISTS (SELECT 1 FROM token_exclusions x WHERE x.organization_id = $1 AND x.token_id = k.id)";

/// How many there are.
pub fn count(tx: &mut Tx<'_>, organization: &str, now: Time) -> Result<i64> {
    let sql = format!("SELECT count(*) {WORKING}");
    tx.one(&sql, args![organization, now.0], |row| row.take())
}

/// A page of them, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    (limit, offset): (i64, i64),
    now: Time,
) -> Result<Vec<OwnedToken>> {
    let columns = store::COLUMNS.replace(", ", ", k.");
    let sql = format!(
        "SELECT k.{columns}, k.user_id, u.email, k.client_id {WORKING} ORDER BY k.created_at DESC, k.id DESC LIMIT $3 OFFSET $4"
    );
    tx.all(
        &sql,
        args![organization, now.0, limit, offset],
        |row: &mut Row<'_>| {
            Ok(OwnedToken {
                token: store::read(row)?,
                user_id: row.take()?,
                user_email: row.take()?,
                client_id: row.take::<Option<String>>()?.map(ClientId),
            })
        },
    )
}

/// Whose token it is, if it works here.
pub fn owner(tx: &mut Tx<'_>, organization: &str, id: &str, now: Time) -> Result<Option<i64>> {
    let sql = format!("SELECT k.user_id {WORKING} AND k.id = $3");
    tx.maybe(&sql, args![organization, now.0, id], |row| row.take())
}

/// Switches a token off here. It goes on working in other organisations of its owner.
pub fn exclude(tx: &mut Tx<'_>, organization: &str, id: &str, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE tokens SET revoked_at = $3 WHERE id = $2 AND organization_id = $1 AND revoked_at IS NULL",
        args![organization, id, now.0],
    )?;
    tx.run(
        "INSERT INTO token_exclusions (organization_id, token_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![organization, id, now.0],
    )
}

/// Switches everything off that somebody has here: what is bound to the organisation by its epoch, the rest one by one.
pub fn exclude_all_of(tx: &mut Tx<'_>, organization: &str, user_id: i64, now: Time) -> Result<()> {
    tx.run(
        "UPDATE memberships SET epoch = epoch + 1 WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id],
    )?;
    tx.run(
        "INSERT INTO token_exclusions (organization_id, token_id, created_at) \
         SELECT $1, k.id, $3 FROM tokens k WHERE k.user_id = $2 AND k.revoked_at IS NULL \
            AND (k.organization_id IS NULL OR k.organization_id = $1) ON CONFLICT DO NOTHING",
        args![organization, user_id, now.0],
    )?;
    // What stands for all organisations renews itself with a refresh token, so those permissions end as well.
    let renewing: Vec<String> = tx.all(
        "SELECT id FROM authorizations WHERE user_id = $1 AND ended_at IS NULL AND (organization_id IS NULL OR organization_id = $2)",
        args![user_id, organization],
        |row| row.take(),
    )?;
    for id in renewing {
        crate::oauth::authorization::end(tx, &id, now)?;
    }
    Ok(())
}
