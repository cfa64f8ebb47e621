//! What the mails say. One file a mail under `templates/`: the first line is the subject.

/// A mail of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Asks whoever signed up to confirm the address.
    VerifyEmail,
    /// Tells whoever signed up again that there is an account already.
    AlreadyRegistered,
}

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub body: String,
}

impl Template {
    const ALL: [Self; 2] = [Self::VerifyEmail, Self::AlreadyRegistered];

    /// The name under which the outbox keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::AlreadyRegistered => "already_registered",
        }
    }

    /// The mail with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.as_str() == name)
    }

    /// The words, with `{link}` and `{public_url}` filled in.
    pub fn render(self, public_url: &str, link: &str) -> Text {
        let source = match self {
            Self::VerifyEmail => include_str!("templates/verify_email.txt"),
            Self::AlreadyRegistered => include_str!("templates/already_registered.txt"),
        };
        let (subject, body) = source.split_once("\n\n").unwrap_or((source, ""));
        Text { subject: subject.to_owned(), body: body.replace("{link}", link).replace("{public_url}", public_url) }
    }
}
