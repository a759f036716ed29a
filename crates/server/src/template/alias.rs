//! Readable names: of templates, steps and fields (contract: templates, section 8). Made once, from the first title.

use std::collections::HashSet;

/// Most characters of the readable part.
const LONGEST: usize = 48;

/// A name in lower-case letters, digits and hyphens; `fallback` when nothing of the title is left.
#[must_use]
pub fn slug(title: &str, fallback: &str) -> String {
    let mut out = String::new();
    for letter in title.chars().flat_map(char::to_lowercase) {
        if out.len() >= LONGEST {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            out.push(letter);
        } else if !out.ends_with('-') && !out.is_empty() && !letter.is_alphanumeric() {
            out.push('-');
        }
    }
    let text = out.trim_matches('-');
    if text.is_empty() {
        fallback.to_owned()
    } else {
        text.to_owned()
    }
}

/// The name of a field: its running number makes it one of a kind.
#[must_use]
pub fn of_field(label: &str, number: i64) -> String {
    format!("{}-{number}", slug(label, "field"))
}

/// The name of a template: the first digits of its id's random part make it one of a kind.
#[must_use]
pub fn of_template(title: &str, id: &str) -> String {
    let tail = id.get(id.len().saturating_sub(8)..).unwrap_or(id);
    format!("{}-{tail}", slug(title, "template"))
}

/// The name of a step, unlike those that are taken.
#[must_use]
pub fn of_step(title: &str, taken: &HashSet<String>) -> String {
    let base = slug(title, "step");
    if !taken.contains(&base) {
        return base;
    }
    let mut numbered = (2_u64..).map(|number| format!("{base}-{number}"));
    numbered.find(|name| !taken.contains(name)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_readable() {
        assert_eq!(slug("Vendor name", "x"), "vendor-name");
        assert_eq!(slug("  --Äpfel & Birnen!  ", "x"), "pfel-birnen");
        assert_eq!(slug("合同", "field"), "field");
        assert_eq!(of_field("Vendor name", 20411), "vendor-name-20411");
        assert_eq!(
            of_step("Go", &["go", "go-2"].map(str::to_owned).into()),
            "go-3"
        );
    }

    proptest! {
        #[test]
        fn a_slug_fits_into_an_address(title in "\\PC{0,80}") {
            let name = slug(&title, "field");
            prop_assert!(!name.is_empty() && name.len() <= LONGEST);
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        }
    }
}
