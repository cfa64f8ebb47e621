//! How much is stored.

use async_graphql::SimpleObject;

use super::scalar::ByteSize;
use crate::services::quotas;

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

/// How much everybody has stored together.
#[derive(SimpleObject)]
pub(in crate::graphql) struct TotalUsage {
    /// What is stored, trashes included.
    used_bytes: ByteSize,
    /// How much may be stored; null where there is no limit.
    limit_bytes: Option<ByteSize>,
}

impl From<quotas::StorageUsage> for StorageUsage {
    fn from(usage: quotas::StorageUsage) -> Self {
        let everybody = usage.everybody.map(|total| TotalUsage {
            used_bytes: ByteSize(total.used_bytes),
            limit_bytes: total.limit_bytes.map(ByteSize),
        });
        Self {
            used_bytes: ByteSize(usage.used_bytes),
            trash_bytes: ByteSize(usage.trash_bytes),
            limit_bytes: usage.limit_bytes.map(ByteSize),
            everybody,
        }
    }
}
