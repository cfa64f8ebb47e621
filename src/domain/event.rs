//! What is written down of every act: who did what to which thing.

use std::net::IpAddr;

use super::id::{EventId, UserId};
use super::timestamp::Timestamp;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user, signed in.
    User(UserId),
    /// Whoever called, not signed in.
    Anyone,
    /// Whoever runs commands on the machine itself.
    Operator,
    /// The server of itself.
    System,
}

impl Actor {
    /// The id of the user, or one of `anyone`, `operator` and `system`.
    pub fn to_text(self) -> String {
        match self {
            Self::User(user) => user.to_string(),
            Self::Anyone => "anyone".to_owned(),
            Self::Operator => "operator".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    /// Reads what `to_text` writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "anyone" => Some(Self::Anyone),
            "operator" => Some(Self::Operator),
            "system" => Some(Self::System),
            id => UserId::parse(id).map(Self::User),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its word, as it is stored and shown: the thing and what was done to it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == word)
            }
        }
    };
}

actions! {
    /// Somebody asked for an account.
    AccountRequested = "account.requested";
    /// An address was confirmed, and the account began.
    AccountVerified = "account.verified";
    /// The link of a sign-up that waits was mailed once more.
    VerificationResent = "account.verification_resent";
    /// An account was made by the operator.
    AccountCreated = "account.created";
    /// Somebody signed in.
    SessionBegun = "session.begun";
    /// A session was ended by its user.
    SessionEnded = "session.ended";
    /// All sessions of a user were ended by the user.
    SessionsEnded = "session.all_ended";
    /// A refresh token was used twice, and its session has been ended.
    SessionTokenReused = "session.token_reused";
    /// Somebody asked for a new password.
    PasswordResetRequested = "password.reset_requested";
    /// A new password was chosen by way of a mail.
    PasswordReset = "password.reset";
    /// A new password was chosen by a signed-in user.
    PasswordChanged = "password.changed";
    /// A user asked for another address.
    EmailChangeRequested = "email.change_requested";
    /// Another address was confirmed.
    EmailChanged = "email.changed";
    /// A second factor was begun.
    SecondFactorEnrolled = "second_factor.enrolled";
    /// A second factor was confirmed with its first code.
    SecondFactorConfirmed = "second_factor.confirmed";
    /// A second factor was taken away.
    SecondFactorDisabled = "second_factor.disabled";
    /// A recovery code was used up.
    RecoveryCodeUsed = "second_factor.recovery_code_used";
    /// New recovery codes took the place of the old ones.
    RecoveryCodesRenewed = "second_factor.recovery_codes_renewed";
    /// A passkey was added.
    PasskeyAdded = "passkey.added";
    /// A passkey was removed.
    PasskeyRemoved = "passkey.removed";
    /// A passkey showed a counter that it had shown before: there are two of it, and the sign-in was refused.
    PasskeyCounterWentBack = "passkey.counter_went_back";
    /// A user's role was changed.
    UserRoleChanged = "user.role_changed";
    /// A user was disabled.
    UserDisabled = "user.disabled";
    /// A user was enabled again.
    UserEnabled = "user.enabled";
    /// A user was deleted.
    UserDeleted = "user.deleted";
    /// The files of a user were given to another.
    UserFilesReassigned = "user.files_reassigned";
    /// An invitation was issued.
    InvitationCreated = "invitation.created";
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked";
    /// A document was brought in.
    FileUploaded = "file.uploaded";
    /// A document got another name.
    FileRenamed = "file.renamed";
    /// A document was put into the trash.
    FileTrashed = "file.trashed";
    /// A document was brought back out of the trash.
    FileRestored = "file.restored";
    /// A document was deleted for good.
    FileDeleted = "file.deleted";
    /// A document was downloaded.
    FileDownloaded = "file.downloaded";
    /// A document was given to another owner.
    FileReassigned = "file.reassigned";
    /// A document was shared.
    ShareCreated = "share.created";
    /// A share was given other limits.
    ShareUpdated = "share.updated";
    /// A share was taken back.
    ShareRevoked = "share.revoked";
    /// A mail that was given up is tried again.
    MailRetried = "mail.retried";
    /// A damaged object, or one that nobody knows of, was set aside.
    ObjectQuarantined = "object.quarantined";
    /// The installation was brought back from a backup.
    InstallationRestored = "installation.restored";
    /// The installation was bound to its key ring.
    KeysBound = "keys.bound";
    /// New keys were added to the ring, to become current once every instance has them.
    KeysRotationBegun = "keys.rotation_begun";
    /// That was given up: they are retired.
    KeysRotationAbandoned = "keys.rotation_abandoned";
    /// They became current.
    KeysRotated = "keys.rotated";
    /// What older keys had sealed is sealed anew.
    KeysRewrapped = "keys.rewrapped";
    /// A key was retired.
    KeyRetired = "keys.retired";
}

/// One act. Written in the transaction that does it, and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: Action,
    /// Who.
    pub actor: Actor,
    /// To which thing: an id with its prefix; empty where there is none.
    pub object: String,
    /// From where, where that is known.
    pub address: Option<IpAddr>,
    /// What else matters, in a word or an id; never a secret, an address of a person or a name of a file.
    pub detail: String,
}
