//! The documents tell the truth about the repository: paths they name exist, links lead somewhere, and commands they
//! show are commands that the executable and `./test` know.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a path that is named in backticks begins with.
const PLACES: [&str; 5] = ["crates/", "clients/", "docs/", "scripts/", "xtask/"];

/// A document without its fenced blocks, and those blocks.
struct Document {
    path: PathBuf,
    prose: Vec<String>,
    shell: Vec<String>,
}

impl Document {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let (mut prose, mut shell) = (Vec::new(), Vec::new());
        let mut fence: Option<String> = None;
        for line in text.lines() {
            match (line.trim_start().strip_prefix("```"), &fence) {
                (Some(language), None) => fence = Some(language.trim().to_owned()),
                (Some(_), Some(_)) => fence = None,
                (None, None) => prose.push(line.to_owned()),
                (None, Some(language)) if language == "sh" => shell.push(line.to_owned()),
                (None, Some(_)) => {}
            }
        }
        let path = path.to_owned();
        Self { path, prose, shell }
    }

    /// What stands in backticks.
    fn spans(&self) -> impl Iterator<Item = &str> {
        self.prose
            .iter()
            .flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    /// Where links lead.
    fn links(&self) -> impl Iterator<Item = &str> {
        self.prose.iter().flat_map(|line| {
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
        })
    }

    /// The headings, as their addresses.
    fn anchors(&self) -> BTreeSet<String> {
        self.prose
            .iter()
            .filter(|line| line.starts_with('#'))
            .map(|line| {
                line.trim_start_matches('#')
                    .trim()
                    .to_lowercase()
                    .chars()
                    .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
                    .map(|letter| if letter == ' ' { '-' } else { letter })
                    .collect()
            })
            .collect()
    }

    fn says(&self, what: &str) -> String {
        format!("{}: {what}", self.path.display())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every document for users and contributors; the contract describes somebody else's repository.
fn documents() -> Vec<Document> {
    let root = root();
    let mut found = vec![root.join("clients/README.md")];
    for folder in [".", "docs", "docs/decisions"] {
        let files = fs::read_dir(root.join(folder)).unwrap();
        found.extend(
            files
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|kind| kind == "md")),
        );
    }
    assert!(found.len() > 15, "only {} documents found", found.len());
    found.iter().map(|path| Document::read(path)).collect()
}

#[test]
fn named_paths_exist() {
    let root = root();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in documents() {
        for span in document.spans() {
            let in_a_place = PLACES.iter().any(|place| span.starts_with(place));
            let of_the_root = !span.contains(['/', ' ', '*'])
                && [".md", ".toml"].iter().any(|end| span.ends_with(end))
                && !span.starts_with("tallystick");
            if !in_a_place && !of_the_root {
                continue;
            }
            seen += 1;
            if !root.join(span).exists() {
                wrong.push(document.says(span));
            }
        }
    }
    assert!(wrong.is_empty(), "no such paths: {wrong:#?}");
    assert!(seen > 40, "only {seen} paths found");
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for document in documents() {
        for link in document.links() {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link
                .split_once('#')
                .map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() {
                document.path.clone()
            } else {
                document.path.with_file_name(file)
            };
            let there = target.exists()
                && anchor.is_none_or(|anchor| Document::read(&target).anchors().contains(anchor));
            if !there {
                wrong.push(document.says(link));
            }
        }
    }
    assert!(wrong.is_empty(), "links to nowhere: {wrong:#?}");
}

/// Words of a command line up to the first that is no plain word, and all its flags.
fn words_and_flags(command: &str) -> (Vec<&str>, Vec<&str>) {
    let command = command.split(['#', '|', ')']).next().unwrap_or_default();
    let words = command
        .split_whitespace()
        .take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    let flags = command
        .split_whitespace()
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect();
    (words, flags)
}

fn help(words: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_tallystick"))
        .args(words)
        .arg("--help")
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

/// The help of the command at the front of `words`; what follows it are arguments, unless it wants a command.
fn help_of(words: &[&str]) -> Option<String> {
    let (many, found) = (1..=words.len())
        .rev()
        .find_map(|many| help(&words[..many]).map(|found| (many, found)))?;
    (many == words.len() || !found.contains("<COMMAND>")).then_some(found)
}

#[test]
fn commands_are_known_to_the_executable() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in documents() {
        let shown = document.shell.iter().map(String::as_str);
        for text in shown.chain(document.spans()) {
            for command in text.split("tallystick ").skip(1) {
                // Only where the name stands as a program: not in a path, an address or a sentence.
                let before = text.split("tallystick ").next().unwrap_or_default();
                let starts =
                    before.is_empty() || before.ends_with("$(") || before.ends_with("/bin/");
                let (words, flags) = words_and_flags(command);
                if !starts || words.is_empty() {
                    continue;
                }
                seen += 1;
                match help_of(&words) {
                    Some(help) => wrong.extend(
                        flags
                            .iter()
                            .filter(|flag| !help.contains(**flag))
                            .map(|flag| document.says(&format!("{flag} in tallystick {command}"))),
                    ),
                    None => wrong.push(document.says(&format!("tallystick {command}"))),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "no such commands: {wrong:#?}");
    assert!(seen > 15, "only {seen} commands found");
}

#[test]
fn the_two_commands_of_the_readme_work() {
    let readme = Document::read(&root().join("README.md"));
    let first_words = |line: &String| line.split('#').next().unwrap_or_default().trim().to_owned();
    let commands: Vec<String> = readme.shell.iter().map(first_words).take(2).collect();
    assert_eq!(commands, ["cargo run --release -- demo", "./test"]);

    assert!(help(&["demo"]).unwrap().contains("sample data"));
    let test = Command::new(root().join("test"))
        .arg("--help")
        .output()
        .unwrap();
    assert!(test.status.success());
    let usage = String::from_utf8(test.stdout).unwrap();
    for document in documents() {
        for line in &document.shell {
            let (_, flags) = words_and_flags(line.strip_prefix("./test").unwrap_or_default());
            for flag in flags {
                assert!(usage.contains(flag), "{}", document.says(line));
            }
        }
    }
}
