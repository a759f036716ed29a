//! Conditions as they are written in brackets: `filter[type]=field&filter[field]=title&filter[value]=Lease`, or a group of
//! such (contract: runtime, section 10).

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use tallystick_wire::time::{self, Written};

use crate::draft::Draft;
use crate::http::Problems;
use crate::http::query::Query;
use crate::search::condition::{Columns, Condition, Field, Operand, Operation};

/// Most brackets of one name: groups in groups in groups.
const DEEPEST: usize = 5;
/// Most names and conditions.
const MOST: usize = 200;

/// What `filter[…]` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Option<Condition>);

/// The brackets as a tree.
#[derive(Debug, Default)]
struct Node<'q> {
    value: Option<&'q str>,
    inside: BTreeMap<&'q str, Self>,
}

impl Filter {
    /// Reads the query; days are those of `zone`.
    #[must_use]
    pub fn read(query: &Query, zone: &TimeZone, problems: &mut Problems) -> Self {
        let mut root = Node::default();
        for (count, name) in query
            .names()
            .filter(|name| name.starts_with("filter["))
            .enumerate()
        {
            let path: Option<Vec<&str>> = name["filter[".len()..]
                .strip_suffix(']')
                .map(|path| path.split("][").collect());
            let Some(path) = path.filter(|path| path.len() <= DEEPEST && count < MOST) else {
                problems.add("filter", "The filter is not understood, or is too large");
                return Self(None);
            };
            let mut node = &mut root;
            for part in path {
                node = node.inside.entry(part).or_default();
            }
            node.value = query.get(name);
        }
        if root.inside.is_empty() {
            return Self(None);
        }
        Self(condition(&root, "filter", zone, problems))
    }

    /// Notes the fields that this kind of thing has not.
    pub fn check(&self, columns: &Columns, problems: &mut Problems) {
        let mut used = Vec::new();
        if let Some(condition) = &self.0 {
            condition.fields(&mut used);
        }
        let known = |field: &Field| columns.fields.iter().any(|(known, _)| known == field);
        if used.iter().any(|field| !known(field)) {
            let words: Vec<&str> = columns
                .fields
                .iter()
                .map(|(field, _)| field.word())
                .collect();
            let (kind, words) = (columns.kind, words.join(", "));
            problems.add(
                "filter",
                match words.as_str() {
                    "" => format!("A {kind} cannot be filtered"),
                    words => format!("A {kind} can be filtered by {words}"),
                },
            );
        }
    }

    /// Adds the conditions to a statement.
    pub fn narrow(&self, draft: &mut Draft, columns: &Columns) {
        if let Some(condition) = &self.0 {
            let text = condition.sql(draft, columns);
            draft.and(&text);
        }
    }
}

fn condition(
    node: &Node<'_>,
    path: &str,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Option<Condition> {
    let word = |name: &str| node.inside.get(name).and_then(|inside| inside.value);
    match word("type") {
        Some("field") => compare(&word, path, zone, problems),
        Some(_) => {
            problems.add(
                &format!("{path}.type"),
                "The type must be field, or boolean as the first of a group",
            );
            None
        }
        None => group(node, path, zone, problems),
    }
}

fn group(
    node: &Node<'_>,
    path: &str,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Option<Condition> {
    let word = |node: &Node<'_>, name: &str| {
        let inside = node.inside.get(name)?.value?;
        Some(inside.to_ascii_uppercase())
    };
    let is_head = |node: &Node<'_>| word(node, "type").as_deref() == Some("BOOLEAN");
    let head = node.inside.values().find(|node| is_head(node));
    let all = match head.and_then(|head| word(head, "value")).as_deref() {
        Some("AND") => true,
        Some("OR") => false,
        _ => {
            problems.add(
                path,
                "A group begins with the type boolean and the value AND or OR",
            );
            return None;
        }
    };
    let mut parts = Vec::new();
    for (name, inside) in node.inside.iter().filter(|(_, inside)| !is_head(inside)) {
        parts.push(condition(
            inside,
            &format!("{path}.{name:.20}"),
            zone,
            problems,
        ));
    }
    if parts.is_empty() {
        problems.add(path, "A group needs a condition");
        return None;
    }
    let parts: Option<Vec<Condition>> = parts.into_iter().collect();
    parts.map(|parts| Condition::Group { all, parts })
}

fn compare<'q>(
    word: &impl Fn(&str) -> Option<&'q str>,
    path: &str,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Option<Condition> {
    let field = Field::WORDS
        .iter()
        .find(|(known, _)| Some(*known) == word("field"))
        .map(|(_, field)| *field);
    let operation = match word("operation") {
        None => Some(Operation::Equal),
        Some(word) => Operation::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, operation)| *operation),
    };
    if field.is_none() {
        let words = Field::WORDS.map(|(word, _)| word).join(", ");
        problems.add(
            &format!("{path}.field"),
            format!("The field must be one of {words}"),
        );
    }
    if operation.is_none() {
        let words = Operation::WORDS.map(|(word, _)| word).join(" ");
        problems.add(
            &format!("{path}.operation"),
            format!("The operation must be one of {words}"),
        );
    }
    let (field, operation) = (field?, operation?);
    let value = word("value").unwrap_or_default();
    let (operand, expected) = match field {
        Field::Starter => (
            value.trim().parse().ok().map(Operand::Number),
            "must be the number of a member",
        ),
        Field::Title => (
            (!value.is_empty() && value.chars().count() <= 600)
                .then(|| Operand::Text(value.to_lowercase())),
            "must be a text of at most 600 characters",
        ),
        Field::Date => (span(value, zone), time::EXPECTED),
    };
    if operand.is_none() {
        problems.add(&format!("{path}.value"), format!("The value {expected}"));
    }
    operand.map(|operand| Condition::Compare(field, operation, operand))
}

