//! Room: how many bytes are stored, and how many are held for uploads that are under way.
//!
//! What is stored is counted where it changes (`COUNT_BYTES`). Before that, a process holds room for it: in one row for each
//! scope, which it fills in steps, and hands out in memory. Whoever takes room writes a guard row of the scope, so the sum of
//! what is stored and what is held never passes the limit: a commit counts its bytes while the room for them is still held, and
//! only then is it given back.
//!
//! Everybody's guard is many rows, and a process writes one of them, so that instances do not wait for one another. This is safe
//! while there is room for a step in each row: of the steps that one transaction has not seen, there is at most one a row, since
//! a second one would have seen, and so would the transaction with the latest view. Nearer to the limit, and for more than
//! a step, a transaction writes all of them, and so it has all others before or behind it.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::record;
use crate::domain::feed::SHARDS;
use crate::domain::id::UserId;
use crate::domain::timestamp::Timestamp;

const HOLD: &str = "quota_hold";
const GUARD: &str = "quota_guard";
/// In how many rows the guard of everybody is.
const GUARD_SHARDS: usize = 16;
/// How much more than it needs a process takes at once, where there is plenty.
pub const STEP_BYTES: u64 = 8 << 20;

/// The statements that count `$bytes` more (or, below zero, less) as stored by the user with the key `$used_by`, and so by
/// everybody. The transaction has a shard of the feed.
pub(super) const COUNT_BYTES: &str = "
    UPSERT type::record('counter', 'bytes:' + $used_by) SET total = (total ?? 0) + $bytes;
    UPSERT type::record('counter', 'all_bytes:' + <string> $feed_shard) SET total = (total ?? 0) + $bytes;";

/// The statements that make sure that the room `$holds` was not given to others.
pub(super) const UNDER_ROOM: &str = "
    FOR $hold IN $holds {
        IF (SELECT VALUE id FROM ONLY $hold) == NONE { THROW 'room_gone' };
    };";

/// The statements that count `$bytes` as stored by the user with the key `$new_owner` instead of `$owner`.
pub(super) const MOVE_BYTES: &str = "
    UPSERT type::record('counter', 'bytes:' + $owner) SET total = (total ?? 0) - $bytes;
    UPSERT type::record('counter', 'bytes:' + $new_owner) SET total = (total ?? 0) + $bytes;";

/// Whose bytes a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One user's.
    User(UserId),
    /// Everybody's together.
    Everybody,
}

impl Scope {
    fn key(self) -> String {
        match self {
            Self::User(user) => user.key(),
            Self::Everybody => "*".to_owned(),
        }
    }

    /// The counters of what is stored.
    fn usage(self) -> Vec<RecordId> {
        match self {
            Self::User(user) => vec![record("counter", format!("bytes:{}", user.key()))],
            Self::Everybody => (0..SHARDS).map(|shard| record("counter", format!("all_bytes:{shard}"))).collect(),
        }
    }

    /// The guard: the first of its rows has what is wanted, too.
    fn guards(self) -> Vec<RecordId> {
        match self {
            Self::User(user) => vec![record(GUARD, user.key())],
            Self::Everybody => (0..GUARD_SHARDS).map(|shard| record(GUARD, format!("*{shard}"))).collect(),
        }
    }

    fn wanted(self) -> RecordId {
        self.guards().swap_remove(0)
    }
}

/// The row of the room that one process holds in one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// In which scope.
    pub scope: Scope,
    /// The name of the process.
    pub holder: String,
}

impl Hold {
    pub(super) fn id(&self) -> RecordId {
        record(HOLD, format!("{}_{}", self.scope.key(), self.holder))
    }

    /// The row of the guard that its process writes.
    fn guard(&self) -> RecordId {
        let mut guards = self.scope.guards();
        let shard = self.holder.bytes().map(usize::from).sum::<usize>() % guards.len();
        guards.swap_remove(shard)
    }
}

/// How much room a process wants to hold.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// How much it holds, as far as it knows. What the row has beyond that is given back, since it was used up or given up.
    pub known: u64,
    /// So much altogether, at least.
    pub least: u64,
    /// So much altogether, where there is plenty.
    pub most: u64,
    /// How much may be stored and held in the scope.
    pub limit: u64,
    /// Until when it is held without another word.
    pub expires_at: Timestamp,
}

/// What came of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// So much is held now.
    pub held: u64,
    /// Whether that is enough.
    pub is_enough: bool,
    /// How much is stored.
    pub used: u64,
    /// How much others hold.
    pub others: u64,
    /// How many others stand before this one when all of them wait for each other.
    pub before: u64,
}

#[derive(SurrealValue)]
struct HeldRecord {
    held: i64,
    is_enough: bool,
    used: i64,
    others: i64,
    before: i64,
}

#[derive(SurrealValue)]
struct GuardRecord {
    id: RecordId,
    wants: i64,
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}

