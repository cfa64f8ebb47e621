//! Roles.

use async_graphql::Enum;

use crate::domain::role;

/// What a user is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "role::Role")]
pub(in crate::graphql) enum Role {
    /// Runs the installation: users, invitations, audit. Cannot read the content of files.
    Admin,
    /// Uploads files and shares them.
    Ops,
    /// Receives files.
    Client,
}
