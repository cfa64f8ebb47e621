//! File after file, span after span.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use super::spans::{Fault, Span};
use super::state::{State, Suspect};
use super::{Part, VerifyOptions};
use crate::blobs::Blobs;
use crate::crypto::file_key::{FileKey, KeyOwner};
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::id::FileId;
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;
use crate::services::progress::Progress;
use crate::services::{Error, Services};
use crate::store::blob::StoredKey;
use crate::store::{List, Scan};

/// How many files are looked up at once.
const PAGE: usize = 200;
/// How many events are looked through at once.
const EVENTS_PAGE: usize = 500;
/// By how much the clocks of two instances may differ.
const CLOCKS_DIFFER_SECONDS: u64 = 600;
/// How many bytes are read until it is written down how far the run is, unless a single file has more.
const SAVE_EVERY_BYTES: u64 = 4 << 30;

/// What there is to do for one page of files.
struct Work {
    span: Span,
    file: String,
}

impl Services {
    /// Looks at every file behind the place that the state has reached. False when it stopped before the end because it was
    /// told to.
    pub(super) async fn walk_files(
        &self,
        state: &mut State,
        options: &VerifyOptions,
        progress: &Progress,
    ) -> Result<bool, Error> {
        let jobs = options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
        progress.begin("files", state.files, self.store.count_files(&List::Files).await?);
        let mut left = options.at_most.unwrap_or(u64::MAX);
        loop {
            let limit = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
            if limit == 0 {
                return Ok(false);
            }
            let mut page = self.find_page(state.in_trash, &state.after, limit).await?;
            if page.is_empty() {
                if state.in_trash {
                    // A file may have gone back to where the walk was already, and another one into the trash meanwhile.
                    if self.look_at_restored(jobs, state, progress).await? {
                        state.save(&options.state_file).await?;
                        continue;
                    }
                    return Ok(true);
                }
                (state.in_trash, state.after) = (true, String::new());
                continue;
            }
            let mut bytes = 0;
            let fits = page.iter().take_while(|listed| {
                let is_first = bytes == 0;
                bytes += listed.1.size_bytes.max(1);
                is_first || bytes <= SAVE_EVERY_BYTES
            });
            let count = fits.count();
            page.truncate(count);
            let Some(reached) = page.last().map(|last| last.0.clone()) else { return Ok(true) };
            let files: Vec<File> = page.into_iter().map(|listed| listed.1).collect();
            self.look_at(&files, jobs, state, progress).await?;
            state.after = reached;
            state.files += files.len() as u64;
            left -= (files.len() as u64).min(left);
            state.save(&options.state_file).await?;
        }
    }

    /// Looks at some more of the files that were brought back out of the trash since this verification began: between the two walks
    /// they may have been in neither. They are not counted, for most of them were. False where nothing more has happened.
    async fn look_at_restored(&self, jobs: usize, state: &mut State, progress: &Progress) -> Result<bool, Error> {
        if state.events_after.is_empty() {
            let begun_at = Timestamp::parse_rfc3339(&state.begun_at).unwrap_or(Timestamp::from_millis(0));
            state.events_after = TimeKeys::first_oldest_at(begun_at.minus_seconds(CLOCKS_DIFFER_SECONDS));
        }
        let (after, limit) = (state.events_after.clone(), EVENTS_PAGE);
        let events = self.store.scan_events(&Scan { list: List::Events, key_field: "oldest", after, limit }).await?;
        let Some(last) = events.last() else { return Ok(false) };
        state.events_after.clone_from(&last.key);
        let restored = events.iter().filter(|event| event.item.action == Action::FileRestored);
        let ids: BTreeSet<&str> = restored.map(|event| event.item.object.as_str()).collect();
        let mut files = Vec::new();
        for id in ids.iter().filter_map(|id| FileId::parse(id)) {
            files.extend(self.find_file_anywhere(id).await?);
        }
        let counted = (state.objects, state.bytes);
        for page in files.chunks(PAGE) {
            self.look_at(page, jobs, state, progress).await?;
        }
        (state.objects, state.bytes) = counted;
        Ok(!files.is_empty() || events.len() == limit)
    }

