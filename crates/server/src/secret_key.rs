//! The key of the installation: stored secrets that have to be read back are sealed with it, so that a copy of the database
//! alone does not give them away. It lies in a file of its own, never in the database.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64ct::{Base64Unpadded, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use tallystick_db::{Address, DbError, Tx, args};

use crate::http::error::{Reason, Refusal};
use crate::ids::Ids;
use crate::settings::SecuritySettings;

const NONCE: usize = 24;

/// Where the key is, and the key once it was needed.
pub struct SecretKey {
    file: Option<PathBuf>,
    cipher: OnceLock<XChaCha20Poly1305>,
}

impl SecretKey {
    /// As the settings say, else beside the SQLite file. Beside PostgreSQL there is no such place.
    #[must_use]
    pub fn beside(database: &Address, settings: &SecuritySettings) -> Self {
        let file = settings.key_file.clone().or_else(|| match database {
            Address::Sqlite(path) => {
                let mut name = path.clone().into_os_string();
                name.push(".key");
                Some(name.into())
            }
            Address::Postgres(_) => None,
        });
        Self {
            file,
            cipher: OnceLock::new(),
        }
    }

    /// Makes the key unless it is there. Only right where nothing is sealed yet: a new key in place of a lost one would hide
    /// that the old one is needed.
    pub fn make(&self, ids: &Ids) -> Result<(), Refusal> {
        let file = self.file()?;
        if !file.exists() {
            create(file, &ids.bytes::<32>()).map_err(|error| unusable(file, &error))?;
        }
        self.cipher().map(|_| ())
    }

    /// Whether there is a place for the key: beside PostgreSQL only the settings name one.
    #[must_use]
    pub const fn has_a_place(&self) -> bool {
        self.file.is_some()
    }

    /// Encrypts `secret` for the person `user_id`: sealed for one, it does not open for another.
    pub fn seal(&self, user_id: i64, secret: &[u8], ids: &Ids) -> Result<String, Refusal> {
        self.seal_for(&user_id.to_be_bytes(), secret, ids)
    }

    /// The same for an owner who is no person with an account.
    pub fn seal_for(&self, owner: &[u8], secret: &[u8], ids: &Ids) -> Result<String, Refusal> {
        let nonce = ids.bytes::<NONCE>();
        let payload = Payload {
            msg: secret,
            aad: owner,
        };
        let sealed = self
            .cipher()?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| DbError::Other("a secret cannot be sealed".to_owned()))?;
        Ok(Base64Unpadded::encode_string(
            &[nonce.as_slice(), &sealed].concat(),
        ))
    }

    /// Decrypts what [`SecretKey::seal`] made.
    pub fn open(&self, user_id: i64, sealed: &str) -> Result<Vec<u8>, Refusal> {
        self.open_for(&user_id.to_be_bytes(), sealed)
    }

    /// Decrypts what [`SecretKey::seal_for`] made.
    pub fn open_for(&self, owner: &[u8], sealed: &str) -> Result<Vec<u8>, Refusal> {
        let broken = || {
            Refusal::from(DbError::Decode(
                "a sealed secret does not open with the key of this installation".to_owned(),
            ))
        };
        let bytes = Base64Unpadded::decode_vec(sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(broken)?;
        let payload = Payload {
            msg: sealed,
            aad: owner,
        };
        self.cipher()?
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| broken())
    }

    fn file(&self) -> Result<&Path, Refusal> {
        self.file.as_deref().ok_or_else(|| {
            refusal("Second factors and links of guests need a key file, and this installation names none: set security.key_file")
        })
    }

    fn cipher(&self) -> Result<&XChaCha20Poly1305, Refusal> {
        if let Some(cipher) = self.cipher.get() {
            return Ok(cipher);
        }
        let file = self.file()?;
        let text = fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
        let key = from_hex(text.trim())
            .ok_or_else(|| unusable(file, &"it does not hold 64 hex characters"))?;
        Ok(self
            .cipher
            .get_or_init(|| XChaCha20Poly1305::new(&key.into())))
    }
}

/// Whether anything is sealed, so that the key has to be there.
pub fn is_in_use(tx: &mut Tx<'_>) -> tallystick_db::Result<bool> {
    let factor = tx.maybe(
        "SELECT user_id FROM second_factors LIMIT 1",
        args![],
        |row| row.take::<i64>(),
    )?;
    if factor.is_some() {
        return Ok(true);
    }
    let code = tx.maybe(
        "SELECT guest_id FROM organization_guests WHERE code_sealed IS NOT NULL LIMIT 1",
        args![],
        |row| row.take::<i64>(),
    )?;
    Ok(code.is_some())
}

/// The sentence says what to do without showing where files lie; the log does.
fn unusable(file: &Path, error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(file = %file.display(), %error, "the key file cannot be used");
    refusal(
        "The key file of this installation cannot be used; its administrator finds why in the log",
    )
}

fn refusal(message: &str) -> Refusal {
    Reason::Conflict {
        code: "NO_SECRET_KEY",
        message: message.to_owned(),
    }
    .into()
}

/// Written whole and readable by its owner only, then given its name: whoever sees the name sees the whole key. When two
/// servers do this at once, the first one's key stays.
fn create(file: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let unfinished = file.with_extension(format!("{}.unfinished", std::process::id()));
    let _ = fs::remove_file(&unfinished);
    let mut made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(made, "{hex}")?;
    made.sync_all()?;
    let linked = fs::hard_link(&unfinished, file);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn settings(key_file: Option<PathBuf>) -> SecuritySettings {
        SecuritySettings {
            key_file,
            leak_report_secret: None,
        }
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_person_with_the_same_key_only() {
        let folder = tempfile::TempDir::new().unwrap();
        let database = Address::Sqlite(folder.path().join("a.db"));
        let ids = Ids::seeded(1);
        let key = SecretKey::beside(&database, &settings(None));
        assert!(key.seal(7, b"secret", &ids).is_err(), "there is no key yet");
        key.make(&ids).unwrap();
        let sealed = key.seal(7, b"secret", &ids).unwrap();
        let again = SecretKey::beside(&database, &settings(None));
        assert_eq!(again.open(7, &sealed).unwrap(), b"secret");
        assert!(again.open(8, &sealed).is_err());
        let file = folder.path().join("a.db.key");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let other = SecretKey::beside(&database, &settings(Some(folder.path().join("b.key"))));
        other.make(&ids).unwrap();
        assert!(other.open(7, &sealed).is_err());
    }

    #[test]
    fn without_a_place_there_is_a_sentence() {
        let postgres: Address = "postgres://db.example/x".parse().unwrap();
        let refused = SecretKey::beside(&postgres, &settings(None))
            .make(&Ids::seeded(1))
            .unwrap_err();
        assert!(refused.body().message.contains("security.key_file"));
    }
}
