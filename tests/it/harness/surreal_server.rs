//! A SurrealDB server in a process of its own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::opt::auth::Root;

use super::server::free_port;

pub const USER: &str = "root";
pub const PASSWORD: &str = "root";

/// Killed when it is dropped.
pub struct SurrealServer {
    child: Child,
    port: u16,
    storage: String,
}

impl SurrealServer {
    /// Starts one on `memory` or `surrealkv://PATH`.
    pub async fn start(storage: &str) -> Self {
        let port = free_port();
        let server = Self { child: spawn(port, storage), port, storage: storage.to_owned() };
        server.wait_until_it_listens().await
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// SIGKILL, and waits for the end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Another one on the same port and the same storage.
    pub async fn restart(self) -> Self {
        let (port, storage) = (self.port, self.storage.clone());
        drop(self);
        let server = Self { child: spawn(port, &storage), port, storage };
        server.wait_until_it_listens().await
    }

    /// A connection without the store on top.
    pub async fn connect(&self) -> Surreal<Any> {
        let database = surrealdb::engine::any::connect(self.url()).await.unwrap();
        database.signin(Root { username: USER.to_owned(), password: PASSWORD.to_owned() }).await.unwrap();
        database.use_ns("strongroom").use_db("strongroom").await.unwrap();
        database
    }

    async fn wait_until_it_listens(mut self) -> Self {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            assert!(self.child.try_wait().unwrap().is_none(), "the SurrealDB server ended");
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the SurrealDB server does not listen");
    }
}

impl Drop for SurrealServer {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _waited_for_already = self.child.wait();
    }
}

fn spawn(port: u16, storage: &str) -> Child {
    let program = server_program();
    assert!(
        program.exists(),
        "{} is missing: build it with `make compile`, or name it in SURREALDB_TEST_SERVER",
        program.display()
    );
    // Under `error` it also makes the spans of traces that nobody reads.
    Command::new(program)
        .args(["start", "--no-banner", "--log", "off", "--bind", &format!("127.0.0.1:{port}")])
        .args(["--username", USER, "--password", PASSWORD, storage])
        .env_remove("SURREAL_PATH")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where `make compile` has put it.
pub fn server_program() -> PathBuf {
    std::env::var_os("SURREALDB_TEST_SERVER").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_strongroom")).with_file_name("surrealdb-test-server"),
        PathBuf::from,
    )
}
