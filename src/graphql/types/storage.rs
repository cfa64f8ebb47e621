//! How much is stored.

use async_graphql::{Context, Object, Result, SimpleObject};
use tokio::sync::OnceCell;

use super::scalar::{ByteSize, saturated};
use super::user::UserObject;
use crate::graphql::context::ContextExt;
use crate::services::quotas::{self, TotalCounts};

/// How much the caller has stored, and how much it may.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StorageUsage {
    /// What it has stored, the trash included.
    used_bytes: ByteSize,
    /// What of that lies in the trash.
    trash_bytes: ByteSize,
    /// How much it may store; null where there is no limit.
    limit_bytes: Option<ByteSize>,
    /// The same of everybody together. For Admins; to anyone else null.
    everybody: Option<TotalUsage>,
}

/// How much everybody has stored together. What takes longer to find out than the bytes is looked for when it is asked for.
pub(in crate::graphql) struct TotalUsage {
    usage: quotas::TotalUsage,
    counts: OnceCell<TotalCounts>,
}

/// How much everybody has stored together.
#[Object]
impl TotalUsage {
    /// What is stored, trashes included.
    async fn used_bytes(&self) -> ByteSize {
        ByteSize(self.usage.used_bytes)
    }

    /// How much may be stored; null where there is no limit.
    async fn limit_bytes(&self) -> Option<ByteSize> {
        self.usage.limit_bytes.map(ByteSize)
    }

    /// What of the used bytes lies in trashes.
    async fn trash_bytes(&self, ctx: &Context<'_>) -> Result<ByteSize> {
        Ok(ByteSize(self.counts(ctx).await?.trash_bytes))
    }

    /// How many files there are, without those in trashes.
    async fn files(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(saturated(self.counts(ctx).await?.files))
    }

    /// How many files lie in trashes.
    async fn trashed_files(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(saturated(self.counts(ctx).await?.trashed_files))
    }

    /// Who has stored most, the largest first.
    #[graphql(complexity = "usize::try_from(first).unwrap_or(0).saturating_mul(child_complexity).saturating_add(1)")]
    async fn largest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 50.", default = 10)] first: i32,
    ) -> Result<Vec<PersonUsage>> {
        let largest = ctx.services()?.list_largest(ctx.caller()?, first).await?;
        Ok(largest.into_iter().map(Into::into).collect())
    }
}

impl TotalUsage {
    async fn counts(&self, ctx: &Context<'_>) -> Result<&TotalCounts> {
        let counted = self.counts.get_or_try_init(|| async { ctx.services()?.count_everything(ctx.caller()?).await });
        Ok(counted.await?)
    }
}

/// How much one person has stored.
#[derive(SimpleObject)]
pub(in crate::graphql) struct PersonUsage {
    /// Who.
    user: UserObject,
    /// What that person has stored, the trash included.
    used_bytes: ByteSize,
    /// What of that lies in the trash.
    trash_bytes: ByteSize,
    /// How many files that are, without those in the trash.
    files: i32,
}

impl From<quotas::PersonUsage> for PersonUsage {
    fn from(quotas::PersonUsage { user, usage }: quotas::PersonUsage) -> Self {
        Self {
            user: UserObject(user),
            used_bytes: ByteSize(usage.used_bytes),
            trash_bytes: ByteSize(usage.trash_bytes),
            files: saturated(usage.files),
        }
    }
}

impl From<quotas::StorageUsage> for StorageUsage {
    fn from(usage: quotas::StorageUsage) -> Self {
        Self {
            used_bytes: ByteSize(usage.used_bytes),
            trash_bytes: ByteSize(usage.trash_bytes),
            limit_bytes: usage.limit_bytes.map(ByteSize),
            everybody: usage.everybody.map(|usage| TotalUsage { usage, counts: OnceCell::new() }),
        }
    }
}
