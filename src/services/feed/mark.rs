//! Marks: where a subscriber is in the feed, sealed as cursors are.

use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::feed::FeedPosition;
use crate::domain::id::UserId;
use crate::services::{Error, Services};

impl Services {
    /// The mark of a place, good for this user and this field only. All marks have one length.
    pub(super) fn seal_mark(&self, user: UserId, field: &str, place: &FeedPosition) -> Result<String, Error> {
        let context = context(user, field);
        Ok(sealed_token::seal(&self.ring(), TokenPurpose::Cursor, &context, &place.to_bytes(), &*self.random)?)
    }

    /// The place of a mark.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no mark of this user and this field.
    pub(super) fn open_mark(&self, user: UserId, field: &str, mark: &str) -> Result<FeedPosition, Error> {
        let opened = sealed_token::open(&self.ring(), TokenPurpose::Cursor, &context(user, field), mark);
        opened.ok().and_then(|bytes| FeedPosition::from_bytes(&bytes)).ok_or_else(no_mark)
    }
}

/// What the error says of a mark that nobody can go on from.
pub(super) fn no_mark() -> Error {
    Error::input("after", "This is no eventId of this subscription.")
}

/// No list has a cursor of this form: its second zero byte is followed by the key of an order.
fn context(user: UserId, field: &str) -> Vec<u8> {
    [user.as_bytes(), field.as_bytes(), &[0, 0]].concat()
}
