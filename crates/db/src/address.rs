//! Where a database is: `sqlite:PATH` or `postgres://…`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The parsed address of a database. Its `Display` never shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string, kept as given.
    Postgres(String),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('?') || path == ":memory:" {
                return Err("a SQLite address is sqlite: followed by the path of a file".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            text.parse::<tokio_postgres::Config>()
                .map_err(|_| "this is not a readable postgres:// address".to_owned())?;
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err("a database address starts with sqlite: or postgres://".to_owned())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(out, "sqlite:{}", path.display()),
            Self::Postgres(text) => {
                let rest = text.split_once("://").map_or("", |(_, rest)| rest);
                let after_user = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                let shown = after_user.split('?').next().unwrap_or_default();
                write!(out, "postgres://{shown}")
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let address: Address = "postgres://me:s3cret@db.example:5432/tally?sslmode=disable"
            .parse()
            .unwrap();
        assert_eq!(address.to_string(), "postgres://db.example:5432/tally");
        assert_eq!(format!("{address:?}"), "postgres://db.example:5432/tally");
    }

    #[test]
    fn unknown_schemes_are_refused() {
        for text in ["mysql://x", "tally.db", "", "sqlite:", "sqlite::memory:"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
