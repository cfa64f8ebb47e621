//! The program itself in a process of its own, for what only a process can show: being killed, its memory, its signals.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::client::{Client, PASSWORD};

/// A running `strongroom serve`. Killed when it is dropped.
pub struct Server {
    pub child: Child,
    pub base_url: String,
    pub data_dir: PathBuf,
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strongroom"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("RUST_BACKTRACE", "1");
    command
}

/// A port nobody listens on, and no other test is given. Not one of those that the system gives to connections (32768 and up on
/// Linux): between the choice and its use, one of these may go to any of them.
pub fn free_port() -> u16 {
    static CHOSEN: AtomicU32 = AtomicU32::new(0);
    const PORTS: std::ops::Range<u16> = 20_000..32_000;
    let count = u32::from(PORTS.end - PORTS.start);
    // Suites at the same time begin at different places.
    let start = std::process::id().wrapping_mul(31);
    (0..count)
        .map(|_| start.wrapping_add(CHOSEN.fetch_add(1, Ordering::Relaxed)) % count)
        .map(|offset| PORTS.start + u16::try_from(offset).unwrap())
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

/// Makes a user by the command line: through the server that runs there, or without one.
pub fn create_user_in(data_dir: &Path, name: &str, role: &str) {
    create_user_with(data_dir, name, role, |_| {});
}

/// The same with something in its environment.
pub fn create_user_with(data_dir: &Path, name: &str, role: &str, configure: impl FnOnce(&mut Command)) {
    let mut command = program();
    configure(&mut command);
    let mut child = command
        .args(["user", "create", "--email", &format!("{name}@example.com"), "--name", name, "--role", role])
        .arg("--password-stdin")
        .arg("--data-dir")
        .arg(data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

impl Server {
    /// Starts the program and waits until it is ready. `configure` may add to its environment.
    pub fn start(data_dir: &Path, configure: impl FnOnce(&mut Command)) -> Self {
        let mut command = program();
        configure(&mut command);
        Self::start_program(command, data_dir)
    }

    fn start_program(mut command: Command, data_dir: &Path) -> Self {
        let port = free_port();
        let base_url = format!("http://127.0.0.1:{port}");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(data_dir.with_extension("log")).unwrap();
        let child = command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .arg("--data-dir")
            .arg(data_dir)
            .env("STRONGROOM__SERVER__PUBLIC_URL", &base_url)
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(data_dir.with_extension("out")).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, base_url, data_dir: data_dir.to_path_buf() };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&mut self) {
        let (begun, address) = (Instant::now(), self.base_url.trim_start_matches("http://"));
        while begun.elapsed() < Duration::from_secs(60) {
            assert!(self.child.try_wait().unwrap().is_none(), "the server ended: {}", self.log());
            // A process that asks costs more than a look whether there is anybody to ask.
            if TcpStream::connect(address).is_err() {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let ready = program()
                .arg("healthcheck")
                .env("STRONGROOM__SERVER__LISTEN", address)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if ready.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server does not get ready: {}", self.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data_dir.with_extension("log")).unwrap_or_default()
    }

    /// What it has printed, which is not its log.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.data_dir.with_extension("out")).unwrap_or_default()
    }

    /// Makes a user by the command line, through the running server.
    pub fn create_user(&self, name: &str, role: &str) {
        create_user_in(&self.data_dir, name, role);
    }

    pub async fn sign_in(&self, name: &str) -> Client {
        let input = serde_json::json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
        let anonymous = Client::new(&self.base_url, None);
        let data = anonymous.data(query, serde_json::json!({"input": input})).await;
        Client::new(&self.base_url, data["login"]["accessToken"].as_str())
    }

    /// The most memory the process has held so far, in bytes (`VmHWM`).
    pub fn peak_memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// The time that its threads have spent on a core. Those that have ended no longer count.
    pub fn core_time(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().flatten();
        let of_each = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
        Duration::from_nanos(of_each.filter_map(|text| text.split_whitespace().next()?.parse::<u64>().ok()).sum())
    }

    /// SIGKILL, and waits for the end.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _waited_for_already = self.child.wait();
    }
}
