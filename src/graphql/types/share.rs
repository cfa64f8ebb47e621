//! Shares.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::connection::connection;
use super::file::FileObject;
use super::receipt::{ReceiptConnection, ReceiptObject, ReceiptTotal};
use super::scalar::{DateTime, saturated};
use super::user::UserObject;
use crate::domain::page::Page;
use crate::domain::share::Audience;
use crate::graphql::context::ContextExt;
use crate::graphql::loaders::{ReceiptsOf, ShareCountOf, find, person};
use crate::graphql::query::{page_cost, page_request};
use crate::services::Error;
use crate::services::files::FileView;
use crate::services::shares::ShareView;

/// A grant.
#[derive(Clone)]
pub(in crate::graphql) struct ShareObject(pub(in crate::graphql) ShareView);

/// A grant of one file to one Client or to every Client.
#[Object(name = "Share")]
impl ShareObject {
    /// Opaque, globally unique, and typed: an id of one type is refused where another type is expected.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.share.id.to_string().into()
    }

    /// What is shared.
    async fn file(&self, ctx: &Context<'_>) -> Result<FileObject> {
        Ok(FileObject(find(ctx, self.0.share.file).await?.ok_or(Error::NotFound)?))
    }

    /// Null when it is shared with every Client.
    async fn recipient(&self, ctx: &Context<'_>) -> Result<Option<UserObject>> {
        match self.0.recipient() {
            None => Ok(None),
            Some(recipient) => person(ctx, recipient).await.map(Some),
        }
    }

    /// True when it is shared with every verified Client, present and future.
    async fn every_client(&self) -> bool {
        self.0.share.audience == Audience::EveryClient
    }

    /// Who shared it.
    async fn shared_by(&self, ctx: &Context<'_>) -> Result<UserObject> {
        person(ctx, self.0.sharer()).await
    }

    /// When it was first shared.
    async fn shared_at(&self) -> DateTime {
        DateTime(self.0.share.shared_at)
    }

    /// After this moment it is as if it had never been shared.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.share.expires_at.map(DateTime)
    }

    /// Downloads the recipient (each Client, when shared with every Client) is still allowed; null means any number. A
    /// Client sees its own.
    async fn downloads_left(&self) -> Option<i32> {
        self.0.downloads_left.map(saturated)
    }

    /// Downloads through this share. A Client sees the count of its own.
    async fn downloads(&self) -> i32 {
        saturated(self.0.downloads)
    }

    /// A Client sees its own.
    async fn last_downloaded_at(&self) -> Option<DateTime> {
        self.0.last_downloaded_at.map(DateTime)
    }

    /// Who has downloaded, and who has not. For the file's owner; to anyone else an empty connection.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<ReceiptConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = match request.cursor {
            None => find(ctx, ReceiptsOf(self.0.clone(), request.clone())).await?.unwrap_or_else(Page::empty),
            Some(_) => ctx.services()?.list_receipts(ctx.caller()?, &self.0, &request).await?,
        };
        Ok(ReceiptConnection::new(page, &request, ReceiptTotal(self.0.clone()), ReceiptObject))
    }
}

/// What is to be shared with whom.
#[derive(InputObject)]
pub(in crate::graphql) struct ShareInput {
    /// The file.
    pub(in crate::graphql) file_id: ID,
    /// E-mail addresses of verified Client users: 1 to 100, all or none. Either this or everyClient, not both.
    #[graphql(default)]
    pub(in crate::graphql) recipients: Vec<String>,
    /// Share with every verified Client, present and future. Only where sharing.every_client_allowed says so.
    #[graphql(default_with = "Some(false)")]
    pub(in crate::graphql) every_client: Option<bool>,
    /// Until when.
    pub(in crate::graphql) expires_at: Option<DateTime>,
    /// How many downloads each recipient has; any number unless given.
    pub(in crate::graphql) max_downloads: Option<i32>,
}

/// How many shares a file has.
pub(in crate::graphql) struct ShareTotal(pub(in crate::graphql) FileView);

impl ShareTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(find(ctx, ShareCountOf(self.0.clone())).await?.unwrap_or(0))
    }
}

connection! {
    /// A page of shares, newest first.
    ShareConnection,
    /// A share and its place in the list.
    ShareEdge, ShareObject, ShareTotal
}
