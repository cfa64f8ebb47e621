//! The commands, one file each.
//!
//! Floor 5. Standard output is for what was asked for, standard error for the log and for complaints.
#![expect(clippy::print_stdout, reason = "the commands print what they are asked for")]

mod backup;
mod bar;
mod config;
mod control;
mod healthcheck;
mod invite;
mod keys;
mod log;
mod operator;
mod restore;
mod serve;
mod storage;
mod user;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Overrides, process_environment};

/// A secure file-sharing server with a GraphQL API and sealed, pluggable storage.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Settings {
    /// A configuration file; what it does not say is as in the built-in config.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the embedded database, local objects, keys and file mail live.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server; SIGTERM and SIGINT let it finish what it has begun.
    Serve {
        /// The address to listen on, e.g. 127.0.0.1:8080.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Manage users.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Print an invitation.
    Invite(invite::InviteCommand),
    /// The key ring: list, rotate, retire, export, import, generate.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Read every stored object and prove that it is there and genuine. Exits with 0 when all is well, with 1 when something was
    /// found, with 2 when it could not be done.
    Verify(verify::VerifyCommand),
    /// Back up what the database knows and, with --blobs, the stored objects. Works while the server runs. Exits with 1 also when
    /// objects are damaged or missing.
    Backup(backup::BackupCommand),
    /// Bring a backup back, into an empty installation that has the key ring already.
    Restore(restore::RestoreCommand),
    /// Where the sealed objects lie.
    #[command(subcommand)]
    Storage(storage::StorageCommand),
    /// Print the GraphQL schema.
    Schema,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Ask a running server whether it is ready.
    Healthcheck,
}

impl Settings {
    /// The configuration with other values for some keys.
    fn load_with(&self, set: Vec<(String, String)>) -> anyhow::Result<Config> {
        let overrides = Overrides { data_dir: self.data_dir.clone(), set, ..Overrides::default() };
        Ok(Config::load(self.config.as_deref(), process_environment()?, overrides)?)
    }

    fn load(&self, listen: Option<String>) -> anyhow::Result<Config> {
        let overrides = Overrides { data_dir: self.data_dir.clone(), listen, ..Overrides::default() };
        Ok(Config::load(self.config.as_deref(), process_environment()?, overrides)?)
    }
}

impl Cli {
    /// Runs the command, and answers what the process shall exit with.
    ///
    /// # Errors
    /// Whatever went wrong, in words for whoever typed it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { settings, command } = self;
        if !matches!(command, Command::Serve { .. }) {
            log::none();
        }
        match command {
            Command::Serve { listen } => serve::run(settings.load(listen)?).await?,
            Command::User(command) => user::run(settings.load(None)?, command).await?,
            Command::Invite(command) => invite::run(settings.load(None)?, command).await?,
            Command::Keys(command) => keys::run(|| settings.load(None), command).await?,
            Command::Verify(command) => return Ok(verify::run(settings.load(None), command).await),
            Command::Backup(command) => return backup::run(settings.load(None)?, command).await,
            Command::Restore(command) => return restore::run(settings.load(None)?, command).await,
            Command::Storage(command) => return storage::run(&settings, command).await,
            Command::Schema => print!("{}", crate::graphql::sdl()),
            Command::Config(command) => config::run(&settings.load(None)?, &command)?,
            Command::Healthcheck => healthcheck::run(&settings.load(None)?).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Tells on standard error what went wrong, with its causes.
pub fn complain(failure: &anyhow::Error) {
    use std::io::Write;
    let _nobody_listens = writeln!(std::io::stderr(), "strongroom: {failure:#}");
}
