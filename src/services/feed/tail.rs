//! The one task of an instance that reads what is new in the feed, while there is anybody to tell it to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, broadcast};

use crate::domain::event::Event;
use crate::domain::feed::FeedPosition;
use crate::domain::id::ShareId;
use crate::domain::share::Share;
use crate::services::{Error, Services};
use crate::store::feed::FeedEntry;

/// How long what another instance has written may lie unread. What this instance writes wakes the tail.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The pause after each look: so many events as come in the meantime are read together.
const PAUSE: Duration = Duration::from_millis(20);
/// How many events are read at once.
const PAGE: usize = 500;
/// How many events wait for the slowest subscriber before it has to read for itself.
const MAX_WAITING: usize = 1024;
/// How many subscribers read for themselves at the same time.
const READERS: usize = 4;

/// What this instance tells of the feed.
pub(in crate::services) struct Feed {
    /// Nothing, or a dead end, while nobody listens.
    tail: Mutex<Option<broadcast::WeakSender<Arc<Happening>>>>,
    pub(super) readers: Semaphore,
}

impl Default for Feed {
    fn default() -> Self {
        Self { tail: Mutex::default(), readers: Semaphore::new(READERS) }
    }
}

/// An event at its place, with what it takes to see whom it may concern.
pub(super) struct Happening {
    pub(super) shard: usize,
    pub(super) number: u64,
    pub(super) event: Event,
    /// The share that was made or downloaded through, as it was when this was read; `None` where it is gone.
    pub(super) share: Option<Share>,
}

impl Services {
    /// From now on, all that is new. The place where the tail begins was found before this answers, so whoever looks at
    /// the end of the feed after that misses nothing in between.
    pub(super) async fn listen_to_feed(self: &Arc<Self>) -> Result<broadcast::Receiver<Arc<Happening>>, Error> {
        let mut tail = self.feed.tail.lock().await;
        // One that has just stopped leaves a receiver that says so at once, and whoever holds it comes again.
        if let Some(sender) = tail.as_ref().and_then(broadcast::WeakSender::upgrade) {
            return Ok(sender.subscribe());
        }
        let place = self.store.find_feed_position().await?;
        let (sender, receiver) = broadcast::channel(MAX_WAITING);
        *tail = Some(sender.downgrade());
        let services = Arc::clone(self);
        tokio::spawn(async move { services.tail_feed(&sender, place).await });
        Ok(receiver)
    }

    async fn tail_feed(&self, sender: &broadcast::Sender<Arc<Happening>>, mut place: FeedPosition) {
        let mut is_well = true;
        while sender.receiver_count() > 0 {
            match self.tell_what_is_new(sender, &mut place).await {
                Ok(()) => is_well = true,
                Err(failure) => {
                    if is_well {
                        tracing::warn!(error = failure.with_causes(), "the feed cannot be read; trying on");
                    }
                    is_well = false;
                }
            }
            tokio::time::sleep(PAUSE).await;
            let _woken_or_not = tokio::time::timeout(LOOK_EVERY, self.store.feed_moved()).await;
        }
    }

    async fn tell_what_is_new(
        &self,
        sender: &broadcast::Sender<Arc<Happening>>,
        place: &mut FeedPosition,
    ) -> Result<(), Error> {
        let until = self.store.find_feed_position().await?;
        while !place.behind(&until).is_empty() {
            let page = self.store.read_feed(place, &until, PAGE).await?;
            for happening in self.happenings(page.entries).await? {
                // Whoever has gone away is not told.
                let _listeners = sender.send(happening);
            }
            *place = page.reached;
        }
        Ok(())
    }

    /// Events with the shares they are about.
    pub(super) async fn happenings(&self, entries: Vec<FeedEntry>) -> Result<Vec<Arc<Happening>>, Error> {
        let ids: Vec<ShareId> = entries.iter().filter_map(|entry| entry.share).collect();
        let shares = if ids.is_empty() { Vec::new() } else { self.store.find_shares(&ids).await? };
        let happening = |entry: FeedEntry| {
            let FeedEntry { shard, number, event, share } = entry;
            let share = share.and_then(|id| shares.iter().find(|share| share.id == id)).cloned();
            Arc::new(Happening { shard, number, event, share })
        };
        Ok(entries.into_iter().map(happening).collect())
    }
}
