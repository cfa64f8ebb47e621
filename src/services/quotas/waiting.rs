//! Asking for room, and waiting for it where none is left.

use std::time::Duration;

use super::{Patience, Room, State};
use crate::services::Error;
use crate::store::quota::{Held, STEP_BYTES, Scope, Wish};

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

impl Room {
    /// Takes room, as soon as there is some. Whoever gives this up and comes again goes on waiting where it was.
    pub(super) async fn wait_for(&self, bytes: u64) -> Result<(), Error> {
        loop {
            let mut moved = std::pin::pin!(self.quotas.moved.notified());
            // From here on nothing is missed.
            moved.as_mut().enable();
            let given_back = self.quotas.state().given_back;
            let Some(shortage) = self.ask_for(bytes).await? else { return Ok(()) };
            if self.is_refused(bytes, &shortage, given_back) {
                return Err(Error::QuotaExceeded { limit_bytes: shortage.limit });
            }
            if tokio::time::timeout(LOOK_EVERY, moved).await.is_err() {
                self.note_a_look();
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
                // Should nobody hear the answer, it is looked for later.
                pool.stored = None;
                Wish { known: pool.held, least, most, limit, expires_at }
            };
            quotas.keep();
            let found = quotas.store.hold_room(&quotas.hold(scope), &wish).await?;
            {
                let mut state = quotas.state();
                let pool = state.pools.entry(scope).or_default();
                // Rooms that were dropped meanwhile have made it less.
                pool.held = pool.held.saturating_add(found.held).saturating_sub(wish.known);
                pool.stored = Some(found.held);
                pool.lease_until = expires_at;
            }
            if !found.is_enough {
                return Ok(Some(Shortage { scope, limit, found }));
            }
        }
        Ok(None)
    }

    fn note_a_look(&self) {
        if let Some(room) = self.quotas.state().rooms.get_mut(&self.number) {
            room.patience.looks += 1;
            room.patience.looks_at_a_standstill += 1;
        }
    }

    /// Whether there is no sense in waiting. `given_back` is what it was before the database was asked.
    fn is_refused(&self, bytes: u64, shortage: &Shortage, given_back: u64) -> bool {
        let Shortage { scope, limit, found } = *shortage;
        let mut state = self.quotas.state();
        let Some(room) = state.rooms.get_mut(&self.number) else { return true };
        let never_fits = found.used.saturating_add(room.taken).saturating_add(bytes) > limit;
        let place = (scope, found.used, found.others);
        if room.patience.last.replace(place) != Some(place) {
            room.patience.looks_at_a_standstill = 0;
        }
        let Patience { looks, looks_at_a_standstill, .. } = room.patience;
        let has_begun_to_wait = !std::mem::replace(&mut room.is_waiting, true);
        // Other instances see the same; one after the other they let somebody go.
        let others_stand_still =
            found.others == 0 || looks_at_a_standstill >= LOOKS_AT_A_STANDSTILL * (found.before + 1);
        let is_up_to_date = state.given_back == given_back;
        let is_refused = never_fits
            || looks >= MAX_LOOKS
            || (is_up_to_date && others_stand_still && is_last_of_all_who_wait(&state, scope, self.number));
        if is_refused && let Some(room) = state.rooms.get_mut(&self.number) {
            room.is_waiting = false;
        }
        drop(state);
        if has_begun_to_wait {
            // Who came last may have to see that now all wait.
            self.quotas.moved.notify_waiters();
        }
        is_refused
    }
}

/// Whether all who could give something back wait for each other, and this one came last.
fn is_last_of_all_who_wait(state: &State, scope: Scope, number: u64) -> bool {
    let is_in_scope = |user| match scope {
        Scope::User(of) => of == user,
        Scope::Everybody => true,
    };
    let mut rooms = state.rooms.iter().filter(|(_, room)| is_in_scope(room.user));
    let all_wait = rooms.clone().all(|(_, room)| room.is_waiting || room.taken == 0);
    all_wait && rooms.rfind(|(_, room)| room.is_waiting).is_some_and(|(last, _)| *last == number)
}
