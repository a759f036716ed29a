//! Recovery codes: ten ways in for who lost the authenticator app, each good once.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::app::App;
use crate::http::caller::hash;

/// How many there are.
const CODES: usize = 10;
/// 31 letters and digits that nobody takes for another; the last sign is never used.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789+";

/// Makes new codes in place of the old ones; answers them, to be shown once.
pub fn renew(tx: &mut Tx<'_>, app: &App, user_id: i64, now: Time) -> Result<Vec<String>> {
    tx.run(
        "DELETE FROM recovery_codes WHERE user_id = $1",
        args![user_id],
    )?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let code = make(app);
        tx.run(
            "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES ($1, $2, $3)",
            args![user_id, hash(&plain(&code)), now.0],
        )?;
        codes.push(code);
    }
    Ok(codes)
}

/// 20 signs in groups of 5: 99 bits.
fn make(app: &App) -> String {
    let mut code = String::with_capacity(23);
    while code.len() < 23 {
        for byte in app.ids.bytes::<32>() {
            let index = usize::from(byte & 31);
            if index == 31 || code.len() == 23 {
                continue;
            }
            if matches!(code.len(), 5 | 11 | 17) {
                code.push('-');
            }
            code.push(char::from(LETTERS[index]));
        }
    }
    code
}

/// As people may type it.
fn plain(code: &str) -> String {
    code.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Takes a code: of many attempts at once one succeeds.
pub fn take(tx: &mut Tx<'_>, user_id: i64, code: &str, now: Time) -> Result<bool> {
    let taken = tx.run(
        "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        args![user_id, hash(&plain(code)), now.0],
    )?;
    Ok(taken == 1)
}

/// How many are left.
pub fn left(tx: &mut Tx<'_>, user_id: i64) -> Result<i64> {
    tx.one(
        "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
        args![user_id],
        |row| row.take(),
    )
}

/// Forgets them all.
pub fn clear(tx: &mut Tx<'_>, user_id: i64) -> Result<u64> {
    tx.run(
        "DELETE FROM recovery_codes WHERE user_id = $1",
        args![user_id],
    )
}
