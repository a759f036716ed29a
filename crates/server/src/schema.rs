//! The migrations, compiled in.

use tallystick_db::{Schema, refinery};

refinery::embed_migrations!("migrations");

/// What makes a database one of ours.
pub const SCHEMA: Schema = Schema { migrations: migrations::runner };
