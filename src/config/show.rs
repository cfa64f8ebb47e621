//! The effective configuration as text that may be shown to anyone.

use super::Config;

impl Config {
    /// TOML with every key. Secrets are `[redacted]`; a secret that came from a file is shown as that file, so that
    /// such a text can be loaded again.
    pub fn show(&self) -> String {
        let mut shown = self.clone();
        shown.database.forget_secrets_from_files();
        shown.storage.s3.forget_secrets_from_files();
        shown.auth.forget_secrets_from_files();
        shown.mail.smtp.forget_secrets_from_files();
        toml::to_string(&shown).unwrap_or_else(|error| format!("# cannot be shown as TOML: {error}\n"))
    }
}

#[cfg(test)]
mod tests {
    use toml::Value;

    use crate::config::defaults::DEFAULTS;
    use crate::config::defaults::tests::leaves_of;
    use crate::config::load::tests::{TempFile, load_with};

    const SECRETS: [(&str, &str); 6] = [
        ("STRONGROOM__DATABASE__USERNAME", "ada"),
        ("STRONGROOM__DATABASE__PASSWORD", "s3cret-1"),
        ("STRONGROOM__STORAGE__S3__ACCESS_KEY_ID", "AKIA"),
        ("STRONGROOM__STORAGE__S3__SECRET_ACCESS_KEY", "s3cret-2"),
        ("STRONGROOM__AUTH__PASSWORD__PEPPER", "s3cret-4-and-long-enough"),
        ("STRONGROOM__MAIL__SMTP__URL", "smtp://ada:s3cret-3@mail.example.com"),
    ];

    #[test]
    fn secrets_are_not_shown() {
        let config = load_with(&SECRETS).expect("good");
        let shown = config.show();
        for text in [format!("{config:?}"), format!("{config:#?}"), shown.clone()] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        let differing: Vec<_> = {
            let defaults = leaves_of(DEFAULTS);
            leaves_of(&shown).into_iter().filter(|(key, value)| defaults.get(key) != Some(value)).collect()
        };
        let wanted = [
            ("auth.password.pepper", "[redacted]"),
            ("database.password", "[redacted]"),
            ("database.username", "ada"),
            ("mail.smtp.url", "[redacted]"),
            ("storage.s3.access_key_id", "AKIA"),
            ("storage.s3.secret_access_key", "[redacted]"),
        ];
        assert_eq!(differing, wanted.map(|(key, value)| (key.to_owned(), Value::from(value))));
        let debug = format!("{:?}", config.database);
        assert!(debug.contains("password: Some(SecretBox<str>([REDACTED]))"), "{debug}");
    }

    #[test]
    fn what_is_shown_can_be_loaded_again() {
        let secret = TempFile::holding("s3cret\n");
        let secret_path = secret.path().display().to_string();
        let config = load_with(&[
            ("STRONGROOM__DATABASE__USERNAME", "ada"),
            ("STRONGROOM__DATABASE__PASSWORD_FILE", &secret_path),
            ("STRONGROOM__MAIL__SMTP__URL_FILE", &secret_path),
            ("STRONGROOM__STORAGE__S3__ACCESS_KEY_ID", "AKIA"),
            ("STRONGROOM__STORAGE__S3__SECRET_ACCESS_KEY_FILE", &secret_path),
            ("STRONGROOM__SERVER__TRUSTED_PROXIES", r#"["10.0.0.0/8", "::1"]"#),
            ("STRONGROOM__LOG__FORMAT", "json"),
            ("STRONGROOM__DATA_DIR", "/srv/\"strong\" room"),
        ])
        .expect("good");
        let again = TempFile::holding(&config.show()).load().expect("good");
        assert_eq!(format!("{again:?}"), format!("{config:?}"));
        assert!(again.database.password.is_some() && again.mail.smtp.url.is_some());
    }
}
