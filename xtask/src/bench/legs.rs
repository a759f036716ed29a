//! The disciplines. Each gives every contestant its turn, round after round.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::goals::name;
use super::load::Wrk;
use super::postgres::Postgres;
use super::process::Server;
use super::report::{Report, milliseconds};
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

/// Durable changes, one row or one task at a time per client.
pub fn completes(report: &mut Report, options: &Options, postgres: &Postgres) -> Result<()> {
    for round in 1..=options.rounds {
        postgres.checkpoint()?;
        let sample = postgres.commits(options.clients, options.seconds)?;
        say(&format!(
            "commit, round {round}: pgbench {:.0}/s",
            sample.rate
        ));
        report.of(name::PGBENCH).completes.push(sample);
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
        (body, _) => Ok((server, body?)),
    }
}
