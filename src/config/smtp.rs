//! `[mail.smtp]`

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::web_address::WebAddress;
use super::{optional, secret};

/// Where mail is submitted under STARTTLS (RFC 6409).
const SUBMISSION_PORT: u16 = 587;
/// Where mail is submitted under TLS from the start (RFC 8314).
const SUBMISSIONS_PORT: u16 = 465;

/// The mail server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// `smtp://user:password@host:587` or `smtps://…`. Secret: ask [`server`](Self::server) for its parts.
    #[serde(serialize_with = "secret::serialize", deserialize_with = "secret::deserialize")]
    pub url: Option<SecretString>,
    /// The file that the address was read from.
    #[serde(with = "optional")]
    pub url_file: Option<PathBuf>,
    /// Certificates (PEM) that are trusted besides the machine's own.
    #[serde(with = "optional")]
    pub ca_file: Option<PathBuf>,
    /// Whether mail may go to another machine unencrypted. Default false.
    pub allow_plaintext: bool,
}

/// The parts of the mail server's address.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// A name, or a number without brackets.
    pub host: String,
    /// The port; 587 or 465 unless given.
    pub port: u16,
    /// `smtps://`: encrypted from the first byte.
    pub implicit_tls: bool,
    /// Whether a server that offers no encryption is spoken to in the clear: one on this machine, or where
    /// `allow_plaintext` says so.
    pub plaintext_allowed: bool,
    /// User and password.
    pub credentials: Option<(String, SecretString)>,
}

impl SmtpConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        secret::read_from_file(problems, "mail.smtp.url", &mut self.url, self.url_file.as_deref());
    }

    pub(super) fn forget_secrets_from_files(&mut self) {
        if self.url_file.is_some() {
            self.url = None;
        }
    }

    /// The server; `None` where no good address is given.
    pub fn server(&self) -> Option<SmtpServer> {
        parse(self.url.as_ref()?.expose_secret(), self.allow_plaintext).ok()
    }

    /// For a configuration that sends by SMTP.
    pub(super) fn check(&self, problems: &mut Problems) {
        match &self.url {
            // A file that could not be read has been complained about.
            None if self.url_file.is_some() => {}
            None => problems.add("mail.smtp.url", "`mail.transport` is \"smtp\", so an address is needed"),
            Some(url) => {
                if let Err(reason) = parse(url.expose_secret(), self.allow_plaintext) {
                    problems.add("mail.smtp.url", reason);
                }
            }
        }
        if let Some(reason) = self.ca_file.as_deref().and_then(|path| check_certificates(path).err()) {
            problems.add("mail.smtp.ca_file", reason);
        }
    }
}

fn check_certificates(path: &Path) -> Result<(), String> {
    let text = std::fs::read(path).map_err(|failure| format!("cannot read {}: {failure}", path.display()))?;
    let begins = b"-----BEGIN CERTIFICATE-----";
    let holds_one = text.windows(begins.len()).any(|window| window == begins);
    if holds_one { Ok(()) } else { Err(format!("{} holds no certificate in PEM form", path.display())) }
}

/// The reason for a refusal never holds the address: it may hold a password.
fn parse(url: &str, allow_plaintext: bool) -> Result<SmtpServer, &'static str> {
    const FORM: &str = "an address such as smtp://user:password@host:587 or smtps://user:password@host:465 is wanted";
    let (scheme, rest) = url.split_once("://").ok_or(FORM)?;
    let (implicit_tls, usual_port) = match scheme {
        "smtp" => (false, SUBMISSION_PORT),
        "smtps" => (true, SUBMISSIONS_PORT),
        _ => return Err("smtp:// or smtps:// is wanted"),
    };
    // Whatever stands before the last @ is no host, however it is written.
    let (user_info, host) = rest.rsplit_once('@').map_or((None, rest), |(user_info, host)| (Some(user_info), host));
    let address = WebAddress::parse(&format!("{scheme}://{host}"))?;
    if !matches!(address.path.as_str(), "" | "/") {
        return Err("nothing may stand behind host and port");
    }
    Ok(SmtpServer {
        host: address.host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: address.port.unwrap_or(usual_port),
        implicit_tls,
        plaintext_allowed: allow_plaintext || address.is_loopback(),
        credentials: user_info.map(credentials).transpose()?,
    })
}

fn credentials(user_info: &str) -> Result<(String, SecretString), &'static str> {
    let (user, password) = user_info.split_once(':').ok_or("a user needs a password: user:password@host")?;
    let (user, password) = (decoded(user)?, decoded(password)?);
    if user.is_empty() || password.is_empty() {
        return Err("give both a user and a password before the @, or neither");
    }
    Ok((user, password.into()))
}

