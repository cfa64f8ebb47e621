//! Serving connections until told to stop, and then finishing what was begun.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::visitor::PeerAddress;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long connections may go on after the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of a request's head, and of what is read at once.
const MAX_BUFFER_BYTES: usize = 128 << 10;

/// That the server stops: known to every connection, and to what a connection was upgraded to.
#[derive(Clone, Default)]
pub(super) struct Stopping {
    begun: CancellationToken,
    under_way: TaskTracker,
}

impl Stopping {
    /// Ready as soon as the server was told to stop.
    pub(super) async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// As long as this is held, the server waits before it ends.
    pub(super) fn hold_up(&self) -> TaskTrackerToken {
        self.under_way.token()
    }
}

/// Serves HTTP/1.1 until `stop` is ready, then lets requests that are under way come to their end. Whoever takes nothing of an
/// answer for `write_timeout` is cut off.
pub async fn serve(listener: TcpListener, router: Router, write_timeout: Duration, stop: impl Future<Output = ()>) {
    let stopping = Stopping::default();
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_BUFFER_BYTES);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(failure) => {
                    // Out of file descriptors, most likely: waiting a little is all that helps.
                    tracing::warn!(%failure, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        if let Err(failure) = stream.set_nodelay(true) {
            tracing::debug!(%failure, "a connection went away at once");
            continue;
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(write_timeout));
        let connection = serve_connection(server.clone(), stream, peer.ip(), router.clone(), stopping.clone());
        stopping.under_way.spawn(connection);
    }
    drop(listener);
    stopping.begun.cancel();
    stopping.under_way.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, stopping.under_way.wait()).await.is_err() {
        tracing::warn!("some requests were still under way and are cut off");
    }
}

async fn serve_connection(
    server: http1::Builder,
    stream: TimeoutStream<TcpStream>,
    peer: IpAddr,
    router: Router,
    stopping: Stopping,
) {
    let routes = TowerToHyperService::new(router);
    let to_handlers = stopping.clone();
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        request.extensions_mut().insert(to_handlers.clone());
        routes.call(request)
    });
    let mut connection =
        std::pin::pin!(server.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades());
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopping.begun() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(failure) = ended {
        tracing::debug!(%failure, "a connection ended early");
    }
}
