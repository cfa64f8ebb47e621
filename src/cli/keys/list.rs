//! `strongroom keys list`.

use clap::Args;

use super::report;
use crate::cli::operator::Link;
use crate::config::Config;
use crate::services::keys::{KeyReport, RingReport};

#[derive(Args)]
pub(in crate::cli) struct ListCommand {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, command: &ListCommand) -> anyhow::Result<()> {
    let link = Link::open(config).await?;
    let report = report(&link).await;
    link.close().await;
    let report = report?;
    if command.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table(&report));
    }
    Ok(())
}

fn table(report: &RingReport) -> String {
    let head = ["ID", "PURPOSE", "STATE", "CREATED", "NEEDED BY"].map(str::to_owned);
    let row = |key: &KeyReport| {
        let created_at = key.created_at.clone().unwrap_or_else(|| "unknown".to_owned());
        [key.id.clone(), key.purpose.clone(), state_of(key), created_at, needed_by(key)]
    };
    let rows: Vec<_> = std::iter::once(head).chain(report.keys.iter().map(row)).collect();
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
            let is_last = column + 1 == row.len();
            text.push_str(&if is_last { cell.clone() } else { format!("{cell:width$}  ") });
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    if let Some(rotation) = &report.rotation {
        text.push_str(&format!(
            "\nRotation begun {}: {}, {} of {} file keys rewrapped",
            rotation.begun_at, rotation.phase, rotation.rewrapped, rotation.total
        ));
        if rotation.lacking > 0 {
            text.push_str(&format!(
                "; {} of {} instances have not got the new keys",
                rotation.lacking, rotation.instances
            ));
        }
        if rotation.failed > 0 {
            text.push_str(&format!("; {} cannot be opened", rotation.failed));
        }
        text.push('\n');
    }
    text
}

fn state_of(key: &KeyReport) -> String {
    match (key.in_ring, key.state.as_str()) {
        (false, state) if state != "retired" => format!("{state}, not in this ring"),
        (true, "retired") => "retired, still in this ring".to_owned(),
        (_, state) => state.to_owned(),
    }
}

fn needed_by(key: &KeyReport) -> String {
    let mut needs = Vec::new();
    for (count, what) in [(key.files, "files"), (key.second_factors, "second factors"), (key.mails, "mails")] {
        if count > 0 {
            needs.push(format!("{count} {what}"));
        }
    }
    needs.extend(key.tokens_until.as_ref().map(|until| format!("tokens until {until}")));
    if key.state == "current" {
        needs.push("whatever comes".to_owned());
    }
    if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") }
}
