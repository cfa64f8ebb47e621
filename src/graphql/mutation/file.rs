//! Files.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::domain::id::FileId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::file::FileObject;
use crate::graphql::types::scalar::Upload;
use crate::services::Error;

/// A stored file.
#[derive(SimpleObject)]
struct UploadPayload {
    /// The file.
    file: FileObject,
}

/// Stored files.
#[derive(SimpleObject)]
struct UploadManyPayload {
    /// The files, in the order of the argument.
    files: Vec<FileObject>,
}

#[derive(Default)]
pub(in crate::graphql) struct FileMutation;

#[Object]
impl FileMutation {
    /// Stores one document.
    #[graphql(guard = "Requires(Permission::FileUpload)", directive = requires::apply(Permission::FileUpload.into()))]
    async fn upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] file: Upload,
    ) -> Result<UploadPayload> {
        let mut body = ctx.uploads()?.lock().await;
        let view = ctx.services()?.upload(ctx.caller()?, body.as_mut(), &file.0).await?;
        Ok(UploadPayload { file: FileObject(view) })
    }

    /// All or none: one bad file and nothing is stored.
    #[graphql(guard = "Requires(Permission::FileUpload)", directive = requires::apply(Permission::FileUpload.into()))]
    async fn upload_many(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The documents.")] files: Vec<Upload>,
    ) -> Result<UploadManyPayload> {
        let tokens: Vec<String> = files.into_iter().map(|file| file.0).collect();
        let mut body = ctx.uploads()?.lock().await;
        let views = ctx.services()?.upload_many(ctx.caller()?, body.as_mut(), &tokens).await?;
        Ok(UploadManyPayload { files: views.into_iter().map(FileObject).collect() })
    }

    /// Gives a file another name with the same extension.
    #[graphql(guard = "Requires(Permission::FileRename)", directive = requires::apply(Permission::FileRename.into()))]
    async fn rename_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] id: ID,
        #[graphql(desc = "The new name.")] name: String,
    ) -> Result<FileObject> {
        let id = FileId::parse(&id).ok_or(Error::NotFound)?;
        Ok(FileObject(ctx.services()?.rename_file(ctx.caller()?, id, &name).await?))
    }

    /// To the trash for retention.trash_days, or at once and for good: with permanently, out of the trash as well.
    #[graphql(guard = "Requires(Permission::FileDelete)", directive = requires::apply(Permission::FileDelete.into()))]
    async fn delete_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] id: ID,
        #[graphql(desc = "Not to the trash.", default_with = "Some(false)")] permanently: Option<bool>,
    ) -> Result<bool> {
        let id = FileId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.delete_file(ctx.caller()?, id, permanently.unwrap_or(false)).await?;
        Ok(true)
    }

    /// Out of the trash, with its shares, those left out that have expired meanwhile.
    #[graphql(guard = "Requires(Permission::FileRestore)", directive = requires::apply(Permission::FileRestore.into()))]
    async fn restore_file(&self, ctx: &Context<'_>, #[graphql(desc = "Which file.")] id: ID) -> Result<FileObject> {
        let id = FileId::parse(&id).ok_or(Error::NotFound)?;
        Ok(FileObject(ctx.services()?.restore_file(ctx.caller()?, id).await?))
    }
}
