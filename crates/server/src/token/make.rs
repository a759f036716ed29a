//! Making, replacing and ending a person's tokens: the same for the API and for the page, with what the caller is as an argument.

use tallystick_db::Tx;
use tallystick_wire::Time;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::{Token, TokenCreate};

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::DAY;
use crate::http::access::Scopes;
use crate::http::call::object_id;
use crate::http::{Problems, Refusal};
use crate::mail::{self, Notice};
use crate::oauth::authorization;
use crate::token::store::{self, Order};
use crate::token::{policy, rules};

/// Whose tokens they are, and what their session or token allows.
#[derive(Debug)]
pub struct Holder<'a> {
    /// The person.
    pub user_id: i64,
    /// The most that a token made here may do; it is also what it may do when nothing is said.
    pub scopes: &'a Scopes,
    /// The only organisation it may work in.
    pub organization: Option<&'a str>,
    /// The token that they do it with; none in a browser.
    pub token: Option<&'a str>,
    /// Where they are.
    pub origin: &'a Origin,
}

impl Holder<'_> {
    /// Writes into the record what was done to a token.
    fn record(
        &self,
        (event, token, organization): (&'static str, &str, Option<&str>),
        tx: &mut Tx<'_>,
        app: &App,
        now: Time,
    ) -> tallystick_db::Result<()> {
        let event = Event::new(event)
            .by(self.user_id)
            .of(self.user_id)
            .inside(organization.unwrap_or_default())
            .with(token)
            .from(self.origin);
        let event = match self.token {
            Some(token) => event.detail("done_with", token),
            None => event,
        };
        event.record(tx, app, now)
    }
}

/// Makes a token; answers its id and its secret.
pub fn make(
    tx: &mut Tx<'_>,
    app: &App,
    holder: &Holder<'_>,
    input: &TokenCreate,
    now: Time,
) -> Result<(String, String), Refusal> {
    let mut problems = Problems::default();
    let name = rules::name(&input.name, &mut problems);
    let scopes = match &input.scopes {
        Patch::Value(words) => Scopes::read(words).unwrap_or_else(|message| {
            problems.add("scopes", message);
            Scopes::all()
        }),
        Patch::Absent | Patch::Null => holder.scopes.clone(),
    };
    let organization = match &input.organization_id {
        Patch::Value(text) => object_id(text).or_else(|| {
            problems.add(
                "organization_id",
                "The organization_id must be 32 hex characters",
            );
            None
        }),
        Patch::Absent | Patch::Null => holder.organization.map(str::to_owned),
    };
    let settings = &app.settings.tokens;
    let bounds = policy::bounds(tx, settings, holder.user_id, organization.as_deref())?;
    let expires_at = rules::expiry(input, &bounds, now, &mut problems);
    problems.check()?;
    if !holder.scopes.cover(&scopes) {
        return Err(Refusal::forbidden(
            "What is made here may not do more than the credential that makes it",
        ));
    }
    if holder.organization.is_some() && holder.organization != organization.as_deref() {
        return Err(Refusal::forbidden(
            "A credential for one organization makes none for another",
        ));
    }
    if let Some(organization) = &organization
        && !store::is_active_member(tx, holder.user_id, organization)?
    {
        return Err(Refusal::invalid(
            "organization_id",
            "There is no such organization among yours",
        ));
    }
    if !bounds.may_make {
        return Err(Refusal::forbidden(
            "Light members make no credentials here; ask an administrator",
        ));
    }
    let order = Order {
        user_id: holder.user_id,
        name: &name,
        scopes: &scopes,
        organization_id: organization.as_deref(),
        expires_at,
    };
    let made = store::issue(tx, &app.ids, &order, now)?;
    let what = ("token_created", made.0.as_str(), organization.as_deref());
    holder.record(what, tx, app, now)?;
    let notice = Notice::TokenCreated { token: &made.0 };
    mail::notice(tx, app, notice, holder.user_id, now)?;
    Ok(made)
}

/// Gives a token a new secret; name, scopes and organisation stay, its life begins anew, and the old secret ends at once.
pub fn replace(
    tx: &mut Tx<'_>,
    app: &App,
    holder: &Holder<'_>,
    old: &Token,
    now: Time,
) -> Result<(String, String), Refusal> {
    store::revoke(tx, holder.user_id, &old.id, now)?;
    let organization = old.organization_id.as_deref();
    let bounds = policy::bounds(tx, &app.settings.tokens, holder.user_id, organization)?;
    let longest = bounds
        .max_days
        .map_or(i64::MAX, |days| days.saturating_mul(DAY));
    let expires_at = old
        .expires_at
        .map(|end| now.plus((end.0 - old.created_at.0).min(longest)));
    let scopes = Scopes::stored(&old.scopes.join(" "));
    let order = Order {
        user_id: holder.user_id,
        name: &old.name,
        scopes: &scopes,
        organization_id: old.organization_id.as_deref(),
        expires_at,
    };
    let made = store::issue(tx, &app.ids, &order, now)?;
    holder.record(("token_rotated", &made.0, organization), tx, app, now)?;
    Ok(made)
}

/// Revokes one token, and with it the authorization it belongs to: a refresh must not bring it back. 404 for one of somebody else.
pub fn revoke(
    tx: &mut Tx<'_>,
    app: &App,
    holder: &Holder<'_>,
    id: &str,
    now: Time,
) -> Result<(), Refusal> {
    let token = store::get(tx, holder.user_id, id)?.ok_or_else(Refusal::not_found)?;
    if store::revoke(tx, holder.user_id, id, now)? == 1 {
        if let Some(authorization) = store::authorization_of(tx, id)? {
            authorization::end(tx, &authorization, now)?;
        }
        let what = ("token_revoked", id, token.organization_id.as_deref());
        holder.record(what, tx, app, now)?;
    }
    Ok(())
}

/// Revokes every token of a person and disconnects every application.
pub fn revoke_all(
    tx: &mut Tx<'_>,
    app: &App,
    holder: &Holder<'_>,
    now: Time,
) -> Result<(), Refusal> {
    store::revoke_all(tx, holder.user_id, now)?;
    authorization::end_all(tx, holder.user_id, None, now)?;
    let current = holder.token.unwrap_or_default();
    holder.record(("all_tokens_revoked", current, None), tx, app, now)?;
    Ok(())
}
