//! Passwords: what one must be, and Argon2id hashes in the PHC form (RFC 9106), made where they hold up nobody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

use crate::http::error::{Reason, Refusal};
use crate::ids::Ids;

/// Hashes that are computed at once. Each takes 19 MiB and a core for tens of milliseconds.
const AT_ONCE: usize = 2;
/// Requests that may wait for their turn; more are refused, so that a flood of sign-ins stays a flood of refusals.
const WAITING: usize = 64;

/// A hash of nothing anybody knows: an unknown account costs as much work as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCBoZXJl$MvYmY0mqfQjDS0f0Qm8DPKOQzYZOuAVlGGzVRd9NZ1c";

/// Where passwords are hashed: off the threads that serve, a few at a time, with a bounded queue.
pub struct Hashing {
    computed: AtomicU64,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            computed: AtomicU64::new(0),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }
}

impl Hashing {
    /// Whether a password belongs to a stored hash. Without a hash it takes as long and is never so.
    pub async fn fits(&self, password: String, stored: Option<String>) -> Result<bool, Refusal> {
        self.run(move || {
            let known = stored.is_some();
            fits(&password, stored.as_deref().unwrap_or(NOBODY)) && known
        })
        .await
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        self.run(move || salted(&password, &salt))
            .await?
            .map_err(|error| Reason::Db(tallystick_db::DbError::Other(error)).into())
    }

    /// How many hashes were computed since the start: what an attempt costs, whatever came of it.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || {
            Refusal::from(Reason::RateLimited {
                limit: "too many people sign in at this moment".to_owned(),
                retry_after: 2,
            })
        };
        let place = self
            .places
            .clone()
            .try_acquire_owned()
            .map_err(|_| busy())?;
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        })
        .await
        .map_err(|_| Reason::Db(tallystick_db::DbError::Panicked).into())
    }
}

/// Hashes a password. Takes tens of milliseconds: never on a thread that serves requests.
pub fn hash(password: &str, ids: &Ids) -> Result<String, String> {
    salted(password, &ids.salt())
}

fn salted(password: &str, salt: &[u8]) -> Result<String, String> {
    let salt = SaltString::encode_b64(salt).map_err(|error| error.to_string())?;
    let hash = Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// Whether a password belongs to a hash.
#[must_use]
pub fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    })
}

/// What a password must be (contract: auth, section 8); `Err` is the sentence for who chose it.
pub fn check(password: &str) -> Result<(), &'static str> {
    let letters = password.chars().count();
    if !(6..=127).contains(&letters) {
        return Err("The password must have 6 to 127 characters; 12 or more are better");
    }
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    if !(has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(|letter| letter.is_ascii_digit()))
    {
        return Err("The password must hold an upper-case letter, a lower-case letter and a digit");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits() {
        let ids = Ids::seeded(1);
        let hash = hash("correct horse", &ids).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(fits("correct horse", &hash));
        assert!(!fits("correct horsf", &hash));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let ids = Ids::seeded(1);
        let real = hash("x", &ids).unwrap();
        let parameters = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert_eq!(parameters(NOBODY), parameters(&real));
    }

    #[test]
    fn passwords_have_a_floor() {
        for refused in [
            "Ab1",
            "alllower1",
            "ALLUPPER1",
            "NoDigits",
            &"Aa1".repeat(43),
        ] {
            assert!(check(refused).is_err(), "{refused}");
        }
        assert!(check("Aa1Aa1").is_ok());
    }
}
