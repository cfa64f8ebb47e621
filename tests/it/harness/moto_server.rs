//! moto: S3 in memory, which answers conditions as Amazon's does.

use std::process::Command;

use super::installed::python;
use super::s3_api::S3Api;
use super::server::free_port;
use super::store_process::StoreProcess;

pub const REGION: &str = "us-east-1";

/// Killed when it is dropped.
pub struct MotoServer {
    _process: StoreProcess,
    port: u16,
}

impl MotoServer {
    pub async fn start() -> Self {
        let port = free_port();
        let mut command = Command::new(python());
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        Self { _process: StoreProcess::start(command, port).await, port }
    }

    /// A new bucket. Any key opens it.
    pub async fn make_bucket(&self, name: &str) -> S3Api {
        let api = S3Api::new(&self.endpoint(), name, REGION, "any", "key");
        api.make_bucket().await;
        api
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
