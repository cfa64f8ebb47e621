//! The socket by which commands reach the running server, which holds the embedded database.
//!
//! A Unix socket in the data folder, mode 0600, one line of JSON each way; whoever connects must be the user the server
//! runs as, or root. Never HTTP.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::task::AbortOnDropHandle;
use zeroize::Zeroizing;

use super::operator::{self, Answer, Request};
use crate::services::Services;

/// Bytes of one line.
const MAX_LINE_BYTES: u64 = 64 << 10;
const TIMEOUT: Duration = Duration::from_secs(30);

/// A socket that is listened on, and gone when this is dropped.
pub(super) struct ControlSocket {
    path: PathBuf,
    _listening: AbortOnDropHandle<()>,
}

impl ControlSocket {
    /// Listens. The database's lock has been taken by now, so a socket that is there already is left over.
    pub(super) fn listen(path: &Path, services: Arc<Services>) -> anyhow::Result<Self> {
        match std::fs::remove_file(path) {
            Err(failure) if failure.kind() != io::ErrorKind::NotFound => return Err(failure.into()),
            _ => {}
        }
        let listener = UnixListener::bind(path).with_context(|| format!("cannot listen on {}", path.display()))?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        let listening = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let services = Arc::clone(&services);
                        tokio::spawn(async move {
                            let answered = tokio::time::timeout(TIMEOUT, answer(stream, &services)).await;
                            if !matches!(answered, Ok(Ok(()))) {
                                tracing::warn!("a command by the control socket was not answered");
                            }
                        });
                    }
                    Err(failure) => {
                        tracing::warn!(%failure, "the control socket failed");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        });
        Ok(Self { path: path.to_path_buf(), _listening: AbortOnDropHandle::new(listening) })
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.path);
    }
}

async fn answer(mut stream: UnixStream, services: &Services) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != rustix::process::geteuid().as_raw() && peer != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let line = read_line(&mut stream).await?;
    if line.is_empty() {
        // Somebody has looked whether there is a server.
        return Ok(());
    }
    let request: Request = serde_json::from_str(&line)?;
    write_line(&mut stream, &operator::perform(services, request).await).await
}

/// Whether a server listens on the socket.
pub(super) async fn is_listened_on(path: &Path) -> bool {
    UnixStream::connect(path).await.is_ok()
}

/// Asks the server that listens on the socket; `None` where none does.
pub(super) async fn ask(path: &Path, request: &Request) -> anyhow::Result<Option<Answer>> {
    let Ok(mut stream) = UnixStream::connect(path).await else { return Ok(None) };
    let asking = async {
        write_line(&mut stream, request).await?;
        Ok::<_, io::Error>(serde_json::from_str(&read_line(&mut stream).await?)?)
    };
    let answer = tokio::time::timeout(TIMEOUT, asking).await.context("the server does not answer in time")?;
    Ok(Some(answer.context("the server did not answer")?))
}

async fn read_line(stream: &mut UnixStream) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    BufReader::new(stream.take(MAX_LINE_BYTES)).read_line(&mut line).await?;
    Ok(line)
}

async fn write_line<T: serde::Serialize>(stream: &mut UnixStream, value: &T) -> io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    stream.write_all(&line).await
}
