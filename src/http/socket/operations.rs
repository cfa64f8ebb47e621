//! The subscriptions that run on one socket.

use std::task::{Context, Poll};

use futures_util::stream::{BoxStream, StreamExt};

use crate::graphql::Told;

/// The subscriptions that run on one socket, by their ids.
#[derive(Default)]
pub(super) struct Operations {
    all: Vec<Operation>,
    /// Which is asked first: each in its turn, so that none keeps the others waiting.
    first: usize,
}

struct Operation {
    id: String,
    told: BoxStream<'static, Told>,
    runs: bool,
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.all.iter().any(|operation| operation.id == id)
    }

    pub(super) fn add(&mut self, id: String, told: BoxStream<'static, Told>) {
        self.all.push(Operation { id, told, runs: false });
    }

    /// Ends one, where there is one of this id.
    pub(super) fn end(&mut self, id: &str) {
        self.all.retain(|operation| operation.id != id);
    }

    /// Whether none is still finding out from where on it is to tell.
    pub(super) fn all_run(&self) -> bool {
        self.all.iter().all(|operation| operation.runs)
    }

    /// What one of them has to tell, with its id; `None` where it has ended of itself. Waits for ever while there are none.
    pub(super) async fn next(&mut self) -> (String, Option<Told>) {
        std::future::poll_fn(|ctx| self.poll_next(ctx)).await
    }

    fn poll_next(&mut self, ctx: &mut Context<'_>) -> Poll<(String, Option<Told>)> {
        let count = self.all.len();
        for offset in 0..count {
            let index = (self.first + offset) % count;
            let Some(operation) = self.all.get_mut(index) else { continue };
            if let Poll::Ready(told) = operation.told.poll_next_unpin(ctx) {
                operation.runs = true;
                self.first = (index + 1) % count;
                return Poll::Ready((operation.id.clone(), told));
            }
        }
        Poll::Pending
    }
}
