//! `strongroom config check` and `config show`.

use clap::Subcommand;

use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration is good.
    Check,
    /// Print the effective configuration, secrets redacted.
    Show,
}

pub(super) fn run(config: &Config, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        // It was checked when it was loaded.
        ConfigCommand::Check => println!("The configuration is good."),
        ConfigCommand::Show => print!("{}", config.show()),
    }
    Ok(())
}
