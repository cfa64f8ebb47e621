//! How a mail leaves the house.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;

use super::folder::write_durably;
use super::smtp::{self, Smtp, SmtpOptions};
use super::{Error, Letter};

/// Takes mails away.
pub struct Transport {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(PathBuf),
    Smtp(Box<Smtp>),
    Nowhere,
}

impl Transport {
    /// No mail takes longer than this to be sent or not sent.
    pub const LONGEST: Duration = smtp::LONGEST;

    /// Writes one `.eml` file (RFC 5322) a mail into `folder`, which is made with mode 0700.
    ///
    /// # Errors
    /// [`Error::Address`] when `from` is no mailbox.
    pub fn to_folder(folder: PathBuf, from: &str) -> Result<Self, Error> {
        Ok(Self { from: from.parse()?, way: Way::Folder(folder) })
    }

    /// Hands mails to a mail server. Does not connect yet.
    ///
    /// # Errors
    /// [`Error::Address`] when `from` is no mailbox; [`Error::Authority`] when the certificates cannot be used.
    pub fn to_server(options: SmtpOptions, from: &str) -> Result<Self, Error> {
        Ok(Self { from: from.parse()?, way: Way::Smtp(Box::new(Smtp::new(options)?)) })
    }

    /// Puts mails together and lets them go: for load tests, and where nobody is to get mail.
    ///
    /// # Errors
    /// [`Error::Address`] when `from` is no mailbox.
    pub fn to_nowhere(from: &str) -> Result<Self, Error> {
        Ok(Self { from: from.parse()?, way: Way::Nowhere })
    }

    /// Sends one mail; returns once it is where it cannot be lost.
    ///
    /// # Errors
    /// Any of [`Error`], which knows whether trying again can help.
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), Error> {
        let message = letter.compose(&self.from)?.formatted();
        match &self.way {
            Way::Folder(folder) => {
                let (folder, name) = (folder.clone(), format!("{}.eml", letter.id));
                let written = tokio::task::spawn_blocking(move || write_durably(&folder, &name, &message)).await;
                Ok(written.map_err(io::Error::other)??)
            }
            Way::Smtp(server) => server.send(&self.from.email, &letter.recipient.as_str().parse()?, &message).await,
            Way::Nowhere => Ok(()),
        }
    }
}
