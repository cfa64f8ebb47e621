//! Who has downloaded what is shared, and who has not.

use async_graphql::{Context, Object, Result};

use super::connection::connection;
use super::scalar::{DateTime, saturated};
use super::user::UserObject;
use crate::graphql::loaders::{ReceiptCountOf, find};
use crate::services::receipts::ReceiptView;
use crate::services::shares::ShareView;

/// A recipient's downloads.
#[derive(Clone)]
pub(in crate::graphql) struct ReceiptObject(pub(in crate::graphql) ReceiptView);

/// What one recipient has downloaded through a share.
#[Object(name = "Receipt")]
impl ReceiptObject {
    /// Who.
    async fn recipient(&self) -> UserObject {
        UserObject(self.0.recipient.clone())
    }

    /// 0 when the recipient has not downloaded it yet.
    async fn downloads(&self) -> i32 {
        saturated(self.0.receipt.downloads)
    }

    /// When last.
    async fn last_downloaded_at(&self) -> Option<DateTime> {
        self.0.receipt.last_downloaded_at.map(DateTime)
    }
}

/// How many recipients a share has.
pub(in crate::graphql) struct ReceiptTotal(pub(in crate::graphql) ShareView);

impl ReceiptTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(find(ctx, ReceiptCountOf(self.0.clone())).await?.unwrap_or(0))
    }
}

connection! {
    /// A page of recipients, ordered by e-mail address.
    ReceiptConnection,
    /// A recipient and its place in the list.
    ReceiptEdge, ReceiptObject, ReceiptTotal
}
