//! What was downloaded through shares, and by which links.

use std::collections::HashMap;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::query::variables;
use super::row::{key_of, moment_unless_never, record};
use crate::domain::event::Event;
use crate::domain::id::{LinkId, ShareId, UserId};
use crate::domain::timestamp::Timestamp;

/// How many rows are read by their ids in one round trip.
const MAX_IDS_AT_ONCE: usize = 1000;

/// What one recipient has downloaded through one share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// How often.
    pub downloads: u64,
    /// When last.
    pub last_downloaded_at: Option<Timestamp>,
}

#[derive(SurrealValue)]
struct ReceiptRecord {
    id: RecordId,
    downloads: i64,
    last_downloaded_at: i64,
}

impl From<ReceiptRecord> for Receipt {
    fn from(row: ReceiptRecord) -> Self {
        Self {
            downloads: u64::try_from(row.downloads).unwrap_or(0),
            last_downloaded_at: moment_unless_never(row.last_downloaded_at),
        }
    }
}

impl Store {
    /// What a recipient has downloaded through each of these shares; the answers stand in the order of `shares`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_receipts(&self, recipient: UserId, shares: &[ShareId]) -> Result<Vec<Receipt>, Error> {
        self.receipts_by_id(shares.iter().map(|share| receipt_id(*share, recipient)).collect()).await
    }

    /// What each of these recipients has downloaded through the share beside it; the answers stand in the order of the pairs.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_receipts_of(&self, pairs: &[(ShareId, UserId)]) -> Result<Vec<Receipt>, Error> {
        self.receipts_by_id(pairs.iter().map(|(share, recipient)| receipt_id(*share, *recipient)).collect()).await
    }

    async fn receipts_by_id(&self, ids: Vec<RecordId>) -> Result<Vec<Receipt>, Error> {
        let mut found = HashMap::new();
        for ids in ids.chunks(MAX_IDS_AT_ONCE) {
            let variables = variables! { ids: ids.to_vec() };
            let rows: Vec<ReceiptRecord> = self.rows("receipt", "SELECT * FROM $ids", variables).await?;
            found.extend(rows.into_iter().filter_map(|row| Some((key_of(&row.id)?.to_owned(), row.into()))));
        }
        Ok(ids.iter().map(|id| key_of(id).and_then(|key| found.get(key)).copied().unwrap_or_default()).collect())
    }

    /// Takes one download from a share for a link that has not taken one yet. A link takes one at most, however often and
    /// by however many requests at once it is used.
    ///
    /// # Errors
    /// [`Guard::ShareGone`](super::Guard::ShareGone); [`Guard::ShareUsedUp`](super::Guard::ShareUsedUp) when nothing is left.
    pub async fn take_download(
        &self,
        link: LinkId,
        link_expires_at: Timestamp,
        share: ShareId,
        recipient: UserId,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "LET $row = (SELECT * FROM ONLY $share);
            IF $row == NONE {{ THROW 'share_gone' }};
            IF (SELECT VALUE id FROM ONLY $link) == NONE {{
                LET $used = (SELECT VALUE downloads FROM ONLY $receipt) ?? 0;
                IF $row.max_downloads >= 0 AND $used >= $row.max_downloads {{ THROW 'share_used_up' }};
                CREATE $link SET share = $share_key, expires_at = $link_expires_at;
                UPSERT $receipt SET share = $share_key, recipient = $recipient, downloads = $used + 1, last_downloaded_at = $now;
                UPDATE $share SET downloads += 1, last_downloaded_at = $now;
                LET $noted = object::extend($event, {{ share: $share_key }});
                {NOTE}
            }};
            RETURN true"
        );
        let variables = variables! {
            link: record("link_use", link.key()),
            link_expires_at: link_expires_at.as_millis(),
            share: record("share", share.key()),
            share_key: share.key(),
            receipt: receipt_id(share, recipient),
            recipient: recipient.key(),
            now: event.at.as_millis(),
            event: EventRecord::new(event),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Writes down that a link of the file's owner is used, once a link. Such downloads are counted nowhere else.
    ///
    /// # Errors
    /// As any write.
    pub async fn note_own_download(
        &self,
        link: LinkId,
        link_expires_at: Timestamp,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "IF (SELECT VALUE id FROM ONLY $link) == NONE {{
                CREATE $link SET share = '', expires_at = $link_expires_at;
                {NOTE}
            }};
            RETURN true"
        );
        let variables = variables! {
            link: record("link_use", link.key()),
            link_expires_at: link_expires_at.as_millis(),
            noted: EventRecord::new(event),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Whether a link has taken its download.
    ///
    /// # Errors
    /// As any read.
    pub async fn has_taken_download(&self, link: LinkId) -> Result<bool, Error> {
        let id = record("link_use", link.key());
        let share: Option<String> =
            self.row("link_use", "SELECT VALUE share FROM ONLY $id", variables! { id: id }).await?;
        Ok(share.is_some())
    }
}

fn receipt_id(share: ShareId, recipient: UserId) -> RecordId {
    record("receipt", format!("{}_{}", share.key(), recipient.key()))
}
