//! Grants.
//!
//! Counters: `shared:AUDIENCE` is how many shares an audience has, `twice:CLIENT` for how many files both a share with that
//! Client and one with every Client exist, so that a Client's total needs no scan.

use std::collections::HashMap;
use std::slice;

use data_encoding::HEXLOWER;
use surrealdb::types::{RecordId, SurrealValue, Value};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::query::variables;
use super::row::{KeysRecord, NEVER_MILLIS, intact, key_of, millis_or_never, moment_unless_never, record};
use super::scan::{Listed, Scan};
use crate::domain::event::Event;
use crate::domain::file::File;
use crate::domain::id::{FileId, ShareId, UserId};
use crate::domain::share::{Audience, Share};
use crate::domain::sort_key::SortKeys;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "share";
/// The shares of how many files are counted in one round trip.
const FILES_COUNTED_AT_ONCE: usize = 100;
/// How the audience of every Client is written.
pub const EVERY_CLIENT: &str = "*";

/// How an audience is written.
pub fn audience_key(audience: Audience) -> String {
    match audience {
        Audience::Client(user) => user.key(),
        Audience::EveryClient => EVERY_CLIENT.to_owned(),
    }
}

/// A share to be made, or to be brought up to date where it exists.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// The id it gets if it is new.
    pub id: ShareId,
    /// With whom.
    pub audience: Audience,
    /// Who shares.
    pub shared_by: UserId,
    /// When.
    pub shared_at: Timestamp,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// How many downloads each recipient has.
    pub max_downloads: Option<u32>,
    /// What is written down where it is made, and where one that exists is brought up to date.
    pub made: Event,
    /// The same for an update.
    pub updated: Event,
}

/// A share as it stands in a list, with what filters look at.
#[derive(Clone, Debug)]
pub struct ShareListing {
    /// The share.
    pub share: Share,
    /// The name of its file.
    pub file_name: String,
    /// When its file was uploaded.
    pub file_uploaded_at: Timestamp,
}

#[derive(Clone, SurrealValue)]
struct ShareRecord {
    id: RecordId,
    file: String,
    audience: String,
    shared_by: String,
    shared_at: i64,
    expires_at: i64,
    max_downloads: i64,
    downloads: i64,
    last_downloaded_at: i64,
    file_name: String,
    file_uploaded_at: i64,
    #[surreal(flatten)]
    keys: KeysRecord,
}

/// The part of a file's row that counts its shares.
#[derive(SurrealValue)]
struct TotalRecord {
    id: RecordId,
    shares: i64,
}

/// How many shares of a file have expired and are not swept yet.
#[derive(SurrealValue)]
struct ExpiredRecord {
    file: String,
    expired: i64,
}

#[derive(SurrealValue)]
pub(super) struct NewShareRecord {
    row: ShareRecord,
    key: String,
    made: EventRecord,
    updated: EventRecord,
}

impl NewShareRecord {
    pub(super) fn new(share: &NewShare, file: &File) -> Self {
        let mut keys = SortKeys::new(file.id, file.name.as_str(), file.size_bytes, share.shared_at);
        let audience = audience_key(share.audience);
        // The shares of one file that were made at one moment differ by nothing but their ids.
        keys.oldest += &share.id.to_hex();
        keys.newest += &HEXLOWER.encode(&share.id.as_bytes().map(|byte| !byte));
        Self {
            made: EventRecord::new(&share.made),
            updated: EventRecord::new(&share.updated),
            key: share.id.key(),
            row: ShareRecord {
                id: record(TABLE, share.id.key()),
                file: file.id.key(),
                audience,
                shared_by: share.shared_by.key(),
                shared_at: share.shared_at.as_millis(),
                expires_at: millis_or_never(share.expires_at),
                max_downloads: share.max_downloads.map_or(-1, i64::from),
                downloads: 0,
                last_downloaded_at: NEVER_MILLIS,
                file_name: file.name.as_str().to_owned(),
                file_uploaded_at: file.uploaded_at.as_millis(),
                keys: keys.into(),
            },
        }
    }
}

