//! One subscriber's way through the feed: each event once, none left out.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::mark::no_mark;
use super::tail::Happening;
use crate::domain::feed::FeedPosition;
use crate::services::{Error, Services};

/// How many events a subscriber that is behind reads at once.
const PAGE: usize = 200;

/// Where a subscriber is.
pub(super) struct Reader {
    services: Arc<Services>,
    news: Receiver<Arc<Happening>>,
    /// Everything up to here was handed out.
    place: FeedPosition,
    /// Whether there may be something between `place` and the news.
    is_behind: bool,
    /// What was read of the table, and the place behind it.
    page: VecDeque<Arc<Happening>>,
    page_end: FeedPosition,
}

impl Reader {
    /// At a place, or at the end of the feed.
    ///
    /// # Errors
    /// [`Error::Input`] for a place that the feed has not come to: it is another database's, or that of a time that was
    /// undone by putting back a copy.
    pub(super) async fn begin(services: &Arc<Services>, place: Option<FeedPosition>) -> Result<Self, Error> {
        // In this order: the news begin no later than the end that is looked up after that.
        let news = services.listen_to_feed().await?;
        let end = services.store.find_feed_position().await?;
        if place.is_some_and(|place| !end.behind(&place).is_empty()) {
            return Err(no_mark());
        }
        let is_behind = place.is_some();
        let place = place.unwrap_or(end);
        let services = Arc::clone(services);
        Ok(Self { services, news, place, is_behind, page: VecDeque::new(), page_end: place })
    }

    /// Up to where everything was handed out.
    pub(super) fn place(&self) -> &FeedPosition {
        &self.place
    }

    /// The next event, as soon as there is one. After an error it can be asked again, and nothing is lost.
    pub(super) async fn next(&mut self) -> Result<Arc<Happening>, Error> {
        loop {
            if let Some(happening) = self.page.pop_front() {
                self.place.advance(happening.shard, happening.number);
                return Ok(happening);
            }
            self.place = self.page_end;
            if self.is_behind {
                self.read_page().await?;
                continue;
            }
            match self.news.recv().await {
                Ok(happening) => {
                    let last = self.place.of(happening.shard);
                    if happening.number == last + 1 {
                        self.place.advance(happening.shard, happening.number);
                        self.page_end = self.place;
                        return Ok(happening);
                    }
                    // What was read already is passed by; what does not come next has something before it.
                    self.is_behind = happening.number > last;
                }
                Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => {
                    self.news = self.services.listen_to_feed().await?;
                    self.is_behind = true;
                }
            }
        }
    }

    async fn read_page(&mut self) -> Result<(), Error> {
        let _turn = self.services.feed.readers.acquire().await.map_err(Error::internal)?;
        let end = self.services.store.find_feed_position().await?;
        let page = self.services.store.read_feed(&self.place, &end, PAGE).await?;
        self.page = self.services.happenings(page.entries).await?.into();
        self.page_end = page.reached;
        self.is_behind = !page.reached.behind(&end).is_empty();
        Ok(())
    }
}
