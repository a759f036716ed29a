//! A template as a flow chart in Mermaid: steps as boxes in their order, rules as dashed arrows from what they look at, and
//! deadlines that hang on other steps as thin ones.

use std::collections::HashSet;
use std::fmt::Write;

use super::words;
use crate::template::evaluate::deadline::{Anchor, anchor};
use crate::template::evaluate::hidden_at_first;
use crate::template::model::{Content, Verb};
use crate::template::parts::Parts;
use tallystick_wire::task::TaskType;

/// Longest label, in characters.
const LABEL_MAX: usize = 120;

/// Text inside of a quoted label. Mermaid has no escape but entities; only letters, digits and a few harmless signs are
/// written as they are.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (index, letter) in words.chars().enumerate() {
        if index == LABEL_MAX {
            out.push('…');
            break;
        }
        if letter.is_alphanumeric() || matches!(letter, ' ' | '.' | ',' | '?' | '’' | '“' | '”')
        {
            out.push(letter);
        } else {
            let _ = write!(out, "#{};", u32::from(letter));
        }
    }
    out
}

/// The chart.
#[must_use]
pub fn chart(content: &Content) -> String {
    let parts = Parts::of(content);
    let hidden: HashSet<&str> = hidden_at_first(content).collect();
    let mut out = String::from("flowchart TD\n");
    let title = escape(&content.head.title);
    let _ = writeln!(out, "  start([\"{title}\"])");
    let mut open = None;
    for (place, step) in content.steps.iter().enumerate() {
        let stage = step.stage_id.as_deref();
        let stage = content
            .stages
            .iter()
            .position(|each| Some(each.id.as_str()) == stage);
        if open != stage {
            if open.is_some() {
                out.push_str("  end\n");
            }
            if let Some(index) = stage {
                let name = escape(&content.stages[index].name);
                let _ = writeln!(out, "  subgraph m{index}_{place}[\"{name}\"]");
            }
            open = stage;
        }
        let (left, right) = match step.kind {
            TaskType::Task => ("[", "]"),
            TaskType::Approval => ("{", "}"),
            TaskType::Expiring => ("([", "])"),
            TaskType::Email | TaskType::ExpiringEmail => ("[/", "/]"),
        };
        let title = escape(&step.title);
        let class = if hidden.contains(step.id.as_str()) {
            ":::hidden"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "  s{place}{left}\"{}. {title}\"{right}{class}",
            place + 1
        );
    }
    if open.is_some() {
        out.push_str("  end\n");
    }
    let mut before = "start".to_owned();
    for place in 0..content.steps.len() {
        let _ = writeln!(out, "  {before} --> s{place}");
        before = format!("s{place}");
    }
    for step in &content.steps {
        if let Some(deadline) = &step.deadline
            && let Some(Anchor::Step(id)) = anchor(deadline, &parts)
            && let (Some(from), Some(to)) = (parts.place(id), parts.place(&step.id))
        {
            let label = escape(&words::deadline(deadline, &parts));
            let _ = writeln!(out, "  s{from} -. \"due {label}\" .-> s{to}");
        }
    }
    arrows(&mut out, &parts);
    out.push_str("  classDef hidden stroke-dasharray: 5 5\n");
    out
}

/// From everything that a rule looks at to every step that it acts on.
fn arrows(out: &mut String, parts: &Parts<'_>) {
    for rule in &parts.content.rules {
        let mut seen = HashSet::new();
        for action in &rule.actions {
            let Some(to) = action.step.as_deref().and_then(|id| parts.place(id)) else {
                continue;
            };
            let verb = match action.verb {
                Verb::Show => "show",
                Verb::Hide => "hide",
                Verb::Assign | Verb::AssignOnly => "assign",
                Verb::Unassign | Verb::ClearAssignees => "unassign",
                Verb::Deadline => "deadline",
                Verb::Reopen => "reopen",
                Verb::EmitWebhook => "webhook",
            };
            let label = format!("{verb} if {}", words::conditions(&rule.conditions, parts));
            let label = escape(&label);
            for condition in &rule.conditions {
                let from = parts
                    .place_of(&condition.of)
                    .map_or_else(|| "start".to_owned(), |place| format!("s{place}"));
                if seen.insert((from.clone(), to, verb)) {
                    let _ = writeln!(out, "  {from} -. \"{label}\" .-> s{to}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::template::arbitrary;

    #[test]
    fn labels_are_text() {
        assert_eq!(escape("a\"] --> b"), "a#34;#93; #45;#45;#62; b");
        assert_eq!(escape("%%{init}"), "#37;#37;#123;init#125;");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Every line is one of those that are meant, whatever the titles are.
        #[test]
        fn titles_cannot_break_out(content in arbitrary::content()) {
            let text = chart(&content);
            let mut nested = 0;
            for line in text.lines() {
                let line = line.trim();
                let quotes = line.matches('"').count();
                let inside = line.split('"').nth(1).unwrap_or_default();
                prop_assert!(quotes == 0 || quotes == 2, "{}", line);
                prop_assert!(!inside.contains(['<', '>', '[', ']', '{', '}', '(', ')', '|', '`', '%', '-']), "{}", line);
                nested += i32::from(line.starts_with("subgraph ")) - i32::from(line == "end");
                let known = ["flowchart TD", "start", "s", "subgraph ", "end", "classDef "];
                prop_assert!(known.iter().any(|begin| line.starts_with(begin)), "{}", line);
            }
            prop_assert_eq!(nested, 0);
            let boxes = text.lines().filter(|line| line.trim_start().starts_with('s') && line.contains(". ") && !line.contains("-.") && !line.contains("start"));
            prop_assert!(boxes.count() <= content.steps.len() + content.stages.len() * content.steps.len());
        }
    }
}
