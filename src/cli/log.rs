//! The log: on standard error, for people on a terminal, as JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let is_terminal = std::io::stderr().is_terminal();
    let default = if is_terminal { LogFormat::Pretty } else { LogFormat::Json };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log.filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal);
    let started = match config.log.format.unwrap_or(default) {
        LogFormat::Pretty => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|failure| anyhow::anyhow!(failure))
}
