//! What every program has to show: the right tasks, and a plain end when it is refused or finds nobody.

use std::process::Output;

use serde_json::Value;

use crate::demo::Demo;
use crate::outcome::{Outcome, expect};
use crate::runtimes::Program;

const STRANGE_ORGANIZATION: &str = "00000000000000000000000000000000";

/// The four things a task lister must do, one after the other on one server.
pub fn lists_my_tasks(program: &Program) -> Outcome {
    let mut demo = Demo::start()?;
    demo.add_tasks(23)?;

    lists_the_same(program, &demo, &demo.token)?;
    reports_a_refusal(program, &demo, &demo.organization, "tsp_not_a_token", 401)?;
    reports_a_refusal(program, &demo, STRANGE_ORGANIZATION, &demo.token, 404)?;
    asks_for_a_missing_setting(program, &demo)?;

    demo.stop()?;
    notices_that_nobody_listens(program, &demo)
}

/// A program that checks for itself ends well, on a server with enough tasks to turn pages.
pub fn passes(program: &Program, demo: &Demo, base: &str) -> Outcome {
    demo.add_tasks(12)?;
    let output = program.run(&variables(base, &demo.organization, &demo.token))?;
    expect(output.status.success(), || {
        report("the checks did not pass", &output)
    })
}

/// A program that checks OAuth for itself ends well, and asks for each setting that it lacks.
pub fn passes_as_application(program: &Program, needed: &[&str]) -> Outcome {
    let demo = Demo::start()?;
    let output = succeeds(program, &demo, &demo.token)?;
    let told = String::from_utf8_lossy(&output.stdout);
    expect(told.lines().any(|line| line.starts_with("ok ")), || {
        report("nothing was checked", &output)
    })?;

    let output = program.run(&[])?;
    expect(output.status.code() == Some(64), || {
        report("did not end with 64", &output)
    })?;
    let told = String::from_utf8_lossy(&output.stderr);
    for name in needed {
        expect(told.contains(name), || {
            report(&format!("did not ask for {name}"), &output)
        })?;
    }
    Ok(())
}

/// The program ends well, with this token and all that the demo says of its application and its user.
pub fn succeeds(program: &Program, demo: &Demo, token: &str) -> Outcome<Output> {
    let application = demo.application()?;
    let mut all = variables(&demo.api_url, &demo.organization, token).to_vec();
    all.extend(
        application
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    let output = program.run(&all)?;
    expect(output.status.code() == Some(0), || {
        report("the checks did not pass", &output)
    })?;
    Ok(output)
}

/// With this token of the demo's user, the program prints the tasks that the server names.
pub fn lists_the_same(program: &Program, demo: &Demo, token: &str) -> Outcome {
    let wanted: Vec<String> = demo.my_tasks()?.iter().map(line).collect();
    expect(wanted.len() > 20, || {
        format!("only {} tasks: not enough for three pages", wanted.len())
    })?;

    let output = program.run(&variables(&demo.api_url, &demo.organization, token))?;
    expect(output.status.code() == Some(0), || {
        report("did not end with 0", &output)
    })?;
    let printed: Vec<String> = String::from_utf8(output.stdout)?
        .lines()
        .map(str::to_owned)
        .collect();
    expect(printed == wanted, || {
        format!(
            "other tasks than in the server's own answer\nprinted {printed:#?}\nwanted {wanted:#?}"
        )
    })
}

fn reports_a_refusal(
    program: &Program,
    demo: &Demo,
    organization: &str,
    token: &str,
    wanted: u16,
) -> Outcome {
    let (status, code, message) = demo.refusal(organization, token)?;
    expect(status == wanted, || {
        format!("the server answered {status} {code}, wanted {wanted}")
    })?;

    let output = program.run(&variables(&demo.api_url, organization, token))?;
    expect(output.status.code() == Some(1), || {
        report("did not end with 1", &output)
    })?;
    expect(output.stdout.is_empty(), || {
        report("printed tasks", &output)
    })?;
    let told = String::from_utf8_lossy(&output.stderr);
    for part in [status.to_string(), code, message] {
        expect(told.contains(&part), || {
            report(&format!("did not name {part:?}"), &output)
        })?;
    }
    Ok(())
}

fn asks_for_a_missing_setting(program: &Program, demo: &Demo) -> Outcome {
    let all = variables(&demo.api_url, &demo.organization, &demo.token);
    for (at, (missing, _)) in all.iter().enumerate() {
        let rest: Vec<_> = all
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, pair)| *pair)
            .collect();
        let output = program.run(&rest)?;
        expect(output.status.code() == Some(64), || {
            report("did not end with 64", &output)
        })?;
        let told = String::from_utf8_lossy(&output.stderr);
        expect(told.contains(missing), || {
            report(&format!("did not ask for {missing}"), &output)
        })?;
    }
    Ok(())
}

fn notices_that_nobody_listens(program: &Program, demo: &Demo) -> Outcome {
    let output = program.run(&variables(&demo.api_url, &demo.organization, &demo.token))?;
    expect(output.status.code() == Some(2), || {
        report("did not end with 2", &output)
    })?;
    let told = String::from_utf8_lossy(&output.stderr);
    expect(told.trim().lines().count() == 1, || {
        report("did not explain itself in one sentence", &output)
    })
}

fn variables<'a>(
    base: &'a str,
    organization: &'a str,
    token: &'a str,
) -> [(&'static str, &'a str); 3] {
    [
        ("TALLYSTICK_URL", base),
        ("TALLYSTICK_ORG", organization),
        ("TALLYSTICK_TOKEN", token),
    ]
}

/// The line that a program prints for a task.
fn line(task: &Value) -> String {
    let cell = |key: &str| {
        task[key]
            .as_str()
            .unwrap_or("-")
            .replace(['\t', '\r', '\n'], " ")
    };
    ["id", "status", "deadline", "title"].map(cell).join("\t")
}

fn report(what: &str, output: &Output) -> String {
    format!(
        "{what} ({})\n--- standard output\n{}\n--- standard error\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
