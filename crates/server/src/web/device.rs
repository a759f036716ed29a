//! `/app/device`: a code that a program without a browser shows, typed in here (RFC 8628, section 3.3).

use askama::Template;

use crate::account::throttle;
use crate::http::Refusal;
use crate::http::access::Scopes;
use crate::oauth::device::{self, Decision};
use crate::oauth::{Client, GrantType};
use crate::token::policy;
use crate::web::Answered;
use crate::web::consent_page::{self, Consent};
use crate::web::door::Visit;
use crate::web::fault::Fault;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Notice, Shell};
use crate::web::who::Who;
use crate::web::words;

/// Wrong codes that somebody may type in within the time that failures are remembered.
const MOST_WRONG: u32 = 10;

#[derive(Template)]
#[template(path = "app/device.html")]
struct Enter {
    shell: Shell,
    wrong: Wrong,
    code: Field,
}

const UNKNOWN: &str = "No device waits with this code. Compare it with the one the device shows; after ten minutes the device makes a new one.";

/// The field for the code; with a code in the address it is filled, and still has to be sent.
pub async fn page(visit: Visit) -> Answered {
    visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let typed = visit.request.query.get("user_code").unwrap_or_default();
    let typed = typed.to_owned();
    form(&visit, &typed, Wrong::none())
}

fn form(visit: &Visit, typed: &str, wrong: Wrong) -> Answered {
    let enter = Enter {
        shell: Shell::of(visit, "Connect a device").again(wrong.is_any()),
        code: Field::new("user_code", "Code on the device")
            .hint("Eight letters, such as BCDF-GHJK. Capital and small letters are the same.")
            .value(typed)
            .narrow()
            .judged(&wrong),
        wrong,
    };
    Ok(page::show(visit, &enter.shell, &enter)?)
}

struct Waiting {
    client: Client,
    asked: Scopes,
    who: Who,
}

/// What came of looking for a code.
enum Looked {
    Found(Box<Waiting>),
    Unknown,
    TooMany(u64),
}

/// Looks for a device that waits with this code; a wrong one is counted.
async fn look(visit: &Visit, typed: &str) -> Result<Looked, Fault> {
    let typed = typed.to_owned();
    let write = visit.write(move |tx, acting| {
        let who = Who::read(tx, acting, None)?;
        let subject = format!("device code {}", who.id);
        if let Some(until) = throttle::until(tx, &subject, MOST_WRONG, acting.now)? {
            let left = (until.0 - acting.now.0) / crate::clock::SECOND;
            return Ok(Looked::TooMany(u64::try_from(left).unwrap_or_default() + 1));
        }
        match device::find(tx, &typed, acting.now)? {
            Some((client, asked)) => Ok(Looked::Found(Box::new(Waiting { client, asked, who }))),
            None => {
                throttle::failed(tx, &subject, acting.now)?;
                Ok(Looked::Unknown)
            }
        }
    });
    write.await
}

/// The code first, then the decision.
pub async fn submit(visit: Visit) -> Answered {
    let typed = visit.form.get("user_code").trim().to_owned();
    let waiting = match look(&visit, &typed).await? {
        Looked::Found(waiting) => waiting,
        Looked::Unknown => return form(&visit, &typed, Wrong::one("user_code", UNKNOWN)),
        Looked::TooMany(seconds) => {
            let text = format!(
                "There were too many wrong codes. Wait {}, then try again.",
                words::wait(seconds)
            );
            let mut response = form(&visit, &typed, Wrong::one("user_code", text))?;
            *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            return Ok(response);
        }
    };
    if visit.form.get("decision").is_empty() {
        return ask(&visit, &typed, *waiting, Wrong::none());
    }
    let places = consent_page::places(&waiting.client, &waiting.who);
    let decided = match consent_page::decision(
        &visit,
        &waiting.asked,
        places.as_deref().unwrap_or_default(),
    ) {
        Ok(decided) => decided,
        Err(wrong) => {
            if let Err(why) = places {
                return Err(consent_page::blocked(why));
            }
            return ask(&visit, &typed, *waiting, wrong);
        }
    };
    let allowed = decided.scopes.is_some();
    let done = settle(&visit, typed, decided).await?;
    let (title, text) = match (done, allowed) {
        (false, _) => ("Nothing was decided", UNKNOWN),
        (true, true) => (
            "The device is connected",
            "It notices within a few seconds. You can close this page. To disconnect it later, go to the settings.",
        ),
        (true, false) => (
            "The device was refused",
            "It got nothing. You can close this page.",
        ),
    };
    let notice = Notice {
        shell: Shell::of(&visit, title),
        text: text.to_owned(),
        link: Some((super::next::HOME.to_owned(), "Go to the settings")),
    };
    Ok(page::show(&visit, &notice.shell, &notice)?)
}

async fn settle(
    visit: &Visit,
    typed: String,
    decided: consent_page::Decided,
) -> Result<bool, Fault> {
    let write = visit.write(move |tx, acting| {
        let Some((client, asked)) = device::find(tx, &typed, acting.now)? else {
            return Ok(false);
        };
        let place = Some(decided.place.as_str()).filter(|_| decided.scopes.is_some());
        if let Some(scopes) = &decided.scopes {
            let who = Who::read(tx, acting, place)?;
            let known = consent_page::places(&client, &who).map_err(consent_page::blocked)?;
            let fits = known.iter().any(|known| Some(known.id.as_str()) == place);
            let may = policy::may_connect(tx, &client, who.id, place, GrantType::DeviceCode)?;
            if !fits || !may || !asked.cover(scopes) {
                return Err(
                    Refusal::forbidden("The organization does not allow this application").into(),
                );
            }
        }
        let decision = Decision {
            user_code: &typed,
            user_id: acting.session.user_id,
            organization: place,
            scopes: decided.scopes.as_ref(),
        };
        Ok(device::decide(tx, &decision, acting.now)?)
    });
    write.await
}

fn ask(visit: &Visit, typed: &str, waiting: Waiting, wrong: Wrong) -> Answered {
    let Waiting { client, asked, who } = waiting;
    let (places, blocked) = match consent_page::places(&client, &who) {
        Ok(places) => (places, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let chosen = visit.form.filled("organization_id");
    let place = chosen
        .or(who.place.as_ref().map(|place| place.id.as_str()))
        .filter(|id| places.iter().any(|place| place.id == *id))
        .or(places.first().map(|place| place.id.as_str()))
        .unwrap_or_default()
        .to_owned();
    let mut choices = consent_page::choices(visit, &asked);
    if visit.form.get("decision").is_empty() {
        choices.iter_mut().for_each(|choice| choice.ticked = true);
    }
    let consent = Consent {
        shell: Shell::of(visit, format!("Connect {}?", client.name)).again(wrong.is_any()),
        wrong,
        action: "/app/device".to_owned(),
        application: client.name,
        unreviewed: client.self_registered,
        email: who.email,
        here: "/app/device".to_owned(),
        places,
        place,
        choices,
        leads_to: None,
        user_code: Some(typed.to_owned()),
        blocked,
    };
    Ok(page::show(visit, &consent.shell, &consent)?)
}
