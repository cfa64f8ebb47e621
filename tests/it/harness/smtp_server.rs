//! A real mail server in a process of its own: aiosmtpd, as `tests/smtp/server.py` sets it up.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use super::app::TestAppBuilder;
use super::installed::python;
use super::server::free_port;

/// A mail that the server has taken.
#[derive(Debug, Deserialize)]
pub struct TakenMail {
    pub from: String,
    pub to: Vec<String>,
    pub content: String,
    pub encrypted: bool,
    pub user: Option<String>,
    pub hello: String,
}

impl TakenMail {
    /// The lines of its head that begin with `name: `, without that.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let head = self.content.split("\r\n\r\n").next().unwrap();
        head.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
    }
}

/// How the server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Plain,
    StartTls,
    Implicit,
}

/// How a server is set up.
#[derive(Clone)]
pub struct Setup {
    pub line: Line,
    pub credentials: Option<(&'static str, &'static str)>,
}

/// Killed when it is dropped.
pub struct SmtpServer {
    child: Option<Child>,
    pub port: u16,
    setup: Setup,
    authority: Authority,
    folder: TempDir,
}

/// Who certifies servers.
type Authority = CertifiedIssuer<'static, KeyPair>;

/// One that nobody trusts yet.
fn new_authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Setup {
    pub fn of(line: Line) -> Self {
        Self { line, credentials: None }
    }
}

impl SmtpServer {
    /// Starts one on a free port.
    pub fn start(setup: Setup) -> Self {
        let mut server = Self::down(setup);
        server.come_up();
        server
    }

    /// One that is not there yet, but has its port.
    pub fn down(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Self { child: None, port: free_port(), setup, authority: new_authority(), folder };
        std::fs::write(server.ca_file(), server.authority.pem()).unwrap();
        server.certify("localhost", &server.authority);
        server
    }

    /// Starts it, or starts it again on the same port.
    pub fn come_up(&mut self) {
        let mut command = Command::new(python());
        command
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.py"))
            .args(["--port", &self.port.to_string(), "--folder"])
            .arg(self.folder.path())
            .arg("--encryption")
            .arg(match self.setup.line {
                Line::Plain => "none",
                Line::StartTls => "starttls",
                Line::Implicit => "implicit",
            })
            .arg("--certificate")
            .arg(self.path("server.pem"))
            .arg("--key")
            .arg(self.path("server.key"));
        if let Some((user, password)) = self.setup.credentials {
            command.args(["--user", user, "--password", password]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "ready\n", "the mail server does not start");
        self.child = Some(child);
    }

    /// SIGKILL, and waits for the end. What it has taken stays.
    pub fn go_down(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// From its next start on, it shows a certificate of its own authority for another name.
    pub fn certify_for(&self, name: &str) {
        self.certify(name, &self.authority);
    }

    /// From its next start on, it shows a certificate for its name that an authority has signed which nobody trusts.
    pub fn certify_by_a_stranger(&self) {
        self.certify("localhost", &new_authority());
    }

    fn certify(&self, name: &str, authority: &Authority) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, authority).unwrap();
        std::fs::write(self.path("server.pem"), certificate.pem()).unwrap();
        std::fs::write(self.path("server.key"), key.serialize_pem()).unwrap();
    }

    /// The certificate of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its address, with what stands before the host.
    pub fn url(&self, user_info: &str, host: &str) -> String {
        let scheme = if self.setup.line == Line::Implicit { "smtps" } else { "smtp" };
        format!("{scheme}://{user_info}{host}:{}", self.port)
    }

    /// An app that sends its mail here.
    pub fn settings(&self, builder: TestAppBuilder) -> TestAppBuilder {
        builder
            .with("MAIL__TRANSPORT", "smtp")
            .with("MAIL__FROM", "The Vault <vault@example.org>")
            .with("MAIL__SMTP__URL", &self.url("", "localhost"))
            .with("MAIL__SMTP__CA_FILE", self.ca_file().to_str().unwrap())
    }

    /// How it behaves from now on.
    pub fn rules(&self, rules: Value) {
        let unfinished = self.path(".rules");
        std::fs::write(&unfinished, rules.to_string()).unwrap();
        std::fs::rename(unfinished, self.path("rules.json")).unwrap();
    }

    /// Returns once a mail hangs there.
    pub async fn wait_until_it_hangs(&self) {
        let begun = Instant::now();
        while !self.path("hanging").exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "no mail came that could hang");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What it has taken so far, in this order.
    pub fn taken(&self) -> Vec<TakenMail> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|ext| ext == "mail")).collect();
        paths.sort();
        paths.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// What it has taken, once it is so many mails.
    pub async fn wait_for(&self, count: usize) -> Vec<TakenMail> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            let taken = self.taken();
            if taken.len() >= count {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} mails came, not {count}", self.taken().len());
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended_already = child.kill();
            let _waited_for_already = child.wait();
        }
    }
}
