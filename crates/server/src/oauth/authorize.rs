//! The request that brings a person's browser to the consent page, checked, and the answer that takes it back
//! (RFC 6749, sections 4.1 and 4.2; RFC 7636; RFC 9207). The page itself is in the room `web`.

use tallystick_db::Tx;
use tallystick_wire::Time;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::access::Scopes;
use crate::http::query::Query;
use crate::mail;
use crate::oauth::authorization::How;
use crate::oauth::code::{self, NewCode};
use crate::oauth::tokens::{self, Holder};
use crate::oauth::{Client, GrantType, OAuthRefusal, client, redirect};
use crate::token::policy;

/// What the client wants in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A code.
    Code,
    /// A token in the fragment.
    Token,
}

/// A request that can be put before a person.
#[derive(Debug)]
pub struct Asked {
    /// Who asks.
    pub client: Client,
    /// What for.
    pub scopes: Scopes,
    /// Where the answer goes.
    pub redirect_uri: String,
    named_redirect: bool,
    wanted: Wanted,
    state: Option<String>,
    challenge: String,
}

/// Why a request is not put before a person.
#[derive(Debug)]
pub enum Unfit {
    /// The client or the address is not known: a page says so, and nobody is sent anywhere.
    Page(String),
    /// The client is told, at its own address.
    Back(String),
    /// The database failed.
    Db(tallystick_db::DbError),
}

impl From<tallystick_db::DbError> for Unfit {
    fn from(error: tallystick_db::DbError) -> Self {
        Self::Db(error)
    }
}

impl tallystick_db::AsDbError for Unfit {
    fn as_db_error(&self) -> Option<&tallystick_db::DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Page(_) | Self::Back(_) => None,
        }
    }
}

/// Reads and checks the request. Each parameter may come once (RFC 6749, section 3.1).
pub fn read(tx: &mut Tx<'_>, app: &App, query: &Query) -> Result<Asked, Unfit> {
    let page = |text: &str| Unfit::Page(text.to_owned());
    let mut names: Vec<&str> = query.names().collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() != all {
        return Err(page("A parameter of the request occurs twice."));
    }
    let client_id = query
        .get("client_id")
        .ok_or_else(|| page("The request names no client_id."))?;
    let client = client::find(tx, client_id)?
        .ok_or_else(|| page("The application that sent you here is not known, or no longer."))?;
    let (redirect_uri, named_redirect) =
        match (query.get("redirect_uri"), client.redirect_uris.as_slice()) {
            (Some(asked), known) if redirect::is_registered(known, asked) => {
                (asked.to_owned(), true)
            }
            (Some(_), _) => {
                return Err(page(
                    "The application wants you sent back to an address that it did not register.",
                ));
            }
            (None, [only]) => (only.clone(), false),
            (None, _) => return Err(page("The request names no redirect_uri.")),
        };
    let state = query.get("state").map(str::to_owned);
    let wanted = query.get("response_type");
    let back = |error: &'static str, description: &str| {
        let in_fragment = wanted == Some("token");
        Unfit::Back(answer(
            app,
            &redirect_uri,
            state.as_deref(),
            in_fragment,
            &[("error", error), ("error_description", description)],
        ))
    };
    let wanted = match wanted {
        Some("code") if client.may(GrantType::AuthorizationCode) => Wanted::Code,
        Some("token") if client.may(GrantType::Implicit) => Wanted::Token,
        Some("code" | "token") => {
            return Err(back(
                "unauthorized_client",
                "This client may not use this response_type",
            ));
        }
        Some(_) => {
            return Err(back(
                "unsupported_response_type",
                "The response_type is code",
            ));
        }
        None => return Err(back("invalid_request", "The response_type is missing")),
    };
    let challenge = match (
        query.get("code_challenge"),
        query.get("code_challenge_method"),
    ) {
        (None, None) if wanted == Wanted::Code && !client.is_confidential() => {
            return Err(back(
                "invalid_request",
                "A public client sends a code_challenge (PKCE, S256)",
            ));
        }
        (None, None) => String::new(),
        (Some(challenge), Some("S256")) if code::is_challenge(challenge) => challenge.to_owned(),
        (Some(_), Some("S256")) => {
            return Err(back(
                "invalid_request",
                "The code_challenge is not a SHA-256 in base64url",
            ));
        }
        _ => return Err(back("invalid_request", "The code_challenge_method is S256")),
    };
    let scopes = match asked_scopes(&client, query.get("scope")) {
        Ok(scopes) => scopes,
        Err(text) => return Err(back("invalid_scope", &text)),
    };
    Ok(Asked {
        scopes,
        redirect_uri,
        named_redirect,
        wanted,
        state,
        challenge,
        client,
    })
}

