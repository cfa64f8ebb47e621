//! Bringing an installation back from a backup: into an empty one, and then without what was deleted since.
//!
//! That the rows are whole, and were backed up by whoever had this key ring, is checked before anything is written; objects are
//! sealed, and `verify` looks into them. Rows come last, and the bond with the ring at the very end: until then the
//! database refuses to be served, and a restore that was interrupted is simply run again.
//!
//! What opens a door by itself does not come back: sessions, mailed tokens, invitations, sign-ups that were not confirmed, mails
//! that were not sent. They may have been used, ended or withdrawn since.

use std::collections::BTreeSet;
use std::path::PathBuf;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use super::backup::{BackupFolder, COPIES_AT_ONCE, MADE_ANEW, Manifest, ObjectLine, copy_in, read_deletions, unusable};
use super::error::Error;
use super::progress::Progress;
use crate::blobs::Blobs;
use crate::crypto;
use crate::crypto::key_ring::KeyRing;
use crate::domain::clock::SharedClock;
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::{BlobId, EventId, FileId};
use crate::domain::random::SharedRandom;
use crate::store::{self, DumpedRow, Store};

/// How many rows are written at once, and how many bytes of them: a transaction has to fit in the database's memory.
const ROWS_AT_ONCE: usize = 200;
/// Tables of what opens a door by itself, and of what is worth nothing without it.
const ENDED: [&str; 8] =
    ["session", "refresh_token", "account_token", "registration", "invitation", "outbox", "instance", "quota_hold"];

/// What to bring back.
#[derive(Clone, Debug)]
pub struct RestoreOptions {
    /// The folder of the backups.
    pub folder: PathBuf,
    /// Which of its snapshots; `None` for the latest.
    pub snapshot: Option<String>,
    /// More lists of what was destroyed, besides the one in the folder: files, or folders of backups.
    pub deletions: Vec<PathBuf>,
    /// Whether objects in the storage that the backup does not know may be lost.
    pub lose_newer_objects: bool,
}

/// Where to.
pub struct Target {
    /// The database, which must be empty.
    pub database: store::Options,
    /// The storage. It may hold the objects already.
    pub blobs: Blobs,
    /// The ring that the backup belongs to.
    pub ring: KeyRing,
    /// The time.
    pub clock: SharedClock,
    /// Bytes that nobody can guess.
    pub random: SharedRandom,
}

/// What came of a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreReport {
    /// Which snapshot was brought back.
    pub snapshot: String,
    /// The moment it shows.
    pub taken_at: String,
    /// How many rows were written.
    pub rows: u64,
    /// How many objects are in the storage now.
    pub objects: u64,
    /// Objects that are neither in the storage nor in the backup: their files cannot be read.
    pub missing: Vec<String>,
    /// How many files of the backup were deleted since, and are deleted again.
    pub deleted_again: u64,
    /// How many objects in the storage the backup does not know; the janitor removes them.
    pub newer_objects: u64,
}

/// A snapshot that was found whole, and what is not to come back.
struct Chosen {
    folder: BackupFolder,
    name: String,
    manifest: Manifest,
    destroyed: BTreeSet<BlobId>,
}

/// Brings an installation back.
///
/// # Errors
/// [`Error::Input`] for a backup that is torn or belongs to another ring, for a database that is not empty, and for a storage with
/// objects that the backup does not know; [`Error::Unavailable`] when one of them does not answer.
pub async fn restore(target: Target, options: &RestoreOptions, progress: &Progress) -> Result<RestoreReport, Error> {
    let chosen = choose(options, &target.ring, progress).await?;
    let mut report = RestoreReport {
        snapshot: chosen.name.clone(),
        taken_at: chosen.manifest.taken_at.clone(),
        newer_objects: count_newer_objects(&chosen, &target.blobs, progress).await?,
        ..RestoreReport::default()
    };
    if report.newer_objects > 0 && !options.lose_newer_objects {
        let count = report.newer_objects;
        return Err(Error::input(
            "storage",
            format!(
                "The storage holds {count} objects that this backup does not know: of files that came after it, or of another \
                 installation. A server would remove them. Give --lose-newer-objects if they may be lost."
            ),
        ));
    }
    let opening = Store::connect_to_refill(&target.database, target.random.clone(), &chosen.manifest.steps);
    let store = opening.await.map_err(|failure| match failure {
        store::Error::Conflict => {
            Error::input("database", "The database is not empty: a backup is brought back into a new one.")
        }
        store::Error::Unusable(reason) => Error::input("database", reason),
        other => other.into(),
    })?;
    let done = refill(&store, &target, &chosen, &mut report, progress).await;
    store.close().await;
    done.map(|()| report)
}