impl ShareRecord {
    fn into_share(self) -> Result<Share, Error> {
        intact(TABLE, self.read())
    }

    fn into_listed(self, key_field: &str) -> Result<Listed<ShareListing>, Error> {
        let (key, mirror_key) = self.keys.key_and_mirror(key_field);
        let (file_name, file_uploaded_at) = (self.file_name.clone(), Timestamp::from_millis(self.file_uploaded_at));
        Ok(Listed { key, mirror_key, item: ShareListing { share: self.into_share()?, file_name, file_uploaded_at } })
    }

    fn read(self) -> Option<Share> {
        let audience = match self.audience.as_str() {
            EVERY_CLIENT => Audience::EveryClient,
            key => Audience::Client(UserId::from_key(key)?),
        };
        Some(Share {
            id: ShareId::from_key(key_of(&self.id)?)?,
            file: FileId::from_key(&self.file)?,
            audience,
            shared_by: UserId::from_key(&self.shared_by)?,
            shared_at: Timestamp::from_millis(self.shared_at),
            expires_at: moment_unless_never(self.expires_at),
            max_downloads: u32::try_from(self.max_downloads).ok(),
            downloads: u64::try_from(self.downloads).ok()?,
            last_downloaded_at: moment_unless_never(self.last_downloaded_at),
        })
    }
}

macro_rules! put_share {
    () => {
        "
    CREATE share CONTENT $put;
    UPSERT type::record('counter', 'shared:' + $put.audience) SET total = (total ?? 0) + 1;
    IF $put.audience == '*' {
        FOR $named IN (SELECT VALUE audience FROM share WHERE file = $put.file AND audience != '*') {
            UPSERT type::record('counter', 'twice:' + $named) SET total = (total ?? 0) + 1;
        };
    } ELSE IF array::len((SELECT VALUE id FROM share WHERE file = $put.file AND audience = '*')) == 1 {
        UPSERT type::record('counter', 'twice:' + $put.audience) SET total = (total ?? 0) + 1;
    };"
    };
}

macro_rules! take_share {
    () => {
        "
    LET $dropped = (DELETE $dropped_id RETURN BEFORE)[0];
    IF $dropped != NONE {
        UPSERT type::record('counter', 'shared:' + $dropped.audience) SET total = (total ?? 0) - 1;
        IF $dropped.audience == '*' {
            FOR $named IN (SELECT VALUE audience FROM share WHERE file = $dropped.file AND audience != '*') {
                UPSERT type::record('counter', 'twice:' + $named) SET total = (total ?? 0) - 1;
            };
        } ELSE IF array::len((SELECT VALUE id FROM share WHERE file = $dropped.file AND audience = '*')) == 1 {
            UPSERT type::record('counter', 'twice:' + $dropped.audience) SET total = (total ?? 0) - 1;
        };
    };"
    };
}

/// The statements that add the new share `$share` to the file record `$file`, and write its event down.
pub(super) fn add_share() -> String {
    format!(
        "{ADD_SHARE}
         LET $noted = object::extend($share.made, {{ share: $share.key }});
         {NOTE}"
    )
}

const ADD_SHARE: &str = concat!(
    "
    LET $put = $share.row;",
    put_share!(),
    "
    UPDATE $file SET shares += 1;"
);

/// The statements that put the row `$put` of a share where shares are, and count it; its file's row is left to the caller.
pub(super) const PUT_SHARE: &str = put_share!();

/// The statements that take the share record id `$dropped_id` out, if it is there, and what was counted with it; `$dropped` is
/// its row then. Its file's row, and what was downloaded through it, are left to the caller.
pub(super) const TAKE_SHARE: &str = take_share!();

/// The statements that drop the share record id `$dropped_id`, if it is there; its file's row is left to the caller.
pub(super) const DROP_SHARE: &str = concat!(
    take_share!(),
    "
    IF $dropped != NONE {
        DELETE receipt WHERE share = record::id($dropped_id);
        DELETE link_use WHERE share = record::id($dropped_id);
    };"
);