impl Store {
    /// Holds room, if there is some.
    ///
    /// # Errors
    /// As any write.
    pub async fn hold_room(&self, hold: &Hold, wish: &Wish) -> Result<Held, Error> {
        let body = "
            LET $used = math::sum((SELECT VALUE total FROM $usage));
            LET $stored = (SELECT VALUE held FROM ONLY $hold) ?? 0;
            LET $all = math::sum((SELECT VALUE held FROM quota_hold WHERE scope = $scope));
            LET $before = array::len((SELECT VALUE id FROM quota_hold WHERE scope = $scope AND holder < $holder));
            LET $others = $all - $stored;
            LET $mine = math::min([$stored, $known]);
            LET $free = $limit - $used - $others - $mine;
            LET $lacks = math::max([$least - $mine, 0]);
            LET $likes = math::max([$most - $mine, 0]);
            LET $enough = $lacks == 0 OR $free >= $lacks;
            LET $given = IF $free >= $likes { $likes }
                ELSE IF !$enough OR $lacks == 0 { 0 }
                ELSE IF $others == 0 { $free }
                ELSE { $lacks };
            LET $is_roomy = $likes <= $step AND $free >= $step * array::len($guards);
            FOR $row IN IF $is_roomy { [$guard] } ELSE { $guards } { UPSERT $row SET revision = (revision ?? 0) + 1 };
            IF $mine + $given == 0 { DELETE $hold }
            ELSE { UPSERT $hold SET scope = $scope, holder = $holder, held = $mine + $given, expires_at = $expires_at };
            IF !$enough AND $others > 0 { UPDATE $wanted SET wants = (wants ?? 0) + 1 };
            RETURN { held: $mine + $given, is_enough: $enough, used: $used, others: $others, before: $before }";
        let variables = variables! {
            guard: hold.guard(),
            guards: hold.scope.guards(),
            wanted: hold.scope.wanted(),
            step: signed(STEP_BYTES),
            usage: hold.scope.usage(),
            hold: hold.id(),
            scope: hold.scope.key(),
            holder: hold.holder.clone(),
            known: signed(wish.known),
            least: signed(wish.least),
            most: signed(wish.most),
            limit: signed(wish.limit),
            expires_at: wish.expires_at.as_millis(),
        };
        let row: HeldRecord = self.transact(body, variables).await?;
        Ok(Held {
            held: unsigned(row.held),
            is_enough: row.is_enough,
            used: unsigned(row.used),
            others: unsigned(row.others),
            before: unsigned(row.before),
        })
    }

    /// Holds no more than this from now on, and answers whether so much was held at all: `false` when the janitor was faster.
    ///
    /// # Errors
    /// As any write.
    pub async fn keep_room(&self, hold: &Hold, held: u64, expires_at: Timestamp) -> Result<bool, Error> {
        let body = "
            LET $was = (SELECT VALUE held FROM ONLY $hold) ?? 0;
            IF $held == 0 { DELETE $hold }
            ELSE { UPDATE $hold SET held = math::min([held, $held]), expires_at = $expires_at };
            RETURN $was >= $held";
        let variables = variables! {
            hold: hold.id(),
            held: signed(held),
            expires_at: expires_at.as_millis(),
        };
        self.transact(body, variables).await
    }

    /// How often somebody found too little room in each of these scopes while others held some; the answers stand in their
    /// order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_room_wanted(&self, scopes: &[Scope]) -> Result<Vec<i64>, Error> {
        let ids: Vec<RecordId> = scopes.iter().map(|scope| scope.wanted()).collect();
        let rows: Vec<GuardRecord> = self.rows(GUARD, "SELECT id, wants FROM $ids", variables! { ids: ids }).await?;
        let wants = |scope: &Scope| {
            let wanted = scope.wanted();
            rows.iter().find(|row| row.id == wanted).map_or(0, |row| row.wants)
        };
        Ok(scopes.iter().map(wants).collect())
    }

    /// Gives back what processes hold that were not heard of for long enough, and answers how many there were.
    ///
    /// # Errors
    /// As any write.
    pub async fn drop_expired_holds(&self, now: Timestamp) -> Result<usize, Error> {
        let body = "
            LET $expired = (SELECT VALUE id FROM quota_hold WHERE expires_at < $now LIMIT 500);
            FOR $hold IN $expired { DELETE $hold };
            RETURN array::len($expired)";
        let count: i64 = self.transact(body, variables! { now: now.as_millis() }).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// How many bytes are stored in a scope, the trash included.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_bytes(&self, scope: Scope) -> Result<u64, Error> {
        let text = "SELECT VALUE total FROM $usage";
        let totals: Vec<i64> = self.rows("counter", text, variables! { usage: scope.usage() }).await?;
        Ok(unsigned(totals.iter().sum()))
    }

    /// How many bytes of a user lie in the trash, those included that nobody has swept yet.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_bytes_in_trash(&self, owner: UserId) -> Result<u64, Error> {
        self.total(format!("trash_bytes:{}", owner.key())).await
    }
}
