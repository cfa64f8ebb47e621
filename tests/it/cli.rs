//! The program itself, as its operator meets it.

mod commands;
mod serving;
mod stopping;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::client::PASSWORD;
use crate::harness::server::program;

/// What came of a command.
pub struct Done {
    pub success: bool,
    pub printed: String,
    pub complaint: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { success: output.status.success(), printed: text(&output.stdout), complaint: text(&output.stderr) }
    }
}

impl Done {
    /// What it printed; fails the test unless it succeeded.
    #[track_caller]
    pub fn printed(self) -> String {
        assert!(self.success, "{}", self.complaint);
        self.printed
    }

    /// What it printed, and what it remarked on standard error; fails the test unless it succeeded.
    #[track_caller]
    pub fn printed_and_remarked(self) -> (String, String) {
        assert!(self.success, "{}", self.complaint);
        (self.printed, self.complaint)
    }

    /// What it complained of; fails the test unless it failed.
    #[track_caller]
    pub fn complaint(self) -> String {
        assert!(!self.success, "{}", self.printed);
        self.complaint
    }
}

pub fn run(arguments: &[&str], configure: impl FnOnce(&mut Command)) -> Done {
    let mut command = program();
    command.args(arguments).stdin(Stdio::null());
    configure(&mut command);
    command.output().unwrap().into()
}

pub fn run_in(data_dir: &Path, arguments: &[&str]) -> Done {
    run(arguments, |command| {
        command.arg("--data-dir").arg(data_dir);
    })
}

/// `user create` with a password on standard input.
pub fn create_user(data_dir: &Path, email: &str, role: &str, password: &str) -> Done {
    let mut child = program()
        .args(["user", "create", "--email", email, "--name", "Somebody", "--role", role, "--password-stdin"])
        .arg("--data-dir")
        .arg(data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap().into()
}

/// The same with everybody's password.
pub fn create(data_dir: &Path, name: &str, role: &str) -> Done {
    create_user(data_dir, &format!("{name}@example.com"), role, PASSWORD)
}
