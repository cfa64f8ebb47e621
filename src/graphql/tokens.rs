//! How many tokens a document has, counted before anything builds a tree of it (GraphQL, section 2.1).

/// The number of lexical tokens, or more than `most` as soon as there are more. What is no token counts as one, character
/// by character: whether the document is GraphQL, the parser says.
pub(super) fn count_tokens(document: &str, most: usize) -> usize {
    let mut rest = document;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        let (length, is_token) = match first {
            '\u{feff}' | ' ' | '\t' | '\n' | '\r' | ',' => (first.len_utf8(), false),
            '#' => (rest.find(['\n', '\r']).unwrap_or(rest.len()), false),
            '"' => (string_length(rest), true),
            '.' if rest.starts_with("...") => (3, true),
            _ if is_word(first) => (rest.find(|it| !is_word(it)).unwrap_or(rest.len()), true),
            _ => (first.len_utf8(), true),
        };
        count += usize::from(is_token);
        if count > most {
            break;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    count
}

/// A character of a name or of a number.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '+')
}

/// The bytes of the string or block string that `text` begins with; of all of it where it does not end.
fn string_length(text: &str) -> usize {
    let (quote, escape) = if text.starts_with("\"\"\"") { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut at = quote.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(escape) {
            // An escaped quote, or whatever else is escaped.
            let escaped = if escape.len() > 1 { 0 } else { rest.chars().nth(1).map_or(0, char::len_utf8) };
            at += escape.len() + escaped;
        } else if rest.starts_with(quote) {
            return at + quote.len();
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::count_tokens;

    #[test]
    fn tokens_are_counted_as_the_specification_lists_them() {
        for (document, tokens) in [
            ("", 0),
            (" ,,\n\u{feff} # a comment { } \r\n", 0),
            ("{ viewer { id } }", 6),
            ("query Q($a: [Int!]! = [1, -2.5e+3]) @d { ...F }", 25),
            (r#"{ f(a: "one \" two { } ü \\") }"#, 8),
            (r#"{ f(a: """block " \""" { } """) }"#, 8),
            (r#"{ f(a: "never ends"#, 6),
            ("\u{1}ü~", 3),
            (r#""a\"#, 1),
        ] {
            assert_eq!(count_tokens(document, 100), tokens, "{document}");
        }
        assert_eq!(count_tokens(&"a ".repeat(1_000_000), 10), 11);
    }
}
