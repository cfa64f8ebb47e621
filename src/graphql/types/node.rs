//! Whatever has an id.

use async_graphql::{ID, Interface};

use super::file::FileObject;
use super::share::ShareObject;
use super::user::UserObject;

/// Whatever has an id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Opaque, globally unique, and typed: an id of one type is refused where another type is expected."
))]
pub(in crate::graphql) enum Node {
    /// A document.
    File(FileObject),
    /// A grant.
    Share(ShareObject),
    /// A person.
    User(UserObject),
}
