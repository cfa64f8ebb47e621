//! Of those who want to add to a transfer at the same time, one does. It stops where another one comes: then its own line is most
//! likely dead, and only nobody has told it yet.

use std::time::Duration;

use crate::domain::random::random_bytes;
use crate::domain::timestamp::Timestamp;
use crate::services::{Error, Services};
use crate::store::transfer::{Hold, Holder, Transfer};

/// How long a hold lasts that is not renewed: an instance that died is waited for that long.
const HOLD_SECONDS: u64 = 10;
/// How long it is waited for somebody to stop. Whoever holds a transfer looks every second whether it should.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Services {
    /// Takes hold of a transfer at its offset, once whoever holds it has stopped.
    ///
    /// # Errors
    /// [`Error::Conflict`] where that does not stop, or has moved the offset; [`Error::NotFound`].
    pub(super) async fn hold(&self, transfer: &Transfer) -> Result<Holder, Error> {
        let mut waited = Duration::ZERO;
        let name = data_encoding::HEXLOWER.encode(&random_bytes::<16>(&*self.random));
        loop {
            let holder = Holder { name: name.clone(), held_until: self.hold_expiry() };
            let hold = self.store.hold_transfer(transfer.content, transfer.offset, &holder, self.now()).await;
            match hold.map_err(super::gone_is_not_found)? {
                Hold::Held => return Ok(holder),
                Hold::Elsewhere => return Err(Error::Conflict("The upload is at another offset.")),
                Hold::Busy if waited >= PATIENCE => {
                    return Err(Error::Conflict("Another request adds to this upload."));
                }
                Hold::Busy => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    }

    /// Waits until nobody adds to a transfer, as long as there is patience, and answers how it stands then.
    pub(super) async fn wait_for_holder(&self, mut transfer: Transfer) -> Result<Transfer, Error> {
        let mut waited = Duration::ZERO;
        while transfer.held_until > self.now() && waited < PATIENCE {
            if waited.is_zero() {
                self.store.interrupt_transfer(transfer.content).await?;
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
            transfer = self.store.find_transfer(transfer.content).await?.ok_or(Error::NotFound)?;
        }
        Ok(transfer)
    }

    pub(super) fn hold_expiry(&self) -> Timestamp {
        self.now().plus_seconds(HOLD_SECONDS)
    }
}
