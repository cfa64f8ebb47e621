//! `strongroom verify`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;

use super::bar::{Bar, in_words};
use super::operator::{self, Answer, Request};
use crate::config::Config;
use crate::folders;
use crate::services::verify::{Finding, Kind, VerifyOptions, VerifyReport};

/// What the process exits with when something was found.
const FOUND: u8 = 1;
/// What it exits with when it could not be done.
const FAILED: u8 = 2;

#[derive(Args)]
pub(super) struct VerifyCommand {
    /// Read the content of so many in a hundred objects; that they are there, and how long they are, is looked at for all.
    #[arg(long, value_name = "PERCENT", default_value_t = 100)]
    sample: u8,
    /// Write a report as JSON; `-` is standard output, and what is for people goes to standard error then.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Set damaged objects, and those that nobody knows of, aside in the storage, below `quarantine`. Nothing is deleted.
    #[arg(long)]
    repair: bool,
    /// Begin anew where an earlier run was interrupted.
    #[arg(long)]
    restart: bool,
    /// Where it is written down how far the run is; `verify.state` in the data folder if not given.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Stop after so many files; the next run goes on there.
    #[arg(long, value_name = "FILES")]
    at_most: Option<u64>,
    /// How many objects are read at once; one a core if not given.
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<usize>,
}

pub(super) async fn run(config: anyhow::Result<Config>, command: VerifyCommand) -> ExitCode {
    match verify(config, command).await {
        Ok(report) if report.findings.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FOUND),
        Err(failure) => {
            super::complain(&failure);
            ExitCode::from(FAILED)
        }
    }
}

async fn verify(config: anyhow::Result<Config>, command: VerifyCommand) -> anyhow::Result<VerifyReport> {
    let config = config?;
    let state_file = command.state.unwrap_or_else(|| config.verify_state_file());
    let options = VerifyOptions {
        sample_percent: command.sample,
        repair: command.repair,
        restart: command.restart,
        at_most: command.at_most,
        jobs: command.jobs,
        // The server that does it may have another working directory.
        state_file: std::path::absolute(state_file)?,
    };
    let mut bar = Bar::new();
    let answer = operator::ask_and_watch(config, Request::Verify(options), &mut |reached| bar.show(&reached)).await;
    bar.clear();
    let report = match answer? {
        Answer::Verified(report) => report,
        Answer::Refused { message } => bail!("{message}"),
        _ => bail!("the server gave an answer to another question"),
    };
    let text = in_lines(&report);
    match command.json.as_deref() {
        Some(path) if path == Path::new("-") => {
            println!("{}", serde_json::to_string_pretty(&report)?);
            write!(std::io::stderr(), "{text}")?;
        }
        Some(path) => {
            let json = serde_json::to_vec_pretty(&report)?;
            folders::replace_file(path, &json).with_context(|| format!("cannot write {}", path.display()))?;
            print!("{text}");
        }
        None => print!("{text}"),
    }
    Ok(report)
}

fn in_lines(report: &VerifyReport) -> String {
    let mut text: String = report.findings.iter().map(in_words_of).collect();
    let VerifyReport { files, objects, bytes, findings, .. } = report;
    text.push_str(&format!("{files} files, {objects} objects, {} authenticated", in_words(*bytes)));
    if report.sample_percent < 100 {
        text.push_str(&format!(" (a sample of {} percent)", report.sample_percent));
    }
    text.push_str(match findings.len() {
        0 => ": all is well.\n",
        _ => ".\n",
    });
    if !findings.is_empty() {
        text.push_str(&format!("{} findings.\n", findings.len()));
    }
    if !report.finished {
        text.push_str("This is not all: run it again to go on.\n");
    }
    text
}

fn in_words_of(finding: &Finding) -> String {
    let kind = match finding.kind {
        Kind::Missing => "missing",
        Kind::Truncated => "truncated",
        Kind::Altered => "altered",
        Kind::Swapped => "swapped",
        Kind::Foreign => "foreign object",
        Kind::Orphan => "orphan",
        Kind::WrongWrap => "wrong wrap",
    };
    let mut text = kind.to_owned();
    for part in [&finding.file, &finding.place].into_iter().flatten() {
        text.push_str(&format!(" {}", part.escape_debug()));
    }
    if !finding.detail.is_empty() {
        text.push_str(&format!(": {}", finding.detail));
    }
    if let Some(file) = &finding.belongs_to {
        text.push_str(&format!(", to {file}"));
    }
    if let Some(aside) = &finding.quarantined {
        text.push_str(&format!(" -> {}", aside.escape_debug()));
    }
    text + "\n"
}
