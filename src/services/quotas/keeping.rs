//! Keeping what this process holds in step with what the database says it holds: the lease is renewed, what was used up or given
//! up is given back, and what is only kept in hand as well once others want it.

use std::sync::Arc;
use std::time::Duration;

use super::{Pool, Quotas};
use crate::domain::timestamp::Timestamp;
use crate::services::Error;
use crate::store::quota::Scope;

/// How often.
const EVERY: Duration = Duration::from_millis(250);
/// How long room is held for a process of which nothing is heard.
const LEASE_SECONDS: u64 = 60;

impl Quotas {
    pub(super) fn lease_end(&self) -> Timestamp {
        self.clock.now().plus_seconds(LEASE_SECONDS)
    }

    /// Begins to look after what is held, unless somebody does, until nothing is.
    pub(super) fn keep(self: &Arc<Self>) {
        if std::mem::replace(&mut self.state().is_kept, true) {
            return;
        }
        let quotas = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(failure) = quotas.look_after().await {
                    tracing::warn!(error = failure.with_causes(), "room for uploads could not be looked after");
                }
                let mut state = quotas.state();
                if state.pools.is_empty() {
                    state.is_kept = false;
                    return;
                }
            }
        });
    }

    async fn look_after(&self) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let scopes: Vec<Scope> = self.state().pools.keys().copied().collect();
        let wanted = self.store.find_room_wanted(&scopes).await?;
        for (scope, wanted) in scopes.into_iter().zip(wanted) {
            self.look_after_one(scope, wanted).await?;
        }
        Ok(())
    }

    async fn look_after_one(&self, scope: Scope, wanted: i64) -> Result<(), Error> {
        let lease_until = self.lease_end();
        let held = {
            let mut state = self.state();
            let Some(pool) = state.pools.get_mut(&scope) else { return Ok(()) };
            if pool.taken == 0 || std::mem::replace(&mut pool.wanted, wanted) != wanted {
                pool.held = pool.held.min(pool.taken);
            }
            let is_due = self.clock.now().plus_seconds(LEASE_SECONDS / 2) >= pool.lease_until;
            if is_empty(pool) {
                state.pools.remove(&scope);
                return Ok(());
            }
            if pool.stored == Some(pool.held) && !is_due {
                return Ok(());
            }
            pool.held
        };
        let was_held = self.store.keep_room(&self.hold(scope), held, lease_until).await?;
        let mut state = self.state();
        if let Some(pool) = state.pools.get_mut(&scope) {
            pool.stored = Some(held);
            // What was lost is asked for again before any more of it is handed out.
            pool.lease_until = if was_held { lease_until } else { Timestamp::from_millis(0) };
            if is_empty(pool) {
                state.pools.remove(&scope);
            }
        }
        Ok(())
    }

    /// Gives back what no upload has taken, at the end of the process.
    pub(in crate::services) async fn give_back(&self) {
        let _turn = self.turn.lock().await;
        let scopes: Vec<Scope> = self.state().pools.keys().copied().collect();
        for scope in scopes {
            let held = self.state().pools.get(&scope).map_or(0, |pool| pool.taken);
            if let Err(failure) = self.store.keep_room(&self.hold(scope), held, self.lease_end()).await {
                tracing::warn!(error = Error::from(failure).with_causes(), "room for uploads is left to the janitor");
            }
        }
    }
}

fn is_empty(pool: &Pool) -> bool {
    pool.taken == 0 && pool.held == 0 && pool.stored == Some(0)
}
