//! What the mails say. Two files a mail under `templates/`: in the `.txt` the first line is the subject, and a link stands
//! on a line of its own; the `.html` says the same and goes into `layout.html`.

use super::account_change::AccountChange;
use super::second_factor_change::SecondFactorChange;

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
}

/// Each mail with its name and, where it carries a link, the page that the link goes to, up to the token.
macro_rules! templates {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(, $page:literal)?;)+) => {
        /// A mail of the product.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Template { $($(#[$doc])* $variant,)+ }

        impl Template {
            /// Every mail.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name under which the outbox keeps it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The page its link goes to, up to the token; `None` for a mail without a token.
            fn page(self) -> Option<&'static str> {
                let page = match self { $(Self::$variant => concat!("", $($page)?),)+ };
                (!page.is_empty()).then_some(page)
            }

            fn sources(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant => (
                        include_str!(concat!("templates/", $name, ".txt")),
                        include_str!(concat!("templates/", $name, ".html")),
                    ),)+
                }
            }
        }
    };
}

templates! {
    /// Asks whoever signed up to confirm the address.
    VerifyEmail = "verify_email", "/verify-email?token=";
    /// Tells whoever signed up again that there is an account already.
    AlreadyRegistered = "already_registered";
    /// Lets whoever forgot the password choose another.
    PasswordReset = "password_reset", "/reset-password?token=";
    /// Tells the owner that the password was changed.
    PasswordChanged = "password_changed";
    /// Asks the owner of an account to confirm its new address.
    ConfirmNewEmail = "confirm_new_email", "/confirm-email?token=";
    /// Tells the old address that another one was asked for.
    EmailChangeRequested = "email_change_requested";
    /// Tells the old address that the account has another one now.
    EmailChangedNotice = "email_changed_notice";
    /// Invites somebody to sign up.
    Invitation = "invitation", "/signup?invitation=";
    /// Tells the owner what an administrator did to the account; the detail is an [`AccountChange`].
    AccountChanged = "account_changed";
    /// Tells the owner what became of the second factor; the detail is a [`SecondFactorChange`].
    SecondFactorChanged = "second_factor_changed";
    /// Tells the new owner of files that they are theirs now.
    FilesReassigned = "files_reassigned";
}

impl Template {
    /// The mail with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|template| template.as_str() == name)
    }

    /// Whether it is nothing without a token.
    pub fn carries_token(self) -> bool {
        self.page().is_some()
    }

    /// The words, filled in: `token` where it carries one, `detail` where it speaks of one.
    pub fn render(self, public_url: &str, token: &str, detail: &str) -> Words {
        let link = self.page().map_or_else(|| public_url.to_owned(), |page| format!("{public_url}{page}{token}"));
        let what = match self {
            Self::SecondFactorChanged => SecondFactorChange::parse(detail).map(SecondFactorChange::sentence),
            _ => AccountChange::parse(detail).map(AccountChange::sentence),
        };
        let what = what.unwrap_or_default();
        let (text, html) = self.sources();
        let (subject, text) = text.split_once("\n\n").unwrap_or((text, ""));
        let fill = |source: &str, form: fn(&str) -> String| {
            source
                .replace("{subject}", &form(subject))
                .replace("{what}", &form(what))
                .replace("{link}", &form(&link))
                .replace("{public_url}", &form(public_url))
        };
        let document = include_str!("templates/layout.html").replace("{content}", html.trim_end());
        Words { subject: subject.to_owned(), text: fill(text, str::to_owned), html: fill(&document, escaped) }
    }
}

/// As text and as a quoted attribute of HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://files.example.com/a&b";

    #[test]
    fn names_lead_back() {
        for template in Template::ALL {
            assert_eq!(Template::parse(template.as_str()), Some(*template));
        }
        assert_eq!(Template::parse("layout"), None);
    }

    #[test]
    fn both_parts_are_filled_and_carry_the_same_link() {
        for template in Template::ALL {
            let detail = match template {
                Template::AccountChanged => "disabled",
                Template::SecondFactorChanged => "confirmed",
                _ => "",
            };
            let Words { subject, text, html } = template.render(URL, "T0ken-_", detail);
            for part in [&subject, &text, &html] {
                assert!(!part.is_empty() && !part.contains(['{', '}']), "{template:?}: {part}");
                assert!(part.is_ascii(), "{template:?}: a text of ASCII needs no encoding");
            }
            assert!(!subject.contains('\n') && text.lines().all(|line| line.len() <= 78), "{template:?}");
            assert!(html.contains(&subject) && html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("src="), "{template:?}");
            let link = template.page().map(|page| format!("{URL}{page}T0ken-_"));
            assert_eq!(text.lines().filter(|line| Some(*line) == link.as_deref()).count(), usize::from(link.is_some()));
            let safe = link.map(|link| link.replace('&', "&amp;"));
            assert!(safe.is_none_or(|link| html.contains(&format!("<a href=\"{link}\">{link}</a>"))), "{html}");
            assert_eq!(template.carries_token(), text.contains("T0ken"), "{template:?}");
        }
    }

    #[test]
    fn what_is_filled_into_html_is_escaped() {
        let html = Template::VerifyEmail.render("https://x/\"><b>'&", "t", "").html;
        assert!(html.contains("https://x/&quot;&gt;&lt;b&gt;&#39;&amp;/verify-email?token=t"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn every_change_is_told_in_both_parts() {
        for change in AccountChange::ALL {
            let words = Template::AccountChanged.render(URL, "", change.as_str());
            let unwrapped = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(unwrapped(&words.text).contains(change.sentence()), "{}", words.text);
            assert!(unwrapped(&words.html).contains(&escaped(change.sentence())), "{}", words.html);
        }
        for change in SecondFactorChange::ALL {
            let words = Template::SecondFactorChanged.render(URL, "", change.as_str());
            assert!(words.text.contains(change.sentence()), "{}", words.text);
            assert!(words.html.contains(&escaped(change.sentence())), "{}", words.html);
            assert!(words.text.lines().all(|line| line.len() <= 78), "{}", words.text);
        }
    }
}
