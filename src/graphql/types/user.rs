//! People.

use async_graphql::{Context, ID, Object, Result};

use super::connection::connection;
use super::role::Role;
use super::scalar::DateTime;
use crate::domain::user::User;
use crate::graphql::context::ContextExt;
use crate::services::people::PeopleFilter;

/// A person.
#[derive(Clone)]
pub(in crate::graphql) struct UserObject(pub(in crate::graphql) User);

/// A person with an account.
#[Object(name = "User")]
impl UserObject {
    /// Opaque, globally unique, and typed: an id of one type is refused where another type is expected.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where mail reaches it, and what it signs in with.
    async fn email(&self) -> &str {
        self.0.email.as_str()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// What it may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Whether the address was confirmed. Nobody becomes a user before.
    async fn email_verified(&self) -> bool {
        true
    }

    /// Whether an Admin has disabled it. For Admins; null to anyone else.
    async fn disabled(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        Ok(ctx.services()?.standing_of(ctx.caller()?, &self.0))
    }

    /// Since when there is the account.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// How many people a list has.
pub(in crate::graphql) struct PeopleTotal(pub(in crate::graphql) PeopleFilter);

impl PeopleTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.services()?.count_people(ctx.caller()?, &self.0).await?)
    }
}

connection! {
    /// A page of people, ordered by e-mail address.
    UserConnection,
    /// A person and its place in the list.
    UserEdge, UserObject, PeopleTotal
}
