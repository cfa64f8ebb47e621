//! Passkeys.

use async_graphql::{ID, Object};
use secrecy::ExposeSecret;

use super::scalar::DateTime;
use crate::services::passkeys::{self, PasskeyView};

/// A passkey of the viewer.
pub(in crate::graphql) struct Passkey(pub(in crate::graphql) PasskeyView);

/// One of the viewer's passkeys: a credential that a browser or a security key keeps, and that signs in without a password.
#[Object]
impl Passkey {
    /// Opaque; good for removePasskey.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What the viewer calls it.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last signed in; null before the first time.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }
}

/// What a browser is asked.
pub(in crate::graphql) struct PasskeyChallenge(pub(in crate::graphql) passkeys::PasskeyChallenge);

/// What a browser is asked, to make a passkey or to sign in with one.
#[Object]
impl PasskeyChallenge {
    /// JSON for PublicKeyCredential.parseCreationOptionsFromJSON, or parseRequestOptionsFromJSON, and then
    /// navigator.credentials.create or get.
    async fn options(&self) -> &str {
        &self.0.options
    }

    /// Opaque. It goes with the answer, once.
    async fn state(&self) -> &str {
        self.0.state.expose_secret()
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}
