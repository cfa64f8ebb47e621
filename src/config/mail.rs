//! `[mail]`

use std::fmt;

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::problem::Problems;
use super::smtp::SmtpConfig;
use crate::domain::email::EmailAddress;

choice! {
    /// How mail leaves.
    MailTransport {
        /// One `.eml` a message, in `Config::mail_dir`.
        File = "file",
        /// To the server of `[mail.smtp]`.
        Smtp = "smtp",
        /// Nowhere: the log says that there would have been a mail.
        Log = "log",
    }
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// How mail leaves. Default `file`.
    pub transport: MailTransport,
    /// Who it is from. Default `Strongroom <strongroom@localhost>`.
    pub from: Sender,
    /// The server for `smtp`.
    pub smtp: SmtpConfig,
}

impl MailConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        self.smtp.read_secrets(problems);
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.transport == MailTransport::Smtp {
            self.smtp.check(problems);
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
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with};

    #[test]
    fn transports_are_those_of_the_contract() {
        for word in ["file", "log"] {
            assert_accepted("STRONGROOM__MAIL__TRANSPORT", word);
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