/// The statements that drop every share of the file with the key `$file`.
pub(super) fn drop_shares_of_file() -> String {
    format!("FOR $dropped_id IN (SELECT VALUE id FROM share WHERE file = $file) {{ {DROP_SHARE} }};")
}

impl Store {
    /// Makes or brings up to date the shares of one file, all or none. A share that had expired is made anew.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) or [`Guard::FileChanged`](super::Guard::FileChanged) when `file` is not
    /// what the database has, and [`Guard::RecipientGone`](super::Guard::RecipientGone) for whoever is no active Client.
    pub async fn put_shares(&self, file: &File, shares: &[NewShare], now: Timestamp) -> Result<Vec<Share>, Error> {
        let body = format!(
            "LET $row = (SELECT * FROM ONLY $file);
            IF $row == NONE {{ THROW 'file_gone' }};
            IF $row.name != $name {{ THROW 'file_changed' }};
            UPDATE $file SET revision += 1;
            FOR $share IN $shares {{
                IF $share.row.shared_by != $row.owner {{ THROW 'file_gone' }};
                IF $share.row.audience != '*' {{
                    LET $recipient = type::record('user', $share.row.audience);
                    IF array::len((UPDATE $recipient SET revision += 1 WHERE role = 'CLIENT' AND disabled = false)) != 1 {{
                        THROW 'recipient_gone'
                    }};
                }};
                LET $found = (SELECT * FROM share WHERE file = $share.row.file AND audience = $share.row.audience)[0];
                IF $found != NONE AND $found.expires_at > $now {{
                    LET $found_id = $found.id;
                    UPDATE $found_id SET expires_at = $share.row.expires_at, max_downloads = $share.row.max_downloads;
                    LET $noted = $share.updated;
                    {NOTE}
                }} ELSE {{
                    IF $found != NONE {{
                        LET $dropped_id = $found.id;
                        {DROP_SHARE}
                        UPDATE $file SET shares -= 1;
                    }};
                    {}
                }};
            }};
            RETURN array::flatten($shares.map(|$share|
                (SELECT * FROM share WHERE file = $share.row.file AND audience = $share.row.audience)))",
            add_share()
        );
        let records: Vec<NewShareRecord> = shares.iter().map(|share| NewShareRecord::new(share, file)).collect();
        let variables = variables! {
            file: record("file", file.id.key()),
            name: file.name.as_str().to_owned(),
            shares: records,
            now: now.as_millis(),
        };
        let rows: Vec<ShareRecord> = self.transact(&body, variables).await?;
        rows.into_iter().map(ShareRecord::into_share).collect()
    }

