//! What a person sees when an application wants to act for them, in the browser or through a code from a device.

use askama::Template;

use crate::http::Refusal;
use crate::http::access::Scopes;
use crate::oauth::Client;
use crate::web::door::Visit;
use crate::web::fault::Fault;
use crate::web::field::Wrong;
use crate::web::page::Shell;
use crate::web::who::{Place, Who};
use crate::web::words;
use tallystick_wire::member::Role;

/// A scope to tick.
pub struct Choice {
    /// Its word.
    pub word: String,
    /// What it allows.
    pub text: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// The question.
#[derive(Template)]
#[template(path = "app/consent.html")]
pub struct Consent {
    /// What surrounds it.
    pub shell: Shell,
    /// What is wrong with the answer.
    pub wrong: Wrong,
    /// Where its form leads.
    pub action: String,
    /// The application.
    pub application: String,
    /// Whether it registered itself.
    pub unreviewed: bool,
    /// Who is asked.
    pub email: String,
    /// Back here, for somebody who wants to be somebody else.
    pub here: String,
    /// Organisations to choose from; one of them alone is no choice.
    pub places: Vec<Place>,
    /// The chosen one.
    pub place: String,
    /// What it asks for.
    pub choices: Vec<Choice>,
    /// Where the browser goes then; none for a device.
    pub leads_to: Option<String>,
    /// What the person typed in for a device.
    pub user_code: Option<String>,
    /// Why it cannot be allowed at all.
    pub blocked: Option<&'static str>,
}

/// Said to light members.
pub const LIGHT: &str = "Light members do not connect applications. Ask an administrator of the organization for a fuller role.";
/// Said where nobody belongs anywhere that fits.
pub const NOWHERE: &str =
    "This application belongs to an organization in which you are not an active member.";

/// The organisations for which somebody may allow a client: its own, or all where they are more than a light member.
pub fn places(client: &Client, who: &Who) -> Result<Vec<Place>, &'static str> {
    let mine: Vec<&Place> = who
        .places
        .iter()
        .filter(|place| {
            client
                .organization
                .as_ref()
                .is_none_or(|own| *own == place.id)
        })
        .collect();
    if mine.is_empty() {
        return Err(NOWHERE);
    }
    let full: Vec<Place> = mine
        .into_iter()
        .filter(|place| place.role != Role::Light)
        .cloned()
        .collect();
    if full.is_empty() {
        Err(LIGHT)
    } else {
        Ok(full)
    }
}

/// What was decided.
pub struct Decided {
    /// The organisation.
    pub place: String,
    /// What is allowed; none when it is denied.
    pub scopes: Option<Scopes>,
}

/// Reads the answer: `decision`, `organization_id`, `scopes`.
pub fn decision(visit: &Visit, asked: &Scopes, places: &[Place]) -> Result<Decided, Wrong> {
    let place = visit.form.get("organization_id").to_owned();
    if visit.form.get("decision") != "allow" {
        return Ok(Decided {
            place,
            scopes: None,
        });
    }
    let mut wrong = Wrong::none();
    if !places.iter().any(|known| known.id == place) {
        wrong.add("organization_id", "Choose one of your organizations.");
    }
    let ticked = visit.form.all("scopes");
    let scopes = Scopes::read(&ticked).ok().filter(|_| !ticked.is_empty());
    match scopes {
        None => wrong.add(
            "scopes",
            "Tick at least one thing that the application may do, or refuse it.",
        ),
        Some(scopes) if asked.cover(&scopes) && !wrong.is_any() => {
            return Ok(Decided {
                place,
                scopes: Some(scopes),
            });
        }
        Some(scopes) if !asked.cover(&scopes) => {
            wrong.add("scopes", "The application did not ask for that much.");
        }
        Some(_) => {}
    }
    Err(wrong)
}

/// The boxes; what was ticked stays ticked.
pub fn choices(visit: &Visit, asked: &Scopes) -> Vec<Choice> {
    let word = |word: &String| Choice {
        text: words::scope(word),
        ticked: visit.form.is_empty() || visit.form.has("scopes", word),
        word: word.clone(),
    };
    asked.words().iter().map(word).collect()
}

/// 403 for an answer that the page does not offer.
pub fn blocked(text: &'static str) -> Fault {
    Refusal::forbidden(text.trim_end_matches('.')).into()
}
