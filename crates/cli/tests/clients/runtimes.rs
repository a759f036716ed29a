//! The interpreters and compilers that the programs need, and the sentence that tells what to install.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::outcome::{Outcome, expect};

/// What the ambient environment could say in between: a proxy, or credentials for a host.
const FOREIGN: [&str; 15] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "TALLYSTICK_URL",
    "TALLYSTICK_ORG",
    "TALLYSTICK_TOKEN",
    "TALLYSTICK_CLIENT_ID",
    "TALLYSTICK_CLIENT_SECRET",
    "TALLYSTICK_EMAIL",
    "TALLYSTICK_PASSWORD",
    "JAVA_TOOL_OPTIONS",
    "NODE_OPTIONS",
];

/// One program, ready to be started as often as needed.
pub struct Program {
    command: OsString,
    arguments: Vec<OsString>,
    install: &'static str,
    _built: Option<TempDir>,
}

impl Program {
    fn new(command: impl Into<OsString>, arguments: &[&Path], install: &'static str) -> Self {
        let arguments = arguments
            .iter()
            .map(|path| path.as_os_str().to_owned())
            .collect();
        Self {
            command: command.into(),
            arguments,
            install,
            _built: None,
        }
    }

    /// Runs the program to its end with these variables and nothing else that could redirect it.
    pub fn run(&self, variables: &[(&str, &str)]) -> Outcome<Output> {
        let mut command = Command::new(&self.command);
        command.args(&self.arguments);
        for name in FOREIGN {
            command.env_remove(name);
        }
        // The plainest locale there is: a program that prints a title must not depend on a richer one.
        command
            .env("LC_ALL", "C")
            .env("NETRC", "/dev/null")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command.envs(variables.iter().copied());
        output(&mut command, self.install)
    }
}

pub fn javascript() -> Outcome<Program> {
    let script = clients().join("javascript/tallystick-tasks.mjs");
    Ok(Program::new(
        "node",
        &[&script],
        "Node.js 18 or newer is missing: apt-get install nodejs",
    ))
}

pub fn java() -> Outcome<Program> {
    let source = clients().join("java/TallystickTasks.java");
    Ok(Program::new(
        "java",
        &[&source],
        "A JDK 17 or newer is missing: apt-get install default-jdk-headless",
    ))
}

pub fn python() -> Outcome<Program> {
    let script = clients().join("python/tallystick_tasks.py");
    needs_module("requests", "clients/python/requirements.txt")?;
    Ok(Program::new(python_command(), &[&script], PYTHON))
}

/// One of the programs in `clients/official-python`.
pub fn official_python(script: &str) -> Outcome<Program> {
    let script = clients().join("official-python").join(script);
    needs_module("tallyfy", "clients/official-python/requirements.txt")?;
    Ok(Program::new(python_command(), &[&script], PYTHON))
}

/// One of the programs in `clients/oauth-python`, which needs this module.
pub fn oauth_python(script: &str, module: &str) -> Outcome<Program> {
    let script = clients().join("oauth-python").join(script);
    needs_module(module, "clients/oauth-python/requirements.txt")?;
    Ok(Program::new(python_command(), &[&script], PYTHON))
}

/// One of the journeys through the pages, in a real browser.
pub fn browser(journey: &str) -> Outcome<Program> {
    let script = clients().join("browser/journeys.py");
    needs_module("selenium", "clients/browser/requirements.txt")?;
    needs_module("axe_core_python", "clients/browser/requirements.txt")?;
    Ok(Program::new(
        python_command(),
        &[&script, Path::new(journey)],
        PYTHON,
    ))
}

pub fn oauth_node() -> Outcome<Program> {
    let folder = clients().join("oauth-node");
    expect(
        folder.join("node_modules/openid-client").is_dir(),
        || "clients/oauth-node has no node_modules: npm ci --prefix clients/oauth-node",
    )?;
    let script = folder.join("check.mjs");
    Ok(Program::new(
        "node",
        &[&script],
        "Node.js 18 or newer is missing: apt-get install nodejs npm",
    ))
}

