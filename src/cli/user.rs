//! `strongroom user create`.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::operator::{self, Answer, Request};
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Make a verified user; works on an empty installation.
    Create(CreateCommand),
}

#[derive(Args)]
pub(super) struct CreateCommand {
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// What the person is called.
    #[arg(long)]
    name: String,
    /// ADMIN, OPS or CLIENT.
    #[arg(long)]
    role: String,
    /// Read the password from standard input, its first line.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(config: Config, command: UserCommand) -> anyhow::Result<()> {
    let UserCommand::Create(CreateCommand { email, name, role, password_stdin }) = command;
    let password = read_password(password_stdin)?.to_string();
    match operator::ask(config, Request::CreateUser { email, name, role, password }).await? {
        Answer::User { id } => println!("{id}"),
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    }
    Ok(())
}

fn read_password(from_stdin: bool) -> anyhow::Result<Zeroizing<String>> {
    let stdin = std::io::stdin();
    if !from_stdin {
        ensure!(stdin.is_terminal(), "give the password on standard input, with --password-stdin");
        let mut terminal = std::io::stderr();
        write!(terminal, "Password (it will be seen as you type): ")?;
        terminal.flush()?;
    }
    let mut line = Zeroizing::new(String::new());
    stdin.lock().read_line(&mut line)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    Ok(Zeroizing::new(password.strip_suffix('\r').unwrap_or(password).to_owned()))
}
