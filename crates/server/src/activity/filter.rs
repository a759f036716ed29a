//! What a feed is asked for (contract: runtime, section 11).

use jiff::tz::TimeZone;
use tallystick_wire::time::{self, Written};

use crate::activity::{KINDS, Kind, VERBS};
use crate::http::query::Query;
use crate::http::{Problems, Refusal};

/// How long a searched text is.
const TEXT: std::ops::RangeInclusive<usize> = 2..=100;

/// One thing whose feed is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Its id; none for everything of this kind.
    pub id: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the query parameters")]
pub struct Filter {
    pub entity: Option<Entity>,
    /// As stored.
    pub types: Vec<&'static str>,
    pub verbs: Vec<String>,
    pub actor_type: Option<&'static str>,
    pub actor_id: Option<i64>,
    pub actor_email: Option<String>,
    /// The first moment, and the first one after.
    pub created: (Option<i64>, Option<i64>),
    pub text: Option<String>,
    pub field: Option<String>,
    /// A filter by something that nothing recorded has: a webhook as source, an origin.
    pub nothing_has_it: bool,
    pub oldest_first: bool,
}

impl Filter {
    /// Reads the query; days are those of `zone`.
    pub fn read(query: &Query, zone: &TimeZone) -> Result<Self, Refusal> {
        let mut problems = Problems::default();
        let types = words(query, "type", &mut problems, |word| {
            KINDS
                .iter()
                .find(|kind| kind.word.eq_ignore_ascii_case(word))
                .map(|kind| kind.stored)
        });
        let verbs = words(query, "verb", &mut problems, |word| {
            VERBS.contains(&word).then(|| word.to_owned())
        });
        let mut actor_type = query.get("actor_type").and_then(|word| {
            one_of(
                "actor_type",
                word,
                &[("user", "user"), ("guest", "guest")],
                &mut problems,
            )
        });
        let mut nothing_has_it =
            query.get("origin_type").is_some() || query.get("origin_id").is_some();
        if let Some(word) = query.get("source") {
            const SOURCES: [(&str, &str); 3] =
                [("Member", "user"), ("Guest", "guest"), ("Webhook", "")];
            match one_of("source", word, &SOURCES, &mut problems) {
                Some(kind) if kind.is_empty() || actor_type.is_some_and(|known| known != kind) => {
                    nothing_has_it = true;
                }
                Some(kind) => actor_type = Some(kind),
                None => {}
            }
        }
        let actor_id = query.get("actor_id").and_then(|text| {
            let id = text.parse().ok();
            if id.is_none() {
                problems.add("actor_id", "The actor_id must be a number");
            }
            id
        });
        let text = query.get("search").map(str::to_lowercase);
        if text
            .as_ref()
            .is_some_and(|text| !TEXT.contains(&text.chars().count()))
        {
            let (least, most) = (TEXT.start(), TEXT.end());
            problems.add(
                "search",
                format!("The search must be {least} to {most} characters"),
            );
        }
        let mut moment = |name: &str, end: bool| {
            let text = query.get(name)?;
            let read = match time::parse(text) {
                Some(Written::Moment(time)) => Some(time.0.saturating_add(i64::from(end))),
                Some(Written::Day(day)) => {
                    let day = if end { day.tomorrow().ok() } else { Some(day) };
                    day.map(|day| time::start_of(day, zone).0)
                }
                None => None,
            };
            if read.is_none() {
                problems.add(name, format!("The {name} {}", time::EXPECTED));
            }
            read
        };
        let created = (
            moment("created_after", false),
            moment("created_before", true),
        );
        let filter = Self {
            entity: entity(query, &mut problems),
            types,
            verbs,
            actor_type,
            actor_id,
            actor_email: query.get("actor_email").map(str::to_owned),
            created,
            text,
            field: query.get("field").map(str::to_owned),
            nothing_has_it,
            oldest_first: matches!(
                query.get("sort").or_else(|| query.get("sort_by")),
                Some("created_at")
            ),
        };
        problems.check()?;
        Ok(filter)
    }
}

fn entity(query: &Query, problems: &mut Problems) -> Option<Entity> {
    let id = query.get("entity_id").map(str::to_ascii_lowercase);
    let Some(word) = query.get("entity_type") else {
        if id.is_some() {
            problems.add(
                "entity_type",
                "The entity_type field is required beside entity_id",
            );
        }
        return None;
    };
    let kind = KINDS.into_iter().find(|kind| kind.entity == Some(word));
    if kind.is_none() {
        let known: Vec<&str> = KINDS.iter().filter_map(|kind| kind.entity).collect();
        problems.add(
            "entity_type",
            format!("The entity_type must be one of {}", known.join(", ")),
        );
    }
    kind.map(|kind| Entity { kind, id })
}

fn words<T>(
    query: &Query,
    name: &str,
    problems: &mut Problems,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let words = query.list(name);
    let known: Vec<T> = words.iter().filter_map(|word| read(word)).collect();
    if known.len() != words.len() {
        let all: Vec<&str> = match name {
            "type" => KINDS.iter().map(|kind| kind.word).collect(),
            _ => VERBS.to_vec(),
        };
        problems.add(
            name,
            format!("The {name} must be one of {}", all.join(", ")),
        );
    }
    known.into_iter().take(VERBS.len()).collect()
}

fn one_of(
    name: &str,
    word: &str,
    known: &[(&str, &'static str)],
    problems: &mut Problems,
) -> Option<&'static str> {
    let found = known
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    if found.is_none() {
        let all: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        problems.add(
            name,
            format!("The {name} must be one of {}", all.join(", ")),
        );
    }
    found.map(|(_, stored)| *stored)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(text: &str) -> Result<Filter, Refusal> {
        Filter::read(&Query::parse(text), &TimeZone::UTC)
    }

    #[test]
    fn days_are_inclusive() {
        let read = filter("created_after=2026-03-01&created_before=2026-03-01").unwrap();
        let (Some(from), Some(before)) = read.created else {
            panic!("{read:?}")
        };
        assert_eq!(before - from, crate::clock::DAY);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for text in [
            "type=Robot",
            "verb=sang",
            "actor_type=bot",
            "actor_id=me",
            "source=Nobody",
            "created_after=soon",
            "search=x",
            "entity_type=tag",
            "entity_id=1",
        ] {
            assert!(filter(text).is_err(), "{text}");
        }
        assert!(filter("source=Webhook").unwrap().nothing_has_it);
        assert!(
            filter("source=Member&actor_type=guest")
                .unwrap()
                .nothing_has_it
        );
    }

    proptest! {
        #[test]
        fn no_query_panics(text in "\\PC{0,60}") {
            for name in ["type", "verb", "entity_id", "created_before", "search"] {
                let _ = filter(&format!("{name}={text}"));
            }
        }
    }
}
