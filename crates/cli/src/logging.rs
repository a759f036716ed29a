//! Logs: to stderr, as text for people or JSON for machines.

use tallystick_server::settings::Values;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging as the settings say. A second call (in one process) changes nothing.
pub fn start(values: &Values) -> Result<(), String> {
    let level = values.get("log.level").0;
    let filter = EnvFilter::try_new(level)
        .map_err(|_| format!("The setting log.level cannot be read: \"{level}\"."))?;
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let started = if values.get("log.format").0 == "json" {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
    drop(started);
    Ok(())
}
