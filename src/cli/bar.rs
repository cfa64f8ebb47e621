//! How far a long command is: a bar on a terminal, a line now and then elsewhere. On standard error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::services::progress::Reached;

const WIDTH: usize = 24;
/// How often there is a line where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// A bar that shows how far a work is.
pub(super) struct Bar {
    is_terminal: bool,
    begun: Instant,
    stage: String,
    told: Instant,
}

impl Bar {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { is_terminal: std::io::stderr().is_terminal(), begun: now, stage: String::new(), told: now }
    }

    /// Shows how far it is.
    pub(super) fn show(&mut self, reached: &Reached) {
        let is_new = self.stage != reached.stage;
        let text = line(reached, self.begun.elapsed());
        let mut terminal = std::io::stderr();
        let _seen_or_not = if self.is_terminal {
            write!(terminal, "\r\x1b[K{text}").and_then(|()| terminal.flush())
        } else if is_new || self.told.elapsed() >= LINE_EVERY {
            self.told = Instant::now();
            writeln!(terminal, "{text}")
        } else {
            Ok(())
        };
        if is_new {
            self.stage.clone_from(&reached.stage);
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.is_terminal {
            let _seen_or_not = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(reached: &Reached, elapsed: Duration) -> String {
    let Reached { stage, done, total, bytes } = reached;
    let mut text = match *total {
        0 => format!("{stage}: {done}"),
        total => {
            let filled = usize::try_from((*done).min(total) * WIDTH as u64 / total).unwrap_or(0);
            format!("{stage} [{}{}] {done} of {total}", "=".repeat(filled), " ".repeat(WIDTH - filled))
        }
    };
    if *bytes > 0 {
        let speed = (*bytes as f64 / elapsed.as_secs_f64().max(0.001)) as u64;
        text.push_str(&format!(", {}, {}/s", in_words(*bytes), in_words(speed)));
    }
    text
}

/// A number of bytes, for people.
pub(super) fn in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        let reached = |done, total, bytes| Reached { stage: "files".to_owned(), done, total, bytes };
        let second = Duration::from_secs(1);
        assert_eq!(line(&reached(0, 4, 0), second), format!("files [{}] 0 of 4", " ".repeat(24)));
        let half = format!("files [{}{}] 2 of 4, 1.5 MB, 1.5 MB/s", "=".repeat(12), " ".repeat(12));
        assert_eq!(line(&reached(2, 4, 1_500_000), second), half);
        assert!(line(&reached(9, 4, 0), second).contains(&"=".repeat(24)), "files that came meanwhile");
        assert_eq!(line(&reached(7, 0, 0), second), "files: 7");
    }
}