async fn choose(options: &RestoreOptions, ring: &KeyRing, progress: &Progress) -> Result<Chosen, Error> {
    let folder = BackupFolder::at(&options.folder);
    let name = match &options.snapshot {
        Some(name) => name.clone(),
        None => {
            let latest = folder.snapshots().await?.pop();
            latest.ok_or_else(|| unusable(&options.folder, "there is no whole backup"))?
        }
    };
    let (manifest, seal) = folder.manifest(&name).await?;
    if manifest.key_ring_fingerprint != ring.fingerprint() {
        return Err(Error::input("keys", "The key ring is not the one that this backup belongs to."));
    }
    refuse_lacking_ring(&folder, &name, &manifest, ring).await?;
    seal.check(ring).map_err(|failure| match failure {
        crypto::Error::UnknownKey { key_id } => lacking(&key_id.to_string()),
        _ => unusable(
            &options.folder,
            format!(
                "this backup cannot be used: the manifest of {name} was altered, or was not made with this key ring"
            ),
        ),
    })?;
    progress.begin("checking the backup", 0, manifest.tables.len() as u64 + 1);
    for part in manifest.tables.iter().chain([&manifest.objects]) {
        folder.lines(&name, part).await?.check().await?;
        progress.add_done(1);
    }
    let mut destroyed = BTreeSet::new();
    for list in [options.folder.clone()].iter().chain(&options.deletions) {
        destroyed.extend(read_deletions(list).await?);
    }
    Ok(Chosen { folder, name, manifest, destroyed })
}

/// Refuses a ring without a key that files of the backup, or a server on its database, would need.
async fn refuse_lacking_ring(
    folder: &BackupFolder,
    name: &str,
    manifest: &Manifest,
    ring: &KeyRing,
) -> Result<(), Error> {
    let in_ring: BTreeSet<String> = ring.all_keys().map(|(_, key)| key.id().to_string()).collect();
    if let Some(key) = manifest.wrapping_keys.keys().find(|key| !in_ring.contains(*key)) {
        return Err(lacking(key));
    }
    let Some(part) = manifest.tables.iter().find(|part| part.name == "ring_key.jsonl") else { return Ok(()) };
    let mut rest = folder.lines(name, part).await?;
    while let Some((lines, more)) = rest.next(ROWS_AT_ONCE).await? {
        rest = more;
        for row in lines.iter().filter_map(|line| DumpedRow::from_line(line)) {
            let is_needed = matches!(row.text("state"), Some("current" | "old" | "retiring"));
            if is_needed && !in_ring.contains(&row.key) {
                return Err(lacking(&row.key));
            }
        }
    }
    Ok(())
}

fn lacking(key: &str) -> Error {
    let message = format!(
        "The key {key} is not in the ring, and this backup cannot be used without it: it was retired since, or the ring is older than \
         the backup. Bring back a copy of the ring from the time of the backup."
    );
    Error::input("keys", message)
}

async fn count_newer_objects(chosen: &Chosen, blobs: &Blobs, progress: &Progress) -> Result<u64, Error> {
    let mut known = BTreeSet::new();
    let mut rest = chosen.folder.lines(&chosen.name, &chosen.manifest.objects).await?;
    while let Some((lines, more)) = rest.next(ROWS_AT_ONCE).await? {
        rest = more;
        for line in &lines {
            known.insert(ObjectLine::from_line(line)?.blob()?);
        }
    }
    progress.begin("looking at the storage", 0, 0);
    let (mut newer, mut survey) = (0, blobs.survey().await?);
    while let Some(batch) = survey.next_batch().await? {
        progress.add_done(batch.len() as u64);
        newer += batch.iter().filter_map(|found| found.blob).filter(|blob| !known.contains(blob)).count() as u64;
    }
    Ok(newer)
}

async fn refill(
    store: &Store,
    target: &Target,
    chosen: &Chosen,
    report: &mut RestoreReport,
    progress: &Progress,
) -> Result<(), Error> {
    bring_objects(&target.blobs, chosen, report, progress).await?;
    let deleted = bring_rows(store, chosen, report, progress).await?;
    store.migrate_refilled().await?;
    progress.begin("deleting again", 0, deleted.len() as u64);
    for id in deleted {
        let event = event(target, Action::FileDeleted, Actor::System, id.to_string());
        if let Some(file) = store.find_file(id).await? {
            store.delete_file(&file, &event).await?;
            report.deleted_again += 1;
        } else if let Some(trashed) = store.find_trashed_file(id).await? {
            store.delete_trashed_file(&trashed.file, &event).await?;
            report.deleted_again += 1;
        }
        progress.add_done(1);
    }
    let restored = event(target, Action::InstallationRestored, Actor::Operator, String::new());
    store.note_events(&[restored]).await?;
    Ok(store.end_refill(&chosen.manifest.key_ring_fingerprint).await?)
}

