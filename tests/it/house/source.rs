//! The source as the rules read it: without comments and without tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One file below `src`.
pub struct Source {
    /// Where, below `src`.
    pub path: String,
    /// What it says, less comments and tests.
    pub code: String,
    /// How long it is, all in all.
    pub lines: usize,
}

impl Source {
    /// The whole of `src`.
    pub fn all() -> Vec<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut paths = Vec::new();
        walk(&root, &mut paths);
        paths.sort();
        let read =
            |path: &PathBuf| Self::new(path.strip_prefix(&root).unwrap(), &std::fs::read_to_string(path).unwrap());
        paths.iter().map(read).collect()
    }

    pub fn new(path: &Path, text: &str) -> Self {
        let is_test = path
            .components()
            .any(|part| ["tests", "tests.rs", "test_random.rs"].map(Some).contains(&part.as_os_str().to_str()));
        Self {
            path: path.to_str().unwrap().to_owned(),
            code: if is_test { String::new() } else { without_tests(&without_comments(text)) },
            lines: text.lines().count(),
        }
    }

    /// The folder or file right below `src`.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How many times `super` leads from here to the root of the crate.
    fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") { folders } else { folders + 1 }
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Cuts each line at `//`, unless that stands in an address.
fn without_comments(text: &str) -> String {
    let cut = |line: &str| {
        let comment = line.match_indices("//").map(|(at, _)| at).find(|at| !line[..*at].ends_with(':'));
        line[..comment.unwrap_or(line.len())].to_owned() + "\n"
    };
    text.lines().map(cut).collect()
}

/// Drops what is compiled for tests only; rustfmt puts the last brace of an item where its first line begins.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim_start() != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let end = line.replace("#[cfg(test)]", "}");
        let is_whole = lines.next().is_some_and(|item| item.ends_with(';'));
        if !is_whole {
            lines.by_ref().find(|line| *line == end);
        }
    }
    kept
}

/// The rooms a file names: by `crate::…`, by `use crate::{…}`, and by climbing up to the root with `super`.
pub fn paths_into_the_crate(source: &Source) -> BTreeSet<String> {
    let climb = "super::".repeat(source.depth());
    let mut rooms = BTreeSet::new();
    for way in ["crate::", climb.as_str()] {
        for (at, _) in source.code.match_indices(way) {
            let before = source.code[..at].chars().next_back();
            let is_part_of_a_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
            if !is_part_of_a_word {
                rooms.extend(first_names(&source.code[at + way.len()..]));
            }
        }
    }
    rooms
}

/// The first name of a path, or of each path of a group in braces.
fn first_names(path: &str) -> Vec<String> {
    let name_of =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(group) = path.strip_prefix('{') else { return vec![name_of(path)] };
    let mut names = vec![name_of(group)];
    let mut open = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 1 => break,
            '}' => open -= 1,
            ',' if open == 1 => names.push(name_of(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Whether a library is named: `library::…`, `use library;`, `use library as …`.
pub fn uses_library(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + library.len()..]);
        let is_imported = before.ends_with("use ") && (after.starts_with(';') || after.starts_with(" as "));
        let is_absolute = before.strip_suffix("::").is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric()));
        let is_first = is_absolute || !before.ends_with(|c: char| c.is_alphanumeric() || "_:.".contains(c));
        is_imported || (is_first && after.starts_with("::"))
    })
}
