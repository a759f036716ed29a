//! Conditions of a search, and the SQL they become.

use crate::draft::Draft;

/// What may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Who made it.
    Starter,
    /// When it was made.
    Date,
    /// What it is called.
    Title,
}

impl Field {
    /// Every field, with its word in a query.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("starter", Self::Starter),
        ("date", Self::Date),
        ("title", Self::Title),
    ];

    /// The word in a query.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, field)| *field == self)
            .map_or("title", |(word, _)| word)
    }
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of words says it")]
pub enum Operation {
    Equal,
    Unequal,
    Less,
    More,
    AtMost,
    AtLeast,
}

impl Operation {
    /// Every operation, with the ways to write it.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("=", Self::Equal),
        ("<>", Self::Unequal),
        ("!=", Self::Unequal),
        ("<", Self::Less),
        (">", Self::More),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
    ];

    const fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "<>",
            Self::Less => "<",
            Self::More => ">",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }
}

/// What it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A member.
    Number(i64),
    /// In lower case.
    Text(String),
    /// From the first moment to the first one after.
    Span(i64, i64),
}

/// A condition, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of these, or one of them.
    Group {
        /// Whether all must hold.
        all: bool,
        /// At least one.
        parts: Vec<Self>,
    },
    /// One comparison.
    Compare(Field, Operation, Operand),
}

/// The columns of one kind of thing, and which fields it has.
pub struct Columns {
    /// With the words of the contract, for messages.
    pub kind: &'static str,
    /// The column of each field it can be filtered by.
    pub fields: &'static [(Field, &'static str)],
}

impl Condition {
    /// Adds the fields that it compares.
    pub fn fields(&self, used: &mut Vec<Field>) {
        match self {
            Self::Group { parts, .. } => parts.iter().for_each(|part| part.fields(used)),
            Self::Compare(field, ..) => used.push(*field),
        }
    }

    /// The condition in SQL, its values as arguments of `draft`.
    pub fn sql(&self, draft: &mut Draft, columns: &Columns) -> String {
        match self {
            Self::Group { all, parts } => {
                let parts: Vec<String> =
                    parts.iter().map(|part| part.sql(draft, columns)).collect();
                format!("({})", parts.join(if *all { " AND " } else { " OR " }))
            }
            Self::Compare(field, operation, operand) => {
                let known = columns.fields.iter().find(|(known, _)| known == field);
                let Some((_, column)) = known else {
                    // Refused before: see `check`.
                    return "1 = 0".to_owned();
                };
                match operand {
                    Operand::Number(number) => {
                        format!("{column} {} {}", operation.sql(), draft.value(*number))
                    }
                    Operand::Text(text) => {
                        format!("{column} {} {}", operation.sql(), draft.value(text.clone()))
                    }
                    Operand::Span(from, after) => {
                        let mut value = |moment: i64| draft.value(moment);
                        match operation {
                            Operation::Equal => format!(
                                "({column} >= {} AND {column} < {})",
                                value(*from),
                                value(*after)
                            ),
                            Operation::Unequal => format!(
                                "({column} < {} OR {column} >= {})",
                                value(*from),
                                value(*after)
                            ),
                            Operation::Less => format!("{column} < {}", value(*from)),
                            Operation::AtLeast => format!("{column} >= {}", value(*from)),
                            Operation::AtMost => format!("{column} < {}", value(*after)),
                            Operation::More => format!("{column} >= {}", value(*after)),
                        }
                    }
                }
            }
        }
    }
}
