//! A grant of one file.

use super::id::{FileId, ShareId, UserId};
use super::timestamp::Timestamp;

/// Whom a share is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// One Client.
    Client(UserId),
    /// Every verified Client, present and future.
    EveryClient,
}

/// A grant of one file to an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its id, which sharing again keeps.
    pub id: ShareId,
    /// What is shared.
    pub file: FileId,
    /// With whom.
    pub audience: Audience,
    /// Who shared it: the file's owner.
    pub shared_by: UserId,
    /// When it was first shared.
    pub shared_at: Timestamp,
    /// From this moment on it is as if it had never been shared.
    pub expires_at: Option<Timestamp>,
    /// How many downloads each recipient has; `None` is any number.
    pub max_downloads: Option<u32>,
    /// Downloads by all recipients.
    pub downloads: u64,
    /// When it was last downloaded by any recipient.
    pub last_downloaded_at: Option<Timestamp>,
}

impl Share {
    /// Whether it still holds at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// Downloads left to someone who has made `used`; `None` is any number.
    pub fn downloads_left(&self, used: u64) -> Option<u64> {
        self.max_downloads.map(|max| u64::from(max).saturating_sub(used))
    }
}
