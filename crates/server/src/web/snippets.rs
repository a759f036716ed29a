//! A first request in six languages, with the token that was just made: to be pasted and run.

use crate::app::App;

/// A request in one language.
pub struct Snippet {
    /// Its id on the page.
    pub id: &'static str,
    /// The language.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

const LANGUAGES: [(&str, &str, &str); 6] = [
    (
        "curl",
        "curl",
        include_str!("../../templates/app/snippets/request.sh"),
    ),
    (
        "javascript",
        "JavaScript",
        include_str!("../../templates/app/snippets/request.mjs"),
    ),
    (
        "python",
        "Python",
        include_str!("../../templates/app/snippets/request.py"),
    ),
    (
        "java",
        "Java",
        include_str!("../../templates/app/snippets/request.java"),
    ),
    (
        "go",
        "Go",
        include_str!("../../templates/app/snippets/request.go"),
    ),
    (
        "rust",
        "Rust",
        include_str!("../../templates/app/snippets/request.rs"),
    ),
];

/// All of them. A token has letters, digits and `_` only, an id hex digits, the address what can stand in one: nothing that any
/// of the languages would take for the end of a text.
#[must_use]
pub fn with(app: &App, organization: &str, token: &str) -> Vec<Snippet> {
    let origin: String = app
        .origin()
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || ".-:/[]_~".contains(*letter))
        .collect();
    let fill = |text: &str| {
        text.replace("@URL@", &format!("{origin}/api"))
            .replace("@ORG@", organization)
            .replace("@TOKEN@", token)
    };
    LANGUAGES
        .into_iter()
        .map(|(id, name, text)| Snippet {
            id,
            name,
            text: fill(text),
        })
        .collect()
}
