//! `strongroom keys rotate`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::{print_ring, read_newest_ring, remark, report};
use crate::cli::operator::{Answer, Link, Request};
use crate::config::{Config, KeySource};
use crate::crypto::key_ring::Purpose;
use crate::crypto::os_random::OsRandom;
use crate::domain::clock::{Clock, SystemClock};
use crate::services::keys::{RotationStatus, add_keys};

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Args)]
pub(in crate::cli) struct RotateCommand {
    /// Only the keys of this purpose: wrapping, signing, link, cursor or mail. May be given several times. All, unless it is.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Vec<String>,
    /// Write the ring with the new keys, in the clear, to this new file (0600), and leave it to you to put it in place.
    #[arg(long, value_name = "FILE")]
    print_ring: Option<PathBuf>,
    /// Do not wait until all is done; the servers go on with it.
    #[arg(long)]
    no_wait: bool,
    /// Give a rotation up whose new keys are not in use yet.
    #[arg(long, conflicts_with_all = ["purpose", "print_ring", "no_wait"])]
    abandon: bool,
}

pub(super) async fn run(config: Config, command: RotateCommand) -> anyhow::Result<()> {
    let source = config.keys.source;
    let mut link = Link::open(config.clone()).await?;
    let done = rotate(&config, &mut link, command, source).await;
    link.close().await;
    done
}

async fn rotate(config: &Config, link: &mut Link, command: RotateCommand, source: KeySource) -> anyhow::Result<()> {
    if command.abandon {
        status_in(link.ask(Request::AbandonRotation).await?)?;
        println!("The rotation is given up: its keys are retired, and must not be used.");
        return Ok(());
    }
    let under_way = status(link).await?.filter(|status| !status.is_over());
    let is_new = under_way.is_none();
    let begun = match (under_way, &command.print_ring) {
        (Some(_), Some(_)) => bail!("a rotation is under way: wait until it is done, or give it up with --abandon"),
        (Some(status), None) => {
            remark("A rotation is under way; this one goes on.");
            status
        }
        (None, Some(path)) => {
            let report = report(link).await?;
            let mut ring = read_newest_ring(config, &report)?;
            let known: Vec<String> =
                report.keys.iter().filter(|key| key.state != "unknown").map(|key| key.id.clone()).collect();
            let added = add_keys(&mut ring, &purposes(&command.purpose)?, &known, &OsRandom, SystemClock.now())?;
            print_ring(path, &ring)?;
            let status = status_in(link.ask(Request::RotateToAddedKeys { added }).await?)?;
            status.context("the server gave an answer to another question")?
        }
        (None, None) => {
            let purposes = purposes(&command.purpose)?.iter().map(|purpose| purpose.as_str().to_owned()).collect();
            let status = status_in(link.ask(Request::RotateKeys { purposes }).await?)?;
            status.context("the server gave an answer to another question")?
        }
    };
    if is_new {
        remark(&format!("New keys: {}", begun.keys.join(", ")));
    }
    if let Some(path) = &command.print_ring {
        remark(&format!(
            "{} holds the ring with the new keys, in the clear. Put it in the place of the former one, everywhere, and delete \
             this file. {} The rotation goes on by itself once every running instance has the new keys.",
            path.display(),
            match source {
                KeySource::Env => "Then restart the instances one after the other.",
                KeySource::Command => "Running instances run the command again by themselves.",
                KeySource::File => "Running instances read the file again by themselves.",
            }
        ));
        return Ok(());
    }
    if command.no_wait {
        return Ok(());
    }
    wait(link, begun, source).await
}

/// Shows how far it is until it is done.
async fn wait(link: &mut Link, begun: RotationStatus, source: KeySource) -> anyhow::Result<()> {
    link.keep_keys();
    let (mut said, mut last) = (String::new(), begun);
    let mut rewrapping_since: Option<(Instant, u64)> = None;
    while !last.is_over() {
        let now = if last.is_adding() {
            if source == KeySource::Env && last.lacking > 0 {
                remark(
                    "Running instances cannot see another environment: restart them with the new ring, one after the other. \
                     The rotation goes on by itself then.",
                );
                return Ok(());
            }
            format!("Waiting for {} of {} instances to have the new keys.", last.lacking, last.instances)
        } else {
            let (since, before) = *rewrapping_since.get_or_insert((Instant::now(), last.rewrapped));
            let seconds = since.elapsed().as_secs_f64();
            let rate = if seconds > 0.2 { (last.rewrapped - before) as f64 / seconds } else { 0.0 };
            format!("Rewrapped the keys of {} of {} files ({rate:.0} a second).", last.rewrapped, last.total)
        };
        if now != said {
            remark(&now);
            said = now;
        }
        tokio::time::sleep(LOOK).await;
        last = status(link).await?.context("the rotation is gone")?;
    }
    ensure!(last.phase != "abandoned", "the rotation was given up");
    println!("Rotated. The keys of {} files are rewrapped.", last.rewrapped);
    ensure!(
        last.failed == 0,
        "the wrapped keys of {} files cannot be opened and stay under older keys; the log names the files",
        last.failed
    );
    remark("Make a new copy of the ring (`strongroom keys export`): older copies lack the new keys.");
    Ok(())
}

async fn status(link: &Link) -> anyhow::Result<Option<RotationStatus>> {
    status_in(link.ask(Request::RotationStatus).await?)
}

fn status_in(answer: Answer) -> anyhow::Result<Option<RotationStatus>> {
    match answer {
        Answer::Rotation { status } => Ok(status),
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    }
}

fn purposes(names: &[String]) -> anyhow::Result<Vec<Purpose>> {
    if names.is_empty() {
        return Ok(Purpose::ALL.to_vec());
    }
    let parse = |name: &String| {
        Purpose::parse(name)
            .with_context(|| format!("there is no purpose `{name}`: wrapping, signing, link, cursor or mail"))
    };
    names.iter().map(parse).collect()
}
