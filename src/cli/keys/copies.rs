//! `strongroom keys export`, `keys import` and `keys generate`: rings that are no installation's working copy. No server is
//! needed for them, and none is asked.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::passphrase::PassphraseArgs;
use super::{print_ring, read_ring, remark};
use crate::config::Config;
use crate::crypto::key_ring::KeyRing;
use crate::crypto::os_random::OsRandom;
use crate::crypto::{self, ring_export};
use crate::domain::clock::{Clock, SystemClock};
use crate::services::keys::{KeySource, ring_file};

#[derive(Args)]
pub(in crate::cli) struct ExportCommand {
    /// The new file.
    file: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Args)]
pub(in crate::cli) struct ImportCommand {
    /// The file that `keys export` has written.
    file: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Write the ring, in the clear, to this new file (0600) instead, for a source that this program does not write to.
    #[arg(long, value_name = "FILE")]
    print_ring: Option<PathBuf>,
}

#[derive(Args)]
pub(in crate::cli) struct GenerateCommand {
    /// The new file (0600), or - for standard output, e.g. into the client of a vault.
    file: PathBuf,
}

pub(super) fn export(config: &Config, command: &ExportCommand) -> anyhow::Result<()> {
    let ring = read_ring(config)?;
    let passphrase = command.passphrase.read(true)?;
    if let Err(problem) = ring_export::check_passphrase(&passphrase) {
        bail!("the passphrase {problem}");
    }
    let text = ring_export::export(&ring, &passphrase, &OsRandom)?;
    ring_file::write_new(&command.file, text.as_bytes())?;
    println!("The ring with its {} keys is in {}.", ring.all_keys().count(), command.file.display());
    remark(
        "Keep it apart from the database and the objects, and the passphrase apart from it. Whoever has all of them can read \
         every file; where the ring and all of its copies are lost, or the passphrase is, NO STORED FILE CAN EVER BE READ \
         AGAIN, by anybody.",
    );
    Ok(())
}

pub(super) fn import(config: &Config, command: &ImportCommand) -> anyhow::Result<()> {
    let ring = open_export(command)?;
    if let Some(path) = &command.print_ring {
        print_ring(path, &ring)?;
        println!("{} holds the ring, in the clear. Put it where it belongs, and delete this file.", path.display());
        return Ok(());
    }
    let source = KeySource::new(config);
    let KeySource::File(path) = &source else {
        bail!("the key ring {} is not written to from here: give --print-ring FILE", source.place())
    };
    if source.read()?.is_none() {
        ring_file::create(path, &ring)?;
        println!("The ring is in {}.", path.display());
        return Ok(());
    }
    let mut refusal = None;
    ring_file::change(path, |there| {
        if there.contains(&ring) && ring.contains(there) {
            return Ok(None);
        }
        if ring.contains(there) {
            return Ok(Some(ring.clone()));
        }
        refusal = Some(if there.fingerprint() == ring.fingerprint() {
            "it has keys that the copy lacks"
        } else {
            "it is another ring"
        });
        Ok(None)
    })?;
    if let Some(reason) = refusal {
        bail!(
            "there is a key ring in {} already, and {reason}; move it away yourself if that is what you want",
            path.display()
        );
    }
    println!("The ring is in {}.", path.display());
    Ok(())
}

fn open_export(command: &ImportCommand) -> anyhow::Result<KeyRing> {
    let path = &command.file;
    let length = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    ensure!(length <= ring_export::MAX_EXPORT_BYTES as u64, "{} is no copy of a key ring", path.display());
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let passphrase = command.passphrase.read(false)?;
    match ring_export::import(&text, &passphrase) {
        Err(crypto::Error::Tampered) => bail!("the passphrase is wrong, or {} was altered", path.display()),
        Err(crypto::Error::Malformed) => {
            bail!("{} is no copy of a key ring that this program can read", path.display())
        }
        opened => Ok(opened?),
    }
}

pub(super) fn generate(command: &GenerateCommand) -> anyhow::Result<()> {
    let ring = KeyRing::generate(&OsRandom, SystemClock.now())?;
    if command.file.as_os_str() == "-" {
        std::io::stdout().write_all(ring.to_text().as_bytes())?;
    } else {
        print_ring(&command.file, &ring)?;
        println!("{} holds a new ring, in the clear.", command.file.display());
    }
    remark("Keep a copy of it: without its ring no stored file can ever be read again.");
    Ok(())
}
