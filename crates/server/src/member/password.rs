//! Passwords, as Argon2id hashes in the PHC form (RFC 9106).

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::ids::Ids;

/// Hashes a password. Takes tens of milliseconds: never on a thread that serves requests.
pub fn hash(password: &str, ids: &Ids) -> Result<String, String> {
    let salt = SaltString::encode_b64(&ids.salt()).map_err(|error| error.to_string())?;
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
}
