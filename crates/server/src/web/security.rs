//! Settings › Security: the password, the second factor, the browsers that are signed in.

use askama::Template;

use crate::account::{second_factor, session};
use crate::audit::Event;
use crate::http::Refusal;
use crate::web::Answered;
use crate::web::door::Visit;
use crate::web::integrations::id;
use crate::web::page::{self, Shell};
use crate::web::who::Who;
use crate::web::words;

/// Where the page is.
pub const HERE: &str = "/app/settings/security";

struct Row {
    id: String,
    agent: String,
    ip: String,
    since: String,
    seen: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "app/security.html")]
struct Security {
    shell: Shell,
    sessions: Vec<Row>,
    second_factor: Option<i64>,
    changed: bool,
}

/// The page.
pub async fn page(visit: Visit) -> Answered {
    let read = visit.read(|tx, acting| {
        let who = Who::read(tx, acting, None)?;
        let sessions = session::list(tx, who.id, acting.now)?;
        let left = if second_factor::is_on(tx, who.id)? {
            Some(second_factor::recovery_codes_left(tx, who.id)?)
        } else {
            None
        };
        let current = acting.session.id.clone();
        Ok((who, sessions, left, current, acting.now))
    });
    let (who, sessions, left, current, now) = read.await?;
    let sessions = sessions.into_iter().map(|session| Row {
        agent: words::browser(session.agent.as_deref().unwrap_or_default()),
        ip: session.ip,
        since: words::day(session.created_at, &who.zone),
        seen: words::ago(session.last_seen_at, now),
        current: session.id == current,
        id: session.id,
    });
    let security = Security {
        sessions: sessions.collect(),
        second_factor: left,
        changed: visit.request.query.get("changed").is_some(),
        shell: Shell::settings(&visit, "Security", "security", who),
    };
    Ok(page::show(&visit, &security.shell, &security)?)
}

/// Signs one browser out.
pub async fn end_session(visit: Visit) -> Answered {
    let id = id(&visit)?;
    let write = visit.write(move |tx, acting| {
        if session::end(tx, acting.session.user_id, &id, acting.now)? == 0 {
            return Err(Refusal::not_found().into());
        }
        Event::new("session_ended")
            .by(acting.session.user_id)
            .of(acting.session.user_id)
            .with(&id)
            .from(&acting.origin)
            .record(tx, &acting.app, acting.now)?;
        Ok(())
    });
    write.await?;
    Ok(page::go(HERE))
}

/// Signs all others out.
pub async fn end_others(visit: Visit) -> Answered {
    let write = visit.write(|tx, acting| {
        let own = Some(acting.session.id.as_str());
        session::end_all(tx, acting.session.user_id, own, acting.now)?;
        Event::new("other_sessions_ended")
            .by(acting.session.user_id)
            .of(acting.session.user_id)
            .from(&acting.origin)
            .record(tx, &acting.app, acting.now)?;
        Ok(())
    });
    write.await?;
    Ok(page::go(HERE))
}
