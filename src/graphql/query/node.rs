//! Anything by its id.

use async_graphql::{Context, ID, Object, Result};

use crate::domain::id::{FileId, ShareId, UserId};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::file::FileObject;
use crate::graphql::types::node::Node;
use crate::graphql::types::share::ShareObject;
use crate::graphql::types::user::UserObject;
use crate::services::Error;

#[derive(Default)]
pub(in crate::graphql) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever has this id; null when it does not exist or the caller may not see it.
    #[graphql(guard = "Requires(Permission::AccountRead)", directive = requires::apply(Permission::AccountRead.into()))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Which.")] id: ID) -> Result<Option<Node>> {
        let (services, caller) = (ctx.services()?, ctx.caller()?);
        let found = if let Some(id) = FileId::parse(&id) {
            services.find_file(caller, id).await.map(|file| file.map(|file| Node::File(FileObject(file))))
        } else if let Some(id) = ShareId::parse(&id) {
            services.find_share(caller, id).await.map(|share| share.map(|share| Node::Share(ShareObject(share))))
        } else if let Some(id) = UserId::parse(&id) {
            services.find_person(caller, id).await.map(|user| user.map(|user| Node::User(UserObject(user))))
        } else {
            Ok(None)
        };
        match found {
            // What a role never sees answers as what does not exist.
            Err(Error::Forbidden) => Ok(None),
            found => Ok(found?),
        }
    }
}