fn span(text: &str, zone: &TimeZone) -> Option<Operand> {
    match time::parse(text)? {
        Written::Moment(time) => Some(Operand::Span(time.0, time.0.saturating_add(1))),
        Written::Day(day) => Some(Operand::Span(
            time::start_of(day, zone).0,
            time::start_of(day.tomorrow().ok()?, zone).0,
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const THINGS: Columns = Columns {
        kind: "thing",
        fields: &[(Field::Starter, "t.starter_id"), (Field::Title, "t.title")],
    };

    fn sql(query: &str) -> Result<String, Vec<String>> {
        let mut problems = Problems::default();
        let filter = Filter::read(&Query::parse(query), &TimeZone::UTC, &mut problems);
        filter.check(&THINGS, &mut problems);
        let mut draft = Draft::default();
        filter.narrow(&mut draft, &THINGS);
        let wrong: Vec<String> = problems.iter().map(|(name, _)| name.to_owned()).collect();
        if wrong.is_empty() {
            Ok(draft.text)
        } else {
            Err(wrong)
        }
    }

    #[test]
    fn one_condition_and_groups() {
        assert_eq!(sql("search=x").unwrap(), "");
        assert_eq!(
            sql("filter[type]=field&filter[field]=title&filter[value]=Lease").unwrap(),
            " AND t.title = $1"
        );
        let text = "filter[0][type]=boolean&filter[0][value]=or\
            &filter[1][type]=field&filter[1][field]=starter&filter[1][operation]=!%3D&filter[1][value]=7\
            &filter[2][0][type]=boolean&filter[2][0][value]=AND\
            &filter[2][1][type]=field&filter[2][1][field]=title&filter[2][1][operation]=%3C&filter[2][1][value]=m";
        assert_eq!(
            sql(text).unwrap(),
            " AND (t.starter_id <> $1 OR (t.title < $2))"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, wrong) in [
            (
                "filter[type]=field&filter[field]=colour&filter[value]=x",
                "filter.field",
            ),
            (
                "filter[type]=field&filter[field]=date&filter[value]=2026-03-02",
                "filter",
            ),
            (
                "filter[type]=field&filter[field]=starter&filter[value]=me",
                "filter.value",
            ),
            (
                "filter[type]=field&filter[field]=title&filter[operation]=like&filter[value]=x",
                "filter.operation",
            ),
            ("filter[type]=x", "filter.type"),
            ("filter[1][type]=field", "filter"),
            ("filter[0][type]=boolean&filter[0][value]=AND", "filter"),
            ("filter[a][b][c][d][e][f]=1", "filter"),
            ("filter[a", "filter"),
        ] {
            assert_eq!(sql(text).unwrap_err(), [wrong], "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_filter_panics(text in "(filter|\\[|\\]|type|field|boolean|0|1|=|&|\\PC){0,40}") {
            let _ = sql(&text);
            let _ = sql(&format!("filter[{text}"));
        }
    }
}
