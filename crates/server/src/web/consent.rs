//! `/oauth/authorize` (contract: auth, section 6.4): what the room `oauth` read and checked, put before the person.

use http::StatusCode;

use crate::http::error::Refusal;
use crate::http::pipeline::Finished;
use crate::oauth::OAuthRefusal;
use crate::oauth::authorize::{self, Asked, Unfit};
use crate::oauth::redirect;
use crate::web::Answered;
use crate::web::consent_page::{self, Consent};
use crate::web::door::Visit;
use crate::web::fault::Fault;
use crate::web::field::Wrong;
use crate::web::page::{self, Notice, Shell};
use crate::web::who::Who;

/// The question, or why it is not asked.
pub async fn page(visit: Visit) -> Answered {
    match asked(&visit).await? {
        Err(response) => Ok(response),
        Ok(asked) => ask(&visit, &asked, Wrong::none()).await,
    }
}

/// The request, read; else the answer that it gets instead.
async fn asked(visit: &Visit) -> Result<Result<Asked, Finished>, Fault> {
    let (app, query) = (visit.app.clone(), visit.request.query.clone());
    let read = visit
        .app
        .db
        .read(move |tx| authorize::read(tx, &app, &query));
    match read.await {
        Ok(asked) => Ok(Ok(asked)),
        // Only the address that the application itself registered gets to hear of it.
        Err(Unfit::Back(to)) => Ok(Err(page::go(&to))),
        Err(Unfit::Page(text)) => {
            let notice = Notice {
                shell: Shell::of(visit, "This request cannot be answered"),
                text: format!(
                    "{text} Nothing was given to anybody. Go back to the application and tell the people who make it."
                ),
                link: None,
            };
            Ok(Err(page::show_as(StatusCode::BAD_REQUEST, &notice)?))
        }
        Err(Unfit::Db(error)) => Err(error.into()),
    }
}

fn here(visit: &Visit) -> String {
    let query = visit.request.query.encoded();
    format!("{}?{query}", visit.request.path)
}

async fn ask(visit: &Visit, asked: &Asked, wrong: Wrong) -> Answered {
    let who = visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let (places, blocked) = match consent_page::places(&asked.client, &who) {
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
    let source = redirect::source(&asked.redirect_uri);
    let title = format!("Allow {}?", asked.client.name);
    let consent = Consent {
        shell: Shell::of(visit, title).again(wrong.is_any()),
        wrong,
        action: here(visit),
        application: asked.client.name.clone(),
        unreviewed: asked.client.self_registered,
        email: who.email,
        here: here(visit),
        places,
        place,
        choices: consent_page::choices(visit, &asked.scopes),
        leads_to: source.clone(),
        user_code: None,
        blocked,
    };
    Ok(page::show_leading_to(
        &consent.shell,
        &consent,
        source.as_deref(),
    )?)
}

/// The answer: back to the application with a code, or with a refusal.
pub async fn decide(visit: Visit) -> Answered {
    let asked = match asked(&visit).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    let who = visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let places = consent_page::places(&asked.client, &who);
    let decided = match consent_page::decision(
        &visit,
        &asked.scopes,
        places.as_deref().unwrap_or_default(),
    ) {
        Ok(decided) => decided,
        Err(wrong) => {
            if let Err(why) = places {
                return Err(consent_page::blocked(why));
            }
            return ask(&visit, &asked, wrong).await;
        }
    };
    let Some(scopes) = decided.scopes else {
        return Ok(page::go(&asked.denied(&visit.app)));
    };
    let place = decided.place;
    let client = asked.client.id.clone();
    let query = visit.request.query.clone();
    let write = visit.write(move |tx, acting| {
        // Read again here: the client may have been removed or changed since the page was made.
        let asked = match authorize::read(tx, &acting.app, &query) {
            Ok(asked) if asked.client.id == client => asked,
            Ok(_) | Err(Unfit::Page(_) | Unfit::Back(_)) => {
                return Err(Refusal::bad_request("The application is not known any more").into());
            }
            Err(Unfit::Db(error)) => return Err(error.into()),
        };
        let who = Who::read(tx, acting, Some(&place))?;
        let known = consent_page::places(&asked.client, &who).map_err(consent_page::blocked)?;
        if !known.iter().any(|known| known.id == place) {
            return Err(consent_page::blocked(consent_page::LIGHT));
        }
        asked
            .allowed(
                tx,
                &acting.app,
                (acting.session.user_id, Some(&place)),
                &scopes,
                &acting.origin,
                acting.now,
            )
            .map_err(refused)
    });
    Ok(page::go(&write.await?))
}

/// A refusal of the room `oauth`, as a page.
fn refused(refusal: OAuthRefusal) -> Fault {
    let text = refusal.description.clone();
    match refusal.into_cause() {
        Some(error) => error.into(),
        None => Refusal::forbidden(text).into(),
    }
}
