//! Dockerfile and docker-compose.yml, without a container engine: the files are held against the Compose Specification, the program's own
//! configuration and rules of the house, and what they describe is played with plain processes.

mod compose_file;
mod compose_rules;
mod dockerfile;
mod dockerfile_rules;
mod pins;
mod topology;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The assignments in a file such as .env.
fn assignments(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once('=').expect("NAME=VALUE")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

/// Runs `scripts/compose-env.sh` in a copy of the project, and answers what it writes there.
fn drawn_secrets() -> BTreeMap<String, String> {
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("scripts")).unwrap();
    for file in ["scripts/compose-env.sh", ".env.example"] {
        std::fs::copy(project().join(file), copy.path().join(file)).unwrap();
    }
    let run = || Command::new("sh").arg(copy.path().join("scripts/compose-env.sh")).current_dir("/").output().unwrap();
    let first = run();
    assert!(first.status.success() && first.stdout.is_empty(), "{}", String::from_utf8_lossy(&first.stderr));
    let written = std::fs::read_to_string(copy.path().join(".env")).unwrap();
    assert!(!run().status.success(), "what the volumes know is not overwritten");
    assert_eq!(std::fs::read_to_string(copy.path().join(".env")).unwrap(), written);
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(copy.path().join(".env")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assignments(&written)
}

#[test]
fn the_secrets_are_drawn_for_each_installation() {
    let (one, other) = (drawn_secrets(), drawn_secrets());
    let pattern = assignments(&std::fs::read_to_string(project().join(".env.example")).unwrap());
    assert_eq!(one.keys().collect::<Vec<_>>(), pattern.keys().collect::<Vec<_>>());
    for (name, secret) in &one {
        assert_eq!(pattern[name], "", "{name}: whoever copies the pattern by hand must be told to fill it in");
        assert!(secret.len() >= 26 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}: {secret}");
        assert_ne!(secret, &other[name]);
        assert_eq!(one.values().filter(|another| *another == secret).count(), 1, "{name}");
    }
}
