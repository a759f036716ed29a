//! A template as a procedure to be read, in CommonMark with tables.

use std::fmt::Write;

use htmd::HtmlToMarkdown;

use super::{Names, words};
use crate::template::evaluate::hidden_at_first;
use crate::template::model::{Content, Field, Step};
use crate::template::parts::Parts;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::Assignees;

/// Text that stays text: nothing in it is markup, and it stays on one line.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        // Every ASCII punctuation may be escaped; these are those that ever mean something inside of a line. Dots, dashes and
        // digits only do at its beginning, where a title never stands alone.
        if matches!(
            letter,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '~'
                | '!'
                | '&'
                | '$'
                | '='
                | '+'
        ) {
            out.push('\\');
        }
        // No address becomes a link by itself.
        if letter == ':' && out.ends_with(|before: char| before.is_ascii_alphabetic()) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Rich text as Markdown; as plain text if it cannot be read.
#[must_use]
pub fn rich(html: &str) -> String {
    let converter = HtmlToMarkdown::builder()
        .skip_tags(vec![
            "script", "style", "iframe", "object", "embed", "form", "svg", "math", "head",
        ])
        .build();
    let made = converter.convert(html).unwrap_or_default();
    harmless(made.trim())
}

/// Links lead to the web or to a mail address, or nowhere.
fn harmless(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(start) = rest.find("](") {
        let (before, from) = rest.split_at(start + 2);
        out.push_str(before);
        let target = from.trim_start_matches(['<', ' ']).to_ascii_lowercase();
        let known = ["http://", "https://", "mailto:", "#", "/"];
        if !known.iter().any(|scheme| target.starts_with(scheme)) {
            out.push_str("#unsafe-");
        }
        rest = from;
    }
    out.push_str(rest);
    out
}

/// The document.
#[must_use]
pub fn document(content: &Content, names: &Names) -> String {
    let parts = Parts::of(content);
    let head = &content.head;
    let mut out = format!("# {}\n", escape(&head.title));
    for text in [&head.summary, &head.guidance].into_iter().flatten() {
        block(&mut out, &rich(text));
    }
    if !content.kickoff.is_empty() {
        let title = head.kickoff_title.as_deref().unwrap_or("Kick-off form");
        block(&mut out, &format!("## {}", escape(title)));
        if let Some(text) = &head.kickoff_description {
            block(&mut out, &rich(text));
        }
        fields(&mut out, &content.kickoff);
    }
    let hidden: std::collections::HashSet<&str> = hidden_at_first(content).collect();
    let mut stage = None;
    for (number, step) in (1..).zip(&content.steps) {
        // Steps without a milestone among others begin a part of their own, so that nothing seems to belong elsewhere.
        if stage != Some(step.stage_id.as_deref()) {
            let found = content
                .stages
                .iter()
                .find(|stage| Some(&stage.id) == step.stage_id.as_ref());
            let title = found.map_or("Steps", |stage| stage.name.as_str());
            block(&mut out, &format!("## {}", escape(title)));
            stage = Some(step.stage_id.as_deref());
        }
        one(
            &mut out,
            number,
            step,
            hidden.contains(step.id.as_str()),
            &parts,
            names,
        );
    }
    if !content.rules.is_empty() {
        block(&mut out, "## Rules");
        out.push('\n');
        for rule in &content.rules {
            let when = words::conditions(&rule.conditions, &parts);
            let then: Vec<String> = rule
                .actions
                .iter()
                .map(|each| words::action(each, &parts, names))
                .collect();
            let _ = writeln!(
                out,
                "- **{}:** if {}, then {}.",
                escape(&rule.name),
                escape(&when),
                escape(&then.join("; "))
            );
        }
    }
    out
}

fn block(out: &mut String, text: &str) {
    if !text.trim().is_empty() {
        let _ = write!(out, "\n{text}\n");
    }
}

