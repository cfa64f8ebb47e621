//! A few at a time, by a key: the others wait their turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::services::Error;

/// The queues there are at the moment.
#[derive(Default)]
pub(super) struct Turns {
    queues: Arc<Mutex<HashMap<String, Queue>>>,
}

struct Queue {
    permits: Arc<Semaphore>,
    /// How many stand in it or have their turn; with the last one it goes.
    users: usize,
}

/// Somebody's turn, or place in a queue. It ends when it is dropped.
pub(super) struct Turn {
    queues: Arc<Mutex<HashMap<String, Queue>>>,
    key: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits until fewer than `at_once` others have their turn.
    pub(super) async fn take(&self, key: &str, at_once: usize) -> Result<Turn, Error> {
        let permits = {
            let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queues
                .entry(key.to_owned())
                .or_insert_with(|| Queue { permits: Arc::new(Semaphore::new(at_once)), users: 0 });
            queue.users += 1;
            Arc::clone(&queue.permits)
        };
        // From here on whoever gives up waiting leaves the queue.
        let mut turn = Turn { queues: Arc::clone(&self.queues), key: key.to_owned(), permit: None };
        turn.permit = Some(permits.acquire_owned().await.map_err(Error::internal)?);
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.permit.take());
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.users -= 1;
            if queue.users == 0 {
                queues.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn no_more_at_once_than_allowed_and_nothing_is_left_behind() {
        let (turns, running, most) = (Turns::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let one = async |key: &str| {
            let _turn = turns.take(key, 3).await.unwrap();
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            running.fetch_sub(1, Ordering::SeqCst);
        };
        futures_util::future::join_all((0..50).map(|_| one("a"))).await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
        let first = [turns.take("b", 1).await.unwrap()];
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(1), turns.take("b", 1)).await;
        assert!(waiting.is_err(), "the second waits, and gives up");
        drop(first);
        assert!(turns.queues.lock().unwrap().is_empty());
    }
}
