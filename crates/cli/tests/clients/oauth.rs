//! OAuth 2 by libraries that others wrote against the RFCs: what they accept is what applications will meet.

use crate::outcome::Outcome;
use crate::{programs, runtimes};

const APPLICATION: [&str; 4] = [
    "TALLYSTICK_URL",
    "TALLYSTICK_ORG",
    "TALLYSTICK_CLIENT_ID",
    "TALLYSTICK_CLIENT_SECRET",
];

const WITH_PERSON: [&str; 6] = [
    "TALLYSTICK_URL",
    "TALLYSTICK_ORG",
    "TALLYSTICK_CLIENT_ID",
    "TALLYSTICK_CLIENT_SECRET",
    "TALLYSTICK_EMAIL",
    "TALLYSTICK_PASSWORD",
];

#[test]
fn authlib() -> Outcome {
    let program = runtimes::oauth_python("authlib_check.py", "authlib")?;
    programs::passes_as_application(&program, &WITH_PERSON)
}

#[test]
fn requests_oauthlib() -> Outcome {
    let program = runtimes::oauth_python("requests_oauthlib_check.py", "requests_oauthlib")?;
    programs::passes_as_application(&program, &WITH_PERSON)
}

#[test]
fn third_party_application() -> Outcome {
    let program = runtimes::oauth_python("third_party_application.py", "authlib")?;
    programs::passes_as_application(&program, &APPLICATION)
}

#[test]
fn openid_client() -> Outcome {
    programs::passes_as_application(&runtimes::oauth_node()?, &WITH_PERSON)
}

#[test]
fn go_client_credentials() -> Outcome {
    programs::passes_as_application(&runtimes::oauth_go()?, &APPLICATION)
}
