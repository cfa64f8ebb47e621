//! What becomes of a second factor, in the words of the mail about it.

/// A change that the owner of the account is told of: whoever holds a stolen session or password cannot make it unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactorChange {
    /// It is in force.
    Confirmed,
    /// It is gone.
    Disabled,
    /// Somebody signed in with a recovery code.
    RecoveryCodeUsed,
    /// There are other recovery codes.
    RecoveryCodesRenewed,
    /// There is one passkey more.
    PasskeyAdded,
    /// There is one passkey less.
    PasskeyRemoved,
}

impl SecondFactorChange {
    /// Every change.
    pub const ALL: [Self; 6] = [
        Self::Confirmed,
        Self::Disabled,
        Self::RecoveryCodeUsed,
        Self::RecoveryCodesRenewed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
    ];

    /// The word under which the outbox keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Disabled => "disabled",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
        }
    }

    /// The change with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == word)
    }

    /// What the mail says. It stands on one line.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Confirmed => "It is in force: from now on, signing in takes a code as well.",
            Self::Disabled => "It was switched off: the password alone is enough to sign in.",
            Self::RecoveryCodeUsed => "Somebody signed in with one of its recovery codes, which is used up.",
            Self::RecoveryCodesRenewed => "It has new recovery codes. The old ones are worth nothing now.",
            Self::PasskeyAdded => "A passkey was added: whoever has it signs in without the password.",
            Self::PasskeyRemoved => "A passkey was removed: it opens the account no more.",
        }
    }
}
