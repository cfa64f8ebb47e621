//! One mail, ready to go, and its form on the wire (RFC 5322, RFC 2046).

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};

use super::{Error, Words};
use crate::domain::email::EmailAddress;
use crate::domain::id::MailId;
use crate::domain::timestamp::Timestamp;

/// One mail, ready to go.
pub struct Letter<'a> {
    /// Its id; the Message-ID is made from it, so that a second delivery can be told from a second mail.
    pub id: MailId,
    /// To whom.
    pub recipient: &'a EmailAddress,
    /// The words.
    pub words: Words,
    /// The `Date` header.
    pub date: Timestamp,
}

/// The longest line of a mail, without its end (RFC 5322 section 2.1.1).
const MAX_LINE_BYTES: usize = 998;

impl Letter<'_> {
    /// The mail as it is handed over. The same letter from the same sender makes the same bytes.
    pub(super) fn compose(&self, from: &Mailbox) -> Result<Message, Error> {
        let date = DateTime::<Utc>::from_timestamp_millis(self.date.as_millis()).unwrap_or_default();
        let plain = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(readable_body(&self.words.text));
        // So encoded, the link stands in the file once, for people and for their scripts.
        let html = Body::new_with_encoding(self.words.html.clone(), ContentTransferEncoding::Base64)
            .map_err(|_| lettre::error::Error::NonAsciiChars)?;
        let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html);
        let parts = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(self.id.to_hex());
        Ok(Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, self.recipient.as_str().parse()?))
            .subject(self.words.subject.clone())
            .date(date.into())
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .header(AutoSubmitted)
            .multipart(parts.singlepart(plain).singlepart(html))?)
    }
}

/// Unencoded wherever that is allowed, so that a link stands in one piece in the mail. lettre would encode from 76
/// characters a line on.
fn readable_body(text: &str) -> Body {
    let plain = text.is_ascii() && text.lines().all(|line| line.len() <= MAX_LINE_BYTES);
    if !plain {
        return Body::new(text.to_owned());
    }
    Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), ContentTransferEncoding::SevenBit)
}

/// `Auto-Submitted: auto-generated` (RFC 3834 section 5), so that no holiday responder answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_ascii_in_both_parts_and_always_the_same() {
        let recipient = EmailAddress::parse("ada@example.com").unwrap();
        let words = Words {
            subject: "Grüße".to_owned(),
            text: "Link:\n\nhttps://x/?token=abc\n".to_owned(),
            html: "<p>ü</p>\n".to_owned(),
        };
        let letter = Letter {
            id: MailId::from_bytes([7; 16]),
            recipient: &recipient,
            words,
            date: Timestamp::from_millis(1_795_253_400_000),
        };
        let from: Mailbox = "Vault <vault@example.org>".parse().unwrap();
        let text = String::from_utf8(letter.compose(&from).unwrap().formatted()).unwrap();
        assert_eq!(text.as_bytes(), letter.compose(&from).unwrap().formatted());
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("\r\nhttps://x/?token=abc\r\n"), "{text}");
        assert!(text.contains("multipart/alternative") && text.contains("text/plain") && text.contains("text/html"));
        assert!(text.find("text/plain") < text.find("text/html"), "the best comes last (RFC 2046 section 5.1.4)");
    }
}
