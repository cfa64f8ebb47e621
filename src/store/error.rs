//! What can go wrong between us and the database.

use surrealdb::types::QueryError;

/// What is known of a write that was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was done: safe to try again.
    None,
    /// It may have been done.
    Unknown,
}

/// A condition that a transaction found broken, and so changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The registration, invitation, refresh token or mailed token is not there any more.
    TokenGone,
    /// The password was changed since it was looked at, or the account was disabled.
    CredentialChanged,
    /// The staged object was swept, or was committed already.
    StagingGone,
    /// The transfer is not there any more, or somebody else holds it.
    TransferGone,
    /// The user has as many open transfers as there may be.
    TransfersFull,
    /// The session is not there any more.
    SessionGone,
    /// The file is not there any more.
    FileGone,
    /// The file was changed since it was read.
    FileChanged,
    /// The share is not there any more.
    ShareGone,
    /// The share has no download left.
    ShareUsedUp,
    /// The mail is not dead, somebody else has it, or it is not there any more.
    MailGone,
    /// The second factor is not as it was when it was looked at: taken away, confirmed, renewed, or its code is used.
    SecondFactorChanged,
    /// The passkey is not there any more.
    PasskeyGone,
    /// The user has as many passkeys as there may be.
    PasskeysFull,
    /// The challenge was answered before.
    ChallengeUsed,
    /// The user is not there any more.
    UserGone,
    /// Whoever acts was disabled or has another role meanwhile.
    AccountChanged,
    /// Something is still being done about the account.
    AccountBusy,
    /// Without this Admin there would be none.
    LastAdmin,
    /// The user has files.
    OwnsFiles,
    /// Whoever is to get files is no active Ops user, or was an Admin once.
    HeirUnfit,
    /// Whoever is to get a share is no active Client any more.
    RecipientGone,
    /// The invitation is not there any more.
    InvitationGone,
    /// What was to be done about the account is done.
    WorkGone,
    /// The room that an upload held has been given to others.
    RoomGone,
    /// Another ring's fingerprint stands in the database.
    ForeignKeyRing,
    /// The ring of this instance lacks a key that is current.
    RingLacksKey,
    /// A rotation of keys is under way.
    RotationRunning,
    /// What is to be stored was wrapped by a key that is current no more.
    KeyReplaced,
}

impl Guard {
    const ALL: &[Self] = &[
        Self::TokenGone,
        Self::CredentialChanged,
        Self::StagingGone,
        Self::TransferGone,
        Self::TransfersFull,
        Self::SessionGone,
        Self::FileGone,
        Self::FileChanged,
        Self::ShareGone,
        Self::ShareUsedUp,
        Self::MailGone,
        Self::SecondFactorChanged,
        Self::PasskeyGone,
        Self::PasskeysFull,
        Self::ChallengeUsed,
        Self::UserGone,
        Self::AccountChanged,
        Self::AccountBusy,
        Self::LastAdmin,
        Self::OwnsFiles,
        Self::HeirUnfit,
        Self::RecipientGone,
        Self::InvitationGone,
        Self::WorkGone,
        Self::RoomGone,
        Self::ForeignKeyRing,
        Self::RingLacksKey,
        Self::RotationRunning,
        Self::KeyReplaced,
    ];

