//! Keys that become current, and the instances that must have them before that.
//!
//! There is one row of `rotation`. Its phase goes from adding to rewrapping to done. Whoever joins writes it, and so does
//! whoever makes keys current: of an instance without the keys and keys that become current, one sees the other.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::ring_key::{KnownKey, KnownKeyRecord};
use super::row::{intact, key_of, record};
use crate::domain::event::Event;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "rotation";

/// How far a rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Every instance shall have the keys.
    Adding,
    /// They are current; what older ones have sealed is sealed anew.
    Rewrapping,
    /// Nothing is left to do.
    Done,
    /// It was given up before the keys became current.
    Abandoned,
}

impl Phase {
    const ALL: [Self; 4] = [Self::Adding, Self::Rewrapping, Self::Done, Self::Abandoned];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adding => "adding",
            Self::Rewrapping => "rewrapping",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
        }
    }
}

/// The rotation under way, or the last one.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// How far it is.
    pub phase: Phase,
    /// The ids of the keys that become current.
    pub keys: Vec<String>,
    /// When it began.
    pub begun_at: Timestamp,
    /// How many wrapped keys were to be wrapped anew when they became current.
    pub total: u64,
    /// How many are.
    pub done: u64,
    /// How many cannot be opened.
    pub failed: u64,
}

/// A living instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name, made at its start.
    pub name: String,
    /// The ids of the keys that it has.
    pub keys: Vec<String>,
    /// The ids of those that it seals with.
    pub currents: Vec<String>,
}

/// What stands in the way of keys that should become current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promotion {
    /// Nothing: they are current now.
    Done,
    /// So many living instances lack one of them.
    Lacking(u64),
}

#[derive(SurrealValue)]
struct RotationRecord {
    phase: String,
    keys: Vec<String>,
    begun_at: i64,
    total: i64,
    done: i64,
    failed: i64,
}

#[derive(SurrealValue)]
struct InstanceRecord {
    id: RecordId,
    keys: Vec<String>,
    currents: Vec<String>,
}

impl RotationRecord {
    fn read(self) -> Option<Rotation> {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Some(Rotation {
            phase: Phase::ALL.into_iter().find(|phase| phase.as_str() == self.phase)?,
            keys: self.keys,
            begun_at: Timestamp::from_millis(self.begun_at),
            total: count(self.total),
            done: count(self.done),
            failed: count(self.failed),
        })
    }
}

fn the_rotation() -> RecordId {
    record(TABLE, "this")
}

impl Store {
    /// Says that an instance lives, until `lease_expires_at`, and which keys it has.
    ///
    /// # Errors
    /// [`Guard::RingLacksKey`](super::Guard::RingLacksKey) when it lacks one that is current.
    pub async fn report_instance(
        &self,
        instance: &Instance,
        now: Timestamp,
        lease_expires_at: Timestamp,
    ) -> Result<(), Error> {
        let body = "
            LET $currents_now = (SELECT VALUE record::id(id) FROM ring_key WHERE state = 'current');
            IF array::len(array::complement($currents_now, $keys)) > 0 { THROW 'ring_lacks_key' };
            IF ((SELECT VALUE lease_expires_at FROM ONLY $instance) ?? 0) <= $now {
                UPSERT $rotation SET joined = (joined ?? 0) + 1;
            };
            UPSERT $instance SET keys = $keys, currents = $currents, lease_expires_at = $lease;
            RETURN true";
        let variables = variables! {
            instance: record("instance", instance.name.as_str()),
            rotation: the_rotation(),
            keys: instance.keys.clone(),
            currents: instance.currents.clone(),
            now: now.as_millis(),
            lease: lease_expires_at.as_millis(),
        };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// Says that an instance lives no more.
    ///
    /// # Errors
    /// As any write.
    pub async fn forget_instance(&self, name: &str) -> Result<(), Error> {
        let body = "DELETE $instance; RETURN true";
        self.transact::<bool>(body, variables! { instance: record("instance", name) }).await.map(|_| ())
    }

    /// Forgets every instance, and what it was about: for the start of a process that has the database to itself.
    ///
    /// # Errors
    /// As any write.
    pub async fn forget_former_instances(&self) -> Result<(), Error> {
        let body = "
            DELETE instance;
            UPDATE $rotation SET worker = '', lease_expires_at = 0;
            RETURN true";
        self.transact::<bool>(body, variables! { rotation: the_rotation() }).await.map(|_| ())
    }

    /// Drops what dead instances have left, long after.
    ///
    /// # Errors
    /// As any write.
    pub async fn sweep_instances(&self, now: Timestamp) -> Result<(), Error> {
        let body = "DELETE instance WHERE lease_expires_at <= $now; RETURN true";
        let long_ago = now.minus_seconds(86_400);
        self.transact::<bool>(body, variables! { now: long_ago.as_millis() }).await.map(|_| ())
    }

    /// The instances that live.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_instances(&self, now: Timestamp) -> Result<Vec<Instance>, Error> {
        let text = "SELECT * FROM instance WHERE lease_expires_at > $now";
        let rows: Vec<InstanceRecord> = self.rows("instance", text, variables! { now: now.as_millis() }).await?;
        let read = |row: InstanceRecord| {
            let name = intact("instance", key_of(&row.id))?.to_owned();
            Ok(Instance { name, keys: row.keys, currents: row.currents })
        };
        rows.into_iter().map(read).collect()
    }