/// Builds the Go program: offline, as it has no dependencies.
pub fn go() -> Outcome<Program> {
    go_program("go", "tallystick-tasks", |build, own| {
        build
            .env("GOFLAGS", "-mod=mod")
            .env("GO111MODULE", "auto")
            .env("GOPATH", own.join("go"));
    })
}

/// Builds the Go program that needs a library: offline, from the sources that Debian installs.
pub fn oauth_go() -> Outcome<Program> {
    const SOURCES: &str = "/usr/share/gocode";
    let library = Path::new(SOURCES).join("src/golang.org/x/oauth2/clientcredentials");
    expect(
        library.is_dir(),
        || "Go's oauth2 library is missing: apt-get install golang-golang-x-oauth2-dev",
    )?;
    go_program("oauth-go", "tallystick-oauth", |build, _| {
        build
            .env("GOFLAGS", "")
            .env("GO111MODULE", "off")
            .env("GOPATH", SOURCES);
    })
}

/// Builds the program in a folder, with a cache that survives between runs and without a network.
fn go_program(
    folder: &str,
    name: &str,
    adjust: impl FnOnce(&mut Command, &Path),
) -> Outcome<Program> {
    const INSTALL: &str = "Go 1.19 or newer is missing: apt-get install golang-go";
    let built = TempDir::new()?;
    let executable = built.path().join(name);
    let mut build = Command::new("go");
    build
        // Without -buildvcs=false the build asks git about this folder, which may belong to somebody else.
        .args(["build", "-buildvcs=false", "-o"])
        .arg(&executable)
        .arg(".")
        .current_dir(clients().join(folder))
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .env("CGO_ENABLED", "0")
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
    adjust(&mut build, built.path());
    let result = output(&mut build, INSTALL)?;
    expect(result.status.success(), || {
        format!("go build: {}", String::from_utf8_lossy(&result.stderr))
    })?;
    Ok(Program {
        _built: Some(built),
        ..Program::new(executable, &[], INSTALL)
    })
}

/// Builds the Rust program, which no test run does by itself: it is another package than the one under test.
pub fn rust() -> Outcome<Program> {
    const INSTALL: &str = "cargo is missing: https://rustup.rs says how to install it";
    let mut build = Command::new(env!("CARGO"));
    build
        // With the features of the whole workspace, so that what the test run has compiled is used again.
        .args(["build", "--workspace", "--bin", "tallystick-example", "--locked"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(clients());
    let result = output(&mut build, INSTALL)?;
    expect(result.status.success(), || {
        format!("cargo build: {}", String::from_utf8_lossy(&result.stderr))
    })?;
    let messages = String::from_utf8(result.stdout)?;
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "tallystick-example")
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .ok_or("cargo build named no executable")?;
    Ok(Program::new(executable, &[], INSTALL))
}

const PYTHON: &str = "Python is missing: apt-get install python3 python3-venv";

#[expect(
    clippy::disallowed_methods,
    reason = "tells the tests, not the server, which Python has the packages"
)]
fn python_command() -> OsString {
    std::env::var_os("TALLYSTICK_TEST_PYTHON").unwrap_or_else(|| "python3".into())
}

fn needs_module(module: &str, requirements: &str) -> Outcome {
    let python = python_command();
    let found = output(
        Command::new(&python).args(["-c", &format!("import {module}")]),
        PYTHON,
    )?;
    expect(found.status.success(), || {
        format!(
            "{} has no package {module}: install {requirements} into a virtual environment (apt-get install \
             python3-venv) and name its python in TALLYSTICK_TEST_PYTHON",
            python.display()
        )
    })
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients")
}

fn output(command: &mut Command, install: &str) -> Outcome<Output> {
    command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => install.into(),
        _ => format!("{}: {error}", command.get_program().display()).into(),
    })
}
