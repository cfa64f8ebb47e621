//! The line a multipart request comes by: metered, and one piece at a time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::drain::SharedBody;

/// How many bytes may still be read from the line.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(super) fn allow(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Release);
    }
}

/// More came than the meter allows.
#[derive(Debug, thiserror::Error)]
#[error("a part of the request is too long")]
pub(super) struct TooMuch;

/// The line, metered, and one piece at a time: the parser would read for as long as there is something to read, into memory.
pub(super) struct Metered {
    body: SharedBody,
    meter: Meter,
    has_just_yielded: bool,
}

impl Metered {
    pub(super) fn new(body: SharedBody, meter: Meter) -> Self {
        Self { body, meter, has_just_yielded: false }
    }
}

impl Stream for Metered {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.has_just_yielded) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.meter.0.load(Ordering::Acquire) == 0 {
            return Poll::Ready(Some(Err(TooMuch.into())));
        }
        let piece = std::task::ready!(self.body.poll_next_unpin(cx));
        Poll::Ready(piece.map(|piece| {
            let piece = piece?;
            let len = piece.len() as u64;
            let spend = |left: u64| Some(if left == u64::MAX { left } else { left.saturating_sub(len) });
            let _never_refused = self.meter.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, spend);
            self.has_just_yielded = true;
            Ok(piece)
        }))
    }
}
