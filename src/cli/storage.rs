//! `strongroom storage copy`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use super::Settings;
use super::bar::{Bar, in_words};
use super::operator::{self, Answer, Link, Request};
use crate::app;
use crate::blobs::Blobs;
use crate::config::{Config, Overrides, StorageBackend, process_environment};
use crate::domain::id::BlobId;
use crate::services::progress::Progress;
use crate::services::storage_copy::{self, Round};

/// How many rounds a running server is followed at most: one that is written to without a pause is never caught up with.
const MAX_ROUNDS: usize = 20;
/// What the names of variables begin with that say where the storage is.
const OF_STORAGE: &str = "STRONGROOM__STORAGE__";

#[derive(Subcommand)]
pub(super) enum StorageCommand {
    /// Copy every object to another storage while the server runs. What is there already is not copied again.
    Copy(CopyCommand),
}

#[derive(Args)]
pub(super) struct CopyCommand {
    /// Where to: fs, s3 or gcs, by the section storage.BACKEND of the configuration.
    #[arg(long, value_name = "BACKEND", required_unless_present = "to_config")]
    to: Option<String>,
    /// Where to: what another configuration file says of the storage, for a move within one kind. The environment is not asked.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_config: Option<PathBuf>,
    /// How many objects are copied at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    jobs: usize,
}

pub(super) async fn run(settings: &Settings, command: StorageCommand) -> anyhow::Result<ExitCode> {
    let StorageCommand::Copy(command) = command;
    let config = settings.load(None)?;
    let target = match &command.to_config {
        Some(file) => {
            let mut environment = process_environment()?;
            environment.retain(|(key, _)| !key.starts_with(OF_STORAGE));
            let overrides = Overrides { data_dir: settings.data_dir.clone(), ..Overrides::default() };
            Config::load(Some(file), environment, overrides)?
        }
        None => {
            let backend = ("storage.backend".to_owned(), command.to.clone().unwrap_or_default());
            settings.load_with(vec![backend])?
        }
    };
    copy(config, target, command.jobs).await
}

async fn copy(config: Config, target: Config, jobs: usize) -> anyhow::Result<ExitCode> {
    let memory = [&config, &target].iter().any(|config| config.storage.backend == StorageBackend::Memory);
    ensure!(!memory, "objects in the memory of a process cannot be copied by another");
    ensure!(!app::is_same_storage(&config, &target), "this is the storage that is in use already");
    let (from, to) = (app::open_blobs(&config).await?, app::open_blobs(&target).await?);
    let link = Link::open(config).await?;
    let copied = rounds(&link, &from, &to, jobs).await;
    let serves = link.is_server();
    link.close().await;
    let (round, there) = copied?;
    let strangers = count_strangers(&to, &there).await?;
    let mut remarks = std::io::stderr();
    if strangers > 0 {
        writeln!(
            remarks,
            "{strangers} objects at the target are not of this installation, or of files that were deleted: its server will remove them."
        )?;
    }
    if !round.missing.is_empty() {
        for place in &round.missing {
            writeln!(remarks, "not whole in the storage: {place}")?;
        }
        bail!("{} objects are damaged or missing; `strongroom verify` tells more", round.missing.len());
    }
    println!("All {} objects are at the target.", there.len());
    if serves {
        println!(
            "A server runs, and takes uploads. To switch: stop it (every instance), run this again, set `storage.backend`"
        );
        println!(
            "and its section, start it, and run `strongroom verify`. Nothing is lost as long as the last copy is made while none runs."
        );
    } else {
        println!(
            "If no other instance runs: set `storage.backend` and its section now, start the server, and run `strongroom verify`."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies until nothing is left to copy. Answers the last round, and what is there.
async fn rounds(link: &Link, from: &Blobs, to: &Blobs, jobs: usize) -> anyhow::Result<(Round, BTreeSet<BlobId>)> {
    let (mut there, mut bar, progress) = (BTreeSet::new(), Bar::new(), Progress::default());
    for number in 1..=MAX_ROUNDS {
        progress.begin("objects", 0, 0);
        let working = one_round(link, from, to, &mut there, jobs, &progress);
        let round = operator::watch(working, &progress, &mut |reached| bar.show(&reached)).await;
        bar.clear();
        let round = round?;
        println!("Round {number}: {} objects copied, {} so far.", round.copied, in_words(progress.reached().bytes));
        if round.copied == 0 {
            return Ok((round, there));
        }
    }
    bail!("objects come as fast as they are copied: stop the server, and run this again")
}

async fn one_round(
    link: &Link,
    from: &Blobs,
    to: &Blobs,
    there: &mut BTreeSet<BlobId>,
    jobs: usize,
    progress: &Progress,
) -> anyhow::Result<Round> {
    let (mut all, mut after) = (Round::default(), None);
    loop {
        let page = match link.ask(Request::ListObjects { after }).await? {
            Answer::Objects(page) => page,
            Answer::Refused { message } => bail!("{message}"),
            _ => bail!("the server gave an answer to another question"),
        };
        let round = storage_copy::copy((from, to), page.objects, there, jobs, progress).await;
        let round = round.context("a storage does not answer")?;
        all.copied += round.copied;
        all.missing.extend(round.missing);
        after = page.after;
        if after.is_none() {
            return Ok(all);
        }
    }
}

async fn count_strangers(to: &Blobs, there: &BTreeSet<BlobId>) -> anyhow::Result<usize> {
    let (mut count, mut survey) = (0, to.survey().await?);
    while let Some(batch) = survey.next_batch().await? {
        count += batch.iter().filter_map(|found| found.blob).filter(|blob| !there.contains(blob)).count();
    }
    Ok(count)
}
