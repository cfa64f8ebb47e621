//! `[uploads]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use crate::domain::media::DocumentKind;

/// What a sealed blob can hold: 2^32 chunks of 64 KiB.
const MAX_FILE_BYTES: u64 = 1 << 48;

/// What may be uploaded.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UploadsConfig {
    /// Extensions in lower case and without a dot, each with a content check. Default docx, pptx and xlsx.
    pub allowed_extensions: Vec<String>,
    /// The largest file, in bytes of plaintext; 1 to 2^48. Default 5 GiB.
    pub max_file_bytes: u64,
    /// Files in one GraphQL multipart request; 1 to 1000. Default 20.
    pub max_files_per_request: usize,
    /// Seconds after which an upload that does not renew itself counts as left behind. Default 3600.
    pub staging_lease_seconds: u64,
    /// Seconds after which an upload in several requests that gets nothing is swept away. Default 86400.
    pub transfer_ttl_seconds: u64,
    /// Seconds without a byte after which an upload is given up; less than the lease. Default 60.
    pub progress_timeout_seconds: u64,
}

impl UploadsConfig {
    /// The kinds of document that may be uploaded.
    pub fn allowed_kinds(&self) -> Vec<DocumentKind> {
        self.allowed_extensions.iter().filter_map(|extension| DocumentKind::from_extension(extension)).collect()
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let key = "uploads.allowed_extensions";
        problems.require(key, !self.allowed_extensions.is_empty(), "at least one extension is needed");
        for extension in &self.allowed_extensions {
            let bare = extension.trim_start_matches('.').to_lowercase();
            if DocumentKind::from_extension(extension).is_some() {
                continue;
            } else if DocumentKind::from_extension(&bare).is_some() {
                problems.add(key, format!("write \"{bare}\" for \"{extension}\": lower case, no dot"));
            } else {
                let known: Vec<_> = DocumentKind::ALL.iter().map(|kind| kind.extension()).collect();
                let reason = format!("there is no content check for \"{extension}\", only for {}", known.join(", "));
                problems.add(key, reason);
            }
        }
        problems.require_within("uploads.max_file_bytes", self.max_file_bytes, 1..=MAX_FILE_BYTES);
        problems.require_within("uploads.max_files_per_request", self.max_files_per_request, 1..=1000);
        problems.require_within("uploads.staging_lease_seconds", self.staging_lease_seconds, 60..=7 * 24 * 3600);
        problems.require_within("uploads.transfer_ttl_seconds", self.transfer_ttl_seconds, 60..=30 * 24 * 3600);
        problems.require_within("uploads.progress_timeout_seconds", self.progress_timeout_seconds, 1..=3600);
        if self.progress_timeout_seconds >= self.staging_lease_seconds {
            problems.add("uploads.progress_timeout_seconds", "it must be less than `uploads.staging_lease_seconds`");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with, problems_of};

    #[test]
    fn every_extension_has_a_content_check() {
        for bad in [
            r#"["pdf"]"#,
            r#"["docx", "exe"]"#,
            r#"["DOCX"]"#,
            r#"[".docx"]"#,
            r#"[""]"#,
            "[]",
            "[1]",
            "docx",
            r#""docx""#,
        ] {
            assert_refused("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", bad);
        }
        let problems = problems_of(&[("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", r#"["docx", "exe", "pdf"]"#)]);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].reason.contains("no content check for \"exe\""), "{}", problems[0]);
        assert!(problems[1].reason.contains("no content check for \"pdf\""), "{}", problems[1]);
    }

    #[test]
    fn extensions_name_kinds() {
        let config = load_with(&[("STRONGROOM__UPLOADS__ALLOWED_EXTENSIONS", r#"["xlsx", "docx"]"#)]).expect("good");
        assert_eq!(config.uploads.allowed_kinds(), [DocumentKind::Xlsx, DocumentKind::Docx]);
    }

    #[test]
    fn numbers_have_limits() {
        for (variable, bad) in [
            ("STRONGROOM__UPLOADS__MAX_FILE_BYTES", "0"),
            ("STRONGROOM__UPLOADS__MAX_FILE_BYTES", "281474976710657"),
            ("STRONGROOM__UPLOADS__MAX_FILES_PER_REQUEST", "0"),
            ("STRONGROOM__UPLOADS__STAGING_LEASE_SECONDS", "59"),
            ("STRONGROOM__UPLOADS__PROGRESS_TIMEOUT_SECONDS", "0"),
            ("STRONGROOM__UPLOADS__PROGRESS_TIMEOUT_SECONDS", "3600"),
        ] {
            assert_refused(variable, bad);
        }
        assert_accepted("STRONGROOM__UPLOADS__MAX_FILE_BYTES", "281474976710656");
        assert_accepted("STRONGROOM__UPLOADS__MAX_FILE_BYTES", "1");
    }
}
