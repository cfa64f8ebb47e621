//! Downloads, as they happen.

use async_graphql::Object;

use super::scalar::DateTime;
use super::share::ShareObject;
use super::user::UserObject;
use crate::services::feed::DownloadView;

/// A download.
pub(in crate::graphql) struct DownloadObject(pub(in crate::graphql) DownloadView);

/// One download, at the moment it is counted.
#[Object(name = "Download")]
impl DownloadObject {
    /// Through which share.
    async fn share(&self) -> ShareObject {
        ShareObject(self.0.share.clone())
    }

    /// Who downloads.
    async fn recipient(&self) -> UserObject {
        UserObject(self.0.recipient.clone())
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}
