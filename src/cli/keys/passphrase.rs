//! Where a passphrase comes from.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use zeroize::Zeroizing;

/// The longest that is read.
const MAX_BYTES: u64 = 64 << 10;

#[derive(Args)]
pub(super) struct PassphraseArgs {
    /// Read the passphrase from this file, its first line.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_stdin")]
    passphrase_file: Option<PathBuf>,
    /// Read the passphrase from standard input, its first line.
    #[arg(long)]
    passphrase_stdin: bool,
}

impl PassphraseArgs {
    /// The passphrase; asked for `twice` where a slip of the hand would make a copy that nobody can open.
    pub(super) fn read(&self, twice: bool) -> anyhow::Result<Zeroizing<String>> {
        if let Some(path) = &self.passphrase_file {
            let file = std::fs::File::open(path)
                .with_context(|| format!("cannot read the passphrase of {}", path.display()))?;
            return first_line(file);
        }
        let stdin = std::io::stdin();
        if self.passphrase_stdin {
            return first_line(stdin.lock());
        }
        ensure!(
            stdin.is_terminal(),
            "give the passphrase on standard input with --passphrase-stdin, or in a file with --passphrase-file"
        );
        let passphrase = ask("Passphrase (it will be seen as you type): ")?;
        if twice {
            ensure!(*ask("Once more: ")? == *passphrase, "these are two different passphrases");
        }
        Ok(passphrase)
    }
}

fn ask(question: &str) -> anyhow::Result<Zeroizing<String>> {
    let mut terminal = std::io::stderr();
    write!(terminal, "{question}")?;
    terminal.flush()?;
    first_line(std::io::stdin().lock())
}

fn first_line(from: impl Read) -> anyhow::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    std::io::BufReader::new(from.take(MAX_BYTES)).read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
