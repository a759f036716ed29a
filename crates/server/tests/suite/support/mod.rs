//! What every test stands on: a server in this process, people who call it, and watchers that fail the test when an
//! answer, the log or the database shows what it must not.

pub mod account;
mod actor;
pub mod browser;
mod database;
mod logs;
pub mod objects;
pub mod openapi;
pub mod post;
pub mod shapes;
mod wire;
mod world;

pub use actor::{Actor, Answer};
pub use database::Kind;
pub use world::{Grant, NOW, PASSWORD, REDIRECT, World};

/// Text that stands in everything the canary organisation owns. Nobody outside of it may ever be shown this. In lower
/// case, so that folding an address does not hide it.
pub const MARK: &str = "canary-7f3a";

/// Runs one test body in a world of its own, then looks for secrets where none may be.
pub fn run(kind: Kind, settings: &[(&str, &str)], body: impl AsyncFnOnce(&World)) {
    // Declared first, dropped last: connections to PostgreSQL may only be closed outside of a runtime, and a failing test
    // has to end as cleanly as one that passes.
    let mut kept = None;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::start(kind, settings).await;
        kept = Some(world.app.clone());
        body(&world).await;
        world.finish().await;
    });
    drop(runtime);
    drop(kept);
}

/// Makes of each `async fn name(world: &World)` the tests `name::sqlite` and `name::postgres`. With a list of settings
/// after `with`, the server runs with those.
macro_rules! both_engines {
    ($($name:ident),+ $(,)? with $settings:expr) => {
        $(mod $name {
            #[test]
            fn sqlite() {
                $crate::support::run($crate::support::Kind::Sqlite, &$settings, super::$name);
            }
            #[test]
            fn postgres() {
                $crate::support::run($crate::support::Kind::Postgres, &$settings, super::$name);
            }
        })+
    };
    ($($name:ident),+ $(,)?) => { both_engines!($($name),+ with []); };
}
pub(crate) use both_engines;
