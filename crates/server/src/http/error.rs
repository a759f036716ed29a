//! Why a request is refused, and the one translation of that into a status and a body
//! (contract: auth, section 10).

use std::collections::BTreeMap;

use http::StatusCode;
use tallystick_db::{AsDbError, DbError};
use tallystick_wire::ErrorBody;

/// A refusal on its way to the caller.
#[derive(Debug)]
pub struct Refusal {
    /// What it is about.
    pub reason: Reason,
    /// True when what was written so far must be kept (counters, burnt codes, audit rows).
    pub keep: bool,
}

/// What a refusal is about.
#[derive(Debug)]
pub enum Reason {
    /// The request cannot be understood.
    BadRequest(String),
    /// No credential, or none that is accepted. The text goes into `WWW-Authenticate` only.
    Unauthenticated(Option<&'static str>),
    /// Somebody who signs in did not prove who they are.
    SignIn {
        /// A word for programs.
        code: &'static str,
        /// A sentence for people; the same for every cause that a stranger must not learn.
        message: &'static str,
    },
    /// `X-Tallyfy-Client` is missing.
    ClientHeader,
    /// The caller may see the object but not do this.
    Forbidden {
        /// A word for programs.
        code: &'static str,
        /// A sentence for people. Free of the words by which clients recognise an authentication problem.
        message: String,
    },
    /// No such object, or none that the caller may know of.
    NotFound,
    /// No such route.
    EndpointNotFound,
    /// The route exists, but not with this verb. `Allow` is set by the router.
    MethodNotAllowed,
    /// `Accept` rules JSON out.
    NotAcceptable,
    /// The state of things is against it.
    Conflict {
        /// A word for programs.
        code: &'static str,
        /// A sentence for people.
        message: String,
    },
    /// The body is larger than allowed.
    TooLarge(usize),
    /// The body is of a kind that is not read here.
    UnsupportedMedia,
    /// Fields that are wrong, each with what is expected.
    Invalid(Problems),
    /// Too many requests.
    RateLimited {
        /// Which limit, in words.
        limit: String,
        /// Whole seconds until another request has a chance.
        retry_after: u64,
    },
    /// The request took too long.
    TimedOut,
    /// The database refused or failed.
    Db(DbError),
}

impl Refusal {
    /// 404, in the one form that says nothing about why.
    #[must_use]
    pub const fn not_found() -> Self {
        Self {
            reason: Reason::NotFound,
            keep: false,
        }
    }

    /// 400 with a sentence.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Reason::BadRequest(message.into()).into()
    }

