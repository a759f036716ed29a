//! Bodies that hold whole templates, read part by part.
//!
//! A template nests four levels deep, and whoever sends one wants to know every fault at once, each with its path
//! (`prerun.0.options.1.text`). So these bodies are not deserialized, which would stop at the first: a [`Reader`] walks the
//! JSON and notes what is wrong in [`Faults`], together with everything outside of the template that is named, which is
//! looked up afterwards in a few queries.
//!
//! Clients send fetched objects back (contract: templates, section 0.1): keys that are not read are dropped, null is
//! nothing, an include may be wrapped.

pub mod field;
pub mod grant;
pub mod head;
mod value;

pub mod rule;
pub mod step;

pub use value::int as whole_number;

use std::cell::RefCell;
use std::ops::Range;

use serde_json::{Map, Value};
use tallystick_wire::Time;
use tallystick_wire::template::ImportWarning;

use crate::http::Problems;
use crate::ids::Ids;

/// Most steps of a template.
pub const MOST_STEPS: usize = 2_000;
/// Most fields of a step, or of a kick-off form.
pub const MOST_FIELDS: usize = 1_000;
/// Most rules of a template.
pub const MOST_RULES: usize = 2_000;
/// Most milestones of a template.
pub const MOST_STAGES: usize = 500;
/// Most entries of any other list.
pub const MOST: usize = 1_000;
/// Longest id in an import, in characters.
const ID_MAX: usize = 255;
/// Longest rich text, in characters.
pub const HTML_MAX: usize = 100_000;

/// Whether a part gets an identity of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// A new id and a new name, whatever was sent.
    Fresh,
    /// Those that were sent, for the time being: an import first reads, then gives everything new ones.
    AsSent,
}

/// Where new ids and numbers come from.
pub struct Mint<'a> {
    ids: &'a Ids,
    /// When it happens.
    pub now: Time,
    numbers: Range<i64>,
}

impl<'a> Mint<'a> {
    /// With as many running numbers as fields may have to be made.
    #[must_use]
    pub const fn new(ids: &'a Ids, now: Time, numbers: Range<i64>) -> Self {
        Self { ids, now, numbers }
    }

    /// A new id.
    pub fn id(&self) -> String {
        self.ids.object(self.now)
    }

    /// A new running number.
    pub fn number(&mut self) -> i64 {
        self.numbers.next().unwrap_or(self.numbers.end)
    }
}

/// Something outside of the template that a body names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outside {
    /// A member, by number.
    Member(i64),
    /// A guest, by address in lower case.
    Guest(String),
    /// A group.
    Group(String),
    /// A tag.
    Tag(String),
    /// Another template.
    Template(String),
    /// A folder for templates.
    Folder(String),
    /// A folder for processes.
    ProcessFolder(String),
}

impl Outside {
    /// What is said when there is none.
    #[must_use]
    pub const fn missing(&self) -> &'static str {
        match self {
            Self::Member(_) => "There is no such member in this organization",
            Self::Guest(_) => "This is not the e-mail address of a guest",
            Self::Group(_) => "There is no such group in this organization",
            Self::Tag(_) => "There is no such tag in this organization",
            Self::Template(_) => "There is no such template in this organization",
            Self::Folder(_) => "There is no such folder for templates",
            Self::ProcessFolder(_) => "There is no such folder for processes",
        }
    }
}

/// What is wrong with a body, and what it names.
#[derive(Default)]
pub struct Faults {
    problems: RefCell<Problems>,
    outside: RefCell<Vec<(String, Outside)>>,
    warnings: RefCell<Vec<ImportWarning>>,
}

impl Faults {
    /// Notes a fault.
    pub fn add(&self, path: &str, message: impl Into<String>) {
        self.problems.borrow_mut().add(path, message);
    }

    /// Notes something that is no fault, but was read otherwise than it was sent.
    pub fn warn(&self, path: &str, message: impl Into<String>) {
        self.warnings.borrow_mut().push(ImportWarning {
            path: path.to_owned(),
            message: message.into(),
        });
    }

    /// What was read otherwise than it was sent.
    #[must_use]
    pub fn warnings(&self) -> Vec<ImportWarning> {
        self.warnings.borrow().clone()
    }

    /// Notes something named.
    pub fn names(&self, path: &str, what: Outside) {
        self.outside.borrow_mut().push((path.to_owned(), what));
    }

    /// Everything that is named, with its place.
    #[must_use]
    pub fn outside(&self) -> Vec<(String, Outside)> {
        self.outside.borrow().clone()
    }

    /// Forgets what is named of these: they were there before.
    pub fn forgive(&self, kept: &[Outside]) {
        let mut outside = self.outside.borrow_mut();
        outside.retain(|(_, what)| !kept.contains(what));
    }

    /// All faults.
    #[must_use]
    pub fn into_problems(self) -> Problems {
        self.problems.into_inner()
    }
}

/// An object of the body, with its place.
pub struct Reader<'a> {
    map: &'a Map<String, Value>,
    path: String,
    faults: &'a Faults,
}

impl<'a> Reader<'a> {
    /// The body itself.
    #[must_use]
    pub const fn of(map: &'a Map<String, Value>, faults: &'a Faults) -> Self {
        Self {
            map,
            path: String::new(),
            faults,
        }
    }

    /// The place of a key.
    #[must_use]
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The place of this object; a word for the body itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Notes a fault of a key.
    pub fn fault(&self, key: &str, message: impl Into<String>) {
        self.faults.add(&self.at(key), message);
    }

    /// Notes that a key names something outside.
    pub fn names(&self, key: &str, what: Outside) {
        self.faults.names(&self.at(key), what);
    }

    /// Notes something that was read otherwise than it was sent.
    pub fn warn(&self, key: &str, message: impl Into<String>) {
        self.faults.warn(&self.at(key), message);
    }

    /// Whether the key was sent, null included.
    #[must_use]
    pub fn sent(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// The value of a key, unless it is missing, null or blank text, which stands for null.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.raw(key).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }

    /// The value of a key as it was sent.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    /// Every key that was sent, for objects whose keys are ids.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.map.keys().map(String::as_str)
    }

    /// The first of these keys that has a value, for keys with older names: what is sent back has the newer one, empty.
    #[must_use]
    pub fn key<'k>(&self, keys: &[&'k str]) -> &'k str {
        let filled = keys.iter().find(|key| self.value(key).is_some());
        let sent = filled.or_else(|| keys.iter().find(|key| self.sent(key)));
        sent.or_else(|| keys.first()).copied().unwrap_or_default()
    }
}
