//! Every statement that stands whole in the source is prepared on both engines, also those that no request leads to.
//! Statements that are put together from parts are not found here; the other tests run them.

use std::path::{Path, PathBuf};

use crate::support::{World, both_engines};

both_engines!(every_whole_statement_is_understood);

const VERBS: [&str; 4] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The string literals of a source file, as the compiler would read them.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut letters = source.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                letters
                    .by_ref()
                    .take_while(|letter| *letter != '\n')
                    .for_each(drop);
            }
            // A quotation mark as a character is no beginning of a text.
            '"' if before != '\'' => {
                let mut text = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => match letters.next() {
                            Some('\n') => {
                                while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
                            }
                            Some('n') => text.push('\n'),
                            Some(other) => text.push(other),
                            None => {}
                        },
                        other => text.push(other),
                    }
                }
                found.push(text);
            }
            _ => {}
        }
        before = letter;
    }
    found
}

/// Whether a text is a statement from its first word to its last.
fn is_whole(text: &str) -> bool {
    let count = |letter: char| text.matches(letter).count();
    VERBS
        .iter()
        .any(|verb| text.starts_with(verb) && text.len() > verb.len())
        && !text.contains('{')
        && count('(') == count(')')
        && !text.ends_with(' ')
}

async fn every_whole_statement_is_understood(world: &World) {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut prepared = 0;
    for file in files {
        for statement in literals(&std::fs::read_to_string(&file).unwrap()) {
            if is_whole(&statement) {
                let shown = format!("{}: {statement}", file.display());
                let asked = world
                    .app
                    .db
                    .write(move |tx| tx.prepare(&statement).map_err(tallystick_db::Stop::Abort));
                asked
                    .await
                    .unwrap_or_else(|error| panic!("{shown}\n{error}"));
                prepared += 1;
            }
        }
    }
    assert!(prepared >= 40, "{prepared} statements only");
}
