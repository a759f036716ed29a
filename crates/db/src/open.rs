//! Creating and opening: never the wrong database, never an empty one by mistake.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use refinery::Runner;

use crate::address::Address;
use crate::db::{Db, Inside, Shared};
use crate::error::{DbError, OpenError};
use crate::lock::{FileLock, network_file_system};
use crate::postgres::{Connection, Lead, Postgres};
use crate::sqlite::{self, APPLICATION_ID, Mode, Sqlite};

/// The first bundled SQLite without the fault that lets a checkpoint corrupt a write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long the start may be held up by looking for damage.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// The migrations that make a database ours.
pub struct Schema {
    /// Makes a fresh runner; refinery's runners hold the migrations.
    pub migrations: fn() -> Runner,
}

/// How to open.
pub struct Options {
    /// How many reads run at once on request threads (SQLite), or connections (PostgreSQL).
    pub connections: u32,
    /// True for a server, which must be alone on a SQLite file; false for a command beside it.
    pub exclusive: bool,
    /// Called when the outcome of a COMMIT is unknown: the process has to end, with the reason in its log.
    pub fail_stop: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Db {
    /// Makes a new database; refuses where there is anything already.
    pub fn create(address: &Address, schema: &Schema) -> Result<(), OpenError> {
        match address {
            Address::Sqlite(path) => create_sqlite(address, path, schema),
            Address::Postgres(text) => create_postgres(address, text, schema),
        }
    }

    /// Opens a database that exists, bringing its schema up to date.
    pub fn open(address: &Address, schema: &Schema, options: Options) -> Result<Self, OpenError> {
        match address {
            Address::Sqlite(path) => open_sqlite(address, path, schema, options),
            Address::Postgres(text) => open_postgres(address, text, schema, options),
        }
    }
}

fn create_sqlite(address: &Address, path: &Path, schema: &Schema) -> Result<(), OpenError> {
    if path.exists() {
        return Err(OpenError::Exists(address.clone()));
    }
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)
        .map_err(|error| OpenError::Unusable(format!("{}: {error}", folder.display())))?;
    refuse_network_disk(folder)?;
    // Made beside its place and moved there whole, so that a killed `init` leaves nothing that looks like a database.
    let unfinished = path.with_extension("unfinished");
    let _ = std::fs::remove_file(&unfinished);
    // Readable by the owner only; SQLite gives its log the same rights.
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(|error| OpenError::Unusable(format!("{}: {error}", path.display())))?;
    let unusable = |error: String| OpenError::Unusable(format!("{}: {error}", path.display()));
    {
        let mut connection = sqlite::connect(&unfinished, Mode::Create)
            .map_err(|error| unusable(error.to_string()))?;
        let setup = || -> rusqlite::Result<()> {
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            Ok(())
        };
        setup().map_err(|error| unusable(error.to_string()))?;
        (schema.migrations)()
            .run(&mut connection)
            .map_err(|error| unusable(error.to_string()))?;
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| {
                row.get::<_, String>(0)
            })
            .map_err(|error| unusable(error.to_string()))?;
    }
    std::fs::rename(&unfinished, path)
        .and_then(|()| std::fs::File::open(folder)?.sync_all())
        .map_err(|error| unusable(error.to_string()))
}

fn open_sqlite(
    address: &Address,
    path: &Path,
    schema: &Schema,
    options: Options,
) -> Result<Db, OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::Unusable(format!(
            "SQLite {} is too old to keep data safe",
            rusqlite::version()
        )));
    }
    let bytes = match std::fs::metadata(path) {
        Ok(found) if found.is_file() => found.len(),
        Ok(_) => return Err(OpenError::Foreign(address.clone())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(OpenError::Missing(address.clone()));
        }
        Err(error) => return Err(OpenError::Unusable(format!("{}: {error}", path.display()))),
    };
    if bytes == 0 {
        return Err(OpenError::Foreign(address.clone()));
    }
    refuse_network_disk(folder_of(path))?;
    let lock = if options.exclusive {
        Some(FileLock::take(path)?)
    } else {
        None
    };
    let mut connection = sqlite::connect(path, Mode::Write)
        .map_err(|error| classify(address, sqlite::translate(error)))?;
    let id = sqlite::scalar(
        &connection,
        "SELECT application_id FROM pragma_application_id",
        &[],
    )
    .map_err(|error| classify(address, error))?;
    if id != Some(APPLICATION_ID) {
        return Err(OpenError::Foreign(address.clone()));
    }
    // A first look; a server goes on looking once it serves: `Db::look_through`.
    let until = Instant::now() + FIRST_LOOK;
    if let Err(error) = sqlite::quick_check(&connection, move || Instant::now() > until) {
        return Err(OpenError::Damaged {
            address: address.clone(),
            finding: match error {
                DbError::Corrupt(finding) => finding,
                other => other.to_string(),
            },
        });
    }
    let found = sqlite::scalar(
        &connection,
        "SELECT CAST(max(version) AS BIGINT) FROM refinery_schema_history",
        &[],
    )
    .map_err(|error| classify(address, error))?;
    let pending = refuse_newer(address, schema, found)?;
    if pending {
        (schema.migrations)()
            .run(&mut connection)
            .map_err(|error| OpenError::Unusable(error.to_string()))?;
    }
    drop(connection);
    let engine = Sqlite::start(path, options.connections, 4, options.fail_stop)
        .map_err(|error| classify(address, error))?;
    Ok(Db {
        shared: Arc::new(Shared {
            engine: Inside::Sqlite(engine),
            damage: Arc::default(),
            address: address.clone(),
            _lock: lock,
        }),
    })
}

