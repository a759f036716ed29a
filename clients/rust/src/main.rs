//! Lists the tasks assigned to the owner of a personal access token.

use std::io::{self, Write};
use std::process::ExitCode;

use tallystick_client::wire::task::Task;
use tallystick_client::{Client, Error, TaskQuery};

/// An error that knows the exit code it ends the program with.
struct Failure(u8, String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::Unreachable { .. } => 2,
            Error::Unsendable(_) => 64,
            _ => 1,
        };
        Self(code, error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(1, format!("cannot print: {error}"))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, message)) => {
            // Where not even standard error can be written to, the exit code has to do.
            let _ = writeln!(io::stderr(), "{message}");
            ExitCode::from(code)
        }
    }
}

async fn run() -> Result<(), Failure> {
    let base = setting("TALLYSTICK_URL")?;
    let organization = setting("TALLYSTICK_ORG")?;
    let token = setting("TALLYSTICK_TOKEN")?;

    let client = Client::new(&base, &token)?;
    let mut pages = client
        .organization(organization)
        .my_tasks_pages(&TaskQuery::default());
    let mut out = io::stdout().lock();
    while let Some(page) = pages.next().await? {
        for task in page.data {
            writeln!(out, "{}", line(&task))?;
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an example program has no settings but these three"
)]
fn setting(name: &str) -> Result<String, Failure> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Failure(
            64,
            format!("Please set {name} in the environment."),
        )),
    }
}

fn line(task: &Task) -> String {
    let deadline = task
        .deadline
        .map_or_else(|| "-".to_owned(), |deadline| deadline.to_string());
    [&task.id, task.status.word(), &deadline, &task.title]
        .map(|cell| cell.replace(['\t', '\r', '\n'], " "))
        .join("\t")
}
