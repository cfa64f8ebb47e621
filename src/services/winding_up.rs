//! What is done about an account a part at a time: ending the shares with it, giving its files away or deleting them, and in
//! the end deleting it. Whoever asked for it does it while the request lasts; what is left the janitor does.

use super::{Caller, Error, Services};
use crate::domain::event::{Action, Event};
use crate::domain::file::File;
use crate::domain::id::{FileId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::store::winding_up::{Kind, WindingUp};
use crate::store::{self, Guard, List, Scan};

/// How many shares or files one transaction takes at most.
const PART: usize = 50;
/// How many shares and pieces the files of one transaction have at most, unless a single one has more.
const MAX_ROWS: u64 = 500;
/// How long a part may take until somebody else takes the work up.
const STALLED_SECONDS: u64 = 60;

impl Services {
    /// Work that `caller` has done, and that is this process's for now.
    pub(super) fn winding_up(&self, caller: &Caller, user: UserId, kind: Kind, new_owner: Option<UserId>) -> WindingUp {
        let (actor, address) = caller.origin();
        WindingUp { user, kind, new_owner, actor, address, due_at: self.now().plus_seconds(STALLED_SECONDS) }
    }

    /// Goes on with work nobody else goes on with, and answers how much there was. What fails is left to the next round.
    pub(super) async fn take_up_stalled_work(&self) -> Result<usize, Error> {
        let stalled = self.store.find_due_winding_up(self.now()).await?;
        for work in &stalled {
            if let Err(failure) = self.wind_up(work).await {
                tracing::error!(user = %work.user, error = failure.with_causes(), "an account could not be wound up");
            }
        }
        Ok(stalled.len())
    }

    /// Does the work to its end, and answers how many files have another owner. Work that somebody else has ended is done.
    pub(super) async fn wind_up(&self, work: &WindingUp) -> Result<u64, Error> {
        let mut work = work.clone();
        loop {
            work.due_at = self.now().plus_seconds(STALLED_SECONDS);
            let done = match self.do_part(&work).await {
                Ok(true) => continue,
                Ok(false) => self.store.end_winding_up(&work).await,
                Err(failure) => Err(failure),
            };
            match done {
                Ok(moved) => return Ok(moved),
                Err(store::Error::Refused(Guard::WorkGone)) => return Ok(0),
                // Something came in since the last look.
                Err(store::Error::Refused(Guard::OwnsFiles)) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// False when there was nothing left to do.
    async fn do_part(&self, work: &WindingUp) -> Result<bool, store::Error> {
        if work.kind != Kind::Files {
            let list = List::SharesWith(work.user.key());
            let scan = Scan { list, key_field: "newest", after: String::new(), limit: PART };
            let shares = self.store.scan_shares(&scan).await?;
            if !shares.is_empty() {
                let ended = shares.into_iter().map(|row| {
                    let share = row.item.share;
                    let event = self.revoked_by(work, share.file);
                    (share, event)
                });
                self.store.end_shares_with(work, &ended.collect::<Vec<_>>()).await?;
                return Ok(true);
            }
            let trashed = self.store.find_trashed_shares_with(work.user, PART).await?;
            if !trashed.is_empty() {
                let ended = trashed.into_iter().map(|share| (share, self.revoked_by(work, share.file)));
                self.store.end_trashed_shares(work, &ended.collect::<Vec<_>>()).await?;
                return Ok(true);
            }
        }
        if work.kind != Kind::Grants {
            let files = few_enough(self.store.find_files_with_shares(work.user, PART).await?);
            if !files.is_empty() {
                self.part_with(work, files).await?;
                return Ok(true);
            }
            let trashed = self.store.find_longest_trashed(Some(work.user), PART).await?;
            let trashed = few_enough(trashed.into_iter().map(|trashed| (trashed.file, trashed.shares)).collect());
            if !trashed.is_empty() {
                self.part_with_trashed(work, trashed).await?;
                return Ok(true);
            }
        }
        if !work.deletes_account() {
            return Ok(false);
        }
        // What it was about to upload is nobody's.
        for content in self.store.find_open_transfers(work.user).await? {
            match self.store.end_transfer(content, None, Timestamp::from_millis(i64::MAX)).await {
                Ok(()) | Err(store::Error::Refused(Guard::TransferGone)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(self.store.drop_receipts_of(work).await? > 0)
    }

    fn revoked_by(&self, work: &WindingUp, file: FileId) -> Event {
        Event { detail: work.user.to_string(), ..self.event(Action::ShareRevoked, work.actor, file, work.address) }
    }

    async fn part_with(&self, work: &WindingUp, files: Vec<File>) -> Result<(), store::Error> {
        let files = self.with_events(work, files);
        match work.new_owner {
            Some(new_owner) => self.store.move_files(work, new_owner, &files).await,
            None => self.store.delete_files_of(work, &files).await,
        }
    }

    async fn part_with_trashed(&self, work: &WindingUp, files: Vec<File>) -> Result<(), store::Error> {
        let files = self.with_events(work, files);
        match work.new_owner {
            Some(new_owner) => self.store.move_trashed_files(work, new_owner, &files).await,
            None => self.store.delete_trashed_files_of(work, &files).await,
        }
    }

    fn with_events(&self, work: &WindingUp, files: Vec<File>) -> Vec<(File, Event)> {
        let action = if work.new_owner.is_some() { Action::FileReassigned } else { Action::FileDeleted };
        let with_event = |file: File| {
            let event = Event {
                detail: work.new_owner.map(|new_owner| new_owner.to_string()).unwrap_or_default(),
                ..self.event(action, work.actor, file.id, work.address)
            };
            (file, event)
        };
        files.into_iter().map(with_event).collect()
    }
}

/// The first of these files, each with the number of its shares, that together have not too many rows for one transaction, and at
/// least one.
pub(super) fn few_enough(files: Vec<(File, u64)>) -> Vec<File> {
    let mut rows = 0;
    let fits = |(file, shares): &(File, u64)| {
        let is_first = rows == 0;
        rows += 1 + shares + u64::from(file.pieces);
        is_first || rows <= MAX_ROWS
    };
    files.into_iter().take_while(fits).map(|(file, _)| file).collect()
}
