//! Mail over SMTP (RFC 5321).
//!
//! A connection of its own for every mail: whatever was given up in the middle never meets another mail, as it could in a
//! pool, where a late answer to one mail would be taken for the answer to the next. Reply codes are compared to the very
//! ones that are due, because a middleman who slips a reply in before encryption begins would shift them all by one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};

use super::{Error, Refusal};

/// How long one of the server's addresses may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(20);
/// How long everything up to the content may take. Giving up there costs nothing: the server has taken no mail yet.
const BEFORE_CONTENT: Duration = Duration::from_secs(60);
/// How long the server may think about the content. Whoever gives up there does not know whether the mail was taken, and
/// would send it twice: ten minutes, as RFC 5321 section 4.5.3.2.6 says.
const AFTER_CONTENT: Duration = Duration::from_secs(600);
/// How long the goodbye may take, behind a mail that is delivered.
const GOODBYE: Duration = Duration::from_secs(5);

/// No mail takes longer, delivered or not.
pub(super) const LONGEST: Duration =
    Duration::from_secs(BEFORE_CONTENT.as_secs() + AFTER_CONTENT.as_secs() + GOODBYE.as_secs());

/// When the line is encrypted. Certificate and host name are checked in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte (`smtps://`).
    Implicit,
    /// By STARTTLS; a server that does not offer it gets nothing.
    Required,
    /// By STARTTLS where the server offers it, else not at all. For this machine and for networks that are trusted.
    WhereOffered,
}

/// A mail server, and how it is spoken to.
pub struct SmtpOptions {
    /// Its name or number, without brackets; its certificate must be good for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// When the line is encrypted.
    pub encryption: Encryption,
    /// User and password, where it wants them.
    pub credentials: Option<(String, SecretString)>,
    /// Certificates (PEM) that are trusted besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// What we call ourselves: a host's name or number.
    pub own_host: String,
}

/// A mail server, ready to be spoken to.
pub(super) struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    tls: TlsParameters,
    own_name: ClientId,
}

impl Smtp {
    pub(super) fn new(options: SmtpOptions) -> Result<Self, Error> {
        let SmtpOptions { host, port, encryption, credentials, ca_file, own_host } = options;
        let credentials =
            credentials.map(|(user, password)| Credentials::new(user, password.expose_secret().to_owned()));
        let tls = tls_parameters(&host, ca_file.as_deref())?;
        Ok(Self { host, port, encryption, credentials, tls, own_name: client_id(&own_host) })
    }

    /// Sends one mail; returns once the server has taken it.
    pub(super) async fn send(&self, from: &Address, to: &Address, message: &[u8]) -> Result<(), Error> {
        let mut connection = within(BEFORE_CONTENT, self.begin(from, to)).await??;
        let answer = within(AFTER_CONTENT, connection.message(message)).await?;
        expect(answer, &[250], Refusal::Content)?;
        // It is delivered, whatever comes of the goodbye.
        let _said_or_not = tokio::time::timeout(GOODBYE, connection.quit()).await;
        Ok(())
    }

    /// Everything up to the content.
    async fn begin(&self, from: &Address, to: &Address) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = self.connect().await?;
        if let Some(credentials) = &self.credentials {
            let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await;
            expect(answer, &[235], Refusal::Authentication)?;
        }
        expect(connection.command(Mail::new(Some(from.clone()), Vec::new())).await, &[250], Refusal::Sender)?;
        expect(connection.command(Rcpt::new(to.clone(), Vec::new())).await, &[250, 251], Refusal::Recipient)?;
        expect(connection.command(Data).await, &[354], Refusal::Content)?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let at_once = (self.encryption == Encryption::Implicit).then(|| self.tls.clone());
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &self.own_name, at_once, None)
            .await
            .map_err(|failure| failed(failure, Refusal::Unreachable))?;
        let upgrades = match self.encryption {
            Encryption::Implicit => false,
            Encryption::Required => true,
            Encryption::WhereOffered => connection.can_starttls(),
        };
        if upgrades {
            connection
                .starttls(self.tls.clone(), &self.own_name)
                .await
                .map_err(|failure| failed(failure, Refusal::NotSecure))?;
        }
        Ok(connection)
    }
}

/// The machine's own certificates, and those of the file.
fn tls_parameters(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let unusable = |cause: Box<dyn std::error::Error + Send + Sync>| Error::Authority {
            path: path.to_owned(),
            cause: Some(cause),
        };
        let pem = std::fs::read(path).map_err(|failure| unusable(failure.into()))?;
        let certificates = Certificate::from_pem(&pem).map_err(|failure| unusable(failure.into()))?;
        builder = builder.add_root_certificate(certificates);
        return builder.build().map_err(|failure| unusable(failure.into()));
    }
    builder.build().map_err(|failure| failed(failure, Refusal::NotSecure))
}

/// A name as it is, a number as a literal (RFC 5321 section 4.1.3).
fn client_id(host: &str) -> ClientId {
    match host.parse() {
        Ok(std::net::IpAddr::V4(number)) => ClientId::Ipv4(number),
        Ok(std::net::IpAddr::V6(number)) => ClientId::Ipv6(number),
        Err(_) => ClientId::Domain(host.to_owned()),
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Error> {
    let late = |_| Error::Server { refusal: Refusal::TimedOut, status: None, cause: None };
    tokio::time::timeout(limit, work).await.map_err(late)
}

fn expect(answer: Result<Response, smtp::Error>, due: &[u16], refusal: Refusal) -> Result<(), Error> {
    let response = answer.map_err(|failure| failed(failure, refusal))?;
    let code = u16::from(response.code());
    if due.contains(&code) {
        return Ok(());
    }
    Err(Error::Server { refusal: Refusal::ConnectionLost, status: Some(code), cause: None })
}

/// What the server said stays out of the error: it may repeat an address.
fn failed(failure: smtp::Error, refusal: Refusal) -> Error {
    if let Some(status) = failure.status() {
        return Error::Server { refusal, status: Some(status.into()), cause: None };
    }
    let broken_off = failure.is_response() && !matches!(refusal, Refusal::Unreachable);
    let refusal = match refusal {
        Refusal::Unreachable if speaks_of_encryption(&failure) => Refusal::NotSecure,
        Refusal::Sender | Refusal::Recipient | Refusal::Content => Refusal::ConnectionLost,
        Refusal::Authentication | Refusal::NotSecure if broken_off => Refusal::ConnectionLost,
        refusal => refusal,
    };
    let cause = (!failure.is_response()).then_some(failure);
    Error::Server { refusal, status: None, cause }
}

/// Whether a handshake failed, and not the way there: rustls says so by this kind.
fn speaks_of_encryption(failure: &smtp::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(failure);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}