    /// Takes a share back: its counts and its links go with it.
    ///
    /// # Errors
    /// [`Guard::ShareGone`](super::Guard::ShareGone) when it is not there any more.
    pub async fn drop_share(&self, share: &Share, event: &Event) -> Result<(), Error> {
        let body = format!(
            "{DROP_SHARE}
            IF $dropped == NONE {{ THROW 'share_gone' }};
            UPDATE $file SET shares -= 1, revision += 1;
            RETURN true"
        );
        let variables = variables! {
            dropped_id: record(TABLE, share.id.key()),
            file: record("file", share.file.key()),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// The share with this id, expired or not.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_share(&self, id: ShareId) -> Result<Option<Share>, Error> {
        let row: Option<ShareRecord> =
            self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: record(TABLE, id.key()) }).await?;
        row.map(ShareRecord::into_share).transpose()
    }

    /// Those of these shares that are there, expired or not, in any order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_shares(&self, ids: &[ShareId]) -> Result<Vec<Share>, Error> {
        let ids: Vec<RecordId> = ids.iter().map(|id| record(TABLE, id.key())).collect();
        let rows: Vec<ShareRecord> = self.rows(TABLE, "SELECT * FROM $ids", variables! { ids: ids }).await?;
        rows.into_iter().map(ShareRecord::into_share).collect()
    }

    /// The shares of these files with this audience, expired ones included.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_shares_with(&self, audience: Audience, files: &[FileId]) -> Result<Vec<Share>, Error> {
        let text = "RETURN array::flatten($files.map(|$file|
            (SELECT * FROM share WHERE file = $file AND audience = $audience)))";
        let files: Vec<String> = files.iter().map(FileId::key).collect();
        let variables = variables! { files: files, audience: audience_key(audience) };
        let rows: Vec<ShareRecord> = self.rows(TABLE, text, variables).await?;
        rows.into_iter().map(ShareRecord::into_share).collect()
    }

    /// A piece of a list of shares.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_shares(&self, scan: &Scan) -> Result<Vec<Listed<ShareListing>>, Error> {
        let rows: Vec<ShareRecord> = self.scan(scan).await?;
        rows.into_iter().map(|row| row.into_listed(scan.key_field)).collect()
    }

    /// A piece of each of several lists of shares, read in one go.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_shares_of(&self, scans: &[Scan]) -> Result<Vec<Vec<Listed<ShareListing>>>, Error> {
        let lists: Vec<Vec<ShareRecord>> = self.scan_many(scans).await?;
        let listed = |(scan, rows): (&Scan, Vec<ShareRecord>)| {
            rows.into_iter().map(|row| row.into_listed(scan.key_field)).collect()
        };
        scans.iter().zip(lists).map(listed).collect()
    }

    /// How many shares each of these files has that have not expired at `now`; the answers stand in the order of `files`.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_shares_of(&self, files: &[FileId], now: Timestamp) -> Result<Vec<u64>, Error> {
        let mut counts = Vec::with_capacity(files.len());
        for files in files.chunks(FILES_COUNTED_AT_ONCE) {
            counts.extend(self.count_shares_of_few(files, now).await?);
        }
        Ok(counts)
    }

    /// What has expired and is not swept yet is read once for all files, not once for each.
    async fn count_shares_of_few(&self, files: &[FileId], now: Timestamp) -> Result<Vec<u64>, Error> {
        let text = "SELECT id, shares FROM $ids;
            SELECT file, count() AS expired FROM share WHERE file IN $files AND expires_at <= $now GROUP BY file";
        let variables = variables! {
            ids: files.iter().map(|file| record("file", file.key())).collect::<Vec<_>>(),
            files: files.iter().map(FileId::key).collect::<Vec<_>>(),
            now: now.as_millis(),
        };
        let mut results = self.read(text, variables).await?;
        let totals: Vec<TotalRecord> = results.take(0).map_err(|_| Error::Corrupt { table: "file" })?;
        let expired: Vec<ExpiredRecord> = results.take(1).map_err(|_| Error::Corrupt { table: TABLE })?;
        let mut live: HashMap<&str, i64> =
            totals.iter().filter_map(|total| Some((key_of(&total.id)?, total.shares))).collect();
        for ExpiredRecord { file, expired } in &expired {
            live.entry(file).and_modify(|total| *total -= expired);
        }
        let count = |file: &FileId| live.get(file.key().as_str()).and_then(|live| u64::try_from(*live).ok());
        Ok(files.iter().map(|file| count(file).unwrap_or(0)).collect())
    }

    /// Shares with an audience that have expired and are not swept yet, at most 1,000.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_expired_shares_with(&self, audience: Audience, now: Timestamp) -> Result<Vec<Share>, Error> {
        let text = "SELECT * FROM share WHERE audience = $audience AND expires_at <= $now LIMIT 1000";
        let variables = variables! { audience: audience_key(audience), now: now.as_millis() };
        let rows: Vec<ShareRecord> = self.rows(TABLE, text, variables).await?;
        rows.into_iter().map(ShareRecord::into_share).collect()
    }

    /// For how many files a Client has a share of its own or one with every Client, expired ones included.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_files_shared_with(&self, client: UserId) -> Result<u64, Error> {
        let own = self.total(format!("shared:{}", client.key())).await?;
        let common = self.total(format!("shared:{EVERY_CLIENT}")).await?;
        let twice = self.total(format!("twice:{}", client.key())).await?;
        Ok((own + common).saturating_sub(twice))
    }
}
