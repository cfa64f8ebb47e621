//! What is left unread when an answer is ready early.
//!
//! A server that closes a connection with unread bytes on it resets it, and the reset can eat the answer before the client
//! has read it. So the rest is read and thrown away, but only after the answer was handed out, and only so much of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body::{Frame, SizeHint};
use tokio::runtime::Handle;

/// Bytes that are thrown away at most: those of the largest body whose sender need not read while it sends, and some more.
const MAX_BYTES: u64 = 80 << 20;
/// How long the throwing away goes on at most.
const MAX_TIME: Duration = Duration::from_secs(60);

/// The body of a request, which somebody reads and whose rest is thrown away.
#[derive(Clone)]
pub(super) struct SharedBody(Arc<Mutex<BodyDataStream>>);

impl SharedBody {
    pub(super) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(body.into_data_stream())))
    }

    /// Hands the answer out, and then throws away what of the request nobody has read.
    pub(super) fn answer_then_drain(self, response: Response) -> Response {
        response.map(|body| Body::new(DrainAtEnd { answer: body, unread: Some(self) }))
    }

    async fn drain(mut self) {
        let mut left = MAX_BYTES;
        let draining = async {
            while let Some(Ok(bytes)) = self.next().await {
                left = left.saturating_sub(bytes.len() as u64);
                if left == 0 {
                    break;
                }
            }
        };
        let _ended_or_too_long = tokio::time::timeout(MAX_TIME, draining).await;
    }
}

impl Stream for SharedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

/// An answer whose end begins the draining.
struct DrainAtEnd {
    answer: Body,
    unread: Option<SharedBody>,
}

impl HttpBody for DrainAtEnd {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.answer).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }
}

impl Drop for DrainAtEnd {
    fn drop(&mut self) {
        if let (Some(unread), Ok(runtime)) = (self.unread.take(), Handle::try_current()) {
            runtime.spawn(unread.drain());
        }
    }
}
