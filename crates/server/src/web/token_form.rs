//! The form for a new token: name, how long, what for, where.

use askama::Template;
use tallystick_wire::lenient::Int;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::TokenCreate;

use crate::clock::{DAY, SECOND};
use crate::http::access::Family;
use crate::token::policy::{self, Bounds};
use crate::token::rules::USUAL_LIFE;
use crate::web::Answered;
use crate::web::door::Visit;
use crate::web::field::{Field, Wrong};
use crate::web::form::Form;
use crate::web::page::{self, Shell};
use crate::web::who::{Place, Who};
use crate::web::words;

/// Where the form is.
pub const ADDRESS: &str = "/app/settings/integrations/new";

/// Days that can be chosen, with their words.
const LIVES: [(&str, i64, &str); 3] = [
    ("30", 30, "30 days"),
    ("90", 90, "90 days"),
    ("180", USUAL_LIFE / DAY, "6 months"),
];

/// A radio button.
struct Offer {
    value: &'static str,
    text: String,
    hint: String,
    chosen: bool,
}

/// A family of scopes, to be chosen from.
struct FamilyRow {
    word: &'static str,
    chosen: String,
}

#[derive(Template)]
#[template(path = "app/token_form.html")]
struct TokenForm {
    shell: Shell,
    wrong: Wrong,
    name: Field,
    lives: Vec<Offer>,
    date: Field,
    access: Vec<Offer>,
    families: Vec<FamilyRow>,
    places: Vec<Place>,
    place: String,
    back: String,
}

/// The form, filled with what the address says: that is how somebody comes back who was asked for the password.
pub async fn page(visit: Visit) -> Answered {
    let query = visit.request.query.encoded();
    visit.confirmed(&format!("{ADDRESS}?{query}"))?;
    let form = Form::from_query(&query);
    show(&visit, &form, Wrong::none()).await
}

/// The form again.
pub async fn show(visit: &Visit, form: &Form, wrong: Wrong) -> Answered {
    let wanted = Some(form.get("organization").to_owned());
    let read = visit.read(move |tx, acting| {
        let who = Who::read(tx, acting, wanted.as_deref())?;
        let settings = &acting.app.settings.tokens;
        Ok((policy::bounds(tx, settings, who.id, None)?, who))
    });
    let (bounds, who) = read.await?;
    let token_form = TokenForm {
        name: Field::new("name", "Name")
            .hint("What it is for, such as Nightly export. You see it in the list.")
            .value(form.get("name"))
            .judged(&wrong),
        lives: lives(form, &bounds),
        date: Field::new("date", "Last day")
            .kind("date", "off")
            .narrow()
            .value(form.get("date"))
            .judged(&wrong),
        access: access(form),
        families: Family::WORDS
            .into_iter()
            .map(|word| FamilyRow {
                word,
                chosen: form.get(&format!("scope.{word}")).to_owned(),
            })
            .collect(),
        places: who.places.clone(),
        place: form.get("organization_id").to_owned(),
        back: format!("{}{}", super::next::HOME, who.suffix()),
        shell: Shell::settings(visit, "Make a token", "integrations", who).again(wrong.is_any()),
        wrong,
    };
    Ok(page::show(visit, &token_form.shell, &token_form)?)
}

/// What is allowed wherever somebody is a member; for one organisation alone it may be more, and then a day can be chosen.
fn lives(form: &Form, bounds: &Bounds) -> Vec<Offer> {
    let longest = bounds.max_days;
    let chosen = form.filled("expiry");
    let allowed = |days: i64| longest.is_none_or(|longest| days <= longest);
    let mut options: Vec<Offer> = LIVES
        .into_iter()
        .filter(|(_, days, _)| allowed(*days))
        .map(|(value, _, text)| Offer {
            value,
            text: text.to_owned(),
            hint: String::new(),
            chosen: chosen == Some(value),
        })
        .collect();
    options.push(Offer {
        value: "date",
        text: "On a day of your choice".to_owned(),
        hint: longest.map_or_else(String::new, |days| {
            format!("At most {days} days from now is allowed here.")
        }),
        chosen: chosen == Some("date"),
    });
    if bounds.never_expiring {
        options.push(Offer {
            value: "never",
            text: "Never".to_owned(),
            hint: "It works until you revoke it, also for whoever finds it.".to_owned(),
            chosen: chosen == Some("never"),
        });
    }
    if chosen.is_none()
        && let Some(usual) = options.iter_mut().find(|option| option.value == "90")
    {
        usual.chosen = true;
    }
    options
}

fn access(form: &Form) -> Vec<Offer> {
    let chosen = form.filled("access").unwrap_or("all");
    [
        ("all", words::scope("*"), ""),
        ("read", words::scope("read"), ""),
        (
            "chosen",
            "Only what you choose".to_owned(),
            "Part by part, below.",
        ),
    ]
    .into_iter()
    .map(|(value, text, hint)| Offer {
        value,
        text,
        hint: hint.to_owned(),
        chosen: chosen == value,
    })
    .collect()
}

/// What the form says, as the API would be told; or what is wrong with it that only this form can get wrong.
pub fn read(form: &Form) -> Result<TokenCreate, Wrong> {
    let mut wrong = Wrong::none();
    if form.filled("name").is_none() {
        wrong.add("name", "Give the token a name.");
    }
    let (mut expires_at, mut expires_in) = (Patch::Absent, Patch::Absent);
    match form.get("expiry") {
        "date" => match form.filled("date") {
            Some(date) => expires_at = Patch::Value(date.to_owned()),
            None => wrong.add("date", "Choose the day on which the token ends."),
        },
        "never" => expires_in = Patch::Null,
        chosen => match LIVES.into_iter().find(|(value, ..)| *value == chosen) {
            Some((_, days, _)) => expires_in = Patch::Value(Int(days * DAY / SECOND)),
            None => wrong.add("expiry", "Choose how long the token works."),
        },
    }
    let scopes = match form.get("access") {
        "all" => vec!["*".to_owned()],
        "read" => vec!["read".to_owned()],
        "chosen" => Family::WORDS
            .into_iter()
            .filter_map(|word| match form.get(&format!("scope.{word}")) {
                verb @ ("read" | "write") => Some(format!("{word}.{verb}")),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    if scopes.is_empty() {
        wrong.add("access", "Choose at least one thing that the token may do.");
    }
    if wrong.is_any() {
        return Err(wrong);
    }
    Ok(TokenCreate {
        name: Patch::Value(form.get("name").to_owned()),
        expires_at,
        expires_in,
        scopes: Patch::Value(scopes),
        organization_id: form
            .filled("organization_id")
            .map_or(Patch::Absent, |id| Patch::Value(id.to_owned())),
    })
}