    /// The rotation under way or the last one, if there ever was one.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_rotation(&self) -> Result<Option<Rotation>, Error> {
        let row: Option<RotationRecord> =
            self.row(TABLE, "SELECT * FROM ONLY $rotation", variables! { rotation: the_rotation() }).await?;
        Ok(row.and_then(RotationRecord::read))
    }

    /// Begins a rotation to keys that are new to the database.
    ///
    /// # Errors
    /// [`Guard::RotationRunning`](super::Guard::RotationRunning) while there is one; [`Error::Conflict`] for a key that is
    /// known already.
    pub async fn begin_rotation(&self, keys: &[KnownKey], now: Timestamp, event: &Event) -> Result<(), Error> {
        let body = "
            IF (SELECT VALUE phase FROM ONLY $rotation) IN ['adding', 'rewrapping'] { THROW 'rotation_running' };
            FOR $row IN $rows { CREATE ring_key CONTENT $row };
            UPSERT $rotation SET phase = 'adding', keys = $keys, begun_at = $now, total = 0, done = 0, failed = 0,
                worker = '', lease_expires_at = 0;
            RETURN true";
        let variables = variables! {
            rotation: the_rotation(),
            rows: keys.iter().map(KnownKeyRecord::new).collect::<Vec<_>>(),
            keys: keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>(),
            now: now.as_millis(),
        };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Makes the keys of the rotation current, if every living instance has them. `total` is how many wrapped keys have to be
    /// wrapped anew.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when somebody else was faster.
    pub async fn promote_keys(&self, now: Timestamp, total: u64, event: &Event) -> Result<Promotion, Error> {
        let lacking = self.count_instances_that_lack(now).await?;
        if lacking > 0 {
            return Ok(Promotion::Lacking(lacking));
        }
        let body = "
            LET $turning = (SELECT * FROM ONLY $rotation);
            IF $turning.phase != 'adding' { THROW 'work_gone' };
            LET $wanted = $turning.keys;
            LET $lacking = (SELECT VALUE id FROM instance
                WHERE lease_expires_at > $now AND array::len(array::complement($wanted, keys)) > 0);
            IF array::len($lacking) > 0 { THROW 'work_gone' };
            FOR $key IN $wanted {
                LET $new = type::record('ring_key', $key);
                LET $purpose = (SELECT VALUE purpose FROM ONLY $new);
                UPDATE ring_key SET state = 'old', replaced_at = $now WHERE state = 'current' AND purpose = $purpose;
                UPDATE $new SET state = 'current';
            };
            UPDATE $rotation SET phase = 'rewrapping', total = $total, joined += 1;
            RETURN true";
        let variables = variables! {
            rotation: the_rotation(),
            now: now.as_millis(),
            total: i64::try_from(total).unwrap_or(i64::MAX),
        };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| Promotion::Done)
    }

    async fn count_instances_that_lack(&self, now: Timestamp) -> Result<u64, Error> {
        let Some(rotation) = self.find_rotation().await? else { return Ok(0) };
        let instances = self.find_instances(now).await?;
        let lacks = |instance: &&Instance| rotation.keys.iter().any(|key| !instance.keys.contains(key));
        Ok(instances.iter().filter(lacks).count() as u64)
    }

    /// Gives the rotation to these keys up while they are not current yet: they are retired.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when there is none to them that could be given up.
    pub async fn abandon_rotation(&self, keys: &[String], event: &Event) -> Result<(), Error> {
        let body = "
            LET $turning = (SELECT * FROM ONLY $rotation);
            IF $turning == NONE OR $turning.phase != 'adding' OR $turning.keys != $keys { THROW 'work_gone' };
            FOR $key IN $turning.keys {
                LET $given_up = type::record('ring_key', $key);
                UPDATE $given_up SET state = 'retired';
            };
            UPDATE $rotation SET phase = 'abandoned';
            RETURN true";
        let variables = variables! { rotation: the_rotation(), keys: keys.to_vec() };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Takes the rewrapping for an instance, until `lease_expires_at`. False when another one has it, or there is none.
    ///
    /// # Errors
    /// As any write.
    pub async fn take_rewrapping(
        &self,
        worker: &str,
        now: Timestamp,
        lease_expires_at: Timestamp,
    ) -> Result<bool, Error> {
        let body = "
            LET $taken = (UPDATE $rotation SET worker = $worker, lease_expires_at = $lease
                WHERE phase = 'rewrapping' AND (worker = $worker OR lease_expires_at <= $now));
            RETURN array::len($taken) == 1";
        let mut variables = worker_variables(worker);
        variables.insert("lease", lease_expires_at.as_millis());
        variables.insert("now", now.as_millis());
        self.transact(body, variables).await
    }

    /// Notes that so many more file keys are wrapped anew, and that the worker goes on until `lease_expires_at`.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when another instance has taken it over.
    pub async fn note_rewrapped(&self, worker: &str, count: usize, lease_expires_at: Timestamp) -> Result<(), Error> {
        let body = "
            LET $mine = (UPDATE $rotation SET lease_expires_at = $lease, done += $count
                WHERE phase = 'rewrapping' AND worker = $worker);
            IF array::len($mine) != 1 { THROW 'work_gone' };
            RETURN true";
        let mut variables = worker_variables(worker);
        variables.insert("lease", lease_expires_at.as_millis());
        variables.insert("count", i64::try_from(count).unwrap_or(i64::MAX));
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// Ends the rotation: nothing is left that could be sealed anew.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when another instance has taken it over.
    pub async fn finish_rotation(&self, worker: &str, failed: u64, event: &Event) -> Result<(), Error> {
        let body = "
            LET $finished = (UPDATE $rotation SET phase = 'done', failed = $failed, worker = '', lease_expires_at = 0
                WHERE phase = 'rewrapping' AND worker = $worker);
            IF array::len($finished) != 1 { THROW 'work_gone' };
            RETURN true";
        let mut variables = worker_variables(worker);
        variables.insert("failed", i64::try_from(failed).unwrap_or(i64::MAX));
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }
}

/// The beginning of every part: the work is still the worker's own. It is only read, so that parts can be written side by side;
/// where it is taken over in this moment, two do the same, which does no harm.
pub(super) const STILL_MINE: &str = "
    LET $turning = (SELECT phase, worker FROM ONLY $rotation);
    IF $turning.phase != 'rewrapping' OR $turning.worker != $worker { THROW 'work_gone' };";

pub(super) fn worker_variables(worker: &str) -> Variables {
    variables! { rotation: the_rotation(), worker: worker.to_owned() }
}
