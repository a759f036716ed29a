//! What a list of tasks is asked for (contract: runtime, sections 3.2 to 3.4).

use jiff::civil::Date;

use crate::http::query::Query;
use crate::http::{Problems, Refusal};

/// Most entries of one list in a query.
const LONGEST_LIST: usize = 100;
/// Longest search text.
const LONGEST_TEXT: usize = 200;

/// The words of `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of words says it")]
pub enum Status {
    All,
    Active,
    Incomplete,
    InProgress,
    NotStarted,
    Completed,
    Overdue,
    DueSoon,
    Hidden,
    Problem,
    Nothing,
}

/// Every word that real clients send. `archived` is not here: it is another spelling of `archived=only`.
const STATUS_WORDS: &[(&str, Status)] = &[
    ("all", Status::All),
    ("active", Status::Active),
    ("active_visible", Status::Active),
    ("incomplete", Status::Incomplete),
    ("inprogress", Status::InProgress),
    ("in-progress", Status::InProgress),
    ("not-started", Status::NotStarted),
    ("complete", Status::Completed),
    ("completed", Status::Completed),
    ("overdue", Status::Overdue),
    ("due_soon", Status::DueSoon),
    ("due-soon", Status::DueSoon),
    ("hasproblem", Status::Problem),
    ("problem", Status::Problem),
    ("issue", Status::Problem),
    ("auto-skipped", Status::Hidden),
    ("hidden", Status::Hidden),
    ("draft", Status::Nothing),
];

/// Whether archived tasks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archived {
    /// Only tasks that are not.
    Without,
    /// Those too.
    With,
    /// Nothing else.
    Only,
}

/// Days from `from` on, up to but without `before`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: Option<Date>,
    /// First day after.
    pub before: Option<Date>,
}

/// How a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    column: Column,
    descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Created,
    Problem,
    Updated,
    Deadline,
    Completed,
    Position,
    Title,
}

impl Sort {
    /// The newest first.
    pub const NEWEST: Self = Self {
        column: Column::Created,
        descending: true,
    };

    fn read(text: &str, direction: Option<&str>) -> Option<Self> {
        let (name, reverse) = text
            .strip_prefix('-')
            .map_or((text, false), |name| (name, true));
        let (column, usually_descending) = match name {
            "newest" => (Column::Created, true),
            "problems" => (Column::Problem, true),
            "completed_newest" => (Column::Completed, true),
            "deadline" => (Column::Deadline, false),
            "position" => (Column::Position, false),
            "created_at" => (Column::Created, false),
            "updated_at" => (Column::Updated, false),
            "name" | "title" => (Column::Title, false),
            _ => return None,
        };
        let reverse = reverse
            || direction
                .is_some_and(|word| word.eq_ignore_ascii_case("desc") != usually_descending);
        Some(Self {
            column,
            descending: usually_descending != reverse,
        })
    }

    /// For ORDER BY, ended by the running number so that pages never overlap.
    pub(super) const fn sql(self) -> &'static str {
        match (self.column, self.descending) {
            (Column::Created, true) => "t.created_at DESC, t.increment_id DESC",
            (Column::Created, false) => "t.created_at, t.increment_id",
            (Column::Problem, true) => "t.problem DESC, t.created_at DESC, t.increment_id DESC",
            (Column::Problem, false) => "t.problem, t.created_at, t.increment_id",
            (Column::Updated, true) => "t.updated_at DESC, t.increment_id DESC",
            (Column::Updated, false) => "t.updated_at, t.increment_id",
            (Column::Deadline, true) => "t.deadline DESC NULLS LAST, t.increment_id DESC",
            (Column::Deadline, false) => "t.deadline NULLS LAST, t.increment_id",
            (Column::Completed, true) => "t.completed_at DESC NULLS LAST, t.increment_id DESC",
            (Column::Completed, false) => "t.completed_at NULLS LAST, t.increment_id",
            (Column::Position, true) => "t.position DESC, t.increment_id DESC",
            (Column::Position, false) => "t.position, t.increment_id",
            (Column::Title, true) => "t.title_folded DESC, t.increment_id DESC",
            (Column::Title, false) => "t.title_folded, t.increment_id",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the query parameters")]
pub struct Filter {
    pub status: Status,
    pub archived: Archived,
    pub text: Option<String>,
    pub owners: Vec<i64>,
    pub assigned_to_me: bool,
    pub guests: Vec<String>,
    pub unassigned: bool,
    pub created: Days,
    pub deadline: Days,
    /// Ids or titles: tasks that carry any of these tags.
    pub tags: Vec<String>,
    pub folder: Option<String>,
    /// A filter by something no one-off task has: a group, a role, a template.
    pub nothing_has_it: bool,
    pub sort: Sort,
}

impl Filter {
    /// Reads the query; `usual` is the status when none is named.
    pub fn read(query: &Query, usual: Status) -> Result<Self, Refusal> {
        let mut problems = Problems::default();
        let mut archived = match query
            .get("archived")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("only") => Archived::Only,
            Some("true" | "1") => Archived::With,
            _ => Archived::Without,
        };
        let status = match query.get("status") {
            None => usual,
            Some("archived") => {
                archived = Archived::Only;
                Status::All
            }
            Some(word) => STATUS_WORDS
                .iter()
                .find(|(known, _)| *known == word)
                .map_or_else(
                    || {
                        let words: Vec<&str> = STATUS_WORDS
                            .iter()
                            .map(|(word, _)| *word)
                            .chain(["archived"])
                            .collect();
                        problems.add(
                            "status",
                            format!("The status must be one of {}", words.join(", ")),
                        );
                        usual
                    },
                    |(_, status)| *status,
                ),
        };
        let text = query.get("q").map(str::to_owned);
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_TEXT || text.contains('\0'))
        {
            problems.add(
                "q",
                format!("The q must be at most {LONGEST_TEXT} characters, without zero bytes"),
            );
        }
        let owners = numbers(query, "owners", &mut problems);
        let guests: Vec<String> = query
            .list("guests")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let tags: Vec<String> = query.list("tag").into_iter().map(str::to_owned).collect();
        for (name, list) in [("guests", &guests), ("tag", &tags)] {
            if list.len() > LONGEST_LIST {
                let message = format!("The {name} must be at most {LONGEST_LIST}");
                problems.add(name, message);
            }
        }
        let sort = query
            .get("sort")
            .or_else(|| query.get("sort_by"))
            .and_then(|text| Sort::read(text, query.get("sort_direction")));
        let custom =
            query.get("custom_field_key").is_some() && query.get("custom_field_value").is_some();
        let nothing_has_it = custom
            || query.flag("is_oneoff") == Some(false)
            || ["groups", "roles", "checklist_id"]
                .into_iter()
                .any(|name| !query.list(name).is_empty());
        let filter = Self {
            status,
            archived,
            text,
            owners,
            assigned_to_me: query.get("assignee") == Some("me"),
            guests,
            unassigned: query.flag("unassigned") == Some(true),
            created: created(query, &mut problems),
            deadline: deadline(query, &mut problems),
            tags,
            folder: query.get("folder").map(str::to_owned),
            nothing_has_it,
            sort: sort.unwrap_or(Sort::NEWEST),
        };
        problems.check()?;
        Ok(filter)
    }

