//! What several commands need before they can begin: settings, an open database, a server that runs until it is stopped.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tallystick_db::{Address, Db, DbError, Options, Stop, Tx};
use tallystick_server::app::App;
use tallystick_server::clock::SystemClock;
use tallystick_server::ids::Ids;
use tallystick_server::schema::SCHEMA;
use tallystick_server::settings::{Settings, Source, Values};
use tallystick_server::{instance, serve};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::args::Common;
use crate::exit::Exit;
use crate::{logging, output};

/// Settings as given, with their sources.
pub struct Start {
    /// As text.
    pub values: Values,
    /// Understood.
    pub settings: Settings,
}

/// Reads file, environment and flags, in that order.
pub fn settings(config: Option<&Path>, flags: &[(String, String)]) -> Result<Start, String> {
    let mut values = Values::default();
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let named = variables
        .iter()
        .find(|(name, _)| name == "TALLYSTICK_CONFIG")
        .map(|(_, path)| PathBuf::from(path));
    if let Some(file) = config.map(Path::to_owned).or(named) {
        values.read_file(&file)?;
    }
    values.read_environment(variables.into_iter())?;
    for (key, value) in flags {
        values.set(key, value, Source::Flag)?;
    }
    let settings = Settings::read(&values)?;
    logging::start(&values)?;
    Ok(Start { values, settings })
}

/// `--set name=value` as pairs.
pub fn pairs(set: &[String]) -> Result<Vec<(String, String)>, String> {
    set.iter()
        .map(|text| {
            text.split_once('=')
                .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
                .ok_or_else(|| format!("--set wants section.name=value, not \"{text}\"."))
        })
        .collect()
}

impl Common {
    /// The settings these options lead to.
    pub fn start(&self, more: &[(String, String)]) -> Result<Start, String> {
        let mut flags = pairs(&self.set)?;
        flags.extend(
            self.database
                .iter()
                .map(|address| ("database.address".to_owned(), address.clone())),
        );
        flags.extend_from_slice(more);
        settings(self.config.as_deref(), &flags)
    }
}

impl Start {
    /// Where the database is.
    pub fn address(&self) -> Result<Address, String> {
        let text = &self.settings.database.address;
        if text.is_empty() {
            return Err("No database is named. Give --database sqlite:PATH or postgres://…, or set TALLYSTICK_DATABASE_ADDRESS.".to_owned());
        }
        text.parse().map_err(|error: String| {
            format!("The setting database.address cannot be used: {error}.")
        })
    }

    /// Opens the database for a command that runs beside a server.
    pub fn open_beside(&self) -> Result<Db, String> {
        self.open(false, Arc::new(|_| {}))
    }

    fn open(
        &self,
        exclusive: bool,
        fail_stop: Arc<dyn Fn(&str) + Send + Sync>,
    ) -> Result<Db, String> {
        let options = Options {
            connections: self.settings.database.connections,
            exclusive,
            fail_stop,
        };
        let db = Db::open(&self.address()?, &SCHEMA, options).map_err(|error| error.to_string())?;
        if let Some(wanted) = &self.settings.database.instance {
            let found = db
                .read_here(instance::id)
                .map_err(|error| error.to_string())?;
            if found != *wanted {
                return Err(format!(
                    "The database {} belongs to the instance {found}, not to {wanted}; it is not opened.",
                    db.address()
                ));
            }
        }
        Ok(db)
    }
}

/// A database and a runtime, ready to serve.
pub struct Server {
    /// Everything a request needs.
    pub app: App,
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    failed: watch::Receiver<bool>,
    signals: Signals,
}

