//! One layer laid over another, key by key.
//!
//! Each value is tried alone on top of the defaults, so that what it breaks is blamed on it, and all of it at once.

use std::path::Path;

use toml::{Table, Value};

use super::problem::{Problems, Source};
use super::{Config, Error};

/// The defaults and what was laid over them so far.
pub(super) struct Layers {
    defaults: Table,
    merged: Table,
    problems: Problems,
}

impl Layers {
    /// Starts with the text of the defaults.
    pub(super) fn over(defaults: &str) -> Result<Self, Error> {
        let defaults = parse(defaults, Path::new("config.toml (built in)"))?;
        Ok(Self { merged: defaults.clone(), defaults, problems: Problems::default() })
    }

    /// Lays the text of the file at `path` over what there is.
    pub(super) fn add_file(&mut self, path: &Path, text: &str) -> Result<(), Error> {
        let table = parse(text, path)?;
        self.add_table(&Source::File(path.to_owned()), "", table);
        Ok(())
    }

    fn add_table(&mut self, source: &Source, section: &str, table: Table) {
        for (name, value) in table {
            let key = if section.is_empty() { name } else { format!("{section}.{name}") };
            match (find(&self.defaults, &key), value) {
                (None, _) => self.problems.add_from(source, &key, "there is no such key"),
                (Some(Value::Table(_)), Value::Table(inner)) => self.add_table(source, &key, inner),
                (Some(default), value) if default.same_type(&value) => self.set(source, &key, value),
                (Some(default), value) => {
                    let reason = format!("{} is wanted, not {}", describe(default), describe(&value));
                    self.problems.add_from(source, &key, reason);
                }
            }
        }
    }

    /// Lays one value over what there is. Where the key holds text, `text` is taken as it stands, else as TOML.
    pub(super) fn add_text(&mut self, source: &Source, key: &str, text: String) {
        match find(&self.defaults, key) {
            None => self.problems.add_from(source, key, "there is no such key"),
            Some(Value::Table(_)) => self.problems.add_from(source, key, "this is a section; set a key in it"),
            Some(Value::String(_)) => self.set(source, key, Value::String(text)),
            Some(default) => match text.parse::<Value>() {
                Ok(value) if default.same_type(&value) => self.set(source, key, value),
                _ => {
                    let reason = format!("{} is wanted", describe(default));
                    self.problems.add_from(source, key, reason);
                }
            },
        }
    }

    fn set(&mut self, source: &Source, key: &str, value: Value) {
        let mut alone = self.defaults.clone();
        put(&mut alone, key, value.clone());
        match alone.try_into::<Config>() {
            Ok(_) => {
                put(&mut self.merged, key, value);
                self.problems.set_source(key, source);
            }
            Err(error) => self.problems.add_from(source, key, error.message()),
        }
    }

    /// The merged configuration, and the problems so far to go on from.
    pub(super) fn finish(self) -> Result<(Config, Problems), Error> {
        let mut problems = self.problems;
        match self.merged.try_into::<Config>() {
            Ok(config) => Ok((config, problems)),
            Err(error) => {
                problems.add("config.toml", error.to_string());
                Err(Error::Invalid { problems: problems.into_found() })
            }
        }
    }
}

fn parse(text: &str, path: &Path) -> Result<Table, Error> {
    text.parse::<Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Error::FileNotToml {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            message: error.message().to_owned(),
        }
    })
}

fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        None => table.get(key),
        Some((section, rest)) => find(table.get(section)?.as_table()?, rest),
    }
}

fn put(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => drop(table.insert(key.to_owned(), value)),
        Some((section, rest)) => {
            if let Some(inner) = table.get_mut(section).and_then(Value::as_table_mut) {
                put(inner, rest, value);
            }
        }
    }
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a fraction",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list such as [\"a\", \"b\"]",
        Value::Table(_) => "a section",
    }
}
