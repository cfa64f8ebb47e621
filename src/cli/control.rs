//! The socket by which commands reach the running server, which holds the embedded database.
//!
//! A Unix socket in the data folder, mode 0600, one line of JSON each way; whoever connects must be the user the server
//! runs as, or root. Never HTTP. What takes long sends lines that tell how far it is before the one with the answer, and ends when
//! whoever asked hangs up.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::task::AbortOnDropHandle;
use zeroize::Zeroizing;

use super::operator::{self, Answer, Request, TELL_EVERY};
use crate::services::Services;
use crate::services::progress::{Progress, Reached};

/// Bytes of a line that asks.
const MAX_LINE_BYTES: u64 = 64 << 10;
/// Bytes of a line that answers: a report can be long.
const MAX_ANSWER_BYTES: u64 = 1 << 30;
/// How long one line may take. Whoever works tells how far it is much more often.
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
                            if answer(stream, &services).await.is_err() {
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
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading);
    if tokio::time::timeout(TIMEOUT, reading.fill_buf()).await??.is_empty() {
        // Somebody has looked whether there is a server.
        return Ok(());
    }
    let request: Request = read_line(&mut reading, MAX_LINE_BYTES).await?;
    let progress = Progress::default();
    let mut work = pin!(operator::perform(services, request, &progress));
    let mut hung_up = pin!(reading.read_u8());
    loop {
        tokio::select! {
            answer = &mut work => return write_line(&mut writing, &answer).await,
            _ = &mut hung_up => return Err(io::ErrorKind::ConnectionAborted.into()),
            () = tokio::time::sleep(TELL_EVERY) => write_line(&mut writing, &Answer::Reached(progress.reached())).await?,
        }
    }
}

/// Whether a server listens on the socket.
pub(super) async fn is_listened_on(path: &Path) -> bool {
    UnixStream::connect(path).await.is_ok()
}

/// Asks the server that listens on the socket; `None` where none does.
pub(super) async fn ask(
    path: &Path,
    request: &Request,
    show: &mut (dyn FnMut(Reached) + Send),
) -> anyhow::Result<Option<Answer>> {
    let Ok(mut stream) = UnixStream::connect(path).await else { return Ok(None) };
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading);
    write_line(&mut writing, request).await.context("the server does not listen")?;
    loop {
        match read_line(&mut reading, MAX_ANSWER_BYTES).await.context("the server did not answer")? {
            Answer::Reached(reached) => show(reached),
            answer => return Ok(Some(answer)),
        }
    }
}

async fn read_line<T: serde::de::DeserializeOwned>(
    stream: &mut (impl AsyncBufReadExt + Unpin),
    max_bytes: u64,
) -> io::Result<T> {
    let mut line = Zeroizing::new(String::new());
    let mut limited = stream.take(max_bytes);
    tokio::time::timeout(TIMEOUT, limited.read_line(&mut line)).await??;
    Ok(serde_json::from_str(&line)?)
}

async fn write_line<T: serde::Serialize>(stream: &mut (impl AsyncWriteExt + Unpin), value: &T) -> io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    tokio::time::timeout(TIMEOUT, stream.write_all(&line)).await?
}
