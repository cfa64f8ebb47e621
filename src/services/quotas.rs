//! Quotas: room for bytes on their way in, so that what is stored never passes a limit and nothing is refused that would fit.
//!
//! Whoever takes bytes in opens a `Room` and takes from it what it is about to store: `Room::take`. The room is dropped when the
//! bytes are counted as stored, in the transaction that commits them (`store::quota::COUNT_BYTES`), or when it is certain that
//! they will not be. So to every moment what is stored and what is on its way in are within the limit together. The trash counts,
//! since it can be restored; so does what is on its way in, as far as it has come.
//!
//! This process takes room from the database in steps, a row of its own for each scope (`store::quota`), and hands it out in
//! memory: uploads here wait for each other only while one of them asks for the next step, and those of other instances not at
//! all. Near the limit steps shrink to what is needed, and what is not used is given back (`keeping`).
//!
//! Where nothing is left, an upload waits as long as somebody else may still give something back; where all wait for each other,
//! the one that began last is refused (`waiting`).

mod keeping;
mod usage;
mod waiting;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Error, Services};
use crate::config::QuotasConfig;
use crate::domain::clock::SharedClock;
use crate::domain::id::UserId;
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::store::Store;
use crate::store::quota::{Hold, Scope};

pub use crate::store::usage::TotalCounts;
pub use usage::{PersonUsage, StorageUsage, TotalUsage};

/// The room that this process holds and hands out.
pub(super) struct Quotas {
    store: Store,
    clock: SharedClock,
    limits: QuotasConfig,
    /// The name of this process.
    holder: String,
    state: Mutex<State>,
    /// One asks the database at a time.
    turn: tokio::sync::Mutex<()>,
    /// Something was given back, or somebody has begun to wait.
    moved: Notify,
}

#[derive(Default)]
struct State {
    pools: BTreeMap<Scope, Pool>,
    /// By their numbers, which say who came first.
    rooms: BTreeMap<u64, RoomState>,
    next_number: u64,
    /// How often something was given back: whoever asked before the last time has to ask again.
    given_back: u64,
    is_kept: bool,
}

/// What this process holds in one scope.
struct Pool {
    /// How much is ours to hand out, handed out or not.
    held: u64,
    /// How much is handed out.
    taken: u64,
    /// What the row in the database says, which is never less than `held`; `None` where that is not known.
    stored: Option<u64>,
    /// From then on the janitor of any instance may give it to others.
    lease_until: Timestamp,
    /// How often somebody had wanted more, when we last looked.
    wanted: i64,
}

impl Default for Pool {
    /// Nothing, and not even that can be relied on.
    fn default() -> Self {
        Self { held: 0, taken: 0, stored: Some(0), lease_until: Timestamp::from_millis(0), wanted: 0 }
    }
}

struct RoomState {
    user: UserId,
    taken: u64,
    /// It waits for room, and so goes on only once others give some back.
    is_waiting: bool,
    patience: Patience,
}

/// How long somebody has waited, in looks.
#[derive(Default)]
struct Patience {
    looks: u64,
    /// Since something moved on other instances.
    looks_at_a_standstill: u64,
    /// The scope, what was stored there and what others held, at the last look.
    last: Option<(Scope, u64, u64)>,
}

/// Room for what one request takes in. What it has taken is free again when this is dropped: by then it is counted as stored, or
/// never will be.
pub(super) struct Room {
    quotas: Arc<Quotas>,
    number: u64,
    user: UserId,
}

impl Quotas {
    pub(super) fn new(store: Store, clock: SharedClock, limits: QuotasConfig, random: &dyn Random) -> Self {
        let holder = data_encoding::HEXLOWER.encode(&random_bytes::<8>(random));
        let (state, turn, moved) = (Mutex::default(), tokio::sync::Mutex::default(), Notify::new());
        Self { store, clock, limits, holder, state, turn, moved }
    }

