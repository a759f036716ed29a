//! The pages in a real browser: what a person reaches there, with and without scripts, in the dark, on a phone.

use serde_json::Value;

use crate::demo::Demo;
use crate::outcome::{Outcome, expect};
use crate::{programs, runtimes};

/// A journey on a demo of its own.
fn goes_well(journey: &str) -> Outcome {
    let demo = Demo::start()?;
    programs::succeeds(&runtimes::browser(journey)?, &demo, &demo.token)?;
    Ok(())
}

/// From the sign-in page to the same answer in each language, and to none after the token is revoked on the page.
#[test]
fn token_made_on_the_page_works_in_each_language_until_it_is_revoked_there() -> Outcome {
    let demo = Demo::start()?;
    demo.add_tasks(23)?;
    let made = programs::succeeds(&runtimes::browser("create")?, &demo, &demo.token)?;
    let made: Value = serde_json::from_slice(&made.stdout)?;
    let token = made["token"].as_str().ok_or("the journey names no token")?;

    for program in [
        runtimes::javascript()?,
        runtimes::python()?,
        runtimes::java()?,
        runtimes::go()?,
        runtimes::rust()?,
    ] {
        programs::lists_the_same(&program, &demo, token)?;
    }

    programs::succeeds(&runtimes::browser("revoke")?, &demo, token)?;
    let (status, ..) = demo.refusal(&demo.organization, token)?;
    expect(status == 401, || {
        format!("the revoked token was answered {status}")
    })
}

#[test]
fn tokens_without_scripts() -> Outcome {
    goes_well("without_scripts")
}

#[test]
fn consent_in_the_browser() -> Outcome {
    goes_well("consent")
}

#[test]
fn device_in_the_browser() -> Outcome {
    goes_well("device")
}

#[test]
fn sign_out_and_second_factor_in_the_browser() -> Outcome {
    goes_well("security")
}

#[test]
fn every_page_is_accessible() -> Outcome {
    goes_well("accessible")
}
