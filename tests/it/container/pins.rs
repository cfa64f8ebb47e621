//! Whether an image is named by a version that does not move.

/// `name:1.2.3`, `name:v1.2.3-flavour`, or with the day it was made: `name:flavour-20260824`. Such a tag is never used again by those who
/// publish with care, and `latest`, `24` or `bookworm` are, each week.
pub fn is_pinned(image: &str) -> bool {
    let (name, tag) = image.rsplit_once(':').unwrap_or_default();
    !name.is_empty() && !tag.contains('/') && tag.split('-').any(is_exact)
}

fn is_exact(version: &str) -> bool {
    let numbers: Vec<&str> = version.trim_start_matches('v').split('.').collect();
    let all_numbers =
        numbers.iter().all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    all_numbers && (numbers.len() == 3 || (numbers.len() == 1 && numbers[0].len() == 8))
}

#[test]
fn a_tag_that_moves_pins_nothing() {
    for moving in [
        "axllent/mailpit",
        "axllent/mailpit:latest",
        "axllent/mailpit:v1.31",
        "surrealdb/surrealdb:v3",
        "node:24-bookworm-slim",
        "rust:1.95-bookworm",
        "debian:bookworm-slim",
        "localhost:5000/strongroom",
        ":1.2.3",
        "",
    ] {
        assert!(!is_pinned(moving), "{moving}");
    }
    for fixed in
        ["axllent/mailpit:v1.31.2", "rust:1.95.0-bookworm", "debian:bookworm-20260824-slim", "host:5000/a:1.2.3"]
    {
        assert!(is_pinned(fixed), "{fixed}");
    }
}
