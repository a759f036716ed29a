//! Making and changing the applications of an organisation: the same for the API and for the page.

use tallystick_db::Tx;
use tallystick_wire::Time;
use tallystick_wire::oauth::OAuthClientInput;
use tallystick_wire::patch::Patch;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::access::Scopes;
use crate::http::{Problems, Refusal};
use crate::oauth::client::{self, Client, GrantType, NewClient};
use crate::oauth::redirect;
use crate::token::policy;

/// Most addresses that one client may have.
const MOST_REDIRECTS: usize = 50;

/// An administrator at work on the applications of their organisation.
#[derive(Clone, Copy)]
pub struct Steward<'a> {
    /// The running server.
    pub app: &'a App,
    /// The organisation.
    pub organization: &'a str,
    /// The administrator.
    pub user_id: i64,
    /// The token they work with; none in a browser.
    pub token: Option<&'a str>,
    /// Where they are.
    pub origin: &'a Origin,
    /// What time it is.
    pub now: Time,
}

impl Steward<'_> {
    /// Makes an application; answers its id and, if it can keep one, its secret.
    pub fn create(
        self,
        tx: &mut Tx<'_>,
        input: &OAuthClientInput,
    ) -> Result<(String, Option<String>), Refusal> {
        let mut problems = Problems::default();
        let confidential = input.confidential.as_value().is_none_or(|flag| flag.0);
        let name = name(input, &mut problems);
        let redirects = redirects(input, &mut problems).unwrap_or_default();
        let grants = grants(input, &mut problems).unwrap_or_else(|| {
            let own = confidential.then_some(GrantType::ClientCredentials);
            own.into_iter()
                .chain([GrantType::AuthorizationCode, GrantType::RefreshToken])
                .collect()
        });
        if !confidential && grants.contains(&GrantType::ClientCredentials) {
            problems.add("grant_types", NEEDS_A_SECRET);
        }
        let scopes = scopes(input, &mut problems).unwrap_or_else(Scopes::all);
        problems.check()?;
        self.allows(tx, &grants)?;
        let new = NewClient {
            organization: Some(self.organization),
            name: &name,
            auth_method: if confidential {
                "client_secret_basic"
            } else {
                "none"
            },
            grants: &grants,
            redirect_uris: &redirects,
            scopes: &scopes,
            created_by: Some(self.user_id),
        };
        let made = client::insert(tx, &self.app.ids, &new, self.now)?;
        self.record(tx, "client_created", &made.0)?;
        Ok(made)
    }

    /// Changes what was sent.
    pub fn change(
        self,
        tx: &mut Tx<'_>,
        mut client: Client,
        input: &OAuthClientInput,
    ) -> Result<(), Refusal> {
        let mut problems = Problems::default();
        if input.name.is_sent() {
            client.name = name(input, &mut problems);
        }
        if let Some(redirects) = redirects(input, &mut problems) {
            client.redirect_uris = redirects;
        }
        if let Some(scopes) = scopes(input, &mut problems) {
            client.scopes = scopes;
        }
        let grants = grants(input, &mut problems);
        let as_itself = grants
            .as_ref()
            .is_some_and(|grants| grants.contains(&GrantType::ClientCredentials));
        if as_itself && !client.is_confidential() {
            problems.add("grant_types", NEEDS_A_SECRET);
        }
        problems.check()?;
        if let Some(grants) = grants {
            self.allows(tx, &grants)?;
            client.grants = grants;
        }
        client::update(tx, &client, self.now)?;
        self.record(tx, "client_changed", &client.id)
    }

    /// Removes it, with every token that was issued to it.
    pub fn remove(self, tx: &mut Tx<'_>, client: &Client) -> Result<(), Refusal> {
        client::revoke(tx, &client.id, self.now)?;
        self.record(tx, "client_removed", &client.id)
    }

    /// Gives it a new secret; the old one works for a while more, or ends at once.
    pub fn rotate(
        self,
        tx: &mut Tx<'_>,
        client: &Client,
        at_once: bool,
    ) -> Result<String, Refusal> {
        if !client.is_confidential() {
            return Err(Refusal::invalid("client", "A public client has no secret"));
        }
        let secret = client::rotate(tx, &self.app.ids, &client.id, at_once, self.now)?;
        self.record(tx, "client_secret_rotated", &client.id)?;
        Ok(secret)
    }

    fn record(self, tx: &mut Tx<'_>, event: &'static str, client: &str) -> Result<(), Refusal> {
        let event = Event::new(event)
            .inside(self.organization)
            .by(self.user_id)
            .through(client)
            .from(self.origin);
        let event = match self.token {
            Some(token) => event.with(token),
            None => event,
        };
        Ok(event.record(tx, self.app, self.now)?)
    }

    fn allows(self, tx: &mut Tx<'_>, grants: &[GrantType]) -> Result<(), Refusal> {
        for grant in grants {
            if !policy::allows(tx, self.organization, *grant)? {
                let text = format!("This organization's policy is against {}", grant.word());
                return Err(Refusal::invalid("grant_types", text));
            }
        }
        Ok(())
    }
}

const NEEDS_A_SECRET: &str = "client_credentials is for confidential clients: it needs a secret";

fn name(input: &OAuthClientInput, problems: &mut Problems) -> String {
    let name = input
        .name
        .as_value()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    if name.is_empty() {
        problems.add("name", "The name field is required");
    } else if name.chars().count() > 100 || name.chars().any(char::is_control) {
        problems.add(
            "name",
            "The name has at most 100 characters, none of them control characters",
        );
    }
    name
}

fn redirects(input: &OAuthClientInput, problems: &mut Problems) -> Option<Vec<String>> {
    let (field, list) = match (&input.redirect_uris, &input.redirect) {
        (Patch::Value(list), _) => ("redirect_uris", list.clone()),
        (_, Patch::Value(one)) => ("redirect", vec![one.clone()]),
        (Patch::Null, _) | (_, Patch::Null) => return Some(Vec::new()),
        (Patch::Absent, Patch::Absent) => return None,
    };
    if list.len() > MOST_REDIRECTS {
        problems.add(field, format!("At most {MOST_REDIRECTS} addresses"));
    }
    for (index, address) in list.iter().enumerate() {
        if let Err(text) = redirect::check(address) {
            problems.add(&format!("{field}.{index}"), text);
        }
    }
    Some(list)
}

fn grants(input: &OAuthClientInput, problems: &mut Problems) -> Option<Vec<GrantType>> {
    let words = input.grant_types.as_value()?;
    let mut grants = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match GrantType::read(word) {
            Some(grant) if grants.contains(&grant) => {}
            Some(grant) => grants.push(grant),
            None => problems.add(
                &format!("grant_types.{index}"),
                format!("{word:.60} is not a grant_type"),
            ),
        }
    }
    Some(grants)
}

fn scopes(input: &OAuthClientInput, problems: &mut Problems) -> Option<Scopes> {
    match &input.scopes {
        Patch::Value(words) => match Scopes::read(words) {
            Ok(scopes) => Some(scopes),
            Err(text) => {
                problems.add("scopes", text);
                None
            }
        },
        Patch::Null => Some(Scopes::all()),
        Patch::Absent => None,
    }
}