/// The scopes a client asks for, within those it may have; without a word, all of those.
pub fn asked_scopes(client: &Client, scope: Option<&str>) -> Result<Scopes, String> {
    let words: Vec<String> = scope
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        return Ok(client.scopes.clone());
    }
    let asked = Scopes::read(&words)?;
    if client.scopes.cover(&asked) {
        return Ok(asked);
    }
    // A client that may have less than it asks for gets what it may have: older ones always ask for everything.
    if asked.hold("*") {
        return Ok(client.scopes.clone());
    }
    Err("This client may not ask for these scopes".to_owned())
}

fn answer(
    app: &App,
    redirect_uri: &str,
    state: Option<&str>,
    in_fragment: bool,
    parameters: &[(&str, &str)],
) -> String {
    let mut parameters = parameters.to_vec();
    if let Some(state) = state {
        parameters.push(("state", state));
    }
    parameters.push(("iss", app.origin()));
    if in_fragment {
        redirect::with_fragment(redirect_uri, &parameters)
    } else {
        redirect::with_query(redirect_uri, &parameters)
    }
}

impl Asked {
    /// Where the browser goes when the person refuses.
    #[must_use]
    pub fn denied(&self, app: &App) -> String {
        let text = "The person refused";
        self.back(
            app,
            &[("error", "access_denied"), ("error_description", text)],
        )
    }

    fn back(&self, app: &App, parameters: &[(&str, &str)]) -> String {
        answer(
            app,
            &self.redirect_uri,
            self.state.as_deref(),
            self.wanted == Wanted::Token,
            parameters,
        )
    }

    /// Whether this person may allow it for this organisation, as far as policies go.
    pub fn may_be_allowed(
        &self,
        tx: &mut Tx<'_>,
        user_id: i64,
        organization: Option<&str>,
    ) -> tallystick_db::Result<bool> {
        let grant = match self.wanted {
            Wanted::Code => GrantType::AuthorizationCode,
            Wanted::Token => GrantType::Implicit,
        };
        policy::may_connect(tx, &self.client, user_id, organization, grant)
    }

    /// The person allows it: where their browser goes now. `scopes` are at most those asked for.
    pub fn allowed(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        (user_id, organization): (i64, Option<&str>),
        scopes: &Scopes,
        origin: &Origin,
        now: Time,
    ) -> Result<String, OAuthRefusal> {
        if !self.scopes.cover(scopes) {
            return Err(OAuthRefusal::code(
                "invalid_scope",
                "More was allowed than was asked for",
            ));
        }
        if !self.may_be_allowed(tx, user_id, organization)? {
            return Err(OAuthRefusal::code(
                "access_denied",
                "The organization does not allow this application",
            ));
        }
        Event::new("application_allowed")
            .by(user_id)
            .of(user_id)
            .inside(organization.unwrap_or_default())
            .through(&self.client.id)
            .from(origin)
            .detail("scopes", scopes.to_stored())
            .record(tx, app, now)?;
        let notice = mail::Notice::NewApplication {
            client: &self.client.id,
        };
        mail::notice(tx, app, notice, user_id, now)?;
        match self.wanted {
            Wanted::Code => {
                let new = NewCode {
                    client: &self.client.id,
                    user_id,
                    organization,
                    redirect_uri: if self.named_redirect {
                        &self.redirect_uri
                    } else {
                        ""
                    },
                    scopes,
                    challenge: &self.challenge,
                };
                let code = code::issue(tx, app, &new, now)?;
                Ok(self.back(app, &[("code", &code)]))
            }
            Wanted::Token => {
                let authorization = app.ids.object(now);
                let holder = Holder {
                    authorization: &authorization,
                    user_id,
                    organization,
                    scopes,
                };
                let issued = tokens::begin(tx, app, &self.client, &holder, How::Implicit, now)?;
                Ok(self.back(
                    app,
                    &[
                        ("access_token", &issued.access_token),
                        ("token_type", "Bearer"),
                        ("expires_in", &issued.expires_in.to_string()),
                    ],
                ))
            }
        }
    }
}