fn one(
    out: &mut String,
    number: usize,
    step: &Step,
    hidden: bool,
    parts: &Parts<'_>,
    names: &Names,
) {
    block(out, &format!("### {number}. {}", escape(&step.title)));
    let kind = match step.kind {
        TaskType::Task => None,
        TaskType::Approval => Some("To be approved or rejected"),
        TaskType::Expiring => Some("Ends by itself at its deadline"),
        TaskType::Email => Some("A message to be sent"),
        TaskType::ExpiringEmail => Some("A message that sends itself at the deadline"),
    };
    let who = if step.people == Assignees::default() {
        step.assign_run_starter
            .then(|| "whoever launches".to_owned())
    } else {
        Some(words::people(&step.people, names).join(", "))
    };
    let due = step.deadline.as_ref();
    let due = due.map(|each| words::deadline(each, parts));
    let mut lines = Vec::new();
    lines.extend(kind.map(|text| format!("- {text}")));
    lines.extend(who.map(|text| format!("- **Who:** {}", escape(&text))));
    lines.extend(due.map(|text| format!("- **Due:** {}", escape(&text))));
    if hidden {
        lines.push("- Hidden until a rule shows it".to_owned());
    }
    block(out, &lines.join("\n"));
    if let Some(text) = &step.summary {
        block(out, &rich(text));
    }
    fields(out, &step.fields);
}

fn fields(out: &mut String, fields: &[Field]) {
    if fields.is_empty() {
        return;
    }
    out.push_str("\n| Question | Answer | Required |\n|---|---|---|\n");
    for field in fields {
        let options = field.options.iter().map(|option| option.text.as_str());
        let columns = field.columns.iter().map(|column| column.label.as_str());
        let inside: Vec<String> = options.chain(columns).map(escape).collect();
        let kind = field.kind.word().replace('_', " ");
        let kind = if inside.is_empty() {
            kind
        } else {
            format!("{kind}: {}", inside.join(", "))
        };
        let required = if field.required { "yes" } else { "no" };
        let _ = writeln!(out, "| {} | {kind} | {required} |", escape(&field.label));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::template::arbitrary;

    #[test]
    fn rich_text_is_markdown_without_anything_that_runs() {
        let html = "<h2>A</h2><p>One <b>two</b> &lt;script&gt; <a href=\"https://x.example\">x</a>\
                    <a href=\"JavaScript:alert(1)\">y</a></p><script>alert(2)</script><ul><li>a</li></ul>";
        let text = rich(html);
        assert!(text.contains("## A") && text.contains("**two**"), "{text}");
        assert!(text.contains("[x](https://x.example)"), "{text}");
        assert!(
            !text.contains("alert(2)") && !text.contains("](JavaScript"),
            "{text}"
        );
        assert!(!text.replace("\\<", "").contains("<script"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Each step has one heading, each field one row of three cells: no title adds any.
        #[test]
        fn titles_cannot_break_out(content in arbitrary::content()) {
            let mut content = content;
            content.head.summary = None;
            for step in &mut content.steps {
                step.summary = None;
            }
            let text = document(&content, &Names::new());
            let starting = |with: &str| text.lines().filter(|line| line.starts_with(with)).count();
            prop_assert_eq!(starting("### "), content.steps.len());
            prop_assert_eq!(starting("# "), 1);
            prop_assert_eq!(starting("- **") >= content.rules.len(), true);
            let rows = text.lines().filter(|line| line.starts_with("| "));
            for row in rows.clone() {
                let bars = row.replace("\\\\", "").replace("\\|", "").matches('|').count();
                prop_assert_eq!(bars, 4, "{}", row);
            }
            let tables = text.matches("| Question |").count();
            prop_assert_eq!(rows.count() - tables, content.fields().count());
            prop_assert!(!text.replace("\\\\", "").replace("\\<", "").contains('<'));
            prop_assert!(!text.contains("```"));
        }
    }
}