fn create_postgres(address: &Address, text: &str, schema: &Schema) -> Result<(), OpenError> {
    let mut connection = connect_postgres(address, text)?;
    let tables = postgres_scalar(
        &mut connection,
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
    )?;
    if tables != Some(0) {
        let ours = postgres_scalar(&mut connection, OURS)?;
        return Err(if ours == Some(0) {
            OpenError::Foreign(address.clone())
        } else {
            OpenError::Exists(address.clone())
        });
    }
    migrate_postgres(&mut connection, schema)
}

fn open_postgres(
    address: &Address,
    text: &str,
    schema: &Schema,
    options: Options,
) -> Result<Db, OpenError> {
    let mut connection = connect_postgres(address, text)?;
    if postgres_scalar(&mut connection, OURS)? == Some(0) {
        return Err(OpenError::Missing(address.clone()));
    }
    let found = postgres_scalar(
        &mut connection,
        "SELECT CAST(max(version) AS BIGINT) FROM refinery_schema_history",
    )?;
    if refuse_newer(address, schema, found)? {
        migrate_postgres(&mut connection, schema)?;
    }
    drop(connection);
    let config = text
        .parse()
        .map_err(|_| OpenError::Unusable("the address is not readable".to_owned()))?;
    let engine = Postgres::start(config, options.connections)
        .map_err(|error| OpenError::Unusable(error.to_string()))?;
    Ok(Db {
        shared: Arc::new(Shared {
            engine: Inside::Postgres(engine),
            damage: Arc::default(),
            address: address.clone(),
            _lock: None,
        }),
    })
}

/// Whether our own table of migrations is there.
const OURS: &str = "SELECT count(*) FROM information_schema.tables \
     WHERE table_schema = current_schema() AND table_name = 'refinery_schema_history'";

fn connect_postgres(address: &Address, text: &str) -> Result<Connection, OpenError> {
    let unusable = |reason: String| OpenError::Unusable(format!("{address}: {reason}"));
    let mut config: tokio_postgres::Config = text
        .parse()
        .map_err(|_| unusable("the address is not readable".to_owned()))?;
    config.connect_timeout(Duration::from_secs(5));
    let mut connection = Connection::open(&config).map_err(|error| unusable(error.to_string()))?;
    let wrong = postgres_scalar(
        &mut connection,
        "SELECT CASE WHEN pg_is_in_recovery() THEN 1 \
              WHEN current_setting('server_encoding') <> 'UTF8' THEN 2 \
              WHEN NOT ('Z' < 'a' AND '-z' < 'a' AND 'z' < 'é') THEN 3 \
              WHEN current_setting('fsync') <> 'on' OR current_setting('full_page_writes') <> 'on' THEN 4 \
              ELSE 0 END + CAST(0 AS BIGINT)",
    )?;
    let reason = match wrong {
        Some(1) => "this server is a read-only standby",
        Some(2) => "the database is not encoded in UTF-8",
        Some(3) => {
            "the database must sort by code point: create it with TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"
        }
        Some(4) => {
            "the server runs with fsync or full_page_writes off and would lose acknowledged writes"
        }
        _ => return Ok(connection),
    };
    Err(unusable(reason.to_owned()))
}

fn migrate_postgres(connection: &mut Connection, schema: &Schema) -> Result<(), OpenError> {
    let runner = (schema.migrations)();
    connection
        .with_client(async |client| runner.run_async(client).await)
        .map(|_| ())
        .map_err(|error| OpenError::Unusable(error.to_string()))
}

fn postgres_scalar(connection: &mut Connection, sql: &str) -> Result<Option<i64>, OpenError> {
    let rows = connection
        .query(&Lead::default(), sql, &[])
        .map_err(|error| OpenError::Unusable(error.to_string()))?;
    rows.first().map_or(Ok(None), |row| {
        row.try_get(0)
            .map_err(|error| OpenError::Unusable(error.to_string()))
    })
}

/// True when there are migrations to run.
fn refuse_newer(address: &Address, schema: &Schema, found: Option<i64>) -> Result<bool, OpenError> {
    let known = (schema.migrations)()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or_default();
    let known_wide = i64::from(known);
    let found = found.unwrap_or_default();
    if found > known_wide {
        return Err(OpenError::Newer {
            address: address.clone(),
            found: i32::try_from(found).unwrap_or(i32::MAX),
            known,
        });
    }
    Ok(found < known_wide)
}

fn refuse_network_disk(folder: &Path) -> Result<(), OpenError> {
    match network_file_system(folder) {
        Some(kind) => Err(OpenError::Unusable(format!(
            "{} is on a network disk ({kind}), where SQLite's locks cannot be trusted; use a local disk, or PostgreSQL",
            folder.display()
        ))),
        None => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

fn classify(address: &Address, error: DbError) -> OpenError {
    match error {
        DbError::Corrupt(finding) if finding.contains("not a database") => {
            let _ = finding;
            OpenError::Foreign(address.clone())
        }
        DbError::Corrupt(finding) => OpenError::Damaged {
            address: address.clone(),
            finding,
        },
        other => OpenError::Unusable(other.to_string()),
    }
}
