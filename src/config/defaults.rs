//! The built-in layer, which is also the list of all keys and their types.

/// Every key with its default and a comment, as it lies at the root of the repository.
pub(super) const DEFAULTS: &str = include_str!("../../config.toml");

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use toml::{Table, Value};

    use super::*;
    use crate::config::Config;
    use crate::config::load::tests::load_with;

    fn leaves(table: &Table, section: &str, found: &mut BTreeMap<String, Value>) {
        for (name, value) in table {
            let key = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
            match value {
                Value::Table(inner) => leaves(inner, &key, found),
                leaf => drop(found.insert(key, leaf.clone())),
            }
        }
    }

    /// Every key of a TOML text, sections first, with its value.
    pub(in crate::config) fn leaves_of(text: &str) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        leaves(&text.parse().expect("TOML"), "", &mut found);
        found
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let defaults = leaves_of(DEFAULTS);
        for (key, wanted) in [
            ("data_dir", r#""data""#),
            ("server.listen", r#""127.0.0.1:8080""#),
            ("server.public_url", r#""http://127.0.0.1:8080""#),
            ("server.allowed_origins", "[]"),
            ("server.trusted_proxies", "[]"),
            ("server.write_timeout_seconds", "120"),
            ("database.namespace", r#""strongroom""#),
            ("database.database", r#""strongroom""#),
            ("storage.backend", r#""fs""#),
            ("uploads.allowed_extensions", r#"["docx","pptx","xlsx"]"#),
            ("uploads.max_file_bytes", "5_368_709_120"),
            ("sharing.every_client_allowed", "false"),
            ("sharing.on_upload", r#""nobody""#),
            ("retention.trash_days", "7"),
            ("keys.source", r#""file""#),
            ("graphql.introspection", r#""signed_in""#),
            ("signup.client", r#""open""#),
            ("signup.ops", r#""invite""#),
            ("links.default_ttl_seconds", "600"),
            ("links.max_ttl_seconds", "86400"),
            ("auth.access_token_ttl_seconds", "900"),
            ("auth.refresh_token_ttl_seconds", "2592000"),
            ("mail.transport", r#""file""#),
            ("rate_limits.enabled", "true"),
            ("metrics.listen", r#""127.0.0.1:9090""#),
            ("log.filter", r#""info""#),
        ] {
            assert_eq!(defaults.get(key), wanted.parse().ok().as_ref(), "{key}");
        }
        for key in [
            "database.url",
            "database.username",
            "database.password",
            "storage.fs.root",
            "storage.s3.bucket",
            "storage.s3.endpoint",
            "storage.s3.region",
            "storage.s3.access_key_id",
            "storage.s3.secret_access_key",
            "storage.gcs.bucket",
            "storage.gcs.endpoint",
            "storage.gcs.credential_file",
            "keys.file",
            "mail.smtp.url",
            "log.format",
            "policy.dir",
        ] {
            assert_eq!(defaults.get(key), Some(&Value::String(String::new())), "{key}");
        }
        let config = load_with(&[]).expect("the defaults are good");
        assert_eq!(config.database_url(), "surrealkv://data/database");
        assert_eq!(config.objects_dir(), Path::new("data/objects"));
        assert_eq!(config.keys_file(), Path::new("data/keys"));
        assert_eq!(config.mail_dir(), Path::new("data/mail"));
    }

    #[test]
    fn no_key_is_missing_from_the_defaults() {
        for key in leaves_of(DEFAULTS).keys() {
            let mut table: Table = DEFAULTS.parse().expect("TOML");
            let mut path: Vec<_> = key.split('.').collect();
            let name = path.pop().expect("a name");
            let section = path.iter().fold(&mut table, |table, name| table[*name].as_table_mut().expect("a section"));
            section.remove(name).expect("there");
            let error = table.try_into::<Config>().expect_err(key).to_string();
            assert!(error.contains(&format!("missing field `{name}`")), "{key}: {error}");
        }
        let shown = leaves_of(&load_with(&[]).expect("good").show());
        assert_eq!(shown, leaves_of(DEFAULTS), "what is shown of the defaults is the defaults");
    }

    #[test]
    fn every_key_in_the_defaults_has_a_comment() {
        let lines: Vec<_> = DEFAULTS.lines().collect();
        for pair in lines.windows(2) {
            let is_key = pair[1].starts_with(|c: char| c.is_ascii_lowercase());
            assert!(!is_key || pair[0].starts_with("# "), "{}", pair[1]);
        }
    }

    #[test]
    fn every_secret_has_a_file_beside_it() {
        let defaults = leaves_of(DEFAULTS);
        let debug = format!("{:?}", load_with(&[]).expect("good"));
        for key in ["database.password", "storage.s3.secret_access_key", "auth.password.pepper", "mail.smtp.url"] {
            assert!(defaults.contains_key(key) && defaults.contains_key(&format!("{key}_file")), "{key}");
        }
        assert!(debug.contains("password: None"));
    }
}
