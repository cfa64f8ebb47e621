//! `[database]`

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::web_address::WebAddress;
use super::{optional, secret};

/// The smallest write buffer the engine works well with.
const MIN_MEMTABLE_BYTES: u64 = 8 * 1024 * 1024;
/// More than any machine has; keeps the sums that the engine does with it from overflowing.
const MAX_CACHE_BYTES: u64 = 1 << 40;

/// Where metadata lives.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `surrealkv://path`, `mem://`, `ws://host:port`, `wss://host:port` or `tikv://host:port`; `None` is the embedded
    /// database under `data_dir`: ask `Config::database_url`.
    #[serde(with = "optional")]
    pub url: Option<String>,
    /// The SurrealDB namespace. Default `strongroom`.
    pub namespace: String,
    /// The SurrealDB database. Default `strongroom`.
    pub database: String,
    /// Who signs in to a remote server; given together with the password.
    #[serde(with = "optional")]
    pub username: Option<String>,
    /// The password to it. Secret.
    #[serde(serialize_with = "secret::serialize", deserialize_with = "secret::deserialize")]
    pub password: Option<SecretString>,
    /// The file that the password was read from.
    #[serde(with = "optional")]
    pub password_file: Option<PathBuf>,
    /// Whether `ws://` may leave this machine. Default false.
    pub allow_plaintext: bool,
    /// Bytes of memory for reading, in the embedded database. Default 128 MiB.
    pub block_cache_bytes: u64,
    /// Bytes of memory for writing, in the embedded database; up to three such buffers at once. Default 32 MiB.
    pub memtable_bytes: u64,
    /// Seconds after which a query is given up. Default 10.
    pub query_timeout_seconds: u64,
}

impl DatabaseConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        secret::read_from_file(problems, "database.password", &mut self.password, self.password_file.as_deref());
    }

    pub(super) fn forget_secrets_from_files(&mut self) {
        if self.password_file.is_some() {
            self.password = None;
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Err(reason) = self.url.as_deref().map_or(Ok(()), |url| check_url(url, self.allow_plaintext)) {
            problems.add("database.url", reason);
        }
        problems.require("database.namespace", !self.namespace.is_empty(), "a name is needed");
        problems.require("database.database", !self.database.is_empty(), "a name is needed");
        let password_is_given = self.password.is_some() || self.password_file.is_some();
        if self.username.is_some() && !password_is_given {
            problems.add("database.password", "`database.username` is given, so a password is needed");
        }
        if password_is_given && self.username.is_none() {
            problems.add("database.username", "`database.password` is given, so a user name is needed");
        }
        problems.require_within("database.block_cache_bytes", self.block_cache_bytes, 1024 * 1024..=MAX_CACHE_BYTES);
        problems.require_within("database.memtable_bytes", self.memtable_bytes, MIN_MEMTABLE_BYTES..=MAX_CACHE_BYTES);
        problems.require_within("database.query_timeout_seconds", self.query_timeout_seconds, 1..=3600);
    }
}

fn check_url(url: &str, allow_plaintext: bool) -> Result<(), &'static str> {
    const SCHEMES: &str = "surrealkv://, mem://, ws://, wss:// or tikv:// is wanted";
    let (scheme, rest) = url.split_once("://").ok_or(SCHEMES)?;
    match scheme {
        "surrealkv" if rest.is_empty() => Err("surrealkv:// needs a path behind it"),
        "surrealkv" if rest.contains(['?', '#']) => {
            Err("surrealkv:// takes a path and no options; the server sets them")
        }
        "mem" if !rest.is_empty() => Err("mem:// takes nothing behind it"),
        "surrealkv" | "mem" => Ok(()),
        "wss" => WebAddress::parse(url).map(drop),
        "ws" | "http" if !WebAddress::parse(url)?.is_loopback() && !allow_plaintext => {
            Err("everything would leave this machine unencrypted: use wss://, or set `database.allow_plaintext`")
        }
        "ws" => Ok(()),
        "http" | "https" => Err("SurrealDB is reached by ws:// or wss:// here"),
        "tikv" if !cfg!(feature = "tikv") => Err("this program was built without TiKV (cargo feature `tikv`)"),
        "tikv" => WebAddress::parse(url).map(drop),
        _ => Err(SCHEMES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with, problems_of};

    #[test]
    fn url_has_a_known_scheme() {
        for bad in [
            "strongroom",
            "rocksdb://data",
            "memory",
            "surrealkv://",
            "surrealkv://data?sync=never",
            "mem://x",
            "ws://",
            "wss://a b",
            "http://127.0.0.1:8000",
            "https://db.example.com",
            "ws://ada:pw@127.0.0.1:8000",
            "tikv://",
        ] {
            assert_refused("STRONGROOM__DATABASE__URL", bad);
        }
        for good in
            ["surrealkv://data/db", "surrealkv:///var/db", "mem://", "ws://127.0.0.1:8000", "wss://db.example.com"]
        {
            assert_accepted("STRONGROOM__DATABASE__URL", good);
        }
        assert_eq!(check_url("tikv://127.0.0.1:2379", false).is_ok(), cfg!(feature = "tikv"));
    }

    #[test]
    fn plaintext_stays_on_this_machine_unless_told_otherwise() {
        for url in ["ws://db.example.com:8000", "http://db.example.com:8000", "ws://10.0.0.7"] {
            let problems = problems_of(&[("STRONGROOM__DATABASE__URL", url)]);
            assert!(problems[0].reason.contains("database.allow_plaintext"), "{}", problems[0]);
        }
        let allowed =
            [("STRONGROOM__DATABASE__URL", "ws://10.0.0.7:8000"), ("STRONGROOM__DATABASE__ALLOW_PLAINTEXT", "true")];
        load_with(&allowed).expect("good");
    }

    #[test]
    fn a_password_in_the_url_is_not_repeated() {
        let problems = problems_of(&[("STRONGROOM__DATABASE__URL", "ws://ada:s3cret@127.0.0.1")]);
        assert!(!format!("{problems:?}").contains("s3cret"), "{problems:?}");
    }

    #[test]
    fn username_and_password_come_together() {
        assert_eq!(problems_of(&[("STRONGROOM__DATABASE__USERNAME", "ada")])[0].key, "database.password");
        assert_eq!(problems_of(&[("STRONGROOM__DATABASE__PASSWORD", "pw")])[0].key, "database.username");
        load_with(&[("STRONGROOM__DATABASE__USERNAME", "ada"), ("STRONGROOM__DATABASE__PASSWORD", "pw")])
            .expect("good");
    }

    #[test]
    fn numbers_have_limits() {
        for (variable, bad) in [
            ("STRONGROOM__DATABASE__MEMTABLE_BYTES", "8388607"),
            ("STRONGROOM__DATABASE__BLOCK_CACHE_BYTES", "0"),
            ("STRONGROOM__DATABASE__QUERY_TIMEOUT_SECONDS", "0"),
            ("STRONGROOM__DATABASE__QUERY_TIMEOUT_SECONDS", "-1"),
            ("STRONGROOM__DATABASE__NAMESPACE", ""),
            ("STRONGROOM__DATABASE__DATABASE", ""),
        ] {
            assert_refused(variable, bad);
        }
        assert_accepted("STRONGROOM__DATABASE__MEMTABLE_BYTES", "8_388_608");
    }
}
