//! Shares and downloads, as they happen.

use async_graphql::{Context, Result, Subscription};
use futures_util::stream::BoxStream;

use super::told_as;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::download::DownloadObject;
use crate::graphql::types::share::ShareObject;

#[derive(Default)]
pub(in crate::graphql) struct ShareSubscription;

#[Subscription]
impl ShareSubscription {
    /// A file has just been shared with the caller. Each message carries extensions.eventId; after resumes behind that one.
    #[graphql(guard = "Requires(Permission::ShareWatch)", directive = requires::apply(Permission::ShareWatch.into()))]
    async fn file_shared(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Behind the event with this eventId.")] after: Option<String>,
    ) -> Result<BoxStream<'static, Result<ShareObject>>> {
        let telling = ctx.shared_services()?.watch_shares(ctx.caller()?, after.as_deref()).await?;
        Ok(told_as(ctx, telling, ShareObject))
    }

    /// One of the caller's files has just been downloaded.
    #[graphql(guard = "Requires(Permission::DownloadWatch)", directive = requires::apply(Permission::DownloadWatch.into()))]
    async fn file_downloaded(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Behind the event with this eventId.")] after: Option<String>,
    ) -> Result<BoxStream<'static, Result<DownloadObject>>> {
        let telling = ctx.shared_services()?.watch_downloads(ctx.caller()?, after.as_deref()).await?;
        Ok(told_as(ctx, telling, DownloadObject))
    }
}
