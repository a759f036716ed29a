//! When a token was last used, from where, by which client: noted in memory, written down every few
//! seconds, to the minute. It tells people about their tokens; nothing about validity hangs on it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tallystick_db::{Db, DbError, Stop, args};
use tallystick_wire::Time;

use crate::clock::MINUTE;
use crate::http::caller::User;
use crate::http::request::Request;

/// Uses that are not written down yet, by token.
#[derive(Default)]
pub struct Usage(Mutex<HashMap<String, Use>>);

#[derive(Clone)]
struct Use {
    user_id: i64,
    organization: Option<String>,
    at: Time,
    ip: String,
    client: Option<String>,
}

impl Usage {
    /// Notes a use, at most once a minute for each token.
    pub fn note(&self, user: &User, organization: Option<String>, request: &Request, now: Time) {
        if user
            .token
            .last_used_at
            .is_some_and(|last| now.0 - last.0 < MINUTE)
        {
            return;
        }
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.contains_key(&user.token.id) {
            let noted = Use {
                user_id: user.id,
                organization,
                at: now,
                ip: request.ip.to_string(),
                client: request.client.clone(),
            };
            waiting.insert(user.token.id.clone(), noted);
        }
    }

    /// Writes down what waits.
    pub async fn flush(&self, db: &Db) -> Result<(), DbError> {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        db.write(move |tx| {
                for (token, used) in &waiting {
                    tx.run(
                        "UPDATE tokens SET last_used_at = $2, last_used_ip = $3, last_client = $4 WHERE id = $1",
                        args![token, used.at.0, &used.ip, used.client.as_ref()],
                    )?;
                    tx.run(
                        "UPDATE users SET last_accessed_at = $2, last_known_ip = $3 WHERE id = $1",
                        args![used.user_id, used.at.0, &used.ip],
                    )?;
                    if let Some(organization) = &used.organization {
                        tx.run(
                            "UPDATE memberships SET last_accessed_at = $3 WHERE organization_id = $1 AND user_id = $2",
                            args![organization, used.user_id, used.at.0],
                        )?;
                    }
                }
                Ok::<_, Stop<DbError>>(())
            })
            .await
    }
}
