//! Mail.

use async_graphql::{Context, ID, Object, Result};

use super::connection::connection;
use super::scalar::{DateTime, saturated};
use crate::domain::dead_mail;
use crate::graphql::context::ContextExt;

/// A mail that was given up.
#[derive(Clone)]
pub(in crate::graphql) struct DeadMail(pub(in crate::graphql) dead_mail::DeadMail);

/// A mail that was given up. A link that it carried is void.
#[Object]
impl DeadMail {
    /// Also part of its Message-ID.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is about, as a word, e.g. `verify_email`.
    async fn template(&self) -> &str {
        &self.0.template
    }

    /// The address it was to go to.
    async fn recipient(&self) -> &str {
        self.0.recipient.as_str()
    }

    /// When it was given up.
    async fn failed_at(&self) -> DateTime {
        DateTime(self.0.failed_at)
    }

    /// How often it was tried.
    async fn attempts(&self) -> i32 {
        saturated(self.0.attempts)
    }

    /// Why, as a word, with the mail server's reply code where it gave one, e.g. `recipient_refused 550`.
    async fn reason(&self) -> &str {
        &self.0.reason
    }
}

/// How many mails were given up.
pub(in crate::graphql) struct DeadMailTotal;

impl DeadMailTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.services()?.count_dead_mails(ctx.caller()?).await?)
    }
}

connection! {
    /// A page of mails that were given up, the latest first.
    DeadMailConnection,
    /// A mail that was given up and its place in the list.
    DeadMailEdge, DeadMail, DeadMailTotal
}
