//! Settings › Token policy, for administrators: what the organisation allows of tokens and applications.

use askama::Template;
use tallystick_wire::oauth::TokenPolicy;

use crate::audit::Event;
use crate::oauth::GrantType;
use crate::token::policy;
use crate::web::Answered;
use crate::web::applications::named;
use crate::web::door::Visit;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Shell};
use crate::web::who::Who;
use crate::web::words;

/// The longest life that can be asked for.
const MOST_DAYS: i64 = 36_500;

struct Switch {
    name: &'static str,
    value: &'static str,
    text: &'static str,
    hint: &'static str,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "app/policy.html")]
struct Policy {
    shell: Shell,
    wrong: Wrong,
    max_days: Field,
    switches: Vec<Switch>,
    grants: Vec<Switch>,
    organization: String,
    saved: bool,
}

/// The form.
pub async fn page(visit: Visit) -> Answered {
    let wanted = named(&visit);
    let read = visit.read(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let light = acting.app.settings.tokens.light_members;
        Ok((who, policy::of(tx, &organization, light)?))
    });
    let (who, policy) = read.await?;
    let days = policy.max_days.map(|days| days.to_string());
    show(
        &visit,
        who,
        &policy,
        days.unwrap_or_default(),
        Wrong::none(),
    )
}

fn show(visit: &Visit, who: Who, policy: &TokenPolicy, days: String, wrong: Wrong) -> Answered {
    let installation = visit.app.settings.tokens.max_days.map_or_else(
        || "The installation has no limit.".to_owned(),
        |days| format!("The installation allows at most {days}."),
    );
    let grants = GrantType::ALL.into_iter().map(|grant| Switch {
        name: "grant_types",
        value: grant.word(),
        text: words::grant(grant),
        hint: if grant.is_legacy() {
            "Discouraged: RFC 9700 advises against it."
        } else {
            ""
        },
        ticked: policy.grant_types.iter().any(|word| word == grant.word()),
    });
    let page = Policy {
        max_days: Field::new("max_days", "Longest life of a token, in days")
            .hint(format!("Empty: no limit of your own. {installation}"))
            .value(days)
            .optional()
            .narrow()
            .judged(&wrong),
        switches: vec![
            Switch {
                name: "allow_never_expiring",
                value: "true",
                text: "Tokens may never expire",
                hint: "Only where the installation allows it, too.",
                ticked: policy.allow_never_expiring,
            },
            Switch {
                name: "light_members",
                value: "true",
                text: "Light members may make tokens",
                hint: "",
                ticked: policy.light_members,
            },
            Switch {
                name: "self_registered_clients",
                value: "true",
                text: "Members may connect applications that registered themselves",
                hint: "Assistants and other programs do that; nobody has looked at them.",
                ticked: policy.self_registered_clients,
            },
        ],
        grants: grants.collect(),
        organization: who.organization().to_owned(),
        saved: visit.request.query.get("saved").is_some(),
        shell: Shell::settings(visit, "Token policy", "policy", who).again(wrong.is_any()),
        wrong,
    };
    Ok(page::show(visit, &page.shell, &page)?)
}

/// Stores it.
pub async fn change(visit: Visit) -> Answered {
    let wanted = named(&visit);
    let typed = visit.form.get("max_days").trim().to_owned();
    let mut wrong = Wrong::none();
    let max_days = match typed.parse::<i64>() {
        _ if typed.is_empty() => None,
        Ok(days) if (1..=MOST_DAYS).contains(&days) => Some(days),
        _ => {
            wrong.add(
                "max_days",
                format!(
                    "The longest life is a whole number of days from 1 to {MOST_DAYS}, or empty."
                ),
            );
            None
        }
    };
    let policy = TokenPolicy {
        max_days,
        allow_never_expiring: visit.form.has("allow_never_expiring", "true"),
        light_members: visit.form.has("light_members", "true"),
        grant_types: GrantType::ALL
            .into_iter()
            .map(GrantType::word)
            .filter(|word| visit.form.has("grant_types", word))
            .map(str::to_owned)
            .collect(),
        self_registered_clients: visit.form.has("self_registered_clients", "true"),
    };
    if wrong.is_any() {
        let read =
            visit.read(move |tx, acting| Ok(Who::administering(tx, acting, wanted.as_deref())?.0));
        let who = read.await?;
        return show(&visit, who, &policy, typed, wrong);
    }
    let write = visit.write(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        policy::put(tx, &organization, &policy, acting.now)?;
        Event::new("token_policy_changed")
            .inside(&organization)
            .by(acting.session.user_id)
            .from(&acting.origin)
            .detail("policy", serde_json::to_value(&policy).unwrap_or_default())
            .record(tx, &acting.app, acting.now)?;
        Ok(who)
    });
    let who = write.await?;
    let separator = if who.suffix().is_empty() { '?' } else { '&' };
    Ok(page::go(&format!(
        "/app/settings/policy{}{separator}saved=1",
        who.suffix()
    )))
}
