//! The disciplines. Each gives every contestant its turn, round after round.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::goals::name;
use super::load::Wrk;
use super::postgres::Postgres;
use super::process::Server;
use super::report::{Report, milliseconds};
use super::tallystick::Tallystick;
use super::{Contestant, Options, page, say};

/// How long a server is left alone before its idle memory is read.
const REST: Duration = Duration::from_secs(3);

/// From the start of the process, over existing data, to the page in hand; then its memory when left alone.
pub fn starts(report: &mut Report, rounds: u32, contestants: &[&dyn Contestant]) -> Result<()> {
    let client = page::client()?;
    for round in 1..=rounds {
        for contestant in contestants {
            let begin = Instant::now();
            let mut server = contestant.launch()?;
            server.wait(|| contestant.page().get(&client).ok())?;
            report
                .of(contestant.name())
                .starts
                .push(milliseconds(begin.elapsed()));
            thread::sleep(REST);
            report.of(contestant.name()).memory.push(server.memory()?);
            server.stop();
        }
        say(&format!("start, round {round} of {rounds} done"));
    }
    Ok(())
}

/// The page, as often as it can be had.
pub fn reads(
    report: &mut Report,
    wrk: &Wrk,
    options: &Options,
    contestants: &[&dyn Contestant],
) -> Result<()> {
    let mut servers = Vec::new();
    for contestant in contestants {
        servers.push(up(*contestant)?.0);
        wrk.read(contestant.page(), 1)?; // caches, pools, branch predictors
    }
    for round in 1..=options.rounds {
        for contestant in contestants {
            let sample = wrk.read(contestant.page(), options.seconds)?;
            say(&format!(
                "read, round {round}: {} {:.0}/s",
                contestant.name(),
                sample.rate
            ));
            report.of(contestant.name()).reads.push(sample);
        }
    }
    Ok(())
}

/// The same page of the same member, with the usual number of tasks and with many more, in turns.
pub fn growth(
    report: &mut Report,
    wrk: &Wrk,
    options: &Options,
    usual: &Tallystick,
    grown: &Tallystick,
) -> Result<()> {
    let _servers = [up(usual)?, up(grown)?];
    wrk.read(usual.page(), 1)?;
    wrk.read(grown.page(), 1)?;
    for round in 1..=options.rounds {
        let few = wrk.read(usual.page(), options.seconds)?.rate;
        let many = wrk.read(grown.page(), options.seconds)?.rate;
        say(&format!(
            "growth, round {round}: {few:.0}/s, with more tasks {many:.0}/s"
        ));
        report.of(usual.name()).growth.push((few, many));
    }
    Ok(())
}

/// Tasks each server completes before it is measured.
pub fn warm_up(options: &Options) -> u64 {
    options.completes / 20
}

/// Durable changes, one row or one task at a time per client.
pub fn completes(
    report: &mut Report,
    wrk: &Wrk,
    options: &Options,
    postgres: &Postgres,
    contestants: &[&Tallystick],
) -> Result<()> {
    let mut servers = Vec::new();
    for &contestant in contestants {
        servers.push(up(contestant)?.0);
        let (url, tasks) = (contestant.complete_url(), contestant.tasks());
        wrk.complete(&url, &tasks, 0, warm_up(options), options.seconds)?;
    }
    for round in 1..=options.rounds {
        postgres.checkpoint()?;
        let sample = postgres.commits(options.clients, options.seconds)?;
        say(&format!(
            "commit, round {round}: {} {:.0}/s",
            name::PGBENCH,
            sample.rate
        ));
        report.of(name::PGBENCH).completes.push(sample);
        let done = warm_up(options) + u64::from(round - 1) * options.completes;
        for contestant in contestants {
            postgres.checkpoint()?;
            let (url, tasks) = (contestant.complete_url(), contestant.tasks());
            let sample = wrk.complete(&url, &tasks, done, options.completes, options.seconds)?;
            say(&format!(
                "complete, round {round}: {} {:.0}/s",
                contestant.name(),
                sample.rate
            ));
            report.of(contestant.name()).completes.push(sample);
        }
    }
    Ok(())
}

/// The page's body, from a server started for that alone.
pub fn once(contestant: &dyn Contestant) -> Result<Vec<u8>> {
    let (server, body) = up(contestant)?;
    server.stop();
    Ok(body)
}

fn up(contestant: &dyn Contestant) -> Result<(Server, Vec<u8>)> {
    let client = page::client()?;
    let mut server = contestant.launch()?;
    // An answer other than 200 may pass; one that stays is worth reading.
    let mut last = None;
    let body = server.wait(|| {
        contestant
            .page()
            .get(&client)
            .map_err(|error| last = Some(error))
            .ok()
    });
    match (body, last) {
        (Err(error), Some(last)) => Err(error.context(last)),
        (body, _) => {
            let body = body?;
            contestant.check(&body)?;
            Ok((server, body))
        }
    }
}