fn event(target: &Target, action: Action, actor: Actor, object: String) -> Event {
    let (id, at) = (EventId::generate(&*target.random), target.clock.now());
    Event { id, at, action, actor, object, address: None, detail: String::new() }
}

async fn bring_objects(
    blobs: &Blobs,
    chosen: &Chosen,
    report: &mut RestoreReport,
    progress: &Progress,
) -> Result<(), Error> {
    progress.begin("objects", 0, chosen.manifest.objects.lines);
    let mut rest = chosen.folder.lines(&chosen.name, &chosen.manifest.objects).await?;
    while let Some((lines, more)) = rest.next(ROWS_AT_ONCE).await? {
        rest = more;
        let lines: Vec<ObjectLine> = lines.iter().map(|line| ObjectLine::from_line(line)).collect::<Result<_, _>>()?;
        let copies = lines.into_iter().map(|line| bring_object(blobs, chosen, line, progress).boxed());
        let copied: Vec<_> = stream::iter(copies).buffer_unordered(COPIES_AT_ONCE).try_collect().await?;
        for (object, is_there) in copied.into_iter().flatten() {
            if is_there {
                report.objects += 1;
            } else {
                report.missing.push(object);
            }
        }
    }
    Ok(())
}

/// The key of an object, and whether it is there now; `None` for one that is not to come back.
async fn bring_object(
    blobs: &Blobs,
    chosen: &Chosen,
    line: ObjectLine,
    progress: &Progress,
) -> Result<Option<(String, bool)>, Error> {
    progress.add_done(1);
    if chosen.destroyed.contains(&line.content()?) {
        return Ok(None);
    }
    let blob = line.blob()?;
    let is_there = copy_in(blobs, chosen.folder.object(blob), blob, line.len, progress).await?;
    Ok(Some((line.object, is_there)))
}

/// Writes the rows, and answers the files whose content was destroyed since.
async fn bring_rows(
    store: &Store,
    chosen: &Chosen,
    report: &mut RestoreReport,
    progress: &Progress,
) -> Result<Vec<FileId>, Error> {
    let mut deleted = Vec::new();
    progress.begin("rows", 0, chosen.manifest.tables.iter().map(|part| part.lines).sum());
    for part in &chosen.manifest.tables {
        let table = part.name.trim_end_matches(".jsonl");
        if MADE_ANEW.contains(&table) {
            continue;
        }
        let mut rest = chosen.folder.lines(&chosen.name, part).await?;
        while let Some((lines, more)) = rest.next(ROWS_AT_ONCE).await? {
            rest = more;
            progress.add_done(lines.len() as u64);
            let rows = lines.iter().map(|line| DumpedRow::from_line(line)).collect::<Option<Vec<DumpedRow>>>();
            let mut rows = rows.ok_or_else(|| Error::internal("a line of a backup that is no row"))?;
            rows.retain(|row| comes_back(table, row));
            if table == "transfer" {
                // What there was of them is not in the backup: the janitor gives them up, and their room back.
                rows.iter_mut().for_each(|row| drop(row.fields.insert("expires_at".to_owned(), 0.into())));
            }
            deleted.extend(rows.iter().filter_map(|row| {
                let content = content_of(table, row)?;
                chosen.destroyed.contains(&content).then(|| FileId::from_key(&row.key)).flatten()
            }));
            report.rows += rows.len() as u64;
            if !rows.is_empty() {
                store.refill(table, rows).await?;
            }
        }
    }
    Ok(deleted)
}

/// The content of the file that a row is of: one that is there, or one in the trash.
fn content_of(table: &str, row: &DumpedRow) -> Option<BlobId> {
    match table {
        "file" => BlobId::from_key(row.text("blob")?),
        "trashed_file" => BlobId::from_key(row.put_away("row")?.text("blob")?),
        _ => None,
    }
}

fn comes_back(table: &str, row: &DumpedRow) -> bool {
    match table {
        // Not objects that were being written, nor those that were to be removed.
        "blob" => matches!(row.text("state"), Some("ready" | "held")),
        _ => !ENDED.contains(&table),
    }
}
