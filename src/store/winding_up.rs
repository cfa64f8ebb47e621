//! What is still to be done about an account, a part at a time: a user can have a hundred thousand files.
//!
//! A part is one transaction that writes the row of the work, so that no part is done after the work was ended by somebody
//! else. Two who do the same work at once do each part once.

use std::net::IpAddr;

use surrealdb::types::{RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::file::{DoomedFileRecord, delete_files, owner_total};
use super::query::variables;
use super::quota::MOVE_BYTES;
use super::row::{intact, key_of, record};
use super::share::DROP_SHARE;
use crate::domain::event::{Actor, Event};
use crate::domain::file::File;
use crate::domain::id::UserId;
use crate::domain::share::Share;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "winding_up";

/// What is done about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The shares with it end.
    Grants,
    /// Its files get another owner.
    Files,
    /// The shares with it end, its files get another owner or are deleted, and the account goes.
    Account,
}

/// What is still to be done about an account.
#[derive(Clone, Debug)]
pub struct WindingUp {
    /// Whose account.
    pub user: UserId,
    /// What is done.
    pub kind: Kind,
    /// Who gets the files; `None` where they are deleted or left alone.
    pub new_owner: Option<UserId>,
    /// Who had it done.
    pub actor: Actor,
    /// From where.
    pub address: Option<IpAddr>,
    /// Nobody else takes it up before this moment.
    pub due_at: Timestamp,
}

impl WindingUp {
    /// Whether the account goes in the end.
    pub fn deletes_account(&self) -> bool {
        self.kind == Kind::Account
    }

    pub(super) fn variables(&self) -> Variables {
        variables! { work: record(TABLE, self.user.key()), due_at: self.due_at.as_millis() }
    }
}

impl Kind {
    const ALL: [Self; 3] = [Self::Grants, Self::Files, Self::Account];

    fn as_str(self) -> &'static str {
        match self {
            Self::Grants => "grants",
            Self::Files => "files",
            Self::Account => "account",
        }
    }
}

#[derive(SurrealValue)]
pub(super) struct WindingUpRecord {
    id: RecordId,
    kind: String,
    new_owner: String,
    actor: String,
    address: String,
    due_at: i64,
}

impl WindingUpRecord {
    pub(super) fn new(work: &WindingUp) -> Self {
        Self {
            id: record(TABLE, work.user.key()),
            kind: work.kind.as_str().to_owned(),
            new_owner: work.new_owner.map(|user| user.key()).unwrap_or_default(),
            actor: work.actor.to_text(),
            address: work.address.map(|address| address.to_string()).unwrap_or_default(),
            due_at: work.due_at.as_millis(),
        }
    }

    fn read(self) -> Option<WindingUp> {
        Some(WindingUp {
            user: UserId::from_key(key_of(&self.id)?)?,
            kind: Kind::ALL.into_iter().find(|kind| kind.as_str() == self.kind)?,
            new_owner: UserId::from_key(&self.new_owner),
            actor: Actor::parse(&self.actor)?,
            address: self.address.parse().ok(),
            due_at: Timestamp::from_millis(self.due_at),
        })
    }
}

#[derive(SurrealValue)]
struct EndedShareRecord {
    share: RecordId,
    event: EventRecord,
}

#[derive(SurrealValue)]
struct MovedFileRecord {
    id: RecordId,
    file: String,
    size_bytes: i64,
    event: EventRecord,
}

/// The beginning of every part: the work goes on.
pub(super) const GO_ON: &str = "
    IF array::len((UPDATE $work SET due_at = $due_at)) != 1 { THROW 'work_gone' };";

