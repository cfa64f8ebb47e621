//! An object while it is being written.
//!
//! OpenDAL's writers must not be left in the middle of a call: one that was can neither go on nor be aborted. So whoever writes may go
//! away at any time, and the writer itself belongs to a task that nobody cancels.

use bytes::Bytes;
use opendal::{Buffer, ErrorKind, Metadata, Writer};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinError;

use super::parts::Lanes;
use super::{Blobs, Error, path_of};
use crate::domain::id::BlobId;

/// Enough to tell an object from every other: the nonce prefix of its seal is in it.
const BEGINNING_BYTES: usize = 64;

/// An object while it is being written. Dropped unfinished, it is aborted: nothing stays at the backend.
pub struct BlobWriter {
    blob: BlobId,
    blobs: Blobs,
    orders: mpsc::Sender<Order>,
    pending: Vec<Bytes>,
    pending_bytes: usize,
    written: Written,
}

/// What an object is known by.
#[derive(Default)]
struct Written {
    size_bytes: u64,
    beginning: Vec<u8>,
}

type Outcome = Result<(), opendal::Error>;

enum Order {
    Write(Buffer, oneshot::Sender<Outcome>),
    Close(Written, oneshot::Sender<Outcome>),
}

pub(super) async fn create(blobs: &Blobs, blob: BlobId) -> Result<BlobWriter, Error> {
    blobs.check_local_folders().await?;
    let conditional = blobs.conditional.is_wanted(&blobs.operator).await?;
    let lanes = blobs.parts.lanes();
    let path = path_of(blob);
    let mut opening = blobs.operator.writer_with(&path).concurrent(lanes.count());
    if conditional {
        opening = opening.if_not_exists(true);
    }
    let (orders, incoming) = mpsc::channel(1);
    let object = Object { blob, blobs: blobs.clone(), _lanes: lanes };
    blobs.writers.spawn(write_out(opening.await?, incoming, object));
    let (pending, written) = (Vec::new(), Written::default());
    Ok(BlobWriter { blob, blobs: blobs.clone(), orders, pending, pending_bytes: 0, written })
}

impl BlobWriter {
    /// Adds bytes. They are handed on to the backend once there are enough for a part; waiting for that is the
    /// back-pressure an upload feels.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        let missing = BEGINNING_BYTES - self.written.beginning.len();
        self.written.beginning.extend_from_slice(bytes.get(..missing).unwrap_or(&bytes));
        while !bytes.is_empty() {
            // All parts but the last are of one length: some servers take no others.
            let part_bytes = self.blobs.parts.bytes;
            let fits = bytes.split_to(bytes.len().min(part_bytes - self.pending_bytes));
            self.pending_bytes += fits.len();
            self.pending.push(fits);
            if self.pending_bytes == part_bytes {
                self.hand_on().await?;
            }
        }
        Ok(())
    }

    /// Makes the object visible and durable.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`] when its place could not be made durable. Then it may be visible all the same.
    pub async fn finish(mut self) -> Result<(), Error> {
        self.hand_on().await?;
        let written = std::mem::take(&mut self.written);
        self.order(|done| Order::Close(written, done)).await?;
        match &self.blobs.local {
            Some(local) => Ok(local.sync_place_of(&path_of(self.blob)).await?),
            None => Ok(()),
        }
    }

    async fn hand_on(&mut self) -> Result<(), Error> {
        let part = Buffer::from(std::mem::take(&mut self.pending));
        self.pending_bytes = 0;
        self.written.size_bytes += part.len() as u64;
        if part.is_empty() { Ok(()) } else { self.order(|done| Order::Write(part, done)).await }
    }

    async fn order(&self, order: impl FnOnce(oneshot::Sender<Outcome>) -> Order) -> Result<(), Error> {
        let (done, outcome) = oneshot::channel();
        let ended = |()| opendal::Error::new(ErrorKind::Unexpected, "an object's writer has ended");
        self.orders.send(order(done)).await.map_err(|_| ended(()))?;
        Ok(outcome.await.map_err(|_| ended(()))??)
    }
}

/// Carries out what is ordered. Where orders end before the object does, it is aborted.
async fn write_out(mut writer: Writer, mut orders: mpsc::Receiver<Order>, object: Object) {
    while let Some(order) = orders.recv().await {
        match order {
            Order::Write(part, done) => {
                let _ = done.send(writer.write(part).await);
            }
            Order::Close(written, done) => {
                let Ok((closed_writer, closed)) = close(writer, object.blobs.local.is_some()).await else { return };
                writer = closed_writer;
                if closed.is_err() && !object.is_there_all_the_same(&written).await {
                    let _ = done.send(closed.map(drop));
                    continue;
                }
                if done.send(Ok(())).is_err() {
                    // Whoever wanted it has gone away meanwhile, so nobody will ever name it.
                    object.leave_to_janitor(object.blobs.delete(object.blob).await.err());
                }
                return;
            }
        }
    }
    object.leave_to_janitor(writer.abort().await.err().map(Error::from));
}

/// Closes, on a thread that may wait where the object is a local file: OpenDAL syncs it on the thread that it is called on.
async fn close(mut writer: Writer, is_local: bool) -> Result<(Writer, Result<Metadata, opendal::Error>), JoinError> {
    if !is_local {
        let closed = writer.close().await;
        return Ok((writer, closed));
    }
    let runtime = Handle::current();
    let close = move || {
        let closed = runtime.block_on(writer.close());
        (writer, closed)
    };
    tokio::task::spawn_blocking(close).await
}

/// Which object it is, and what is held until nothing of it is on its way any more.
struct Object {
    blob: BlobId,
    blobs: Blobs,
    _lanes: Lanes,
}

impl Object {
    /// Where the answer to the last request was lost, the request that repeats it finds that there is nothing left to do, which
    /// is an error too. A local disk is asked for nothing twice, and what it could not sync does not count.
    async fn is_there_all_the_same(&self, written: &Written) -> bool {
        if self.blobs.local.is_some() {
            return false;
        }
        let size_is_right = self.blobs.size_bytes(self.blob).await.is_ok_and(|size| size == written.size_bytes);
        let end = written.beginning.len() as u64;
        size_is_right && self.blobs.read(self.blob, 0..end).await.is_ok_and(|read| read == written.beginning)
    }

    fn leave_to_janitor(&self, failure: Option<Error>) {
        if let Some(failure) = failure {
            tracing::debug!(blob = %self.blob, %failure, "an unfinished object is left to the janitor");
        }
    }
}
