//! Signing up and in.

use async_graphql::{ID, InputObject, Object, SimpleObject};
use secrecy::ExposeSecret;

use super::role::Role;
use super::scalar::DateTime;
use super::user::UserObject;
use crate::services::invitations::IssuedInvitation;
use crate::services::sessions;

/// What somebody signs up with.
#[derive(InputObject)]
pub(in crate::graphql) struct SignupInput {
    /// The address; it has to be confirmed.
    pub(in crate::graphql) email: String,
    /// What the person is called.
    pub(in crate::graphql) name: String,
    /// 8 to 1024 characters, and not a guessable one.
    #[graphql(secret)]
    pub(in crate::graphql) password: String,
    /// CLIENT unless given; null for what the invitation says. What OPS needs is decided by the section signup of config.toml.
    #[graphql(default_with = "Some(Role::Client)")]
    pub(in crate::graphql) role: Option<Role>,
    /// An invitation, where the role needs one.
    #[graphql(secret)]
    pub(in crate::graphql) invitation: Option<String>,
}

/// The same whether or not the address was already registered.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SignupPayload {
    /// The address as it is compared: trimmed and lower-cased.
    pub(in crate::graphql) email: String,
    /// A verification mail is on its way to this address.
    pub(in crate::graphql) verification_required: bool,
}

/// What somebody signs in with.
#[derive(InputObject)]
pub(in crate::graphql) struct LoginInput {
    /// The address.
    pub(in crate::graphql) email: String,
    /// The password.
    #[graphql(secret)]
    pub(in crate::graphql) password: String,
    /// The current code of the second factor, where the account has one; a recovery code will do as well.
    #[graphql(secret)]
    pub(in crate::graphql) totp_code: Option<String>,
}

/// A sign-in.
pub(in crate::graphql) struct Session(pub(in crate::graphql) sessions::Session);

/// A sign-in, with the tokens that prove it.
#[Object]
impl Session {
    /// A JWT, for the Authorization header: the word Bearer, a space, and this.
    async fn access_token(&self) -> &str {
        self.0.access_token.expose_secret()
    }

    /// When it expires.
    async fn access_token_expires_at(&self) -> DateTime {
        DateTime(self.0.access_token_expires_at)
    }

    /// Opaque. Each can be used once: refresh returns the next.
    async fn refresh_token(&self) -> &str {
        self.0.refresh_token.expose_secret()
    }

    /// When it expires.
    async fn refresh_token_expires_at(&self) -> DateTime {
        DateTime(self.0.refresh_token_expires_at)
    }

    /// Who is signed in.
    async fn user(&self) -> UserObject {
        UserObject(self.0.user.clone())
    }
}

/// A permission to sign up.
pub(in crate::graphql) struct Invitation(pub(in crate::graphql) IssuedInvitation);

/// A permission to sign up.
#[Object]
impl Invitation {
    /// Opaque; good for revokeInvitation.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Shown once.
    async fn token(&self) -> &str {
        self.0.token.expose_secret()
    }

    /// The role it gives.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The only address it works for, where it is bound to one.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_ref().map(|email| email.as_str())
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}