fn decoded(text: &str) -> Result<String, &'static str> {
    let is_hex = |digit: Option<&u8>| digit.is_some_and(u8::is_ascii_hexdigit);
    let bytes = text.as_bytes();
    let signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    if !signs.into_iter().all(|(at, _)| is_hex(bytes.get(at + 1)) && is_hex(bytes.get(at + 2))) {
        return Err("in user and password, write a percent sign as %25");
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "user and password must be UTF-8")?;
    if decoded.contains('\0') {
        return Err("user and password cannot hold a zero byte");
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::tests::{load_with, problems_of};

    const TRANSPORT: (&str, &str) = ("STRONGROOM__MAIL__TRANSPORT", "smtp");
    const URL: &str = "STRONGROOM__MAIL__SMTP__URL";

    fn good(url: &str) -> SmtpServer {
        parse(url, false).unwrap_or_else(|reason| panic!("{url}: {reason}"))
    }

    #[test]
    fn the_parts_are_read() {
        let server = good("smtp://ada:s%3Acr%40t%25@mail.example.com");
        assert_eq!((server.host.as_str(), server.port, server.implicit_tls), ("mail.example.com", 587, false));
        let (user, password) = server.credentials.expect("credentials");
        assert_eq!((user.as_str(), password.expose_secret()), ("ada", "s:cr@t%"));
        let server = good("smtps://ada%40example.com:a/b?c#d:@e@mail.example.com:4650/");
        assert_eq!((server.port, server.implicit_tls), (4650, true));
        let (user, password) = server.credentials.expect("credentials");
        assert_eq!((user.as_str(), password.expose_secret()), ("ada@example.com", "a/b?c#d:@e"));
        assert_eq!(good("smtps://mail.example.com").port, 465);
        assert_eq!(good("smtp://[::1]:25").host, "::1");
        assert!(good("smtp://mail.example.com").credentials.is_none());
    }

    #[test]
    fn plaintext_is_for_this_machine_unless_told_otherwise() {
        for (url, allowed, wanted) in [
            ("smtp://localhost", false, true),
            ("smtp://127.0.0.1:25", false, true),
            ("smtp://[::1]", false, true),
            ("smtp://0.0.0.0", false, false),
            ("smtp://mail.example.com", false, false),
            ("smtp://mail.example.com", true, true),
        ] {
            assert_eq!(parse(url, allowed).expect(url).plaintext_allowed, wanted, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for bad in [
            "s3cret",
            "http://s3cret.example.com",
            "smtp://",
            "smtp://ada:s3cret@",
            "smtp://s3cret@mail.example.com",
            "smtp://ada:@mail.example.com/s3cret",
            "smtp://:s3cret@mail.example.com",
            "smtp://ada:100%s3cret@mail.example.com",
            "smtp://ada:s3cret%f@mail.example.com",
            "smtp://ada:s3cret%ff@mail.example.com",
            "smtp://ada:s3cret%00@mail.example.com",
            "smtp://ada:s3cret@mail.example.com/inbox",
            "smtp://ada:s3cret@mail.example.com?tls=none",
            "smtp://ada:s3cret@mail.example.com:99999",
        ] {
            let problems = problems_of(&[TRANSPORT, (URL, bad)]);
            assert_eq!(problems[0].key, "mail.smtp.url", "{bad}");
            assert!(!format!("{problems:?}").contains("s3cret"), "{problems:?}");
        }
    }

    #[test]
    fn smtp_needs_an_address_and_nothing_else_does() {
        assert_eq!(problems_of(&[TRANSPORT])[0].key, "mail.smtp.url");
        load_with(&[TRANSPORT, (URL, "smtp://mail.example.com")]).expect("good");
        load_with(&[(URL, "not looked at")]).expect("good");
    }

    #[test]
    fn the_file_of_certificates_holds_one() {
        let file = tempfile::NamedTempFile::new().expect("temp file");
        std::fs::write(file.path(), "no certificate").expect("written");
        for path in [file.path().to_str().expect("UTF-8"), "/nowhere/ca.pem"] {
            let ca = ("STRONGROOM__MAIL__SMTP__CA_FILE", path);
            let problems = problems_of(&[TRANSPORT, (URL, "smtp://mail.example.com"), ca]);
            assert_eq!(problems[0].key, "mail.smtp.ca_file");
            assert!(problems[0].reason.contains(path), "{}", problems[0]);
        }
    }
}
