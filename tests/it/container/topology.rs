//! docker-compose.yml without containers: its services as processes of this machine, with the command lines, environments, files and
//! health checks that are written there. Only host names, ports and the places of volumes are others, and the mail catcher is ours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use super::compose_file::{ComposeFile, words};
use super::dockerfile::Dockerfile;
use super::{drawn_secrets, project};
use crate::accounts::{LOGIN, SIGNUP, VERIFY};
use crate::harness::client::{Client, PASSWORD};
use crate::harness::documents::{fixture, sha256};
use crate::harness::installed::installed;
use crate::harness::server::free_port;
use crate::harness::smtp_server::{Line, Setup, SmtpServer};
use crate::harness::surreal_server::server_program;

const DOCUMENT: &str = "good/report-libreoffice.docx";

/// The file, and where on this machine everything in it is.
struct Topology {
    compose: ComposeFile,
    image: Dockerfile,
    secrets: BTreeMap<String, String>,
    /// The port here for each port there.
    ports: BTreeMap<u16, u16>,
    folder: TempDir,
}

/// A service that runs. Killed when it is dropped.
struct Running {
    service: &'static str,
    child: Child,
    log: PathBuf,
}

impl Topology {
    fn new(smtp_port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ports: BTreeMap<u16, u16> = [8000, 3900, 3901, 8080].map(|port| (port, free_port())).into();
        ports.insert(1025, smtp_port);
        for made in ["volumes", "working-directory", "temporary"] {
            std::fs::create_dir(folder.path().join(made)).unwrap();
        }
        let (compose, image) = (ComposeFile::read(), Dockerfile::read());
        let topology = Self { compose, image, secrets: drawn_secrets(), ports, folder };
        for service in ["strongroom", "surrealdb", "garage"] {
            for (source, target) in topology.mounts(service) {
                if source.starts_with("./") {
                    let content = std::fs::read_to_string(project().join(source)).unwrap();
                    std::fs::write(topology.place(&target), topology.moved(service, &content)).unwrap();
                } else {
                    std::fs::create_dir(topology.place(&source)).unwrap();
                }
            }
        }
        topology
    }

    /// What is mounted into a service, and where it is mounted.
    fn mounts(&self, service: &str) -> Vec<(String, String)> {
        let volumes = words(&self.compose.0["services"][service]["volumes"]);
        let parts = |volume: &str| volume.split(':').map(str::to_owned).collect::<Vec<_>>();
        volumes.iter().map(|volume| parts(volume)).map(|parts| (parts[0].clone(), parts[1].clone())).collect()
    }

