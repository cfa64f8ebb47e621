//! `strongroom backup`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::bar::{Bar, in_words};
use super::operator::{self, Answer, Request};
use crate::config::Config;
use crate::services::backup::BackupOptions;

#[derive(Args)]
pub(super) struct BackupCommand {
    /// The folder of the backups: each adds a snapshot to it. Best on another machine's disk.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Copy the stored objects, too; those that are there already are not copied again.
    #[arg(long)]
    blobs: bool,
    /// Only bring the list of destroyed files up to date: quick, and worth doing more often than a backup.
    #[arg(long, conflicts_with = "blobs")]
    deletions_only: bool,
}

pub(super) async fn run(config: Config, command: BackupCommand) -> anyhow::Result<ExitCode> {
    let options = BackupOptions {
        // The server that does it may have another working directory.
        folder: std::path::absolute(command.folder)?,
        with_objects: command.blobs,
        only_deletions: command.deletions_only,
    };
    let keys_file = config.keys_file();
    let mut bar = Bar::new();
    let answer = operator::ask_and_watch(config, Request::Backup(options), &mut |reached| bar.show(&reached)).await;
    bar.clear();
    let report = match answer? {
        Answer::BackedUp(report) => report,
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    };
    println!("{} destroyed files in the list of deletions.", report.deletions);
    let Some(snapshot) = &report.snapshot else { return Ok(ExitCode::SUCCESS) };
    println!("Snapshot {snapshot}: {} rows, {} objects.", report.rows, report.objects);
    if command.blobs {
        println!("{} objects copied, {}.", report.copied, in_words(report.copied_bytes));
    }
    if report.gone > 0 {
        println!("{} objects were deleted meanwhile.", report.gone);
    }
    let mut remarks = std::io::stderr();
    writeln!(
        remarks,
        "The key ring ({}) is NOT in this backup. Without it, nothing of it can ever be read: keep a copy of the ring, in \
         another place. Whoever has both can read everything.",
        keys_file.display()
    )?;
    if report.missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for object in &report.missing {
        writeln!(remarks, "not whole in the storage: {object}")?;
    }
    writeln!(remarks, "{} objects are damaged or missing. `strongroom verify` tells more.", report.missing.len())?;
    Ok(ExitCode::FAILURE)
}
