//! The migrations, compiled in.

use tallystick_db::Schema;

mod embedded {
    use tallystick_db::refinery;

    refinery::embed_migrations!("migrations");
}

/// What makes a database one of ours.
pub const SCHEMA: Schema = Schema {
    migrations: embedded::migrations::runner,
};
