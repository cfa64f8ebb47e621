//! What administrators do to accounts.

use async_graphql::{Context, ID, Object, OneofObject, Result};

use crate::domain::id::UserId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::role::Role;
use crate::graphql::types::scalar::saturated;
use crate::graphql::types::user::UserObject;
use crate::services::Error;
use crate::services::administration::FilesOfDeleted;

/// What happens to the files of a user who is deleted: exactly one of these.
#[derive(OneofObject)]
pub(in crate::graphql) enum DeleteUserFiles {
    /// This user gets them, with their shares: another active Ops user who was never an Admin.
    ReassignTo(ID),
    /// True: they are deleted for good.
    Delete(bool),
}

#[derive(Default)]
pub(in crate::graphql) struct AdministrationMutation;

#[Object]
impl AdministrationMutation {
    /// Gives a user another role. Its sessions, its invitations and the shares with it end. CONFLICT for the last active
    /// Admin, and for a user who has files: reassign them first. The user is told by mail.
    #[graphql(guard = "Requires(Permission::UserSetRole)", directive = requires::apply(Permission::UserSetRole.into()))]
    async fn set_user_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] id: ID,
        #[graphql(desc = "What the user will be.")] role: Role,
    ) -> Result<UserObject> {
        Ok(UserObject(ctx.services()?.set_user_role(ctx.caller()?, user(&id)?, role.into()).await?))
    }

    /// Ends the sessions of a user, and lets it sign in no more; its links and shares answer as if they were not there.
    /// CONFLICT for the last active Admin. The user is told by mail.
    #[graphql(guard = "Requires(Permission::UserDisable)", directive = requires::apply(Permission::UserDisable.into()))]
    async fn disable_user(&self, ctx: &Context<'_>, #[graphql(desc = "Whom.")] id: ID) -> Result<UserObject> {
        Ok(UserObject(ctx.services()?.disable_user(ctx.caller()?, user(&id)?).await?))
    }

    /// Takes disableUser back. The user is told by mail.
    #[graphql(guard = "Requires(Permission::UserEnable)", directive = requires::apply(Permission::UserEnable.into()))]
    async fn enable_user(&self, ctx: &Context<'_>, #[graphql(desc = "Whom.")] id: ID) -> Result<UserObject> {
        Ok(UserObject(ctx.services()?.enable_user(ctx.caller()?, user(&id)?).await?))
    }

    /// Deletes a user for good. CONFLICT for the last active Admin. Whoever had the files and whoever gets them is told by
    /// mail. Of very many files, some may still be on their way when the request ends early: the server goes on by itself.
    #[graphql(guard = "Requires(Permission::UserDelete)", directive = requires::apply(Permission::UserDelete.into()))]
    async fn delete_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
        #[graphql(desc = "What happens to the user's files.")] files: DeleteUserFiles,
    ) -> Result<bool> {
        let files = match files {
            DeleteUserFiles::ReassignTo(to) => FilesOfDeleted::ReassignTo(heir(&to, "files")?),
            DeleteUserFiles::Delete(true) => FilesOfDeleted::Delete,
            DeleteUserFiles::Delete(false) => {
                return Err(Error::input("files", "Name a new owner, or say that the files are deleted.").into());
            }
        };
        ctx.services()?.delete_user(ctx.caller()?, user(&id)?, files).await?;
        Ok(true)
    }

    /// Gives all files of a user to another active Ops user who was never an Admin, with their shares, and answers how many.
    /// Both are told by mail.
    #[graphql(guard = "Requires(Permission::FileReassign)", directive = requires::apply(Permission::FileReassign.into()))]
    async fn reassign_files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose files.")] from: ID,
        #[graphql(desc = "Who gets them.")] to: ID,
    ) -> Result<i32> {
        let (from, to) = (user(&from)?, heir(&to, "to")?);
        let count = ctx.services()?.reassign_files(ctx.caller()?, from, to).await?;
        Ok(saturated(count))
    }
}

fn user(id: &ID) -> Result<UserId, Error> {
    UserId::parse(id).ok_or(Error::NotFound)
}

fn heir(id: &ID, field: &'static str) -> Result<UserId, Error> {
    UserId::parse(id).ok_or_else(|| Error::input(field, "This is not the id of a user."))
}
