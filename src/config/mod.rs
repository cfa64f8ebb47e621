//! What the operator decided: one file a section, and how the layers come together.
//!
//! Floor 1. `config.toml` at the root of the repository is built in and is the schema at once: it holds every key
//! with its default, a key that is not in it is unknown, and the type of its value is the type of the key. Over it
//! come the operator's file, the environment and the flags. Nothing else in the program reads the environment.
//!
//! To add a key: a field here, the key with a comment in `config.toml`, its rules in the section's `check`.
//! A key that may be left open is `""` in TOML and `None` here. A secret `x` has a sibling `x_file`.

mod auth;
mod choice;
mod database;
mod defaults;
mod error;
mod graphql;
mod ip_network;
mod janitor;
mod keys;
mod layers;
mod links;
mod load;
mod log;
mod mail;
mod metrics;
mod optional;
mod paths;
mod policy;
mod problem;
mod quotas;
mod rate_limits;
mod retention;
mod secret;
mod server;
mod sharing;
mod show;
mod signup;
mod smtp;
mod storage;
mod uploads;
mod web_address;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::auth::{AuthConfig, PasswordConfig, RoleName};
pub use self::database::DatabaseConfig;
pub use self::error::Error;
pub use self::graphql::{GraphqlConfig, Introspection};
pub use self::ip_network::IpNetwork;
pub use self::janitor::JanitorConfig;
pub use self::keys::{KeySource, KeysConfig};
pub use self::links::LinksConfig;
pub use self::load::{Overrides, process_environment};
pub use self::log::{LogConfig, LogFormat};
pub use self::mail::{MailConfig, MailTransport, Sender};
pub use self::metrics::MetricsConfig;
pub use self::policy::PolicyConfig;
pub use self::problem::{Problem, Source};
pub use self::quotas::QuotasConfig;
pub use self::rate_limits::RateLimitsConfig;
pub use self::retention::RetentionConfig;
pub use self::server::ServerConfig;
pub use self::sharing::{OnUpload, SharingConfig};
pub use self::signup::{SignupConfig, SignupMode};
pub use self::smtp::{SmtpConfig, SmtpServer};
pub use self::storage::{
    ConditionalCreate, FsStorageConfig, GcsStorageConfig, S3StorageConfig, StorageBackend, StorageConfig,
};
pub use self::uploads::UploadsConfig;

/// The effective configuration. `Debug` and `show` keep secrets to themselves.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder of the embedded database, local objects, keys and file mail. Default `data`.
    pub data_dir: PathBuf,
    /// The listener and what stands in front of it.
    pub server: ServerConfig,
    /// Where metadata lives.
    pub database: DatabaseConfig,
    /// Where the sealed objects live.
    pub storage: StorageConfig,
    /// What may be uploaded.
    pub uploads: UploadsConfig,
    /// With whom files may be shared.
    pub sharing: SharingConfig,
    /// How long files are kept, and deleted ones can be brought back.
    pub retention: RetentionConfig,
    /// How many bytes may be stored.
    pub quotas: QuotasConfig,
    /// Where the key ring comes from.
    pub keys: KeysConfig,
    /// The GraphQL endpoint.
    pub graphql: GraphqlConfig,
    /// Who may sign up.
    pub signup: SignupConfig,
    /// Download links.
    pub links: LinksConfig,
    /// Tokens and passwords.
    pub auth: AuthConfig,
    /// Outgoing mail.
    pub mail: MailConfig,
    /// Rate limits.
    pub rate_limits: RateLimitsConfig,
    /// The listener for Prometheus.
    pub metrics: MetricsConfig,
    /// The log.
    pub log: LogConfig,
    /// Who may do what.
    pub policy: PolicyConfig,
    /// The sweeper of what is left behind.
    pub janitor: JanitorConfig,
}
