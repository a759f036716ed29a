//! What Tallystick sets out to reach, as ratios within one run.

use std::collections::BTreeMap;
use std::fmt;

use super::report::{Seen, median, megabytes};

/// Names of the contestants, as the report and the goals call them.
pub mod name {
    pub const SQLITE: &str = "Tallystick, SQLite";
    pub const POSTGRES: &str = "Tallystick, PostgreSQL";
    pub const POCKETBASE: &str = "PocketBase";
    pub const NGINX: &str = "nginx, static";
    pub const PGBENCH: &str = "pgbench";
}

/// One aim.
pub struct Goal {
    /// In words.
    pub what: &'static str,
    /// The number to reach.
    pub wanted: Wanted,
    /// The number seen, if what it needs was measured.
    pub seen: fn(&All) -> Option<f64>,
}

/// A bound.
pub enum Wanted {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Below(f64),
}

type All = BTreeMap<&'static str, Seen>;

/// Every aim there is.
pub const ALL: &[Goal] = &[
    Goal {
        what: "the page: rate, times PocketBase's",
        wanted: Wanted::AtLeast(8.0),
        seen: |all| Some(read_rate(all, name::SQLITE)? / read_rate(all, name::POCKETBASE)?),
    },
    Goal {
        what: "the page: rate, times nginx's for the same bytes",
        wanted: Wanted::AtLeast(0.25),
        seen: |all| Some(read_rate(all, name::SQLITE)? / read_rate(all, name::NGINX)?),
    },
    Goal {
        what: "the page: p99, times PocketBase's p50",
        wanted: Wanted::Below(1.0),
        seen: |all| {
            let p99: Vec<f64> = all
                .get(name::SQLITE)?
                .reads
                .iter()
                .map(|sample| sample.p99)
                .collect();
            let p50: Vec<f64> = all
                .get(name::POCKETBASE)?
                .reads
                .iter()
                .map(|sample| sample.p50)
                .collect();
            Some(median(&p99)? / median(&p50)?)
        },
    },
    Goal {
        what: "the page with 100 times the tasks: time, times that with the usual number",
        wanted: Wanted::AtMost(1.2),
        seen: |all| {
            let (before, after): (Vec<f64>, Vec<f64>) =
                all.get(name::SQLITE)?.growth.iter().copied().unzip();
            Some(median(&before)? / median(&after)?)
        },
    },
    Goal {
        what: "durable completes on SQLite: rate, times pgbench's commits",
        wanted: Wanted::AtLeast(1.0),
        seen: |all| Some(change_rate(all, name::SQLITE)? / change_rate(all, name::PGBENCH)?),
    },
    Goal {
        what: "durable completes on PostgreSQL: rate, times pgbench's commits",
        wanted: Wanted::AtLeast(0.5),
        seen: |all| Some(change_rate(all, name::POSTGRES)? / change_rate(all, name::PGBENCH)?),
    },
    Goal {
        what: "start over existing data to first page: time, times PocketBase's",
        wanted: Wanted::Below(1.0),
        seen: |all| {
            Some(
                median(&all.get(name::SQLITE)?.starts)?
                    / median(&all.get(name::POCKETBASE)?.starts)?,
            )
        },
    },
    Goal {
        what: "idle memory: resident, times PocketBase's",
        wanted: Wanted::Below(1.0),
        seen: |all| Some(resident(all, name::SQLITE)? / resident(all, name::POCKETBASE)?),
    },
    Goal {
        what: "executable: MB",
        wanted: Wanted::Below(40.0),
        seen: |all| all.get(name::SQLITE)?.bytes.map(megabytes),
    },
];

impl Wanted {
    /// Whether `seen` is enough.
    pub fn met(&self, seen: f64) -> bool {
        match *self {
            Self::AtLeast(bound) => seen >= bound,
            Self::AtMost(bound) => seen <= bound,
            Self::Below(bound) => seen < bound,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(out, "at least {bound}"),
            Self::AtMost(bound) => write!(out, "at most {bound}"),
            Self::Below(bound) => write!(out, "below {bound}"),
        }
    }
}

fn read_rate(all: &All, name: &str) -> Option<f64> {
    let rates: Vec<f64> = all
        .get(name)?
        .reads
        .iter()
        .map(|sample| sample.rate)
        .collect();
    median(&rates)
}

fn change_rate(all: &All, name: &str) -> Option<f64> {
    let rates: Vec<f64> = all
        .get(name)?
        .completes
        .iter()
        .map(|sample| sample.rate)
        .collect();
    median(&rates)
}

fn resident(all: &All, name: &str) -> Option<f64> {
    let bytes: Vec<f64> = all
        .get(name)?
        .memory
        .iter()
        .map(|memory| megabytes(memory.resident))
        .collect();
    median(&bytes)
}
