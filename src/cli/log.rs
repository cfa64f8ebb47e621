//! The log: on standard error, for people on a terminal, as JSON for machines.

use std::io::IsTerminal;

use tracing::subscriber::NoSubscriber;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let is_terminal = std::io::stderr().is_terminal();
    let default = if is_terminal { LogFormat::Pretty } else { LogFormat::Json };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter(&config.log.filter))?)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal);
    let started = match config.log.format.unwrap_or(default) {
        LogFormat::Pretty => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // A panic is a line of the log like any other; its words could hold what a log must not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
    started.map_err(|failure| anyhow::anyhow!(failure))
}

/// Nothing is logged: commands say what they have to say themselves. As long as nobody has said that, the database writes out
/// every key it touches, for a log that might come (`tracing` with its feature `log`).
pub(super) fn none() {
    let _there_already = tracing::subscriber::set_global_default(NoSubscriber::new());
}

/// The database tells of every start of its own in a dozen lines, and its store warns at every orderly close that it was
/// closed before. Who wants them names them.
fn filter(asked: &str) -> String {
    if asked.contains("surreal") {
        asked.to_owned()
    } else {
        format!("{asked},surrealdb=warn,surrealkv=warn,surrealkv::lsm=error")
    }
}
