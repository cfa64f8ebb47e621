//! When the lookups of a request are made: once nothing else of it can go on.
//!
//! The library's loader hands every batch of keys to a spawner, and waits a while for more keys. A task of its own could begin
//! on another core while this one still asks, and a page would cost as many queries as chance has it; a wait would make a
//! lone lookup slower. So the batches of a request are part of it: they begin when all that is being resolved waits, and end
//! with the request.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::{BoxFuture, poll_fn};
use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::AtomicWaker;

type Batch = BoxFuture<'static, ()>;

/// The batches of one request.
#[derive(Default)]
pub(super) struct Batches {
    waiting: Arc<Mutex<Vec<Batch>>>,
    under_way: FuturesUnordered<Batch>,
    resolving: Arc<Resolving>,
}

/// Whether what is being resolved was woken since it was last looked at.
#[derive(Default)]
struct Resolving {
    is_woken: AtomicBool,
    request: AtomicWaker,
}

impl Wake for Resolving {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.request.wake();
    }
}

impl Batches {
    /// Where a loader of this request leaves its batches.
    pub(super) fn spawner(&self) -> impl Fn(Batch) + Send + Sync + use<> {
        let waiting = Arc::clone(&self.waiting);
        move |batch| waiting.lock().unwrap_or_else(PoisonError::into_inner).push(batch)
    }

    /// Answers the request, and makes its lookups on the way.
    pub(super) async fn answer<F: Future>(mut self, execution: F) -> F::Output {
        let mut execution = pin!(execution);
        poll_fn(move |context| self.poll(context, |context| execution.as_mut().poll(context))).await
    }

    /// Goes on with what is being resolved as far as it goes, then with the lookups that it waits for.
    pub(super) fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        mut resolve: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.resolving.request.register(context.waker());
        self.resolving.is_woken.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&self.resolving));
        if let Poll::Ready(answer) = resolve(&mut Context::from_waker(&waker)) {
            return Poll::Ready(answer);
        }
        // Where it has woken itself it only makes room for others: it is looked at again before anything is asked.
        if !self.resolving.is_woken.load(Ordering::Acquire) {
            self.under_way.extend(self.waiting.lock().unwrap_or_else(PoisonError::into_inner).drain(..));
        }
        while let Poll::Ready(Some(())) = self.under_way.poll_next_unpin(context) {}
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;
    use std::time::Duration;

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::{join_all, try_join_all};

    use super::*;

    /// Answers a number with itself, a while later, and keeps how many were asked at once.
    #[derive(Clone, Default)]
    struct Echo(Arc<Mutex<Vec<usize>>>);

    impl Loader<u32> for Echo {
        type Value = u32;
        type Error = Infallible;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, Infallible> {
            self.0.lock().unwrap().push(keys.len());
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, *key)).collect())
        }
    }

    /// As the library resolves a page: its items side by side, of each its fields side by side, of these what lies below.
    async fn resolve_page(loader: &DataLoader<Echo>, items: u32) -> u32 {
        let fields = |item: u32| async move {
            let fields: FuturesUnordered<_> = (0..5)
                .map(|field| async move {
                    let found = loader.load_one(item * 10 + field).await?.unwrap_or_default();
                    let below = join_all((0..40).map(|number| loader.load_one(found * 100 + number + 10_000))).await;
                    Ok::<usize, Infallible>(below.len())
                })
                .collect();
            fields.map(|found| found.map(|_| ())).collect::<Vec<_>>().await.into_iter().collect::<Result<(), _>>()
        };
        try_join_all((0..items).map(fields)).await.unwrap().len() as u32
    }

    fn loader(batches: &Batches, echo: &Echo) -> DataLoader<Echo> {
        DataLoader::new(echo.clone(), batches.spawner()).delay(Duration::ZERO).max_batch_size(1_000_000)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn all_that_is_asked_at_one_depth_is_asked_at_once() {
        for items in [1, 5, 100, 400] {
            let (batches, echo) = (Batches::default(), Echo::default());
            let loader = loader(&batches, &echo);
            assert_eq!(batches.answer(resolve_page(&loader, items)).await, items);
            let expected = [5 * items as usize, 5 * 40 * items as usize];
            assert_eq!(*echo.0.lock().unwrap(), expected, "{items} items");
        }
    }

    #[tokio::test]
    async fn what_waits_for_something_else_does_not_hold_up_a_lookup() {
        let (batches, echo) = (Batches::default(), Echo::default());
        let loader = loader(&batches, &echo);
        let (tell, told) = tokio::sync::oneshot::channel();
        let resolving = async {
            let lookup = async { tell.send(loader.load_one(7).await).unwrap() };
            let (told, ()) = futures_util::join!(told, lookup);
            told.unwrap()
        };
        assert_eq!(batches.answer(resolving).await, Ok(Some(7)));
    }

    #[tokio::test]
    async fn what_needs_no_lookup_is_answered_as_it_is() {
        let resolving = async {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
            7
        };
        assert_eq!(Batches::default().answer(resolving).await, 7);
    }
}
