//! A person with an account.

use super::email::EmailAddress;
use super::id::UserId;
use super::name::PersonName;
use super::role::Role;
use super::timestamp::Timestamp;

/// A person whose address is confirmed. Sign-ups that still wait are not users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Where mail reaches it, and what it signs in with.
    pub email: EmailAddress,
    /// What it is called.
    pub name: PersonName,
    /// What it may do.
    pub role: Role,
    /// When the address was confirmed.
    pub created_at: Timestamp,
    /// Whether an Admin has disabled it: it cannot sign in, and what it shared is as if it were not shared.
    pub disabled: bool,
    /// Counts up with every new password, address or role, and when it is disabled: a session that was begun under an older
    /// count is over, also where it was begun at the very moment of the change.
    pub sign_in_epoch: i64,
}