impl Server {
    /// Takes the address first, then opens the database: a taken port leaves the data alone.
    pub fn prepare(start: &Start) -> Result<Self, String> {
        // On SQLite they read; on PostgreSQL others wait for it, and these have little to do.
        let workers = match start.address()? {
            Address::Sqlite(_) => start.settings.database.connections.clamp(4, 64) as usize,
            Address::Postgres(_) => std::thread::available_parallelism().map_or(2, usize::from),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()
            .map_err(|error| format!("The runtime does not start: {error}."))?;
        // Before anybody can be told that the server is there: whoever reads that may stop it at once.
        let signals = Signals::listen(&runtime)
            .map_err(|error| format!("Signals cannot be listened for: {error}."))?;
        let listen = start.settings.server.listen;
        let bind = |address| {
            runtime.block_on(TcpListener::bind(address)).map_err(|error| match error.kind() {
                std::io::ErrorKind::AddrInUse => format!("Another program listens on {address} already. Choose another port with --listen."),
                _ => format!("The address {address} cannot be listened on: {error}."),
            })
        };
        let listener = bind(listen)?;
        let metrics = start.settings.metrics.listen.map(bind).transpose()?;
        let (failing, failed) = watch::channel(false);
        let fail_stop = Arc::new(move |reason: &str| {
            tracing::error!(
                reason,
                "a COMMIT failed and its outcome is unknown; the server ends"
            );
            let _ = failing.send(true);
        });
        let db = start.open(true, fail_stop)?;
        let app = App::new(
            db,
            Arc::new(SystemClock::default()),
            Ids::default(),
            start.settings.clone(),
        );
        app.listens_at(&address(&listener)?);
        Ok(Self {
            app,
            runtime,
            listener,
            metrics,
            failed,
            signals,
        })
    }

    /// The addresses it is reached at, as `(page address, API address)`.
    pub fn addresses(&self) -> (String, String) {
        let web = self.app.origin().to_owned();
        let api = format!("{web}/api");
        (web, api)
    }

    /// Serves until it is told to stop.
    pub fn run(self) -> Exit {
        let Self {
            app,
            runtime,
            listener,
            metrics,
            mut failed,
            mut signals,
        } = self;
        // Held until the runtime has ended: connections to PostgreSQL must not be closed from within it.
        let held = app.clone();
        let ended = runtime.block_on(async move {
            if let Some(listener) = metrics {
                tokio::spawn(serve::serve_metrics(app.clone(), listener));
            }
            let mut watched = failed.clone();
            let stop = async move {
                tokio::select! {
                    () = signals.asked_to_stop() => tracing::info!("stopping: what is under way is answered first"),
                    // On PostgreSQL nobody can ever report such a failure, and then this branch never ends.
                    Ok(_) = watched.wait_for(|failed| *failed) => {}
                }
            };
            serve::serve(app, listener, stop).await;
            if *failed.borrow_and_update() { Exit::StorageFailed } else { Exit::Done }
        });
        // A long read on the blocking pool must not hold up the end.
        runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        drop(held);
        ended
    }
}

/// Where a listener is reached from this machine.
fn address(listener: &TcpListener) -> Result<String, String> {
    let local = listener.local_addr().map_err(|error| error.to_string())?;
    let host = match local.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    Ok(format!("http://{host}:{}", local.port()))
}

/// SIGTERM and Ctrl-C, caught from the moment this is made.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen(runtime: &tokio::runtime::Runtime) -> std::io::Result<Self> {
        let _inside = runtime.enter();
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked_to_stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Writes to the database from a command.
pub fn write<T: Send + 'static>(
    db: &Db,
    mut work: impl FnMut(&mut Tx<'_>) -> tallystick_db::Result<T> + Send + 'static,
) -> Result<T, String> {
    db.write_here(move |tx| work(tx).map_err(Stop::Abort))
        .map_err(explain)
}

/// A database failure as a sentence for the administrator on the machine, who may see the engine's words.
pub fn explain(error: impl Into<DbError>) -> String {
    format!("The database refused: {}.", error.into())
}

/// The addresses as a line of JSON.
pub fn address_line(web: &str, api: &str) {
    output::data(&json!({"api_url": api, "web_url": web}).to_string());
}
