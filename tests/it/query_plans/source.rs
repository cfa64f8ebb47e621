//! The statements with a condition that stand in the store's sources, made ready to be explained.

use std::path::Path;

/// One statement, with plain values in place of its variables.
#[derive(Debug)]
pub struct Statement {
    pub file: String,
    pub text: String,
}

const EXPIRING_TABLES: [&str; 8] = [
    "registration",
    "account_token",
    "invitation",
    "session",
    "refresh_token",
    "link_use",
    "attempt",
    "used_challenge",
];
/// Variables that stand for a number.
const NUMBERS: [&str; 3] = ["now", "lease", "end"];

/// Every `SELECT`, `UPDATE` and `DELETE` of rows that are found by what they hold. The text of a scan is put together of
/// pieces; [`Store::explain`](strongroom::store::Store::explain) speaks for it.
pub fn statements() -> Vec<Statement> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for text in conditions(&code) {
            found.extend(made_ready(&text).into_iter().map(|text| Statement { file: file.clone(), text }));
        }
    }
    found
}

/// The pieces from a verb to the end of its statement that have a `WHERE` of their own and do not name their rows by id.
fn conditions(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for verb in ["SELECT ", "UPDATE ", "DELETE "] {
        for (start, _) in code.match_indices(verb) {
            let statement = &code[start..start + length(&code[start..])];
            let outer = without_parentheses(statement);
            let target = outer.split(if verb == "SELECT " { " FROM " } else { verb }).nth(1).unwrap_or("$").trim();
            let by_id = target.starts_with('$') || target.starts_with("ONLY");
            if outer.contains("WHERE") && !by_id && !outer.contains("{common}") {
                found.push(statement.replace("{{", "{").replace("}}", "}"));
            }
        }
    }
    found
}

/// How long the statement is that a text begins with: to a semicolon, a closing bracket of something around it, or the
/// end of the string literal.
fn length(text: &str) -> usize {
    let mut depth = 0;
    for (place, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return place,
            ')' => depth -= 1,
            ';' | '"' => return place,
            _ => {}
        }
    }
    text.len()
}

fn without_parentheses(statement: &str) -> String {
    let mut depth = 0;
    let outside = statement.chars().filter(|c| {
        depth += i32::from(*c == '(');
        let keeps = depth == 0;
        depth -= i32::from(*c == ')');
        keeps
    });
    outside.collect()
}

fn made_ready(statement: &str) -> Vec<String> {
    let tables = if statement.contains("{table}") { &EXPIRING_TABLES[..] } else { &[""] };
    let text = with_values(&statement.split_whitespace().collect::<Vec<_>>().join(" ").replace("{limit}", "10"));
    tables.iter().map(|table| text.replace("{table}", table)).collect()
}

/// The statement with a value for each `$name` and `$name.of.field`.
fn with_values(statement: &str) -> String {
    let mut parts = statement.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let (name, rest) = part.split_at(part.find(|c| !is_name(c)).unwrap_or(part.len()));
        let value = match name {
            "dropped_id" => "share:x",
            // What a statement before it has found, and what is asked for many.
            "voided" | "files" | "wanted" => "['x', 'y']",
            // The end of a range that begins with any other.
            "until" => "'y'",
            number if NUMBERS.contains(&number) => "5",
            _ => "'x'",
        };
        text.push_str(value);
        text.push_str(rest);
    }
    text
}
