//! Errors of OAuth endpoints: codes of the RFCs, never a redirect, never HTML (contract: auth, section 6.2).

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use tallystick_db::{AsDbError, DbError};
use tallystick_wire::oauth::OAuthErrorBody;

use crate::http::error::{Keeping, Reason, Refusal};
use crate::http::pipeline::{Cause, Finished};

/// Why an OAuth request is refused.
#[derive(Debug)]
pub struct OAuthRefusal {
    /// The code of the RFC.
    pub error: &'static str,
    /// A sentence for whoever writes the client.
    pub description: String,
    /// True when what was written so far must be kept: a burnt code, an ended family, a row of the record.
    pub keep: bool,
    status: StatusCode,
    basic: bool,
    retry_after: Option<u64>,
    cause: Option<DbError>,
}

impl OAuthRefusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            error,
            description: description.into(),
            keep: false,
            status,
            basic: false,
            retry_after: None,
            cause: None,
        }
    }

    /// `invalid_request`.
    pub fn request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Any other code with 400.
    pub fn code(error: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// `invalid_client`: unknown and wrong secret are one answer.
    #[must_use]
    pub fn client(by_basic: bool) -> Self {
        Self {
            basic: by_basic,
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "The client is unknown or its secret is wrong",
            )
        }
    }

    /// `invalid_grant`, in one wording for every reason that could tell somebody what they guessed right.
    #[must_use]
    pub fn grant() -> Self {
        Self::code(
            "invalid_grant",
            "What was presented is not valid, was used before, or was issued to another client",
        )
    }

    /// The same refusal, with what was written kept.
    #[must_use]
    pub fn keeping(self) -> Self {
        Self { keep: true, ..self }
    }

    /// The failure of the database behind it, if it is one.
    #[must_use]
    pub fn into_cause(self) -> Option<DbError> {
        self.cause
    }

    /// As a response.
    #[must_use]
    pub fn response(&self) -> Finished {
        let body = OAuthErrorBody {
            error: self.error.to_owned(),
            error_description: self.description.clone(),
            message: self.description.clone(),
            code: (self.status == StatusCode::TOO_MANY_REQUESTS)
                .then(|| "RATE_LIMIT_EXCEEDED".to_owned()),
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status;
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(Cause(cause.to_string()));
        }
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if self.basic {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Basic realm="oauth", charset="UTF-8""#),
            );
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<DbError> for OAuthRefusal {
    fn from(error: DbError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for OAuthRefusal {
    fn from(refusal: Refusal) -> Self {
        let (status, retry_after) = (refusal.status(), refusal.retry_after());
        let (status, error) = match status {
            StatusCode::TOO_MANY_REQUESTS => (status, "slow_down"),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            }
            status if status.is_server_error() => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error")
            }
            status => (status, "invalid_request"),
        };
        let description = refusal.body().message;
        let keep = refusal.keep;
        let cause = match refusal.reason {
            Reason::Db(error) => Some(error),
            _ => None,
        };
        Self {
            retry_after,
            cause,
            keep,
            ..Self::new(status, error, description)
        }
    }
}

impl Keeping for OAuthRefusal {
    fn keeps(&self) -> bool {
        self.keep
    }
}

impl AsDbError for OAuthRefusal {
    fn as_db_error(&self) -> Option<&DbError> {
        self.cause.as_ref()
    }
}