    /// Room for what a user is about to send.
    pub(super) fn open(self: &Arc<Self>, user: UserId) -> Arc<Room> {
        let mut state = self.state();
        let number = state.next_number;
        state.next_number += 1;
        let room = RoomState { user, taken: 0, is_waiting: false, patience: Patience::default() };
        state.rooms.insert(number, room);
        Arc::new(Room { quotas: Arc::clone(self), number, user })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scopes that have a limit, with it.
    fn limits_of(&self, user: UserId) -> impl Iterator<Item = (Scope, u64)> + use<> {
        let of_user = self.limits.per_user().map(move |limit| (Scope::User(user), limit));
        of_user.into_iter().chain(self.limits.total().map(|limit| (Scope::Everybody, limit)))
    }

    /// Takes back what a room had taken. It is not handed out again: it may be stored by now, which the database knows.
    fn take_back(&self, state: &mut State, user: UserId, bytes: u64) {
        state.given_back += 1;
        for (scope, _) in self.limits_of(user) {
            if let Some(pool) = state.pools.get_mut(&scope) {
                pool.taken = pool.taken.saturating_sub(bytes);
                // And what nobody has taken is asked for anew by whoever comes next.
                pool.held = if pool.taken == 0 { 0 } else { pool.held.saturating_sub(bytes) };
            }
        }
    }

    /// Refuses what would not fit if nothing else were stored.
    pub(super) fn check_that_it_may_fit(&self, bytes: u64) -> Result<(), Error> {
        let limits = self.limits.per_user().into_iter().chain(self.limits.total());
        match limits.min() {
            Some(limit_bytes) if bytes > limit_bytes => Err(Error::QuotaExceeded { limit_bytes }),
            _ => Ok(()),
        }
    }

    fn hold(&self, scope: Scope) -> Hold {
        Hold { scope, holder: self.holder.clone() }
    }
}

impl Room {
    /// Takes room for so many bytes more, before they are stored anywhere.
    ///
    /// # Errors
    /// [`Error::QuotaExceeded`]; [`Error::Unavailable`].
    pub(super) async fn take(&self, bytes: u64) -> Result<(), Error> {
        if self.try_take(bytes) { Ok(()) } else { self.wait_for(bytes).await }
    }

    /// Takes it out of what this process holds, where that is enough.
    fn try_take(&self, bytes: u64) -> bool {
        let (now, mut state) = (self.quotas.clock.now(), self.quotas.state());
        let has_room = |(scope, _)| {
            let pool = state.pools.get(&scope);
            pool.is_some_and(|pool| pool.held.saturating_sub(pool.taken) >= bytes && now < pool.lease_until)
        };
        if !self.quotas.limits_of(self.user).all(has_room) {
            return false;
        }
        for (scope, _) in self.quotas.limits_of(self.user) {
            state.pools.entry(scope).or_default().taken += bytes;
        }
        if let Some(room) = state.rooms.get_mut(&self.number) {
            room.taken += bytes;
            room.is_waiting = false;
            room.patience = Patience::default();
        }
        true
    }

    /// So many bytes of what was taken are counted as stored now.
    pub(super) fn settle(&self, bytes: u64) {
        let mut state = self.quotas.state();
        if let Some(room) = state.rooms.get_mut(&self.number) {
            let settled = room.taken.min(bytes);
            room.taken -= settled;
            self.quotas.take_back(&mut state, self.user, settled);
        }
        drop(state);
        self.quotas.moved.notify_waiters();
    }

    /// What a commit makes sure of: that nobody has given the room to others meanwhile.
    pub(super) fn holds(&self) -> Vec<Hold> {
        self.quotas.limits_of(self.user).map(|(scope, _)| self.quotas.hold(scope)).collect()
    }

    /// Holds on for a while although nobody does here: for a commit of which nobody knows whether it is still under way.
    pub(super) fn linger(self: Arc<Self>, wait: Duration) {
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            drop(self);
        });
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut state = self.quotas.state();
        if let Some(RoomState { taken, .. }) = state.rooms.remove(&self.number) {
            self.quotas.take_back(&mut state, self.user, taken);
        }
        drop(state);
        self.quotas.moved.notify_waiters();
    }
}

impl Services {
    /// After so long a commit of which nothing was heard is not under way any more.
    pub(super) fn longest_commit(&self) -> Duration {
        Duration::from_secs(self.config.database.query_timeout_seconds * 2)
    }
}