    /// 403 with a sentence.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Reason::Forbidden {
            code: "FORBIDDEN",
            message: message.into(),
        }
        .into()
    }

    /// 422 for one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, message);
        Reason::Invalid(problems).into()
    }

    /// 401; `description` goes into `WWW-Authenticate`, none when no credential was sent.
    #[must_use]
    pub const fn unauthenticated(description: Option<&'static str>) -> Self {
        Self {
            reason: Reason::Unauthenticated(description),
            keep: false,
        }
    }

    /// The status this refusal is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match &self.reason {
            Reason::BadRequest(_) => StatusCode::BAD_REQUEST,
            Reason::Unauthenticated(_) | Reason::SignIn { .. } | Reason::ClientHeader => {
                StatusCode::UNAUTHORIZED
            }
            Reason::Forbidden { .. } => StatusCode::FORBIDDEN,
            Reason::NotFound | Reason::EndpointNotFound => StatusCode::NOT_FOUND,
            Reason::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Reason::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Reason::Conflict { .. } => StatusCode::CONFLICT,
            Reason::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Reason::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Reason::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Reason::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Reason::Db(error) => match error {
                DbError::Full => StatusCode::INSUFFICIENT_STORAGE,
                DbError::ReadOnly
                | DbError::Busy(_)
                | DbError::Gone(_)
                | DbError::OutcomeUnknown(_)
                | DbError::Corrupt(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// Whole seconds after which a repetition makes sense, where that can be said.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match &self.reason {
            Reason::RateLimited { retry_after, .. } => Some(*retry_after),
            Reason::TimedOut => Some(5),
            Reason::Db(DbError::Busy(_) | DbError::Gone(_) | DbError::OutcomeUnknown(_)) => Some(1),
            Reason::Db(DbError::Full | DbError::ReadOnly | DbError::Corrupt(_)) => Some(60),
            _ => None,
        }
    }

    /// The body, in the contract's shape. Holds nothing of the database's own words.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        let (code, message): (&str, String) = match &self.reason {
            Reason::BadRequest(message) => ("BAD_REQUEST", message.clone()),
            Reason::Unauthenticated(_) => ("UNAUTHENTICATED", "Unauthenticated.".into()),
            Reason::ClientHeader => (
                "CLIENT_HEADER_REQUIRED",
                "The X-Tallyfy-Client header is missing. Send for example X-Tallyfy-Client: APIClient".into(),
            ),
            Reason::SignIn { code, message } => (code, (*message).to_owned()),
            Reason::Forbidden { code, message } | Reason::Conflict { code, message } => (code, message.clone()),
            Reason::NotFound => ("RESOURCE_NOT_FOUND", "Resource not found".into()),
            Reason::EndpointNotFound => ("ENDPOINT_NOT_FOUND", "API endpoint not found".into()),
            Reason::MethodNotAllowed => {
                ("METHOD_NOT_ALLOWED", "This endpoint does not take this method; see the Allow header".into())
            }
            Reason::NotAcceptable => {
                ("NOT_ACCEPTABLE", "This API answers in JSON. Send Accept: application/json or leave it out".into())
            }
            Reason::TooLarge(most) => ("PAYLOAD_TOO_LARGE", format!("The body is larger than the {most} bytes allowed")),
            Reason::UnsupportedMedia => (
                "UNSUPPORTED_MEDIA_TYPE",
                "Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data".into(),
            ),
            Reason::Invalid(problems) => ("VALIDATION_FAILED", problems.summary()),
            Reason::RateLimited { limit, .. } => ("RATE_LIMIT_EXCEEDED", format!("Too many requests: {limit}")),
            Reason::TimedOut => ("TIMED_OUT", "The request took too long and was given up".into()),
            Reason::Db(error) => of_database(error),
        };
        let errors = match &self.reason {
            Reason::Invalid(problems) => problems.0.clone(),
            _ => BTreeMap::new(),
        };
        ErrorBody {
            error: true,
            message,
            code: code.to_owned(),
            errors,
        }
    }
}

fn of_database(error: &DbError) -> (&'static str, String) {
    match error {
        DbError::OutcomeUnknown(_) => (
            "OUTCOME_UNKNOWN",
            "It is not known whether this change was stored. Repeat it with the same Idempotency-Key, or look first".into(),
        ),
        DbError::Full => ("STORAGE_FULL", "The server has no space left to store changes; nothing was changed. Reading still works".into()),
        DbError::ReadOnly => ("STORAGE_READ_ONLY", "The server cannot store changes at present; nothing was changed. Reading still works".into()),
        DbError::Corrupt(_) => ("STORAGE_DAMAGED", "The server's storage is damaged and has been taken out of service".into()),
        DbError::Busy(_) | DbError::Gone(_) => ("UNAVAILABLE", "The server's storage does not answer at present; nothing was changed".into()),
        _ => ("INTERNAL_ERROR", "Something went wrong on the server; nothing was changed".into()),
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            keep: false,
        }
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Reason::Db(error).into()
    }
}

/// A refusal that knows whether what its transaction wrote survives it.
pub trait Keeping {
    /// True for counters of failures, burnt codes, rows of the record.
    fn keeps(&self) -> bool;
}

impl Keeping for Refusal {
    fn keeps(&self) -> bool {
        self.keep
    }
}

impl AsDbError for Refusal {
    fn as_db_error(&self) -> Option<&DbError> {
        match &self.reason {
            Reason::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Wrong fields of a request, by dotted path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Problems(BTreeMap<String, Vec<String>>);

impl Problems {
    /// Notes what is wrong with a field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_default()
            .push(message.into());
    }

    /// Refuses if anything was noted.
    pub fn check(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Reason::Invalid(self).into())
        }
    }

    /// Each field with each thing that is wrong with it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(field, texts)| {
            let texts = texts.iter();
            texts.map(move |text| (field.as_str(), text.as_str()))
        })
    }

    fn summary(&self) -> String {
        let first = self
            .0
            .values()
            .flatten()
            .next()
            .map_or("The given data was invalid", String::as_str);
        match self.0.values().map(Vec::len).sum::<usize>() {
            0 | 1 => first.to_owned(),
            all => format!("{first} (and {} more)", all - 1),
        }
    }
}
