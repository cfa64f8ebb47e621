//! The one error that outer floors see: a code, a sentence that is safe to show, and the cause for the log.
//!
//! Rules: what the lower rooms say never reaches a person; a cause is kept as `source` and logged once, at the
//! outermost door; "may not see" and "does not exist" are the same `NotFound`.

use crate::domain::code::Code;
use crate::services::documents::Refusal;
use crate::{blobs, crypto, mail, store};

/// What is known of the work that was not answered, as `extensions.outcome` says it.
pub use crate::store::Outcome;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What a service answers when it does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No valid sign-in.
    #[error("Sign in first.")]
    Unauthenticated,
    /// The role may never do this.
    #[error("Your role may not do this.")]
    Forbidden,
    /// A form that another site could have sent.
    #[error(
        "Send an Authorization header, or GraphQL-Require-Preflight, Apollo-Require-Preflight or X-Requested-With."
    )]
    CrossSite,
    /// A page of another site asks for a WebSocket.
    #[error("Pages of this origin are not let in here.")]
    ForeignOrigin,
    /// It does not exist, or the caller may not know that it does.
    #[error("There is no such thing here.")]
    NotFound,
    /// An argument breaks a stated rule.
    #[error("{message}")]
    Input {
        /// Which argument.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// It was changed or taken meanwhile.
    #[error("{0}")]
    Conflict(&'static str),
    /// Login failed.
    #[error("The e-mail address or the password is wrong.")]
    InvalidCredentials,
    /// Right password, unverified address.
    #[error("Confirm your e-mail address first: open the link in the mail we sent.")]
    EmailNotVerified,
    /// Right password, second factor missing.
    #[error("Enter the code that your authenticator shows, or one of your recovery codes.")]
    TotpRequired,
    /// What a browser answered is no passkey of an account here, or is not to be made one.
    #[error("This passkey was not accepted.")]
    PasskeyRefused,
    /// The role needs a second factor, and the caller has none.
    #[error("Your role needs a second factor. Enrol one first: until then nothing else is open to you.")]
    SecondFactorNeeded,
    /// The role needs a second factor, and the caller has a passkey but signed in without.
    #[error("Your role needs a second factor, and the password alone is none: sign in with your passkey.")]
    PasskeyNeeded,
    /// A token that is wrong, used or expired.
    #[error("This link or token is wrong, used or expired.")]
    InvalidToken,
    /// As many as one may have at the same time are there already.
    #[error("No more than {limit} at the same time.")]
    TooManyAtOnce {
        /// How many one may have.
        limit: u64,
    },
    /// Too many tries, or somebody else's on the same account or network.
    #[error("Too many tries. Try again in {retry_after_seconds} seconds.")]
    RateLimited {
        /// In how many seconds the next try is let through, 1 at least.
        retry_after_seconds: u64,
    },
    /// Not a document of a kind that is taken here.
    #[error("{0}")]
    UnsupportedFileType(String),
    /// The file is larger than is taken here.
    #[error("The file is larger than {limit_bytes} bytes.")]
    FileTooLarge {
        /// The largest size in bytes.
        limit_bytes: u64,
    },
    /// There is no room left for it.
    #[error("There is no room left: no more than {limit_bytes} bytes may be stored.")]
    QuotaExceeded {
        /// How many bytes may be stored.
        limit_bytes: u64,
    },
    /// The transfer ended early.
    #[error("The transfer ended early; nothing was stored.")]
    UploadIncomplete,
    /// What came is not what its checksum says.
    #[error("What came is not what its checksum says; nothing of it was kept.")]
    ChecksumMismatch,
    /// An operation that asks for more than one may.
    #[error("The operation has more {of} than {limit}.")]
    TooComplex {
        /// Of what there is too much.
        of: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// A hash of which no document is known. In these very words: clients look for them.
    #[error("PersistedQueryNotFound")]
    PersistedQueryNotFound,
    /// A document by its hash, or one that is not trusted, where that is not taken. In these very words too.
    #[error("PersistedQueryNotSupported")]
    PersistedQueryNotSupported,
    /// A link that is over, or whose share is used up.
    #[error("This link has expired.")]
    Gone,
    /// The database or the storage does not answer.
    #[error("The service is not available at the moment.")]
    Unavailable {
        /// What is known of the work.
        outcome: Outcome,
        /// What the room below said.
        #[source]
        cause: Cause,
    },
    /// Anything else.
    #[error("Something went wrong.")]
    Internal(#[source] Cause),
}

impl Error {
    /// An argument that breaks a stated rule.
    pub fn input(field: &'static str, message: impl Into<String>) -> Self {
        Self::Input { field, message: message.into() }
    }

    /// An inconsistency that is our own fault.
    pub(super) fn internal(what: impl Into<Cause>) -> Self {
        Self::Internal(what.into())
    }

    /// The sentence and all its causes, for the log.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text} <- {error}");
            cause = error.source();
        }
        text
    }

    /// The code on the wire.
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Forbidden
            | Self::CrossSite
            | Self::ForeignOrigin
            | Self::SecondFactorNeeded
            | Self::PasskeyNeeded => Code::Forbidden,
            Self::NotFound => Code::NotFound,
            Self::Input { .. } | Self::ChecksumMismatch => Code::BadUserInput,
            Self::Conflict(_) => Code::Conflict,
            Self::InvalidCredentials | Self::PasskeyRefused => Code::InvalidCredentials,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::TotpRequired => Code::TotpRequired,
            Self::InvalidToken => Code::InvalidToken,
            Self::RateLimited { .. } | Self::TooManyAtOnce { .. } => Code::RateLimited,
            Self::UnsupportedFileType(_) => Code::UnsupportedFileType,
            Self::FileTooLarge { .. } => Code::FileTooLarge,
            Self::QuotaExceeded { .. } => Code::QuotaExceeded,
            Self::UploadIncomplete => Code::UploadIncomplete,
            Self::TooComplex { .. } => Code::QueryTooComplex,
            Self::PersistedQueryNotFound => Code::PersistedQueryNotFound,
            Self::PersistedQueryNotSupported => Code::PersistedQueryNotSupported,
            Self::Gone => Code::Gone,
            Self::Unavailable { .. } => Code::Unavailable,
            Self::Internal(_) => Code::Internal,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict | store::Error::Refused(_) => Self::Conflict("It was changed or taken meanwhile."),
            store::Error::Unavailable { outcome, .. } => Self::Unavailable { outcome, cause: error.into() },
            store::Error::Corrupt { .. } | store::Error::Unusable(_) | store::Error::Query(_) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        match error {
            // A record promises the object, so its absence is damage.
            blobs::Error::Missing(_) => Self::Internal(error.into()),
            blobs::Error::Failed(_) | blobs::Error::Folder(_) => {
                Self::Unavailable { outcome: Outcome::None, cause: error.into() }
            }
        }
    }
}

impl From<crypto::Error> for Error {
    fn from(error: crypto::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<mail::Error> for Error {
    fn from(error: mail::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreadable(cause) => Self::Unavailable { outcome: Outcome::None, cause: cause.into() },
            refusal => Self::UnsupportedFileType(refusal.to_string()),
        }
    }
}