    /// Some more files and their places, oldest first: those that are there, or those in the trash.
    pub(super) async fn find_page(
        &self,
        in_trash: bool,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, File)>, Error> {
        let list = if in_trash { List::Trash } else { List::Files };
        let scan = Scan { list, key_field: "oldest", after: after.to_owned(), limit };
        if in_trash {
            let page = self.store.scan_trash(&scan).await?;
            return Ok(page.into_iter().map(|listed| (listed.key, listed.item.file)).collect());
        }
        Ok(self.store.scan_files(&scan).await?.into_iter().map(|listed| (listed.key, listed.item)).collect())
    }

    /// The file with this id, wherever it is.
    pub(super) async fn find_file_anywhere(&self, id: FileId) -> Result<Option<File>, Error> {
        // It goes from one to the other in one transaction; between two looks it may go there, and back.
        for _ in 0..2 {
            if let Some(file) = self.store.find_file(id).await? {
                return Ok(Some(file));
            }
            if let Some(trashed) = self.store.find_trashed_file(id).await? {
                return Ok(Some(trashed.file));
            }
        }
        Ok(None)
    }

    async fn look_at(&self, files: &[File], jobs: usize, state: &mut State, progress: &Progress) -> Result<(), Error> {
        let (mut works, mut suspects) = (Vec::new(), Vec::new());
        let contents: Vec<_> = files.iter().map(|file| file.blob).collect();
        let mut keys = self.store.find_wrapped_keys(&contents).await?;
        for file in files {
            progress.add_done(1);
            let key = match keys.remove(&file.blob) {
                Some(stored) => self.open_key(file, stored).await?,
                None => None,
            };
            let parts = self.parts_of(file).await?;
            let (Some(key), Some(parts)) = (key.map(Arc::new), parts) else {
                suspects.push(Suspect { file: file.id.to_string(), object: String::new(), chunk: 0 });
                continue;
            };
            state.objects += parts.len() as u64;
            for part in parts {
                let reads_content = state.is_in_sample(part.blob());
                state.bytes += if reads_content { part.size_bytes } else { 0 };
                let spans: Vec<Span> = match reads_content {
                    true => Span::from_chunk(part, &key, 0).collect(),
                    false => vec![Span::of_length(part, &key)],
                };
                works.extend(spans.into_iter().map(|span| Work { span, file: file.id.to_string() }));
            }
        }
        let looks = works.into_iter().map(|work| work.do_it(&self.blobs, progress).boxed());
        let found: Vec<Option<Suspect>> = stream::iter(looks).buffered(jobs).try_collect().await?;
        for suspect in found.into_iter().flatten() {
            suspects.push(suspect);
        }
        for suspect in suspects {
            let is_known = |known: &Suspect| known.file == suspect.file && known.object == suspect.object;
            if !state.suspects.iter().any(is_known) {
                state.suspects.push(suspect);
            }
        }
        Ok(())
    }

    /// The key of a file, where it can be opened.
    pub(super) async fn open_key(&self, file: &File, stored: StoredKey) -> Result<Option<FileKey>, Error> {
        let owner = KeyOwner::of(file);
        match self.open_file_key(stored, &owner).await {
            Ok(key) => Ok(Some(key)),
            // The ring is there, and this key is none that it opens.
            Err(Error::Internal(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The one of these objects that has this key.
    pub(super) fn part_named(parts: Vec<Part>, object: &str) -> Option<Part> {
        parts.into_iter().find(|part| part.blob().key() == object)
    }
}

impl Work {
    async fn do_it(self, blobs: &Blobs, progress: &Progress) -> Result<Option<Suspect>, Error> {
        let fault = self.span.look(blobs, progress).await?;
        Ok(fault.map(|fault| self.suspect(fault)))
    }

    fn suspect(&self, fault: Fault) -> Suspect {
        let chunk = match fault {
            Fault::Tampered(chunk) | Fault::Unreadable(chunk) => chunk,
            Fault::Missing | Fault::Length(_) => 0,
        };
        Suspect { file: self.file.clone(), object: self.span.part.blob().key(), chunk }
    }
}
