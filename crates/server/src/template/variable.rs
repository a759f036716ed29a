//! `{{variables}}` in texts: finding them, renaming them, filling them in (contract: templates, section 8).
//!
//! Names are fixed words, read in one pass: what is filled in is never read again.

/// Longest name that is looked at.
const LONGEST: usize = 200;

/// Variables that the system itself fills in.
pub const SYSTEM: [&str; 4] = [
    "DATE",
    "TEMPLATE_NAME",
    "current-task-id",
    "current-process-id",
];

/// What is not seen but gets into names when they are copied from a word processor.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The text with every `{{name}}` replaced by what `fill` says; what it does not know stays as it was typed.
pub fn replace(text: &str, mut fill: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let inner = &from[2..];
        let known = inner
            .find("}}")
            .filter(|end| *end <= LONGEST)
            .and_then(|end| {
                let name: String = inner[..end]
                    .chars()
                    .filter(|letter| !is_invisible(*letter))
                    .collect();
                Some((fill(name.trim())?, end))
            });
        if let Some((value, end)) = known {
            out.push_str(&value);
            rest = &inner[end + 2..];
        } else {
            // One brace only: another variable may begin with the second one.
            out.push('{');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The names in a text, in order, each as often as it occurs.
#[must_use]
pub fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Answering a value moves past the whole variable.
    replace(text, |name| {
        let fits = !name.is_empty() && !name.contains(['{', '}', '<', '>', '\n']);
        fits.then(|| {
            found.push(name.to_owned());
            String::new()
        })
    });
    found
}

/// The text with other names.
pub fn rename(text: &str, mut to: impl FnMut(&str) -> Option<String>) -> String {
    replace(text, |name| to(name).map(|name| format!("{{{{{name}}}}}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fill(name: &str) -> Option<String> {
        match name {
            "a" => Some("{{b}}".to_owned()),
            "b" => Some("B".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn one_pass_and_unknown_names_stay() {
        assert_eq!(
            replace("{{a}} {{ b }} {{c}} {{{b}}}", fill),
            "{{b}} B {{c}} {B}"
        );
        assert_eq!(replace("{{\u{feff}b\u{200b}}}", fill), "B");
        assert_eq!(replace("{{b", fill), "{{b");
        assert_eq!(names("{{x}} and {{ y-2 }} {{}}"), ["x", "y-2"]);
        assert_eq!(
            rename("{{x}} {{y}}", |name| (name == "x").then(|| "z".into())),
            "{{z}} {{y}}"
        );
    }

    proptest! {
        #[test]
        fn text_without_known_names_is_unchanged(text in "[a-z{} ]{0,60}") {
            prop_assert_eq!(replace(&text, |_| None), text);
        }
    }
}
