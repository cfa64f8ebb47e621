//! A store that runs in a process of its own: how it starts, and how it ends.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running process that listens on a port. Killed when it is dropped.
pub struct StoreProcess {
    child: Child,
}

impl StoreProcess {
    /// Starts it, and waits until it listens. What it says is thrown away.
    pub async fn start(mut command: Command, port: u16) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut process = Self { child: child.unwrap_or_else(|failure| panic!("{name}: {failure}")) };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(process.child.try_wait().unwrap().is_none(), "{name} ended");
            assert!(begun.elapsed() < Duration::from_secs(60), "{name} does not listen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        process
    }

    /// SIGKILL, and waits for the end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for StoreProcess {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _waited_for_already = self.child.wait();
    }
}
