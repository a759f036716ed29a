//! The codes in guests' personal links (contract: auth, section 14.4): random, looked up by hash, kept sealed because the link
//! is shown again.
//!
//! An installation without a key file has no links: its guests are made and assigned all the same, and the link is null.

use tallystick_db::{Tx, args};

use crate::app::App;
use crate::guest::rules::{CODE_LENGTH, Guest};
use crate::guest::store;
use crate::http::caller::hash;
use crate::http::error::Refusal;
use crate::secret_key;

/// What a code is sealed for: moved to another guest or organisation, it does not open.
fn owner(organization: &str, guest: i64) -> String {
    format!("guest {organization} {guest}")
}

/// Gives a guest a new code; the old link ends.
pub fn renew(tx: &mut Tx<'_>, app: &App, organization: &str, guest: i64) -> Result<(), Refusal> {
    if !secret_key::is_in_use(tx)? {
        app.secret_key.make(&app.ids)?;
    }
    let code = app.ids.letters(CODE_LENGTH);
    let owner = owner(organization, guest);
    let sealed = app
        .secret_key
        .seal_for(owner.as_bytes(), code.as_bytes(), &app.ids)?;
    tx.run(
        "UPDATE organization_guests SET code_hash = $3, code_sealed = $4 WHERE organization_id = $1 AND guest_id = $2",
        args![organization, guest, hash(&code), sealed],
    )?;
    Ok(())
}

/// Gives codes to those of these guests who have none, where the installation can keep them.
pub fn give(
    tx: &mut Tx<'_>,
    app: &App,
    organization: &str,
    emails: &[String],
) -> Result<(), Refusal> {
    if emails.is_empty() || !app.secret_key.has_a_place() {
        return Ok(());
    }
    for guest in store::without_code(tx, organization, emails)? {
        renew(tx, app, organization, guest)?;
    }
    Ok(())
}

/// The link of a guest, for those who may see it.
pub fn link(app: &App, organization: &str, guest: &Guest) -> Option<String> {
    let sealed = guest
        .code
        .as_ref()
        .filter(|_| app.secret_key.has_a_place())?;
    let owner = owner(organization, guest.id);
    match app.secret_key.open_for(owner.as_bytes(), sealed) {
        Ok(code) => {
            let code = String::from_utf8_lossy(&code);
            Some(format!("{}/app/guest/{code}", app.origin()))
        }
        Err(_) => {
            tracing::warn!(guest = guest.id, "the link of a guest cannot be shown");
            None
        }
    }
}
