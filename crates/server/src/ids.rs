//! Identity and chance as arguments: ids, secrets and salts.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use rand::rngs::{OsRng, StdRng};
use rand::{RngCore, SeedableRng, TryRngCore};
use tallystick_wire::Time;
use tallystick_wire::token::{self, Kind};

/// Where ids and secrets come from.
pub struct Ids {
    source: Source,
    last_row: AtomicI64,
}

enum Source {
    System,
    Seeded(Box<Mutex<StdRng>>),
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            source: Source::System,
            last_row: AtomicI64::new(0),
        }
    }
}

impl Ids {
    /// The same sequence for the same seed: for tests and for data sets that have to be repeatable.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            source: Source::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed)))),
            last_row: AtomicI64::new(0),
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.source {
            #[expect(
                clippy::expect_used,
                reason = "without the system's randomness no secret can be made; stopping is the only safe answer"
            )]
            Source::System => OsRng
                .try_fill_bytes(bytes)
                .expect("the system gives random bytes"),
            Source::Seeded(generator) => {
                generator
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .fill_bytes(bytes);
            }
        }
    }

    /// A new object id: a UUIDv7 without dashes, so that ids sort by the time they were made.
    ///
    /// Its random part comes from a generator of this thread: an id is no secret, and asking the kernel for
    /// each request's own would cost a system call.
    pub fn object(&self, now: Time) -> String {
        let mut random = [0; 10];
        match &self.source {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is where everything else is told to take ids from"
            )]
            Source::System => rand::rng().fill_bytes(&mut random),
            Source::Seeded(_) => self.fill(&mut random),
        }
        let millis = u64::try_from(now.0 / 1_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .simple()
            .to_string()
    }

    /// A new number for a row that only has to be unique and ascending: microseconds since 2020, never twice
    /// in one process. It stays within the whole numbers that JavaScript can tell apart.
    pub fn row(&self, now: Time) -> i64 {
        const START: i64 = 1_577_836_800_000_000;
        let wanted = now.0 - START;
        let before = self
            .last_row
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(wanted.max(last + 1))
            });
        before.map_or(wanted, |last| wanted.max(last + 1))
    }

    /// A new secret of this kind.
    pub fn token(&self, kind: Kind) -> String {
        loop {
            let mut random = [0; 60];
            self.fill(&mut random);
            if let Some(token) = token::build(kind, &random) {
                return token;
            }
        }
    }

    /// A random UUID: the id of something that strangers make, which must not tell when or how many.
    pub fn uuid(&self) -> String {
        let mut random = [0; 16];
        self.fill(&mut random);
        uuid::Builder::from_random_bytes(random)
            .into_uuid()
            .to_string()
    }

    /// A code that a person reads from one screen and types into another (RFC 8628, section 6.1): 8 consonants, 34 bits,
    /// no vowels and so no words.
    pub fn user_code(&self) -> String {
        const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
        let mut code = String::with_capacity(8);
        while code.len() < 8 {
            let mut random = [0; 16];
            self.fill(&mut random);
            // 240 is the largest multiple of 20 in a byte: above it letters would not be even.
            let letters = random
                .iter()
                .filter(|byte| **byte < 240)
                .take(8 - code.len());
            code.extend(letters.map(|byte| char::from(LETTERS[usize::from(*byte) % 20])));
        }
        code
    }

    /// So many random letters and digits.
    pub fn letters(&self, count: usize) -> String {
        const LETTERS: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut text = String::with_capacity(count);
        while text.len() < count {
            let random = self.bytes::<64>();
            // 248 is the largest multiple of 62 in a byte: above it letters would not be even.
            let letters = random.iter().filter(|byte| **byte < 248);
            let letters = letters.take(count - text.len());
            text.extend(letters.map(|byte| char::from(LETTERS[usize::from(*byte) % 62])));
        }
        text
    }

    /// Random bytes for keys and nonces.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Random bytes, for salts.
    pub fn salt(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes
    }

    /// A password that a person can copy: 4 groups of 5 letters and digits, about 100 bits.
    pub fn password(&self) -> String {
        let token = self.token(Kind::Personal);
        let letters: Vec<char> = token.chars().skip(4).take(20).collect();
        letters
            .chunks(5)
            .map(|group| group.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join("-")
    }
}
