//! Telling subscribers what happens, whichever instance it happens on.
//!
//! The feed is the table of events ([`crate::store::feed`]). One task an instance, the `tail`, reads what is new and hands it
//! to every subscriber; one that falls behind, or goes on where it once was, reads the table itself until it has caught up
//! (`reader`). Each event then passes the policy again, for the caller as it is now (`watch`). With each goes a mark, from
//! which the same caller can go on without a loss (`mark`).

mod mark;
mod reader;
mod tail;
mod watch;

use std::sync::Arc;

use futures_util::stream::BoxStream;

use super::shares::ShareView;
use super::{Caller, Error, Services};
use crate::domain::event::Event;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

pub(super) use tail::Feed;
use watch::{Acts, Downloads, NewShares};

/// What happened, for one subscriber.
pub struct Told<T> {
    /// What goes on behind this one, given to the same field by the same caller.
    pub mark: String,
    /// What happened.
    pub item: T,
}

/// What happens, for one subscriber. It ends with an error only.
pub type Telling<T> = BoxStream<'static, Result<Told<T>, Error>>;

/// One download of a file of the caller's, at the moment it was counted.
#[derive(Clone, Debug)]
pub struct DownloadView {
    /// Through which share.
    pub share: ShareView,
    /// By whom.
    pub recipient: User,
    /// When.
    pub at: Timestamp,
}

impl Services {
    /// Every share with the caller that is made from now on, or behind the mark `after`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a mark that is none, another's or another
    /// field's.
    pub async fn watch_shares(
        self: &Arc<Self>,
        caller: &Caller,
        after: Option<&str>,
    ) -> Result<Telling<ShareView>, Error> {
        self.watch::<NewShares>(caller, after).await
    }

    /// Every download through shares of the caller's that is counted from now on, or behind the mark `after`.
    ///
    /// # Errors
    /// As [`watch_shares`](Self::watch_shares).
    pub async fn watch_downloads(
        self: &Arc<Self>,
        caller: &Caller,
        after: Option<&str>,
    ) -> Result<Telling<DownloadView>, Error> {
        self.watch::<Downloads>(caller, after).await
    }

    /// Every act from now on, or behind the mark `after`.
    ///
    /// # Errors
    /// As [`watch_shares`](Self::watch_shares).
    pub async fn watch_acts(self: &Arc<Self>, caller: &Caller, after: Option<&str>) -> Result<Telling<Event>, Error> {
        self.watch::<Acts>(caller, after).await
    }
}
