//! Files.

use async_graphql::{Context, ID, Object, Result};

use super::{page_cost, page_request};
use crate::domain::id::FileId;
use crate::domain::permission::Permission;
use crate::domain::sort_key;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::file::{FileConnection, FileFilter, FileObject, FileOrder, FileTotal};
use crate::graphql::types::storage::StorageUsage;

#[derive(Default)]
pub(in crate::graphql) struct FileQuery;

#[Object]
impl FileQuery {
    /// Null when it does not exist or the caller may not see it.
    #[graphql(guard = "Requires(Permission::FileRead)", directive = requires::apply(Permission::FileRead.into()))]
    async fn file(&self, ctx: &Context<'_>, #[graphql(desc = "Which file.")] id: ID) -> Result<Option<FileObject>> {
        let Some(id) = FileId::parse(&id) else { return Ok(None) };
        Ok(ctx.services()?.find_file(ctx.caller()?, id).await?.map(FileObject))
    }

    /// Ops: the files they uploaded. Client: the files shared with them. Admin: all, without their content.
    #[graphql(guard = "Requires(Permission::FileList)", directive = requires::apply(Permission::FileList.into()), complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments are the contract's")]
    async fn files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only these.")] filter: Option<FileFilter>,
        #[graphql(desc = "In this order.", default_with = "Some(FileOrder::NewestFirst)")] order_by: Option<FileOrder>,
    ) -> Result<FileConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let order: sort_key::FileOrder = order_by.unwrap_or(FileOrder::NewestFirst).into();
        let page = ctx.services()?.list_files(ctx.caller()?, &filter, order, &request).await?;
        Ok(FileConnection::new(page, &request, FileTotal::Files(filter), FileObject))
    }

    /// The caller's own deleted files that can still be restored, those deleted last first.
    #[graphql(guard = "Requires(Permission::TrashList)", directive = requires::apply(Permission::TrashList.into()), complexity = "page_cost(first, last, child_complexity)")]
    async fn trash(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<FileConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = ctx.services()?.list_trash(ctx.caller()?, &request).await?;
        Ok(FileConnection::new(page, &request, FileTotal::Trash, FileObject))
    }

    /// How much the caller has stored, and how much it may.
    #[graphql(guard = "Requires(Permission::StorageRead)", directive = requires::apply(Permission::StorageRead.into()))]
    async fn storage_usage(&self, ctx: &Context<'_>) -> Result<StorageUsage> {
        Ok(ctx.services()?.storage_usage(ctx.caller()?).await?.into())
    }
}
