//! `strongroom restore`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;

use super::bar::Bar;
use super::{control, operator};
use crate::app::{self, Surroundings};
use crate::config::Config;
use crate::services::progress::Progress;
use crate::services::restore::RestoreOptions;

#[derive(Args)]
pub(super) struct RestoreCommand {
    /// The folder of the backups.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Which snapshot: the name of a folder in DIR/snapshots. The latest if not given.
    #[arg(long, value_name = "NAME")]
    snapshot: Option<String>,
    /// Another list of destroyed files, e.g. of a newer backup: its folder, or the file. May be given more than once.
    #[arg(long, value_name = "PATH")]
    deletions: Vec<PathBuf>,
    /// Go on although the storage holds objects that the backup does not know. The server removes them.
    #[arg(long)]
    lose_newer_objects: bool,
}

pub(super) async fn run(config: Config, command: RestoreCommand) -> anyhow::Result<ExitCode> {
    ensure!(
        !control::is_listened_on(&config.control_socket()).await,
        "a server runs on this data folder; a backup is brought back into a new installation"
    );
    let RestoreCommand { folder, snapshot, deletions, lose_newer_objects } = command;
    let options = RestoreOptions { folder, snapshot, deletions, lose_newer_objects };
    let (mut bar, progress) = (Bar::new(), Progress::default());
    let restoring = app::restore(&config, Surroundings::default(), &options, &progress);
    let report = operator::watch(restoring, &progress, &mut |reached| bar.show(&reached)).await;
    bar.clear();
    let report = report.context("nothing was brought back, or not all of it")?;
    println!("Snapshot {} of {}: {} rows, {} objects.", report.snapshot, report.taken_at, report.rows, report.objects);
    println!("{} files were deleted after it, and are deleted again.", report.deleted_again);
    println!("Everybody has to sign in again. Invitations, sign-ups and mailed links from before are void.");
    if report.newer_objects > 0 {
        println!("{} objects that the backup does not know will be removed by the server.", report.newer_objects);
    }
    println!("Now run `strongroom verify`.");
    if report.missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let mut remarks = std::io::stderr();
    for object in &report.missing {
        writeln!(remarks, "neither in the storage nor in the backup: {object}")?;
    }
    writeln!(remarks, "{} objects are missing; their files cannot be read.", report.missing.len())?;
    Ok(ExitCode::FAILURE)
}
