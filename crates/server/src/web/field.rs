//! Form fields: label above, hint, what is wrong with it, then the field. And the list of what is wrong, on top.

use askama::Template;

use crate::http::Problems;

/// A text field.
#[derive(Template)]
#[template(path = "app/field.html")]
pub struct Field {
    id: &'static str,
    label: &'static str,
    kind: &'static str,
    hint: String,
    value: String,
    autocomplete: &'static str,
    optional: bool,
    lines: u8,
    narrow: bool,
    wrong: Option<String>,
}

impl Field {
    /// A field; its id is its name.
    #[must_use]
    pub fn new(id: &'static str, label: &'static str) -> Self {
        Self {
            id,
            label,
            kind: "text",
            hint: String::new(),
            value: String::new(),
            autocomplete: "off",
            optional: false,
            lines: 0,
            narrow: false,
            wrong: None,
        }
    }

    /// What the browser takes it for and fills in.
    #[must_use]
    pub fn kind(self, kind: &'static str, autocomplete: &'static str) -> Self {
        Self {
            kind,
            autocomplete,
            ..self
        }
    }

    /// What helps to fill it in.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// What was typed before.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            ..self
        }
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }

    /// Several lines.
    #[must_use]
    pub fn lines(self, lines: u8) -> Self {
        Self { lines, ..self }
    }

    /// For something short.
    #[must_use]
    pub fn narrow(self) -> Self {
        Self {
            narrow: true,
            ..self
        }
    }

    /// What is wrong with it, if something is.
    #[must_use]
    pub fn judged(self, wrong: &Wrong) -> Self {
        Self {
            wrong: wrong.of(self.id).map(str::to_owned),
            ..self
        }
    }

    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.wrong.is_some() {
            ids.push(format!("{}-wrong", self.id));
        }
        ids.join(" ")
    }
}

/// What is wrong with a form, by field.
#[derive(Template, Default, Clone)]
#[template(path = "app/wrong.html")]
pub struct Wrong {
    items: Vec<(String, String)>,
}

impl Wrong {
    /// Nothing yet.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing.
    #[must_use]
    pub fn one(field: &str, text: impl Into<String>) -> Self {
        let mut wrong = Self::default();
        wrong.add(field, text);
        wrong
    }

    /// Notes what is wrong with a field.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        self.items.push((field.to_owned(), text.into()));
    }

    /// Whether something is.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.items.is_empty()
    }

    /// What is wrong with this field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.items
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, text)| text.as_str())
    }
}

impl From<&Problems> for Wrong {
    /// The API names a part of a list with its number; the page has one field for the whole.
    fn from(problems: &Problems) -> Self {
        let mut wrong = Self::default();
        for (field, text) in problems.iter() {
            let field = field.split('.').next().unwrap_or(field);
            wrong.add(field, format!("{text}."));
        }
        wrong
    }
}
