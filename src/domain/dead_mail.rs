//! Mail that was given up.

use super::email::EmailAddress;
use super::id::MailId;
use super::timestamp::Timestamp;

/// A mail that was given up. Its token, if it carried one, is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadMail {
    /// Its id, from which its Message-ID is made.
    pub id: MailId,
    /// The name of its template.
    pub template: String,
    /// Where it was to go.
    pub recipient: EmailAddress,
    /// The key of the row it is about; empty where it is about none.
    pub subject: String,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why, in a word, with the mail server's reply code where it gave one.
    pub reason: String,
}
