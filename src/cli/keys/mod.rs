//! `strongroom keys …`: the key ring.

mod copies;
mod list;
mod passphrase;
mod retire;
mod rotate;

use std::path::Path;

use anyhow::{Context, bail, ensure};
use clap::Subcommand;

use super::operator::{Answer, Link, Request};
use crate::config::Config;
use crate::crypto::key_ring::KeyRing;
use crate::services::keys::{KeySource, RingReport, ring_file};

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Show the keys, and what still needs each.
    List(list::ListCommand),
    /// Have new keys take the place of those in use, and seal anew what those have sealed.
    Rotate(rotate::RotateCommand),
    /// Take an old key out of the ring, once nothing needs it.
    Retire(retire::RetireCommand),
    /// Make a copy of the ring, sealed under a passphrase.
    Export(copies::ExportCommand),
    /// Put a copy of the ring in its place.
    Import(copies::ImportCommand),
    /// Make a new ring, for a new installation whose ring comes from the environment or from a command.
    Generate(copies::GenerateCommand),
}

pub(super) async fn run(load: impl FnOnce() -> anyhow::Result<Config>, command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::List(command) => list::run(load()?, &command).await,
        KeysCommand::Rotate(command) => rotate::run(load()?, command).await,
        KeysCommand::Retire(command) => retire::run(load()?, command).await,
        KeysCommand::Export(command) => copies::export(&load()?, &command),
        KeysCommand::Import(command) => copies::import(&load()?, &command),
        KeysCommand::Generate(command) => copies::generate(&command),
    }
}

async fn report(link: &Link) -> anyhow::Result<RingReport> {
    match link.ask(Request::ListKeys).await? {
        Answer::Keys { report } => Ok(report),
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    }
}

/// The ring as its source has it.
fn read_ring(config: &Config) -> anyhow::Result<KeyRing> {
    let source = KeySource::new(config);
    source.read()?.with_context(|| format!("there is no key ring {}", source.place()))
}

/// The same, which must be the one that the installation works with.
fn read_newest_ring(config: &Config, report: &RingReport) -> anyhow::Result<KeyRing> {
    let ring = read_ring(config)?;
    for key in report.keys.iter().filter(|key| !["retired", "unknown", "added"].contains(&key.state.as_str())) {
        let is_there = ring.all_keys().any(|(_, own)| own.id().to_string() == key.id);
        ensure!(is_there, "this is not the newest ring: it lacks the key {}", key.id);
    }
    Ok(ring)
}

/// Writes a ring in the clear, for whoever puts it in its place.
fn print_ring(path: &Path, ring: &KeyRing) -> anyhow::Result<()> {
    ring_file::write_new(path, ring.to_text().as_bytes())?;
    Ok(())
}

/// Says something to whoever sits there; what was asked for goes to standard output.
fn remark(text: &str) {
    use std::io::Write;
    let _nobody_listens = writeln!(std::io::stderr(), "{text}");
}
