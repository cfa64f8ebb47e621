//! `strongroom keys retire`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::{print_ring, read_ring, remark};
use crate::cli::operator::{Answer, Link, Request};
use crate::config::{Config, KeySource};

#[derive(Args)]
pub(in crate::cli) struct RetireCommand {
    /// The id of the key, as `keys list` shows it.
    id: String,
    /// Do not wait until links, cursors or access tokens that the key has made are over: void them.
    #[arg(long)]
    void_tokens: bool,
    /// Write the ring without the key, in the clear, to this new file (0600), and leave it to you to put it in place.
    #[arg(long, value_name = "FILE")]
    print_ring: Option<PathBuf>,
}

pub(super) async fn run(config: Config, command: RetireCommand) -> anyhow::Result<()> {
    let RetireCommand { id, void_tokens, print_ring: path } = command;
    let link = Link::open(config.clone()).await?;
    let answer = link.ask(Request::RetireKey { id: id.clone(), void_tokens }).await;
    link.close().await;
    match answer? {
        Answer::Retired { before: false } => println!("The key {id} is retired."),
        Answer::Retired { before: true } => println!("The key {id} was retired before."),
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    }
    match (path, config.keys.source) {
        (Some(path), _) => {
            let ring = read_ring(&config)?;
            let key =
                ring.all_keys().find(|(_, key)| key.id().to_string() == id).map(|(purpose, key)| (purpose, key.id()));
            let left = match key {
                Some((purpose, key)) => ring.without(purpose, key)?,
                None => ring,
            };
            print_ring(&path, &left)?;
            remark(&format!(
                "{} holds the ring without it, in the clear. Put it in the place of the former one, and delete this file.",
                path.display()
            ));
        }
        (None, KeySource::Env | KeySource::Command) => {
            remark("It is still in the ring itself: run this again with --print-ring FILE for a ring without it.");
        }
        (None, KeySource::File) => remark(
            "It is out of the ring's file on this machine. Where other machines have files of their own, run this there too. \
             Backups from before it was rotated need a copy of the ring from then.",
        ),
    }
    Ok(())
}
