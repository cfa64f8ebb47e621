//! `[storage]`

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::problem::Problems;
use super::web_address::WebAddress;
use super::{optional, secret};

choice! {
    /// What keeps the sealed objects.
    StorageBackend {
        /// A folder.
        Fs = "fs",
        /// An S3 bucket, or one that speaks like it.
        S3 = "s3",
        /// A Google Cloud Storage bucket.
        Gcs = "gcs",
        /// This process; gone when it ends.
        Memory = "memory",
    }
}

choice! {
    /// Whether new objects are created on the condition that they are not there.
    ConditionalCreate {
        /// Where the service keeps such a condition; it is asked once.
        Auto = "auto",
        /// Always.
        Always = "always",
        /// Never.
        Never = "never",
    }
}

/// Where the sealed objects live.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// Which of the sections below counts. Default `fs`.
    pub backend: StorageBackend,
    /// Seconds that one call to a bucket may take, sending a part included; 1 to 3600. Default 60.
    pub call_timeout_seconds: u64,
    /// How often a call to a bucket that failed for the moment is tried again; at most 20. Default 4.
    pub max_retries: u64,
    /// For `fs`.
    pub fs: FsStorageConfig,
    /// For `s3`.
    pub s3: S3StorageConfig,
    /// For `gcs`.
    pub gcs: GcsStorageConfig,
}

/// A folder for objects.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FsStorageConfig {
    /// The folder; `None` is `objects` under `data_dir`: ask `Config::objects_dir`.
    #[serde(with = "optional")]
    pub root: Option<PathBuf>,
}

/// An S3 bucket for objects.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct S3StorageConfig {
    /// The bucket; needed where the backend is `s3`.
    #[serde(with = "optional")]
    pub bucket: Option<String>,
    /// http or https address of the service; `None` is Amazon's.
    #[serde(with = "optional")]
    pub endpoint: Option<String>,
    /// The region, e.g. `eu-central-1`.
    #[serde(with = "optional")]
    pub region: Option<String>,
    /// The access key's id, given together with the key; `None` leaves both to the machine's own credentials.
    #[serde(with = "optional")]
    pub access_key_id: Option<String>,
    /// The access key. Secret.
    #[serde(serialize_with = "secret::serialize", deserialize_with = "secret::deserialize")]
    pub secret_access_key: Option<SecretString>,
    /// The file that the access key was read from.
    #[serde(with = "optional")]
    pub secret_access_key_file: Option<PathBuf>,
    /// `bucket.host/object` instead of `host/bucket/object`. Default false.
    pub virtual_host_style: bool,
    /// Whether new objects are created on the condition that they are not there. Default `auto`.
    pub conditional_create: ConditionalCreate,
}

/// A Google Cloud Storage bucket for objects.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GcsStorageConfig {
    /// The bucket; needed where the backend is `gcs`.
    #[serde(with = "optional")]
    pub bucket: Option<String>,
    /// http or https address of the service; `None` is Google's.
    #[serde(with = "optional")]
    pub endpoint: Option<String>,
    /// The JSON file of a service account or of a workload identity; `None` leaves it to the machine's own credentials.
    #[serde(with = "optional")]
    pub credential_file: Option<PathBuf>,
    /// No credentials at all, as emulators want it. Default false.
    pub anonymous: bool,
}

impl StorageConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        let S3StorageConfig { secret_access_key: key, secret_access_key_file: file, .. } = &mut self.s3;
        secret::read_from_file(problems, "storage.s3.secret_access_key", key, file.as_deref());
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("storage.call_timeout_seconds", self.call_timeout_seconds, 1..=3600);
        problems.require_within("storage.max_retries", self.max_retries, 0..=20);
        let s3_is_whole = self.backend != StorageBackend::S3 || self.s3.bucket.is_some();
        problems.require("storage.s3.bucket", s3_is_whole, "`storage.backend` is \"s3\", so a bucket is needed");
        let gcs_is_whole = self.backend != StorageBackend::Gcs || self.gcs.bucket.is_some();
        problems.require("storage.gcs.bucket", gcs_is_whole, "`storage.backend` is \"gcs\", so a bucket is needed");
        check_endpoint(problems, "storage.s3.endpoint", self.s3.endpoint.as_deref());
        check_endpoint(problems, "storage.gcs.endpoint", self.gcs.endpoint.as_deref());

        let key_is_given = self.s3.secret_access_key.is_some() || self.s3.secret_access_key_file.is_some();
        if self.s3.access_key_id.is_some() && !key_is_given {
            let reason = "`storage.s3.access_key_id` is given, so the key itself is needed";
            problems.add("storage.s3.secret_access_key", reason);
        }
        if key_is_given && self.s3.access_key_id.is_none() {
            let reason = "`storage.s3.secret_access_key` is given, so the id of the key is needed";
            problems.add("storage.s3.access_key_id", reason);
        }
        if self.gcs.anonymous && self.gcs.credential_file.is_some() {
            problems.add("storage.gcs.anonymous", "`storage.gcs.credential_file` is given too; give one of them");
        }
    }
}