    /// Whether this is the plain list of active tasks, the newest first.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.status == Status::Active
            && self.archived == Archived::Without
            && self.text.is_none()
            && self.owners.is_empty()
            && self.guests.is_empty()
            && !self.unassigned
            && !self.needs_days()
            && self.tags.is_empty()
            && self.folder.is_none()
            && !self.nothing_has_it
            && self.sort == Sort::NEWEST
    }

    /// Whether the organisation's time zone matters.
    #[must_use]
    pub fn needs_days(&self) -> bool {
        self.created != Days::default() || self.deadline != Days::default()
    }
}

fn numbers(query: &Query, name: &str, problems: &mut Problems) -> Vec<i64> {
    let words = query.list(name);
    let numbers: Vec<i64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if numbers.len() != words.len() || numbers.len() > LONGEST_LIST {
        problems.add(
            name,
            format!(
                "The {name} must be numbers of members separated by commas, at most {LONGEST_LIST}"
            ),
        );
    }
    numbers
}

fn day(text: &str, name: &str, problems: &mut Problems) -> Option<Date> {
    let day = text
        .trim()
        .get(..10)
        .and_then(|day| day.parse::<Date>().ok())
        .filter(|day| day.year() >= 1 && day.year() < 9999);
    if day.is_none() {
        problems.add(name, format!("The {name} must be a day such as 2026-02-03"));
    }
    day
}

fn after(day: Option<Date>) -> Option<Date> {
    day.and_then(|day| day.tomorrow().ok())
}

fn created(query: &Query, problems: &mut Problems) -> Days {
    let Some(text) = query.get("created") else {
        return Days::default();
    };
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    Days {
        from: day(from, "created", problems),
        before: after(day(to, "created", problems)),
    }
}

fn deadline(query: &Query, problems: &mut Problems) -> Days {
    let mut read = |name: &str| query.get(name).and_then(|text| day(text, name, problems));
    if let Some(only) = read("deadline_on") {
        return Days {
            from: Some(only),
            before: after(Some(only)),
        };
    }
    let from = [after(read("deadline_after")), read("deadline_start_range")]
        .into_iter()
        .flatten()
        .max();
    let before = [read("deadline_before"), after(read("deadline_end_range"))]
        .into_iter()
        .flatten()
        .min();
    Days { from, before }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(text: &str) -> Result<Filter, Refusal> {
        Filter::read(&Query::parse(text), Status::Active)
    }

    #[test]
    fn what_clients_send_verbatim() {
        assert!(filter("").unwrap().is_usual());
        assert!(
            filter("page=1&per_page=100&status=active&assignee=me")
                .unwrap()
                .is_usual()
        );
        assert_eq!(
            filter("status=all&sort_by=newest").unwrap().status,
            Status::All
        );
        assert!(!filter("status=completed&per_page=50").unwrap().is_usual());
        assert_eq!(filter("sort=DROP TABLE").unwrap().sort, Sort::NEWEST);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for text in [
            "status=done",
            "owners=me",
            "created=soon",
            "deadline_on=2026-02-30",
            "deadline_before=x",
        ] {
            assert!(filter(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_query_panics(text in "\\PC{0,60}") {
            for name in ["status", "sort", "q", "owners", "created", "deadline_on", "archived"] {
                let _ = Filter::read(&Query::parse(&format!("{name}={text}")), Status::All);
            }
        }
    }
}
