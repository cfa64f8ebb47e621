//! One feature set for what people run and for what is tested.

use std::collections::BTreeSet;
use std::process::Command;

/// Every crate, with its features, where these edges count.
fn features(edges: &str) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--workspace", "--prefix=none", "--format={p} {f}", "--edges", edges]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

/// With a feature more for `make test` than for `make run`, the database would be compiled for each of them.
#[test]
fn dev_dependencies_ask_for_no_feature_that_nobody_else_does() {
    let (without, with) = (features("normal,build"), features("normal,build,dev"));
    assert!(without.len() > 500, "{} crates", without.len());
    let otherwise: Vec<_> = without.difference(&with).collect();
    assert!(otherwise.is_empty(), "tests/surrealdb-server is where to ask for it as well: {otherwise:#?}");
}
