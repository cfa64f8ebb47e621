//! How a mail leaves the house.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::{Body, Mailbox, header};

use super::{Error, Text};
use crate::domain::email::EmailAddress;
use crate::domain::id::MailId;
use crate::domain::timestamp::Timestamp;
use crate::folders;

/// One mail, ready to go.
pub struct Letter<'a> {
    /// Its id; the Message-ID is made from it, so that a second delivery can be told from a second mail.
    pub id: MailId,
    /// To whom.
    pub recipient: &'a EmailAddress,
    /// The words.
    pub text: Text,
    /// The `Date` header.
    pub date: Timestamp,
}

/// Takes mails away.
pub enum Transport {
    /// Writes one `.eml` file (RFC 5322) a mail into a folder.
    File {
        /// The folder, made with mode 0700.
        folder: PathBuf,
        /// The `From` header.
        from: Mailbox,
    },
}

impl Transport {
    /// The transport that writes files below `folder`.
    ///
    /// # Errors
    /// [`Error::Address`] when `from` is no mailbox.
    pub fn to_folder(folder: PathBuf, from: &str) -> Result<Self, Error> {
        Ok(Self::File { folder, from: from.parse()? })
    }

    /// Sends one mail; returns once it is where it cannot be lost.
    ///
    /// # Errors
    /// Any of [`Error`]; trying again later may help with [`Error::File`].
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), Error> {
        let Self::File { folder, from } = self;
        let message = compose(from, &letter)?.formatted();
        let (folder, name) = (folder.clone(), format!("{}.eml", letter.id));
        let written = tokio::task::spawn_blocking(move || write_durably(&folder, &name, &message)).await;
        Ok(written.map_err(io::Error::other)??)
    }
}

fn compose(from: &Mailbox, letter: &Letter<'_>) -> Result<Message, Error> {
    let date = DateTime::<Utc>::from_timestamp_millis(letter.date.as_millis()).unwrap_or_default();
    let message_id = format!("<{}@{}>", letter.id, from.email.domain());
    Ok(Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, letter.recipient.as_str().parse()?))
        .subject(letter.text.subject.clone())
        .date(date.into())
        .message_id(Some(message_id))
        .header(header::ContentType::TEXT_PLAIN)
        .header(AutoSubmitted)
        .body(readable_body(&letter.text.body))?)
}

/// The longest line of a mail, without its end (RFC 5322 section 2.1.1).
const MAX_LINE_BYTES: usize = 998;

/// Unencoded wherever that is allowed, so that a link stands in one piece in the file. lettre would encode from 76
/// characters a line on.
fn readable_body(text: &str) -> Body {
    let plain = text.is_ascii() && text.lines().all(|line| line.len() <= MAX_LINE_BYTES);
    if !plain {
        return Body::new(text.to_owned());
    }
    Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), ContentTransferEncoding::SevenBit)
}

/// Under its final name only when it is whole; readable by its owner alone, for it holds a token.
fn write_durably(folder: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    folders::make_private(folder)?;
    let unfinished = folder.join(format!(".{name}"));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(message)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))?;
    folders::sync(folder)
}

/// `Auto-Submitted: auto-generated` (RFC 3834 section 5), so that no holiday responder answers.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
