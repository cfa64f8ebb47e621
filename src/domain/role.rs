//! The three roles.

/// What a user is. The same words stand in the API, the database and the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the installation; never reads the content of files.
    Admin,
    /// Uploads and shares.
    Ops,
    /// Receives.
    Client,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Ops, Self::Client];

    /// `ADMIN`, `OPS` or `CLIENT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::Ops => "OPS",
            Self::Client => "CLIENT",
        }
    }

    /// Reads the name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(text))
    }
}
