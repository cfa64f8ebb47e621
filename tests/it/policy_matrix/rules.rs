//! What is allowed, read from the files that people wrote: never from the enforcer.

use std::collections::BTreeSet;

/// Role, object, action, relation.
type Line = [String; 4];

/// A set of allowed lines.
#[derive(Clone, PartialEq, Eq)]
pub struct Rules(BTreeSet<Line>);

fn policies(name: &str) -> String {
    std::fs::read_to_string(format!("{}/policies/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn shipped_model() -> String {
    policies("model.conf")
}

pub fn shipped_policy() -> String {
    policies("policy.csv")
}

fn words(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let is_line = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    text.lines().filter(is_line).map(|line| line.split(',').map(str::trim).collect())
}

impl Rules {
    /// What `policies/policy_test.csv` expects of the policy that is shipped.
    pub fn expected() -> Self {
        Self::of(words(&policies("policy_test.csv")).filter(|row| row[4] == "allow").map(|row| row[..4].to_vec()))
    }

    /// What a `policy.csv` says.
    pub fn of_policy(text: &str) -> Self {
        Self::of(words(text).map(|row| row[1..].to_vec()))
    }

    fn of<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> Self {
        Self(rows.map(|row| <[&str; 4]>::try_from(row).unwrap().map(str::to_owned)).collect())
    }

    /// Whether this is allowed to a thing that stands in this relation; what is allowed to anything is allowed to this too.
    pub fn allow(&self, role: &str, permission: &str, relation: &str) -> bool {
        self.lines_of(role, permission).any(|line| line[3] == relation || line[3] == "none")
    }

    /// Whether the role may do this to anything at all.
    pub fn allow_ever(&self, role: &str, permission: &str) -> bool {
        self.lines_of(role, permission).next().is_some()
    }

    fn lines_of<'a>(&'a self, role: &'a str, permission: &'a str) -> impl Iterator<Item = &'a Line> {
        let (object, action) = permission.split_once(':').unwrap();
        self.0.iter().filter(move |line| line[0] == role && line[1] == object && line[2] == action)
    }
}

/// Every permission that `policies/policy_test.csv` knows, allowed or not.
pub fn all_permissions() -> BTreeSet<String> {
    words(&policies("policy_test.csv")).map(|row| format!("{}:{}", row[1], row[2])).collect()
}
