//! What an administrator can do to an account, in the words of the mail about it.

/// A change of an account that its owner is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// Another role; what was shared under the old one is shared no longer.
    RoleChanged,
    /// No sign-in until further notice.
    Disabled,
    /// Sign-in is possible again.
    Enabled,
    /// The account is gone.
    Deleted,
    /// Its files have another owner.
    FilesGiven,
}

impl AccountChange {
    /// Every change.
    pub const ALL: [Self; 5] = [Self::RoleChanged, Self::Disabled, Self::Enabled, Self::Deleted, Self::FilesGiven];

    /// The word under which the outbox keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RoleChanged => "role_changed",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
            Self::FilesGiven => "files_given",
        }
    }

    /// The change with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == word)
    }

    /// What the mail says.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::RoleChanged => "It has another role now. What was shared under the old role has ended.",
            Self::Disabled => "It is disabled: you cannot sign in until it is enabled again.",
            Self::Enabled => "It is enabled again: you can sign in as before.",
            Self::Deleted => "It is deleted, and you cannot sign in any more.",
            Self::FilesGiven => "Its files have been given to another user, who can read them now.",
        }
    }
}
