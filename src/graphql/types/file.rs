//! Files.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use data_encoding::HEXLOWER;

use super::connection::connection;
use super::scalar::{ByteSize, DateTime};
use super::share::{ShareConnection, ShareObject, ShareTotal};
use super::user::UserObject;
use crate::domain::page::Page;
use crate::domain::sort_key;
use crate::graphql::context::ContextExt;
use crate::graphql::loaders::{LinkTo, MyShareOf, SharesOf, find, person};
use crate::graphql::query::{page_cost, page_request};
use crate::services;
use crate::services::files::FileView;

/// A document.
#[derive(Clone)]
pub(in crate::graphql) struct FileObject(pub(in crate::graphql) FileView);

/// A stored document, as the caller sees it.
#[Object(name = "File")]
impl FileObject {
    /// Opaque, globally unique, and typed: an id of one type is refused where another type is expected.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.file.id.to_string().into()
    }

    /// Its name, extension included.
    async fn name(&self) -> &str {
        self.0.file.name.as_str()
    }

    /// Decided by the server from the content, never taken from the request.
    async fn media_type(&self) -> &str {
        self.0.file.kind.media_type()
    }

    /// Of the plaintext.
    async fn size(&self) -> ByteSize {
        ByteSize(self.0.file.size_bytes)
    }

    /// Lower-case hex, of the plaintext: what `sha256sum` prints.
    async fn sha256(&self) -> String {
        HEXLOWER.encode(&self.0.file.sha256)
    }

    /// When it was stored.
    async fn uploaded_at(&self) -> DateTime {
        DateTime(self.0.file.uploaded_at)
    }

    /// When it was put into the trash; null where it does not lie there.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.in_trash.map(|trash| DateTime(trash.deleted_at))
    }

    /// Of a file in the trash: from this moment on it is gone for good.
    async fn restorable_until(&self) -> Option<DateTime> {
        self.0.in_trash.map(|trash| DateTime(trash.restorable_until))
    }

    /// Who uploaded it, and so owns it.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<UserObject> {
        person(ctx, self.0.uploader()).await
    }

    /// Who it is shared with. For its owner; to anyone else an empty connection.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the newest.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the oldest.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<ShareConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = match request.cursor {
            None => find(ctx, SharesOf(self.0.clone(), request.clone())).await?.unwrap_or_else(Page::empty),
            Some(_) => ctx.services()?.list_shares(ctx.caller()?, &self.0, &request).await?,
        };
        Ok(ShareConnection::new(page, &request, ShareTotal(self.0.clone()), ShareObject))
    }

    /// The share through which the caller sees this file; null for its owner.
    async fn my_share(&self, ctx: &Context<'_>) -> Result<Option<ShareObject>> {
        Ok(find(ctx, MyShareOf(self.0.clone())).await?.map(ShareObject))
    }

    /// An encrypted, time-limited address for the caller; null when the caller may not download it. The same as
    /// createDownloadLink.
    async fn download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long it lasts; capped by [links] in config.toml.")] ttl_seconds: Option<i32>,
    ) -> Result<Option<DownloadLink>> {
        let ttl_seconds = ctx.services()?.link_ttl_seconds(ttl_seconds)?;
        Ok(find(ctx, LinkTo(self.0.clone(), ttl_seconds)).await?.map(DownloadLink::from))
    }
}

/// An encrypted, time-limited address of one file for one user.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct DownloadLink {
    /// Absolute. Answers only to the user it was made for, and only until expiresAt.
    url: String,
    #[graphql(skip)]
    ends: DateTime,
}

#[ComplexObject]
impl DownloadLink {
    /// From this moment on it answers GONE.
    async fn expires_at(&self) -> DateTime {
        self.ends
    }
}

impl From<services::links::DownloadLink> for DownloadLink {
    fn from(link: services::links::DownloadLink) -> Self {
        Self { url: link.url, ends: DateTime(link.expires_at) }
    }
}

/// Which files.
#[derive(InputObject, Default)]
pub(in crate::graphql) struct FileFilter {
    /// A part of the name, any case.
    name_contains: Option<String>,
    /// Uploaded at or after this moment.
    uploaded_after: Option<DateTime>,
    /// Uploaded before this moment.
    uploaded_before: Option<DateTime>,
}

impl FileFilter {
    pub(in crate::graphql) fn read(&self) -> Result<services::files::FileFilter> {
        let moment = |moment: Option<DateTime>| moment.map(|moment| moment.0);
        let (after, before) = (moment(self.uploaded_after), moment(self.uploaded_before));
        Ok(services::files::FileFilter::new(self.name_contains.as_deref(), after, before)?)
    }
}

/// The order of a list of files.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "sort_key::FileOrder")]
pub(in crate::graphql) enum FileOrder {
    /// Latest upload first; for a Client, latest share first.
    NewestFirst,
    /// Earliest upload first; for a Client, earliest share first.
    OldestFirst,
    /// By name, any case.
    Name,
    /// By size, descending.
    LargestFirst,
}

/// How many files a list has.
pub(in crate::graphql) enum FileTotal {
    /// That of files the caller may see.
    Files(services::files::FileFilter),
    /// The caller's trash.
    Trash,
}

impl FileTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        let (services, caller) = (ctx.services()?, ctx.caller()?);
        Ok(match self {
            Self::Files(filter) => services.count_files(caller, filter).await?,
            Self::Trash => services.count_trash(caller).await?,
        })
    }
}

connection! {
    /// A page of files.
    FileConnection,
    /// A file and its place in the list.
    FileEdge, FileObject, FileTotal
}