    /// Where a volume, or a file that is mounted, is here.
    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join("volumes").join(name.trim_start_matches('/').replace('/', "-"))
    }

    /// A text of a service with host names, ports and places as they are here.
    fn moved(&self, service: &str, text: &str) -> String {
        let mut moved = text.replace("0.0.0.0:", "127.0.0.1:");
        for (host, _) in self.compose.services() {
            moved = moved.replace(&format!("//{host}:"), "//127.0.0.1:");
        }
        for (source, target) in self.mounts(service) {
            let place = if source.starts_with("./") { self.place(&target) } else { self.place(&source) };
            moved = moved.replace(&target, place.to_str().unwrap());
        }
        let mut pieces = moved.split(':');
        let mut moved = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let digits = piece.len() - piece.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            let (port, rest) = piece.split_at(digits);
            let port = port.parse().ok().and_then(|port| self.ports.get(&port)).map_or(port.to_owned(), u16::to_string);
            moved += &format!(":{port}{rest}");
        }
        moved
    }

    /// A command in the container of a service.
    fn command(&self, service: &str, words: &[String]) -> Command {
        let program = match words[0].as_str() {
            "/surreal" => server_program(),
            "/garage" => installed("garage/bin/garage"),
            "strongroom" => PathBuf::from(env!("CARGO_BIN_EXE_strongroom")),
            other => panic!("{other} is no program of ours"),
        };
        let mut command = Command::new(program);
        command
            .args(words[1..].iter().map(|word| self.moved(service, word)))
            .current_dir(self.folder.path().join("working-directory"))
            .env_clear()
            .env("TMPDIR", self.folder.path().join("temporary"));
        let of_the_image = match service {
            "strongroom" => self.image.last().environment(),
            // Where it looks for the file that is mounted.
            "garage" => vec![("GARAGE_CONFIG_FILE".to_owned(), "/etc/garage.toml".to_owned())],
            _ => Vec::new(),
        };
        let written = self.compose.environment(service, &self.secrets).unwrap();
        for (name, value) in of_the_image.into_iter().chain(written) {
            command.env(name, self.moved(service, &value));
        }
        command
    }

    /// Whether the health check of a service says so.
    fn is_healthy(&self, service: &str) -> bool {
        let check = words(&self.compose.0["services"][service]["healthcheck"]["test"]);
        let quiet = self.command(service, &check[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.unwrap().success()
    }

    /// Starts a service, and waits until its health check is content.
    fn start(&self, service: &'static str) -> Running {
        assert!(!self.is_healthy(service), "{service} is not there, and is healthy");
        let written = words(&self.compose.0["services"][service]["command"]);
        let command_line = match service {
            "strongroom" => self.image.command_line(),
            // The entry point of SurrealDB's image; Garage's has none.
            "surrealdb" => [vec!["/surreal".to_owned()], written].concat(),
            _ => written,
        };
        let log = self.folder.path().join(format!("{service}.log"));
        let out = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = self.command(service, &command_line);
        command.stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out);
        let mut running = Running { service, child: command.spawn().unwrap(), log };
        let begun = Instant::now();
        while !self.is_healthy(service) {
            assert!(running.child.try_wait().unwrap().is_none(), "{service} ended: {}", running.log());
            assert!(begun.elapsed() < Duration::from_secs(60), "{service} does not get healthy: {}", running.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }

    /// All of them, each after those that it depends on.
    fn up(&self) -> [Running; 3] {
        ["surrealdb", "garage", "strongroom"].map(|service| self.start(service))
    }
}

impl Running {
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// As the engine stops it.
    fn stop(mut self) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{} does not stop: {}", self.service, self.log());
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{} stopped with {status}: {}", self.service, self.log());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _waited_for_already = self.child.wait();
    }
}

/// Signs somebody up, takes the mail out of the catcher, confirms the address, and signs in.
async fn come_in(base_url: &str, catcher: &SmtpServer, name: &str, invitation: Option<&str>) -> Client {
    let anonymous = Client::new(base_url, None);
    let email = format!("{name}@example.com");
    let role = if invitation.is_some() { "OPS" } else { "CLIENT" };
    let input = json!({"email": email, "name": name, "password": PASSWORD, "role": role, "invitation": invitation});
    let caught = catcher.taken().len();
    anonymous.data(SIGNUP, json!({"input": input})).await;
    let mail = catcher.wait_for(caught + 1).await.remove(caught);
    assert_eq!(mail.to, [email.as_str()]);
    let link = mail.content.lines().find(|line| line.contains("/verify-email?token=")).unwrap();
    let token = link.strip_prefix(&format!("{base_url}/verify-email?token=")).expect("the address that is published");
    anonymous.data(VERIFY, json!({"t": token, "p": PASSWORD})).await;
    let session = anonymous.data(LOGIN, json!({"input": {"email": email, "password": PASSWORD}})).await;
    Client::new(base_url, session["login"]["accessToken"].as_str())
}

async fn download(client: &Client) -> String {
    let listed = client.data("{ files { nodes { sha256 downloadLink { url } } } }", json!({})).await;
    let file = &listed["files"]["nodes"][0];
    let answer = client.get(file["downloadLink"]["url"].as_str().unwrap()).await;
    assert_eq!(answer.status(), 200);
    let received = sha256(&answer.bytes().await.unwrap());
    assert_eq!(file["sha256"], received);
    received
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_topology_of_the_compose_file_does_the_main_job() {
    let catcher = SmtpServer::start(Setup::of(Line::Plain));
    let topology = Topology::new(catcher.port);
    let version = topology.command("garage", &["/garage".to_owned(), "--version".to_owned()]).output().unwrap();
    let image = topology.compose.0["services"]["garage"]["image"].as_str().unwrap().rsplit_once(":v").unwrap().1;
    assert!(String::from_utf8_lossy(&version.stdout).contains(&format!(":{image} ")), "what runs is what is named");

    let [surrealdb, garage, strongroom] = topology.up();
    let base_url = format!("http://localhost:{}", topology.ports[&8080]);
    assert!(
        strongroom.log().contains(&format!("{base_url}/signup")),
        "the first Admin is invited: {}",
        strongroom.log()
    );

    // docker compose exec strongroom strongroom invite --role OPS
    let invite = ["strongroom", "invite", "--role", "OPS"].map(str::to_owned);
    let invited = topology.command("strongroom", &invite).output().unwrap();
    let invitation = String::from_utf8(invited.stdout).unwrap();
    let olga = come_in(&base_url, &catcher, "olga", invitation.lines().next()).await;
    let carl = come_in(&base_url, &catcher, "carl", None).await;
    let document = fixture(DOCUMENT);
    let file = olga.upload("report.docx", &document).await;
    olga.share(&file, "carl@example.com").await;
    assert_eq!(download(&carl).await, sha256(&document));

    strongroom.stop();
    let strongroom = topology.start("strongroom");
    assert_eq!(download(&carl).await, sha256(&document));

    // docker compose down, and up again: all that there is lies in the volumes.
    strongroom.stop();
    garage.stop();
    surrealdb.stop();
    let _running = topology.up();
    assert_eq!(download(&carl).await, sha256(&document));

    // Root is read-only in a container: nothing may be written beside volumes and /tmp.
    let beside = std::fs::read_dir(topology.folder.path().join("working-directory")).unwrap().count();
    assert_eq!(beside, 0);
}
