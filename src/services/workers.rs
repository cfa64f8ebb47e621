//! Threads for what takes long and much memory, one a core, behind everything else.
//!
//! Not the pool for blocking calls: its hundreds of threads come and go, and each keeps for itself what the allocator gave it
//! for a hash, so that a storm of logins would take a hundred times the memory of one. And not at the same priority: whoever is
//! served already goes before whoever wants to get in.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, oneshot};

use super::Error;

/// How much the threads stand back (`nice`). At 10, a thread gets a tenth of a core that somebody else wants too.
const NICENESS: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// How many may wait for their turn: twenty seconds of work on two cores.
const MAX_WAITING: usize = 2000;
/// When whoever finds the queue full may come back, in seconds.
const COME_BACK_SECONDS: u64 = 10;

/// The threads. They end when this is dropped.
pub(super) struct Workers {
    queue: Sender<Work>,
    places: Semaphore,
}

impl Workers {
    pub(super) fn start() -> Result<Self, Error> {
        let (queue, works) = channel::<Work>();
        let works = Arc::new(Mutex::new(works));
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let works = Arc::clone(&works);
            std::thread::Builder::new()
                .name("password".to_owned())
                .spawn(move || work_forever(&works))
                .map_err(Error::internal)?;
        }
        Ok(Self { queue, places: Semaphore::new(MAX_WAITING) })
    }

    /// Does it in turn. Whoever no longer waits for it leaves the queue.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when too many wait already.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let full = |_| Error::RateLimited { retry_after_seconds: COME_BACK_SECONDS };
        let _place = self.places.try_acquire().map_err(full)?;
        let (answer, answered) = oneshot::channel();
        let unless_forsaken = move || {
            if !answer.is_closed() {
                // Nobody minds where the answer goes once nobody waits for it.
                drop(answer.send(work()));
            }
        };
        self.queue.send(Box::new(unless_forsaken)).map_err(|_| Error::internal("no thread takes work"))?;
        answered.await.map_err(|_| Error::internal("the work panicked"))
    }
}

fn work_forever(works: &Mutex<Receiver<Work>>) {
    if let Err(failure) = rustix::process::nice(NICENESS) {
        tracing::warn!(%failure, "a thread that hashes passwords could not be made to stand back");
    }
    loop {
        let next = works.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // Whoever waits for it hears that it is gone; the thread goes on.
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::error!("hashing a password panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_more_at_once_than_cores_and_a_panic_ends_nothing() {
        let workers = Workers::start().unwrap();
        let cores = std::thread::available_parallelism().unwrap().get();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..2 * cores {
            let panicked: Result<(), Error> = workers.run(|| panic!("on purpose")).await;
            assert!(panicked.is_err());
        }
        let works = (0..5 * cores).map(|number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            workers.run(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                running.fetch_sub(1, Ordering::SeqCst);
                number
            })
        });
        let answers = futures_util::future::join_all(works).await;
        assert!(answers.into_iter().map(Result::unwrap).eq(0..5 * cores));
        assert!((1..=cores).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_done() {
        let workers = Workers::start().unwrap();
        let done = Arc::new(AtomicUsize::new(0));
        let cores = std::thread::available_parallelism().unwrap().get();
        let (go, wait) = channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let busy = (0..cores).map(|_| {
            let wait = Arc::clone(&wait);
            workers.run(move || wait.lock().unwrap().recv().is_err())
        });
        let busy = futures_util::future::join_all(busy);
        let counted = Arc::clone(&done);
        let forsaken = workers.run(move || counted.fetch_add(1, Ordering::SeqCst));
        let both = async { tokio::join!(busy, tokio::time::timeout(Duration::from_millis(5), forsaken)) };
        let release = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            drop(go);
        };
        let ((_, given_up), ()) = tokio::join!(both, release);
        assert!(given_up.is_err());
        workers.run(|| ()).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 0);
    }
}