impl S3StorageConfig {
    pub(super) fn forget_secrets_from_files(&mut self) {
        if self.secret_access_key_file.is_some() {
            self.secret_access_key = None;
        }
    }
}

fn check_endpoint(problems: &mut Problems, key: &str, endpoint: Option<&str>) {
    match endpoint.map(WebAddress::parse) {
        None => {}
        Some(Err(reason)) => problems.add(key, reason),
        Some(Ok(address)) => problems.require(key, address.is_http(), "http:// or https:// is wanted"),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with, problems_of};

    #[test]
    fn buckets_are_needed_where_they_are_used() {
        for (backend, key, variable) in [
            ("s3", "storage.s3.bucket", "STRONGROOM__STORAGE__S3__BUCKET"),
            ("gcs", "storage.gcs.bucket", "STRONGROOM__STORAGE__GCS__BUCKET"),
        ] {
            assert_eq!(problems_of(&[("STRONGROOM__STORAGE__BACKEND", backend)])[0].key, key);
            load_with(&[("STRONGROOM__STORAGE__BACKEND", backend), (variable, "files")]).expect("good");
        }
        assert_refused("STRONGROOM__STORAGE__BACKEND", "ftp");
        assert_accepted("STRONGROOM__STORAGE__BACKEND", "memory");
    }

    #[test]
    fn key_and_its_id_come_together() {
        let (id, key) = ("STRONGROOM__STORAGE__S3__ACCESS_KEY_ID", "STRONGROOM__STORAGE__S3__SECRET_ACCESS_KEY");
        assert_eq!(problems_of(&[(id, "AKIA")])[0].key, "storage.s3.secret_access_key");
        assert_eq!(problems_of(&[(key, "s3cret")])[0].key, "storage.s3.access_key_id");
        load_with(&[(id, "AKIA"), (key, "s3cret")]).expect("good");
    }

    #[test]
    fn endpoints_are_web_addresses() {
        for variable in ["STRONGROOM__STORAGE__S3__ENDPOINT", "STRONGROOM__STORAGE__GCS__ENDPOINT"] {
            for bad in ["minio:9000", "s3://minio", "http://ada:pw@minio:9000"] {
                assert_refused(variable, bad);
            }
            assert_accepted(variable, "http://minio:9000");
        }
    }

    #[test]
    fn patience_has_limits() {
        for (key, bad) in [("CALL_TIMEOUT_SECONDS", "0"), ("CALL_TIMEOUT_SECONDS", "3601"), ("MAX_RETRIES", "21")] {
            assert_refused(&format!("STRONGROOM__STORAGE__{key}"), bad);
        }
        assert_accepted("STRONGROOM__STORAGE__MAX_RETRIES", "0");
        assert_refused("STRONGROOM__STORAGE__S3__CONDITIONAL_CREATE", "sometimes");
        assert_accepted("STRONGROOM__STORAGE__S3__CONDITIONAL_CREATE", "never");
    }

    #[test]
    fn anonymous_takes_no_credentials() {
        let anonymous = ("STRONGROOM__STORAGE__GCS__ANONYMOUS", "true");
        load_with(&[anonymous]).expect("good");
        let problems = problems_of(&[anonymous, ("STRONGROOM__STORAGE__GCS__CREDENTIAL_FILE", "/etc/gcs.json")]);
        assert_eq!(problems[0].key, "storage.gcs.anonymous");
    }
}
