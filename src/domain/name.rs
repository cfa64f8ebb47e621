//! Names of files and people: checked, never repaired.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The longest file name in bytes of UTF-8, as file systems have it.
pub const MAX_FILE_NAME_BYTES: usize = 255;
/// The longest name of a person in characters.
pub const MAX_PERSON_NAME_CHARS: usize = 200;

/// The longest name of a passkey in characters.
pub const MAX_PASSKEY_NAME_CHARS: usize = 64;

/// Names that Windows keeps for devices, with any extension.
const RESERVED_STEMS: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file name in Unicode normalisation form C, at most 255 bytes. `Debug` does not show it, so that no log does.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Takes a name as it was sent. The canonical composition is all that is changed.
    ///
    /// # Errors
    /// A sentence for the sender when the name is empty, too long, reserved, or holds path separators, control or
    /// bidirectional characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let name: String = text.nfc().collect();
        if name.trim().is_empty() {
            return Err("The file name is empty.");
        }
        if name.len() > MAX_FILE_NAME_BYTES {
            return Err("The file name is longer than 255 bytes.");
        }
        if name.contains(['/', '\\']) {
            return Err("The file name holds a path separator.");
        }
        if name.chars().any(is_invisible_control) {
            return Err("The file name holds control or bidirectional characters.");
        }
        if name != name.trim() || name.ends_with('.') {
            return Err("The file name begins or ends with a space, or ends with a dot.");
        }
        let stem = name.split('.').next().unwrap_or_default().trim().to_lowercase();
        if RESERVED_STEMS.contains(&stem.as_str()) || is_numbered_port(&stem) {
            return Err("The file name is reserved.");
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last dot, in lower case; empty when there is none.
    pub fn extension(&self) -> String {
        self.0.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileName(..)")
    }
}

/// The name of a person in normalisation form C, trimmed, 1 to 200 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name as it was typed.
    ///
    /// # Errors
    /// A sentence for the sender when the name is empty, too long, or holds control or bidirectional characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        short_name(text, MAX_PERSON_NAME_CHARS, "The name is longer than 200 characters.").map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(..)")
    }
}

/// What somebody calls a passkey, to tell it from others: in normalisation form C, trimmed, 1 to 64 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// Takes a name as it was typed.
    ///
    /// # Errors
    /// A sentence for the sender when the name is empty, too long, or holds control or bidirectional characters.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        short_name(text, MAX_PASSKEY_NAME_CHARS, "The name is longer than 64 characters.").map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasskeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasskeyName(..)")
    }
}

fn short_name(text: &str, most_chars: usize, too_long: &'static str) -> Result<String, &'static str> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err("The name is empty.");
    }
    if name.chars().count() > most_chars {
        return Err(too_long);
    }
    if name.chars().any(is_invisible_control) {
        return Err("The name holds control or bidirectional characters.");
    }
    Ok(name)
}

/// `com1` to `com9` and `lpt1` to `lpt9`, the superscript digits included.
fn is_numbered_port(stem: &str) -> bool {
    let digit = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    digit.is_some_and(|digit| {
        let mut chars = digit.chars();
        matches!((chars.next(), chars.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
    })
}

/// Control characters, line and paragraph separators, the byte order mark, and the marks that turn the direction
/// of text (UAX #9 section 2), with which `xcod.exe` can be made to look like `exe.docx`.
fn is_invisible_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass_and_are_composed() {
        for name in
            ["Report.docx", "Übersicht 2026 (v2).xlsx", "日本語.pptx", ".hidden.docx", "a:b.docx", "company.docx"]
        {
            assert!(FileName::parse(name).is_ok(), "{name}");
        }
        let composed = FileName::parse("re\u{301}sume\u{301}.docx");
        assert_eq!(composed.as_ref().map(FileName::as_str), Ok("r\u{e9}sum\u{e9}.docx"));
    }

    #[test]
    fn bad_names_are_refused() {
        let long = format!("{}.docx", "n".repeat(295));
        for bad in [
            "",
            " ",
            ".",
            "..",
            "a/b.docx",
            "..\\a.docx",
            "C:\\fakepath\\a.docx",
            "a\u{202e}xcod.docx",
            "a\0.docx",
            "a\n.docx",
            "CON.docx",
            "com1.docx",
            "LPT9.docx",
            "nul",
            "a.docx ",
            " a.docx",
            "a.docx.",
            &long,
        ] {
            assert!(FileName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn longest_name_is_counted_in_bytes() {
        let fits = format!("{}.docx", "é".repeat(125));
        assert_eq!(fits.len(), MAX_FILE_NAME_BYTES);
        assert!(FileName::parse(&fits).is_ok());
        assert!(FileName::parse(&format!("a{fits}")).is_err());
    }

    #[test]
    fn names_of_people_and_passkeys_are_trimmed_and_short() {
        assert_eq!(PersonName::parse(" Ada ").as_ref().map(PersonName::as_str), Ok("Ada"));
        assert_eq!(PasskeyName::parse(" Ada's phone ").as_ref().map(PasskeyName::as_str), Ok("Ada's phone"));
        for (length, person, passkey) in [(64, true, true), (65, true, false), (200, true, false), (201, false, false)]
        {
            let name = "é".repeat(length);
            assert_eq!(PersonName::parse(&name).is_ok(), person, "{length}");
            assert_eq!(PasskeyName::parse(&name).is_ok(), passkey, "{length}");
        }
        for bad in ["", " ", "a\nb", "a\u{202e}b"] {
            assert!(PersonName::parse(bad).is_err() && PasskeyName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn extension_is_what_follows_the_last_dot() {
        let extension = |name| FileName::parse(name).map(|name| name.extension());
        assert_eq!(extension("a.b.DocX").as_deref(), Ok("docx"));
        assert_eq!(extension("noextension").as_deref(), Ok(""));
    }
}