impl Store {
    /// Work that nobody goes on with, at most 100 accounts.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_due_winding_up(&self, now: Timestamp) -> Result<Vec<WindingUp>, Error> {
        let text = "SELECT * FROM winding_up WHERE due_at <= $now ORDER BY due_at ASC LIMIT 100";
        let rows: Vec<WindingUpRecord> = self.rows(TABLE, text, variables! { now: now.as_millis() }).await?;
        rows.into_iter().map(|row| intact(TABLE, row.read())).collect()
    }

    /// Takes shares with the user back, each with its event.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn end_shares_with(&self, work: &WindingUp, ended: &[(Share, Event)]) -> Result<(), Error> {
        let body = format!(
            "{GO_ON}
             FOR $each IN $ended {{
                 LET $dropped_id = $each.share;
                 {DROP_SHARE}
                 IF $dropped != NONE {{
                     UPDATE type::record('file', $dropped.file) SET shares -= 1, revision += 1;
                     LET $noted = $each.event;
                     {NOTE}
                 }};
             }};
             RETURN true"
        );
        let ended = ended.iter().map(|(share, event)| EndedShareRecord {
            share: record("share", share.id.key()),
            event: EventRecord::new(event),
        });
        let ended: Vec<EndedShareRecord> = ended.collect();
        let mut variables = variables! { ended: ended };
        variables.extend(work.variables());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Gives files of the user to another owner, each with its event. Their shares go on, shared by the new owner.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn move_files(&self, work: &WindingUp, to: UserId, files: &[(File, Event)]) -> Result<(), Error> {
        let body = format!(
            "{GO_ON}
             FOR $each IN $moving {{
                 LET $id = $each.id;
                 LET $file = $each.file;
                 IF array::len((UPDATE $id SET owner = $new_owner, revision += 1 WHERE owner = $owner)) == 1 {{
                     UPDATE share SET shared_by = $new_owner WHERE file = $file;
                     UPSERT $owner_total SET total = (total ?? 0) - 1;
                     UPSERT $new_total SET total = (total ?? 0) + 1;
                     LET $bytes = $each.size_bytes;
                     {MOVE_BYTES}
                     UPDATE $work SET files += 1;
                     LET $noted = $each.event;
                     {NOTE}
                 }};
             }};
             RETURN true"
        );
        let moving = files.iter().map(|(file, event)| MovedFileRecord {
            id: record("file", file.id.key()),
            file: file.id.key(),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            event: EventRecord::new(event),
        });
        let moving: Vec<MovedFileRecord> = moving.collect();
        let mut variables = variables! {
            moving: moving,
            owner: work.user.key(),
            new_owner: to.key(),
            owner_total: owner_total(work.user),
            new_total: owner_total(to),
        };
        variables.extend(work.variables());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Deletes files of the user, each with its event.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn delete_files_of(&self, work: &WindingUp, files: &[(File, Event)]) -> Result<(), Error> {
        let mut variables = variables! { doomed: DoomedFileRecord::all(files) };
        variables.extend(work.variables());
        self.transact::<bool>(&format!("{GO_ON} {} RETURN true", delete_files()), variables).await.map(|_| ())
    }

    /// Forgets what the user has downloaded, at most 500 rows, and answers how many there were.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn drop_receipts_of(&self, work: &WindingUp) -> Result<usize, Error> {
        let body = format!(
            "{GO_ON}
             LET $receipts = (SELECT VALUE id FROM receipt WHERE recipient = $key LIMIT 500);
             DELETE $receipts;
             RETURN array::len($receipts)"
        );
        let mut variables = variables! { key: work.user.key() };
        variables.extend(work.variables());
        let count: i64 = self.transact(&body, variables).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Ends the work, once all parts are done: the account goes where it is to go. Answers how many files got another owner.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone); [`Guard::OwnsFiles`](super::Guard::OwnsFiles) where there is something
    /// left to do after all.
    pub async fn end_winding_up(&self, work: &WindingUp) -> Result<u64, Error> {
        // A file goes between the two tables in one transaction, so whoever looks into both at one moment finds it.
        let shares = if work.kind == Kind::Files {
            ""
        } else {
            "IF array::len((SELECT VALUE id FROM share WHERE audience = $key LIMIT 1)) > 0 { THROW 'owns_files' };
             IF array::len((SELECT VALUE id FROM trashed_share WHERE audience = $key LIMIT 1)) > 0 { THROW 'owns_files' };"
        };
        let account = if work.deletes_account() {
            "IF array::len((SELECT VALUE id FROM file WHERE owner = $key LIMIT 1)) > 0 { THROW 'owns_files' };
             IF array::len((SELECT VALUE id FROM trashed_file WHERE owner = $key LIMIT 1)) > 0 { THROW 'owns_files' };
             IF array::len((SELECT VALUE id FROM transfer WHERE owner = $key AND state = 'open' LIMIT 1)) > 0 { THROW 'owns_files' };
             LET $gone = (DELETE $id RETURN BEFORE)[0];
             UPSERT type::record('counter', 'users:' + $gone.role) SET total = (total ?? 0) - 1;
             UPSERT type::record('counter', 'disabled:' + $gone.role) SET total = (total ?? 0) - 1;
             DELETE $counters;
             DELETE $second_factor;
             DELETE passkey WHERE user = $key;
             DELETE session WHERE user = $key;"
        } else {
            ""
        };
        let body = format!(
            "LET $ended = (DELETE $work RETURN BEFORE)[0];
             IF $ended == NONE {{ THROW 'work_gone' }};
             {shares} {account} RETURN $ended.files"
        );
        let key = work.user.key();
        let counters = ["files", "trash", "shared", "twice", "bytes", "trash_bytes"]
            .map(|name| record("counter", format!("{name}:{key}")))
            .to_vec();
        let variables = variables! {
            work: record(TABLE, key.clone()),
            id: record("user", key.clone()),
            second_factor: record("second_factor", key.clone()),
            counters: counters,
            key: key,
        };
        let moved: i64 = self.transact(&body, variables).await?;
        Ok(u64::try_from(moved).unwrap_or(0))
    }
}
