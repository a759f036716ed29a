//! `tallystick doctor`: looks for what is wrong, and says what to do about each finding.

use tallystick_db::{Engine, args};
use tallystick_server::instance;

use crate::args::Common;
use crate::exit::Exit;
use crate::output;
use crate::startup::{Start, explain};

/// What was looked at, and what is wrong with it.
struct Finding {
    subject: &'static str,
    state: String,
    advice: Option<&'static str>,
}

pub fn run(common: &Common) -> Result<Exit, String> {
    let start = common.start(&[])?;
    let findings = examine(&start)?;
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            let mark = if finding.advice.is_some() {
                "WRONG"
            } else {
                "ok"
            };
            vec![
                mark.to_owned(),
                finding.subject.to_owned(),
                finding.state.clone(),
                finding.advice.unwrap_or_default().to_owned(),
            ]
        })
        .collect();
    output::table(&["", "what", "state", "what to do"], &rows);
    Ok(if findings.iter().any(|finding| finding.advice.is_some()) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn examine(start: &Start) -> Result<Vec<Finding>, String> {
    let db = start.open_beside()?;
    let fine = |subject, state: String| Finding {
        subject,
        state,
        advice: None,
    };
    let mut findings = vec![
        fine("settings", "readable".to_owned()),
        fine("database", db.address().to_string()),
    ];
    findings.push(fine(
        "instance",
        db.read_here(instance::id).map_err(explain)?,
    ));
    let damage = db.examine().map_err(explain)?;
    findings.push(match (db.engine(), damage.first()) {
        (Engine::Postgres, _) => fine("integrity", "PostgreSQL guards its own pages".to_owned()),
        (_, None) => fine(
            "integrity",
            "every page, index and reference read and sound".to_owned(),
        ),
        (_, Some(first)) => Finding {
            subject: "integrity",
            state: format!("{} findings, the first: {first}", damage.len()),
            advice: Some("stop the server, keep a copy of the file, restore the last good backup"),
        },
    });
    let off = db
        .read_here(|tx| {
            tx.one(
                "SELECT count(*) FROM memberships m WHERE \
                    (SELECT count(*) FROM task_members a WHERE a.organization_id = m.organization_id AND a.user_id = m.user_id AND a.active = TRUE) \
                    <> COALESCE((SELECT c.active FROM task_counts c WHERE c.organization_id = m.organization_id AND c.user_id = m.user_id), 0)",
                args![],
                |row| row.take::<i64>(),
            )
        })
        .map_err(explain)?;
    findings.push(if off == 0 {
        fine("task counts", "agree with the tasks".to_owned())
    } else {
        Finding {
            subject: "task counts",
            state: format!("wrong for {off} members"),
            advice: Some(
                "please report this; the lists themselves are right, only their totals are not",
            ),
        }
    });
    findings.push(match start.settings.server.public_url {
        Some(ref url) => fine("public address", url.clone()),
        None => fine(
            "public address",
            "not set: links follow each request's Host header".to_owned(),
        ),
    });
    Ok(findings)
}
