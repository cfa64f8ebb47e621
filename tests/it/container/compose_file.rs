//! docker-compose.yml as a value: it can be asked, and changed to see whether a rule notices.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::project;
use crate::harness::installed::python;

/// Reads YAML from standard input: the parser is the one the schema's validator uses.
const YAML_TO_JSON: &str =
    "import json, sys\nfrom ruamel.yaml import YAML\njson.dump(YAML(typ='safe').load(sys.stdin), sys.stdout)";

/// The file, its merges resolved and its variables not.
pub struct ComposeFile(pub Value);

impl ComposeFile {
    pub fn read() -> Self {
        let file = std::fs::File::open(project().join("docker-compose.yml")).unwrap();
        let output = Command::new(python()).args(["-c", YAML_TO_JSON]).stdin(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(serde_json::from_slice(&output.stdout).unwrap())
    }

    pub fn services(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0["services"].as_object().into_iter().flatten().map(|(name, service)| (name.as_str(), service))
    }

    /// What the Compose Specification's schema has against it; the empty string where there is nothing.
    pub fn against_the_schema(&self) -> String {
        let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
        std::fs::write(file.path(), self.0.to_string()).unwrap();
        let output = Command::new(python())
            .args(["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"])
            .arg(file.path())
            .output()
            .unwrap();
        if output.status.success() {
            return String::new();
        }
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    /// The environment of a service, its variables filled in.
    pub fn environment(
        &self,
        service: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Vec<(String, String)>, String> {
        let written = self.0["services"][service]["environment"].as_object().into_iter().flatten();
        written
            .map(|(name, value)| {
                let text = value.as_str().ok_or_else(|| format!("{service}: {name} is not text"))?;
                Ok((name.clone(), filled(text, values)?))
            })
            .collect()
    }
}

/// The strings of a list such as a command line.
pub fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// Every string in a value.
pub fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// The names in a text that are written `${NAME:?what to do}`, and what lies between. Nothing else with a dollar sign is wanted: without
/// `:?` a missing secret would be an empty one.
pub fn variables(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let refused = || format!("{text:?}: only ${{NAME:?what to do}} is wanted");
    let mut found = Vec::new();
    let mut pieces = text.split('$');
    found.push(("", pieces.next().unwrap_or_default()));
    for piece in pieces {
        let (inner, rest) = piece.strip_prefix('{').and_then(|piece| piece.split_once('}')).ok_or_else(refused)?;
        let (name, hint) = inner.split_once(":?").ok_or_else(refused)?;
        if name.is_empty() || hint.is_empty() {
            return Err(refused());
        }
        found.push((name, rest));
    }
    Ok(found)
}

/// The text as the engine has it.
pub fn filled(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::new();
    for (name, rest) in variables(text)? {
        if !name.is_empty() {
            filled += values.get(name).ok_or_else(|| format!("nothing says what {name} is"))?;
        }
        filled += rest;
    }
    Ok(filled)
}
