//! `strongroom invite`.

use std::io::Write;

use anyhow::bail;
use clap::Args;

use super::operator::{self, Answer, Request};
use crate::config::Config;

#[derive(Args)]
pub(super) struct InviteCommand {
    /// ADMIN, OPS or CLIENT.
    #[arg(long)]
    role: String,
    /// The only address the invitation works for.
    #[arg(long)]
    email: Option<String>,
}

pub(super) async fn run(config: Config, command: InviteCommand) -> anyhow::Result<()> {
    let InviteCommand { role, email } = command;
    match operator::ask(config, Request::Invite { role, email }).await? {
        // The token alone on standard output, for scripts; the rest is for people.
        Answer::Invitation { token, link, expires_at } => {
            println!("{token}");
            writeln!(std::io::stderr(), "{link}\nGood until {expires_at}.")?;
        }
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    }
    Ok(())
}
