//! Why a mail could not be sent.

use std::path::PathBuf;

/// Why a mail could not be sent. What a mail server says is kept to itself, for it likes to repeat addresses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that no mail server would take.
    #[error("an address cannot be used")]
    Address(#[from] lettre::address::AddressError),
    /// The mail could not be put together.
    #[error("the mail could not be put together")]
    Message(#[from] lettre::error::Error),
    /// The file could not be written.
    #[error("the mail could not be written")]
    File(#[from] std::io::Error),
    /// The certificates of `mail.smtp.ca_file` cannot be used.
    #[error("{} holds no certificate that can be used", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The mail server did not take it.
    #[error("the mail server: {}{}", refusal.word(), status.map(|status| format!(" ({status})")).unwrap_or_default())]
    Server {
        /// What went wrong.
        refusal: Refusal,
        /// The server's reply code (RFC 5321 section 4.2), where it gave one.
        status: Option<u16>,
        /// What went wrong on the line, in words that are not the server's.
        #[source]
        cause: Option<lettre::transport::smtp::Error>,
    },
}

/// What went wrong between us and a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not answer, or not as a mail server.
    Unreachable,
    /// It offers no encryption, or its certificate is not good for its name.
    NotSecure,
    /// It refuses user and password.
    Authentication,
    /// It refuses to take mail from us.
    Sender,
    /// It refuses the recipient.
    Recipient,
    /// It refuses the mail.
    Content,
    /// It takes too long.
    TimedOut,
    /// The line broke in the middle.
    ConnectionLost,
}

impl Refusal {
    fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NotSecure => "not_secure",
            Self::Authentication => "authentication_refused",
            Self::Sender => "sender_refused",
            Self::Recipient => "recipient_refused",
            Self::Content => "content_refused",
            Self::TimedOut => "timed_out",
            Self::ConnectionLost => "connection_lost",
        }
    }
}

impl Error {
    /// Whether trying again cannot help: the address or the mail itself is refused for good. What is wrong with the
    /// server, our sign-in there or our sender address can be mended, so that is not meant.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Address(_) | Self::Message(_) => true,
            Self::Server { refusal: Refusal::Recipient | Refusal::Content, status: Some(status), .. } => *status >= 500,
            Self::Server { .. } | Self::File(_) | Self::Authority { .. } => false,
        }
    }

    /// A word, and the server's reply code where there is one: what is kept with the mail.
    pub fn reason(&self) -> String {
        match self {
            Self::Address(_) => "address_unusable".to_owned(),
            Self::Message(_) => "mail_unusable".to_owned(),
            Self::File(_) => "not_written".to_owned(),
            Self::Authority { .. } => Refusal::NotSecure.word().to_owned(),
            Self::Server { refusal, status: None, .. } => refusal.word().to_owned(),
            Self::Server { refusal, status: Some(status), .. } => format!("{} {status}", refusal.word()),
        }
    }
}
