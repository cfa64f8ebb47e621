//! `[mail]`

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::problem::Problems;
use super::{optional, secret};
use crate::domain::email::EmailAddress;

choice! {
    /// How mail leaves.
    MailTransport {
        /// One `.eml` a message, in `Config::mail_dir`.
        File = "file",
    }
    reserved: "log", "smtp"
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// How mail leaves. Default `file`.
    pub transport: MailTransport,
    /// Who it is from. Default `Strongroom <strongroom@localhost>`.
    pub from: Sender,
    /// For `smtp`.
    pub smtp: SmtpConfig,
}

/// The mail server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// `smtp://user:password@host:587` or `smtps://…`. Secret.
    #[serde(serialize_with = "secret::serialize", deserialize_with = "secret::deserialize")]
    pub url: Option<SecretString>,
    /// The file that the address was read from.
    #[serde(with = "optional")]
    pub url_file: Option<PathBuf>,
}

impl MailConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        secret::read_from_file(problems, "mail.smtp.url", &mut self.smtp.url, self.smtp.url_file.as_deref());
    }
}

impl SmtpConfig {
    pub(super) fn forget_secrets_from_files(&mut self) {
        if self.url_file.is_some() {
            self.url = None;
        }
    }
}

/// Who mail is from: an address, and a name where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sender {
    /// What mail programs show.
    pub name: Option<String>,
    /// Where answers go.
    pub address: EmailAddress,
}

impl Sender {
    /// Reads `address` or `Name <address>`. `None` for anything else, also where the name holds control characters,
    /// quotes or angle brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, address) = match text.trim().strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        if name.chars().any(|c| c.is_control() || "\"<>\\".contains(c)) {
            return None;
        }
        let address = EmailAddress::parse(address)?;
        Some(Self { name: (!name.is_empty()).then(|| name.to_owned()), address })
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address.as_str()),
            None => f.write_str(self.address.as_str()),
        }
    }
}

impl From<Sender> for String {
    fn from(sender: Sender) -> Self {
        sender.to_string()
    }
}

impl TryFrom<String> for Sender {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
            .ok_or("an address, or a name and an address, such as `Strongroom <files@example.com>`, is wanted")
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with, problems_of};

    #[test]
    fn reserved_transports_are_not_there_yet() {
        for word in ["log", "smtp"] {
            let problems = problems_of(&[("STRONGROOM__MAIL__TRANSPORT", word)]);
            assert!(problems[0].reason.contains(&format!("\"{word}\" is not available yet")), "{}", problems[0]);
        }
        assert_refused("STRONGROOM__MAIL__TRANSPORT", "pigeon");
    }

    #[test]
    fn sender_is_an_address_with_or_without_a_name() {
        for bad in [
            "",
            "Strongroom",
            "Strongroom <>",
            "<a@b",
            "a@b>",
            "A <a@b> <c@d>",
            "A\r\nBcc: eve@x <a@b>",
            "\"A\" <a@b>",
            "a@b, c@d",
        ] {
            assert_refused("STRONGROOM__MAIL__FROM", bad);
        }
        assert_accepted("STRONGROOM__MAIL__FROM", "files@example.com");
        let config = load_with(&[("STRONGROOM__MAIL__FROM", "Files, please! <Files@Example.com>")]).expect("good");
        assert_eq!(config.mail.from.name.as_deref(), Some("Files, please!"));
        assert_eq!(config.mail.from.to_string(), "Files, please! <files@example.com>");
    }
}
