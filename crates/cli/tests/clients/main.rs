//! Programs against the real executable: the examples under `clients/` in each language and the official Python
//! package, well-known OAuth libraries going through every grant, and a browser going through the pages. All but the Rust one
//! share no code with the server, so what is proved is that it speaks the API, not that two halves of this project agree with
//! each other. A missing interpreter fails its test: a proof that did not run is no proof.

mod demo;
mod oauth;
mod outcome;
mod pages;
mod programs;
mod runtimes;

use demo::Demo;
use outcome::Outcome;

#[test]
fn javascript_lists_my_tasks() -> Outcome {
    programs::lists_my_tasks(&runtimes::javascript()?)
}

#[test]
fn python_lists_my_tasks() -> Outcome {
    programs::lists_my_tasks(&runtimes::python()?)
}

#[test]
fn java_lists_my_tasks() -> Outcome {
    programs::lists_my_tasks(&runtimes::java()?)
}

#[test]
fn go_lists_my_tasks() -> Outcome {
    programs::lists_my_tasks(&runtimes::go()?)
}

#[test]
fn rust_lists_my_tasks() -> Outcome {
    programs::lists_my_tasks(&runtimes::rust()?)
}

#[test]
fn official_python_package_under_api() -> Outcome {
    let demo = Demo::start()?;
    programs::passes(
        &runtimes::official_python("check.py")?,
        &demo,
        &demo.api_url,
    )
}

#[test]
fn official_python_package_and_templates() -> Outcome {
    let demo = Demo::start()?;
    let program = runtimes::official_python("templates.py")?;
    programs::passes(&program, &demo, &demo.api_url)
}

#[test]
fn official_python_package_and_grouping() -> Outcome {
    let demo = Demo::start()?;
    let program = runtimes::official_python("grouping.py")?;
    programs::passes(&program, &demo, &demo.api_url)
}

#[test]
fn official_python_package_without_prefix() -> Outcome {
    let demo = Demo::start()?;
    let base = demo
        .api_url
        .strip_suffix("/api")
        .ok_or("api_url does not end in /api")?;
    programs::passes(&runtimes::official_python("check.py")?, &demo, base)
}
