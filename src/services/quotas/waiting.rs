//! Asking for room, and waiting for it where none is left.

use std::time::Duration;

use super::{Room, STEP_BYTES};
use crate::services::Error;
use crate::store::quota::{Held, Scope, Wish};

/// How long whoever waits waits before it asks again by itself: other instances do not wake it.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// After so many looks at which nothing moved on other instances either, all wait for each other.
const LOOKS_AT_A_STANDSTILL: u64 = 10;
/// After so many looks nobody waits any longer: somebody else is slow.
const MAX_LOOKS: u64 = 300;

/// What there was too little of.
#[derive(Clone, Copy)]
struct Shortage {
    scope: Scope,
    limit: u64,
    found: Held,
}

/// Takes the mark of whoever waits away.
struct Waiting<'a>(&'a Room);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(room) = self.0.quotas.state().rooms.get_mut(&self.0.number) {
            room.is_waiting = false;
        }
    }
}

impl Room {
    pub(super) async fn wait_for(&self, bytes: u64) -> Result<(), Error> {
        let (mut looks, mut still, mut last) = (0, 0, None);
        let _waiting = Waiting(self);
        loop {
            let mut moved = std::pin::pin!(self.quotas.moved.notified());
            // From here on nothing is missed.
            moved.as_mut().enable();
            let gone = self.quotas.state().gone;
            let Some(shortage) = self.ask_for(bytes).await? else { return Ok(()) };
            let Shortage { scope, limit, found } = shortage;
            let place = (scope, found.used, found.others);
            if last.replace(place) != Some(place) {
                still = 0;
            }
            let never_fits = found.used.saturating_add(self.taken()).saturating_add(bytes) > limit;
            if never_fits || looks >= MAX_LOOKS || self.is_to_yield(&shortage, still, gone) {
                return Err(Error::QuotaExceeded { limit_bytes: limit });
            }
            if tokio::time::timeout(LOOK_EVERY, moved).await.is_err() {
                looks += 1;
                still += 1;
            }
        }
    }

    /// Takes room, if need be by asking the database for more of it; `None` when it is taken.
    async fn ask_for(&self, bytes: u64) -> Result<Option<Shortage>, Error> {
        let _turn = self.quotas.turn.lock().await;
        // Whoever had its turn before may have brought enough. What is brought here can be taken by others meanwhile.
        while !self.try_take(bytes) {
            if let Some(shortage) = self.bring(bytes).await? {
                return Ok(Some(shortage));
            }
        }
        Ok(None)
    }

    async fn bring(&self, bytes: u64) -> Result<Option<Shortage>, Error> {
        let quotas = &self.quotas;
        for (scope, limit) in quotas.limits_of(self.user) {
            let expires_at = quotas.lease_end();
            let wish = {
                let mut state = quotas.state();
                let pool = state.pools.entry(scope).or_default();
                let least = pool.taken.saturating_add(bytes);
                if pool.held >= least && quotas.clock.now() < pool.lease_until {
                    continue;
                }
                let most = least.max(pool.taken.saturating_add(STEP_BYTES));
                Wish { known: pool.held, least, most, limit, expires_at }
            };
            let found = quotas.store.hold_room(&quotas.hold(scope), &wish).await?;
            {
                let mut state = quotas.state();
                let pool = state.pools.entry(scope).or_default();
                // Rooms that were dropped meanwhile have made it less.
                pool.held = pool.held.saturating_add(found.held).saturating_sub(wish.known);
                pool.stored = found.held;
                pool.lease_until = expires_at;
            }
            quotas.keep();
            if !found.is_enough {
                return Ok(Some(Shortage { scope, limit, found }));
            }
        }
        Ok(None)
    }

    fn taken(&self) -> u64 {
        self.quotas.state().rooms.get(&self.number).map_or(0, |room| room.taken)
    }

    /// Whether all who could give something back wait for each other, and this one came last.
    fn is_to_yield(&self, shortage: &Shortage, still: u64, gone: u64) -> bool {
        let mut state = self.quotas.state();
        let has_begun_to_wait =
            state.rooms.get_mut(&self.number).is_some_and(|room| !std::mem::replace(&mut room.is_waiting, true));
        let is_in_scope = |user| match shortage.scope {
            Scope::User(of) => of == user,
            Scope::Everybody => true,
        };
        let mut rooms = state.rooms.iter().filter(|(_, room)| is_in_scope(room.user));
        let all_wait = rooms.clone().all(|(_, room)| room.is_waiting || room.taken == 0);
        let came_last = rooms.rfind(|(_, room)| room.is_waiting).is_some_and(|(number, _)| *number == self.number);
        let is_outdated = state.gone != gone;
        drop(state);
        if has_begun_to_wait {
            // Who came last may have to see that now all wait.
            self.quotas.moved.notify_waiters();
        }
        // Other instances see the same; one after the other they let somebody go.
        let others_stand_still =
            shortage.found.others == 0 || still >= LOOKS_AT_A_STANDSTILL * (shortage.found.before + 1);
        all_wait && came_last && others_stand_still && !is_outdated
    }
}