    /// The word that the transaction throws.
    const fn word(self) -> &'static str {
        match self {
            Self::TokenGone => "token_gone",
            Self::CredentialChanged => "credential_changed",
            Self::StagingGone => "staging_gone",
            Self::TransferGone => "transfer_gone",
            Self::TransfersFull => "transfers_full",
            Self::SessionGone => "session_gone",
            Self::FileGone => "file_gone",
            Self::FileChanged => "file_changed",
            Self::ShareGone => "share_gone",
            Self::ShareUsedUp => "share_used_up",
            Self::MailGone => "mail_gone",
            Self::SecondFactorChanged => "second_factor_changed",
            Self::PasskeyGone => "passkey_gone",
            Self::PasskeysFull => "passkeys_full",
            Self::ChallengeUsed => "challenge_used",
            Self::UserGone => "user_gone",
            Self::AccountChanged => "account_changed",
            Self::AccountBusy => "account_busy",
            Self::LastAdmin => "last_admin",
            Self::OwnsFiles => "owns_files",
            Self::HeirUnfit => "heir_unfit",
            Self::RecipientGone => "recipient_gone",
            Self::InvitationGone => "invitation_gone",
            Self::WorkGone => "work_gone",
            Self::RoomGone => "room_gone",
            Self::ForeignKeyRing => "foreign_key_ring",
            Self::RingLacksKey => "ring_lacks_key",
            Self::RotationRunning => "rotation_running",
            Self::KeyReplaced => "key_replaced",
        }
    }
}

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique value is taken, or the row exists already.
    #[error("a unique value is taken")]
    Conflict,
    /// A transaction found a condition broken.
    #[error("a transaction was refused: {}", .0.word())]
    Refused(Guard),
    /// The database does not answer, or others kept winning.
    #[error("the database does not answer (outcome: {outcome:?}): {}", said.as_ref().map(|said| without_values(said.message())).unwrap_or_default())]
    Unavailable {
        /// What is known of the write.
        outcome: Outcome,
        /// What the database said, where it said something.
        said: Option<Box<surrealdb::Error>>,
    },
    /// A row is not what the schema says.
    #[error("a row of `{table}` cannot be read")]
    Corrupt {
        /// Which table.
        table: &'static str,
    },
    /// The database cannot be used by this program.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// Anything else the database says.
    #[error("the database refused a query: {}", without_values(.0.message()))]
    Query(Box<surrealdb::Error>),
}

/// What the database says, up to the first value it quotes: values are names and addresses of people. An apostrophe within
/// a word quotes nothing.
fn without_values(message: &str) -> &str {
    let mut before = ' ';
    for (position, c) in message.char_indices() {
        if c == '"' || (c == '\'' && !before.is_alphanumeric()) {
            return message.get(..position).unwrap_or_default();
        }
        before = c;
    }
    message
}

/// Whether the same transaction may be run again at once: another one won, and nothing of this one happened.
///
/// The engine says so in three ways: as a query detail, as a detail of the cause, and where `COMMIT` is flattened to text,
/// in words (library notes A2).
pub(super) fn is_retryable(error: &surrealdb::Error) -> bool {
    matches!(error.query_details(), Some(QueryError::TransactionConflict))
        || error.message().contains("This transaction can be retried")
}

/// The error that explains a failed query: siblings of the one that failed only say that they were not executed.
pub(super) fn classify(errors: impl IntoIterator<Item = surrealdb::Error>, writes: bool) -> Error {
    let mut first = None;
    for error in errors {
        if error.is_thrown() {
            let guard = Guard::ALL.iter().copied().find(|guard| error.message().ends_with(guard.word()));
            return guard.map_or(Error::Query(Box::new(error)), Error::Refused);
        }
        if error.is_already_exists() || error.message().starts_with("Database index `") {
            return Error::Conflict;
        }
        let not_executed = matches!(error.query_details(), Some(QueryError::NotExecuted | QueryError::Cancelled));
        if error.is_connection() || error.message().contains("Connection reset") {
            let outcome = if writes { Outcome::Unknown } else { Outcome::None };
            return Error::Unavailable { outcome, said: Some(Box::new(error)) };
        }
        if first.is_none() || !not_executed {
            first = Some(error);
        }
    }
    let Some(error) = first else { return Error::Unusable("a query failed without saying why".to_owned()) };
    if is_retryable(&error) || matches!(error.query_details(), Some(QueryError::TimedOut { .. })) {
        return Error::Unavailable { outcome: Outcome::None, said: Some(Box::new(error)) };
    }
    if error.message().contains("outcome is unknown") {
        return Error::Unavailable { outcome: Outcome::Unknown, said: Some(Box::new(error)) };
    }
    Error::Query(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn no_value_is_told() {
        for (said, told) in [
            (
                "Couldn't coerce value for field `email` of `user:a`: Expected `int` but found `'carl@example.com'`",
                "Couldn't coerce value for field `email` of `user:a`: Expected `int` but found `",
            ),
            (
                "Database index `user_email` already contains 'o'brien@example.com', with record `user:a`",
                "Database index `user_email` already contains ",
            ),
            ("Found \"Report.docx\" for field `name`", "Found "),
            ("The query timed out", "The query timed out"),
        ] {
            assert_eq!(without_values(said), told);
        }
    }
}
