//! Shares and links.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::domain::id::{FileId, ShareId};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::file::DownloadLink;
use crate::graphql::types::share::{ShareInput, ShareObject};
use crate::services::Error;
use crate::services::shares::ShareRequest;

/// Shares that hold now.
#[derive(SimpleObject)]
struct SharePayload {
    /// One for each recipient, or the one with every Client.
    shares: Vec<ShareObject>,
}

#[derive(Default)]
pub(in crate::graphql) struct ShareMutation;

#[Object]
impl ShareMutation {
    /// Shares a file with named Clients or with every Client. Sharing again updates the share that is there.
    #[graphql(guard = "Requires(Permission::ShareCreate)", directive = requires::apply(Permission::ShareCreate.into()))]
    async fn share(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What with whom.")] input: ShareInput,
    ) -> Result<SharePayload> {
        let request = ShareRequest {
            file: FileId::parse(&input.file_id).ok_or(Error::NotFound)?,
            recipients: input.recipients,
            every_client: input.every_client.unwrap_or(false),
            expires_at: input.expires_at.map(|moment| moment.0),
            max_downloads: input.max_downloads,
        };
        let shares = ctx.services()?.share(ctx.caller()?, &request).await?;
        Ok(SharePayload { shares: shares.into_iter().map(ShareObject).collect() })
    }

    /// Takes a share back; its links answer nothing from now on.
    #[graphql(guard = "Requires(Permission::ShareRevoke)", directive = requires::apply(Permission::ShareRevoke.into()))]
    async fn revoke_share(&self, ctx: &Context<'_>, #[graphql(desc = "Which share.")] id: ID) -> Result<bool> {
        let id = ShareId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.revoke_share(ctx.caller()?, id).await?;
        Ok(true)
    }

    /// An encrypted, time-limited address of a file for the caller.
    #[graphql(guard = "Requires(Permission::LinkCreate)", directive = requires::apply(Permission::LinkCreate.into()))]
    async fn create_download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] file_id: ID,
        #[graphql(desc = "Capped by [links] in config.toml.")] ttl_seconds: Option<i32>,
    ) -> Result<DownloadLink> {
        let id = FileId::parse(&file_id).ok_or(Error::NotFound)?;
        Ok(ctx.services()?.create_download_link(ctx.caller()?, id, ttl_seconds).await?.into())
    }
}
