//! `[sharing]`

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::problem::Problems;

choice! {
    /// With whom a new file is shared by itself.
    OnUpload {
        /// With nobody.
        Nobody = "nobody",
        /// With every Client.
        EveryClient = "every_client",
    }
}

/// With whom files may be shared.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SharingConfig {
    /// Whether a file may be shared with every Client at once. Default false.
    pub every_client_allowed: bool,
    /// With whom a new file is shared by itself; `every_client` needs the key above. Default `nobody`.
    pub on_upload: OnUpload,
}

impl SharingConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        let holds = self.every_client_allowed || self.on_upload != OnUpload::EveryClient;
        problems.require(
            "sharing.on_upload",
            holds,
            "\"every_client\" needs `sharing.every_client_allowed` to be true",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with};

    #[test]
    fn sharing_with_every_client_must_be_allowed_first() {
        let (allowed, on_upload) = ("STRONGROOM__SHARING__EVERY_CLIENT_ALLOWED", "STRONGROOM__SHARING__ON_UPLOAD");
        assert_refused(on_upload, "every_client");
        assert_refused(on_upload, "everyone");
        assert_accepted(allowed, "true");
        load_with(&[(allowed, "true"), (on_upload, "every_client")]).expect("good");
    }
}
