//! Copying every object to another storage, while the installation is served from the first.
//!
//! Whoever copies asks for the list of objects a page at a time and moves the bytes itself, so the server that answers has nothing
//! to do with the other storage. Objects are written once and never change: one that is there with the right length is copied. What
//! is uploaded meanwhile comes with the next round; what is deleted meanwhile stays at the other storage as an orphan, which its
//! janitor removes.

use std::collections::BTreeSet;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::{Caller, Error, Services};
use crate::blobs::{self, Blobs};
use crate::domain::id::BlobId;
use crate::domain::permission::Permission;

/// How much of an object is read at once.
const COPY_BYTES: u64 = 8 << 20;

/// An object that has to be in the storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    /// Its key.
    pub object: String,
    /// How long it is.
    pub len: u64,
}

/// A piece of the list of objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectPage {
    /// Some of them.
    pub objects: Vec<StoredObject>,
    /// Where the list goes on; `None` at its end.
    pub after: Option<String>,
}

/// What came of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many objects were copied.
    pub copied: u64,
    /// Objects that the first storage does not have whole, although they are listed.
    pub missing: Vec<String>,
}

impl Services {
    /// The objects that have to be in the storage, a page at a time.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn list_objects(&self, caller: &Caller, after: Option<&str>) -> Result<ObjectPage, Error> {
        if !self.may(caller, Permission::StorageCopy, &[]) {
            return Err(Error::Forbidden);
        }
        self.find_objects(after).await
    }
}

/// Copies those of these objects that are not known to be there, and adds them to `there`.
///
/// # Errors
/// [`Error::Unavailable`] when one of the storages does not answer. What was copied stays.
pub async fn copy(
    (from, to): (&Blobs, &Blobs),
    objects: Vec<StoredObject>,
    there: &mut BTreeSet<BlobId>,
    jobs: usize,
    progress: &Progress,
) -> Result<Round, Error> {
    let mut round = Round::default();
    let mut wanted = Vec::new();
    for object in objects {
        let blob = BlobId::from_key(&object.object).ok_or_else(|| Error::internal("an object without an id"))?;
        if there.contains(&blob) {
            progress.add_done(1);
        } else {
            wanted.push((blob, object.len));
        }
    }
    let copies = wanted.into_iter().map(|(blob, len)| copy_one(from, to, blob, len, progress).boxed());
    let done: Vec<(BlobId, Done)> = stream::iter(copies).buffer_unordered(jobs.max(1)).try_collect().await?;
    for (blob, done) in done {
        match done {
            Done::Already => drop(there.insert(blob)),
            Done::Copied => {
                there.insert(blob);
                round.copied += 1;
            }
            Done::Missing => round.missing.push(from.place_of(blob)),
        }
    }
    Ok(round)
}

enum Done {
    Already,
    Copied,
    Missing,
}

async fn copy_one(
    from: &Blobs,
    to: &Blobs,
    blob: BlobId,
    len: u64,
    progress: &Progress,
) -> Result<(BlobId, Done), Error> {
    progress.add_done(1);
    let is_in_the_way = match to.size_bytes(blob).await {
        Ok(there) if there == len => return Ok((blob, Done::Already)),
        Ok(_) => true,
        Err(blobs::Error::Missing(_)) => false,
        Err(failure) => return Err(failure.into()),
    };
    match from.size_bytes(blob).await {
        Ok(there) if there == len => {}
        Ok(_) | Err(blobs::Error::Missing(_)) => return Ok((blob, Done::Missing)),
        Err(failure) => return Err(failure.into()),
    }
    if is_in_the_way {
        // Torn, or something else by this name; nothing is deleted.
        to.set_aside(&to.place_of(blob)).await?;
    }
    let mut writer = to.create(blob).await?;
    let mut position = 0;
    while position < len {
        let end = len.min(position + COPY_BYTES);
        let bytes = match from.read(blob, position..end).await {
            Ok(bytes) => bytes,
            Err(blobs::Error::Missing(_)) => return Ok((blob, Done::Missing)),
            Err(failure) => return Err(failure.into()),
        };
        writer.write(bytes.into()).await?;
        progress.add_bytes(end - position);
        position = end;
    }
    writer.finish().await?;
    match to.size_bytes(blob).await? {
        there if there == len => Ok((blob, Done::Copied)),
        _ => Err(Error::internal("a copied object has another length than it had")),
    }
}
