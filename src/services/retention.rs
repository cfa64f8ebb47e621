//! What the janitor does to files that nobody deletes: those that lay in the trash for long enough go for good, and those that are
//! older than files are kept here go the way of what is deleted.

use super::files::DAY_SECONDS;
use super::winding_up::few_enough;
use super::{Error, Services};
use crate::domain::event::{Action, Event};
use crate::domain::file::File;
use crate::domain::id::FileId;
use crate::domain::timestamp::Timestamp;

/// How many files one transaction takes at most.
const PART: usize = 50;
/// How many files one round of the janitor takes at most: what is left waits for the next, and nothing else waits for it.
const MAX_FILES_A_ROUND: usize = 5_000;

impl Services {
    /// Deletes for good what lay in the trash for long enough, and answers how many files that were.
    pub(super) async fn empty_trash(&self) -> Result<usize, Error> {
        let (kept_since, mut deleted) = (self.trash_kept_since(), 0);
        while deleted < MAX_FILES_A_ROUND {
            let longest = self.store.find_longest_trashed(None, PART).await?;
            let over = longest.into_iter().take_while(|trashed| trashed.deleted_at < kept_since);
            let over = few_enough(over.map(|trashed| (trashed.file, trashed.shares)).collect());
            if over.is_empty() {
                break;
            }
            deleted += over.len();
            let files = self.with_events_of_system(over, Action::FileDeleted, "trash_days");
            self.store.delete_trashed_files(&files).await?;
        }
        Ok(deleted)
    }

    /// Puts files into the trash that are older than files are kept here, or deletes them for good where there is no trash, and
    /// answers how many that were. One that came out of the trash is as old as that.
    pub(super) async fn retire_old_files(&self) -> Result<usize, Error> {
        let retention = &self.config.retention;
        if retention.max_age_days == 0 {
            return Ok(0);
        }
        let kept_since = self.now().minus_seconds(retention.max_age_days * DAY_SECONDS);
        let kept_since = Timestamp::from_millis(kept_since.as_millis() + 1);
        let (mut after, mut retired) = (String::new(), 0);
        while retired < MAX_FILES_A_ROUND {
            let oldest = self.store.find_oldest_files(&after, PART).await?;
            let old: Vec<_> = oldest.into_iter().take_while(|(_, file, _)| file.uploaded_at < kept_since).collect();
            // What is passed over here because it has too many shares for one transaction comes again.
            let few = few_enough(old.iter().map(|(_, file, shares)| (file.clone(), *shares)).collect());
            let Some((key, ..)) = few.len().checked_sub(1).and_then(|last| old.get(last)) else { break };
            after.clone_from(key);
            let ids: Vec<FileId> = few.iter().map(|file| file.id).collect();
            let restored = self.store.find_restored_since(&ids, kept_since).await?;
            let files: Vec<File> = few.into_iter().filter(|file| !restored.contains(&file.id)).collect();
            if files.is_empty() {
                continue;
            }
            retired += files.len();
            if retention.trash_days == 0 {
                let files = self.with_events_of_system(files, Action::FileDeleted, "max_age_days");
                self.store.delete_files(&files).await?;
            } else {
                let files = self.with_events_of_system(files, Action::FileTrashed, "max_age_days");
                self.store.trash_files(&files).await?;
            }
        }
        Ok(retired)
    }

    fn with_events_of_system(&self, files: Vec<File>, action: Action, why: &str) -> Vec<(File, Event)> {
        let with_event = |file: File| {
            let event = Event { detail: why.to_owned(), ..self.event_by_system(action, file.id) };
            (file, event)
        };
        files.into_iter().map(with_event).collect()
    }
}
