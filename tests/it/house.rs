//! The rules of the house, held against the source itself: a rule without a check rots.

mod features;
mod source;

use std::path::Path;

use source::{Source, paths_into_the_crate, uses_library};

/// Each room with the rooms it may import, by the floors of `docs/ARCHITECTURE.md`. A room that is not here is refused.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("folders", &[]),
    ("config", &["domain"]),
    ("crypto", &["domain"]),
    ("policy", &["domain"]),
    ("store", &["domain", "folders"]),
    ("blobs", &["domain", "folders"]),
    ("mail", &["domain", "folders"]),
    ("services", &["domain", "folders", "config", "crypto", "policy", "store", "blobs", "mail"]),
    ("graphql", &["services", "domain"]),
    ("http", &["services", "domain", "graphql"]),
    (
        "app",
        &["domain", "folders", "config", "crypto", "policy", "store", "blobs", "mail", "services", "graphql", "http"],
    ),
    (
        "cli",
        &[
            "domain", "folders", "config", "crypto", "policy", "store", "blobs", "mail", "services", "graphql", "http",
            "app",
        ],
    ),
];

/// Each external library with the files that may name it: what is exchanged one day is exchanged in one place.
const OWNERS: &[(&str, &[&str])] = &[
    ("surrealdb", &["store/"]),
    ("surrealdb_cnf", &["store/"]),
    ("surrealdb_engine_local", &["store/"]),
    ("opendal", &["blobs/"]),
    ("reqsign_aws_v4", &["blobs/"]),
    ("reqsign_core", &["blobs/"]),
    ("reqsign_file_read_tokio", &["blobs/"]),
    ("lettre", &["mail/"]),
    ("casbin", &["policy/"]),
    ("async_graphql", &["graphql/", "http/graphql.rs"]),
    ("async_graphql_axum", &["http/graphql.rs"]),
    ("qrcode", &["graphql/types/second_factor.rs"]),
    ("chacha20", &["crypto/"]),
    ("chacha20poly1305", &["crypto/"]),
    ("aws_lc_rs", &["crypto/"]),
    ("argon2", &["crypto/"]),
    ("jsonwebtoken", &["crypto/"]),
    ("getrandom", &["crypto/"]),
    ("passki", &["crypto/"]),
    ("zip", &["services/documents/"]),
    ("quick_xml", &["services/documents/", "blobs/interrupted.rs"]),
    ("axum", &["http/", "app.rs", "cli/"]),
    ("hyper", &["http/", "app.rs", "cli/"]),
    ("hyper_util", &["http/", "app.rs", "cli/"]),
    ("multer", &["http/"]),
    ("mediatype", &["http/"]),
    ("tokio_io_timeout", &["http/serve.rs"]),
    ("tower_http", &["http/cross_origin.rs"]),
    ("quick_cache", &["graphql/documents.rs"]),
    ("clap", &["cli/", "main.rs"]),
];

const MAX_LINES: usize = 500;
const MAX_LINES_OF_MAIN: usize = 40;

fn upward_arrows(source: &Source) -> Vec<String> {
    if ["lib.rs", "main.rs"].contains(&source.path.as_str()) {
        return Vec::new();
    }
    let room = source.room();
    let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{}: the room `{room}` stands on no floor", source.path)];
    };
    paths_into_the_crate(source)
        .into_iter()
        .filter(|target| *target != room && !below.contains(&target.as_str()))
        .map(|target| format!("{}: {room} imports {target}", source.path))
        .collect()
}

fn strangers_libraries(source: &Source) -> Vec<String> {
    OWNERS
        .iter()
        .filter(|(library, owners)| {
            uses_library(&source.code, library) && !owners.iter().any(|owner| source.path.starts_with(owner))
        })
        .map(|(library, owners)| format!("{}: {library} belongs to {}", source.path, owners.join(" and ")))
        .collect()
}

fn careless_lines(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    let most = if source.path == "main.rs" { MAX_LINES_OF_MAIN } else { MAX_LINES };
    if source.lines > most {
        complaints.push(format!("{}: {} lines, more than {most}", source.path, source.lines));
    }
    // Where there is a reason to panic, the lint is switched off with that reason, once for each.
    let reasons = source.code.matches("#[expect(clippy::expect_used, reason = ").count();
    let panics: Vec<_> =
        source.code.lines().filter(|line| line.contains(".unwrap()") || line.contains(".expect(")).collect();
    if panics.len() > reasons {
        complaints.push(format!("{}: can panic for no stated reason: {panics:?}", source.path));
    }
    complaints
}

fn complaints(sources: &[Source], rule: fn(&Source) -> Vec<String>) -> Vec<String> {
    sources.iter().flat_map(rule).collect()
}

#[test]
fn no_arrow_runs_upward() {
    assert_eq!(complaints(&Source::all(), upward_arrows), Vec::<String>::new());
}

#[test]
fn every_library_has_one_owner() {
    assert_eq!(complaints(&Source::all(), strangers_libraries), Vec::<String>::new());
}

#[test]
fn files_are_short_and_do_not_panic() {
    assert_eq!(complaints(&Source::all(), careless_lines), Vec::<String>::new());
}

/// An event that is written in another way has no place in the feed, and no subscriber hears of it.
#[test]
fn events_are_written_in_one_way() {
    let writes = |source: &Source| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&source.path);
        std::fs::read_to_string(path).unwrap().contains("CREATE event")
    };
    let writers: Vec<String> = Source::all().into_iter().filter(writes).map(|source| source.path).collect();
    assert_eq!(writers, ["store/feed.rs"]);
}

/// A rule about what is not there checks nothing.
#[test]
fn every_rule_is_about_something() {
    let sources = Source::all();
    for (room, _) in ROOMS {
        assert!(sources.iter().any(|source| source.room() == *room), "there is no room {room}");
    }
    for (library, owners) in OWNERS {
        let used = |source: &Source| {
            owners.iter().any(|owner| source.path.starts_with(owner)) && uses_library(&source.code, library)
        };
        assert!(sources.iter().any(used), "{library} is used by nobody");
    }
    assert!(sources.iter().any(|source| source.path == "services/files/upload.rs"), "the walk goes into folders");
}

fn example(path: &str, text: &str) -> Source {
    Source::new(Path::new(path), text)
}

#[test]
fn arrows_are_seen_in_every_shape() {
    for (path, text) in [
        ("domain/file.rs", "use crate::services::Error;"),
        ("config/mod.rs", "use crate::crypto::KeyRing;"),
        ("store/file.rs", "fn a() { crate::blobs::open() }"),
        ("graphql/guard.rs", "use crate::{\n    domain::role::Role,\n    store::Store,\n};"),
        ("http/error.rs", "use crate::{services::{Error, files::{FileView}}, config::Config};"),
        ("http/error.rs", "use super::super::store::Store;"),
        ("services/mod.rs", "use super::graphql;"),
        ("graphql/types/connection.rs", "macro_rules! m { () => { $crate::http::router() } }"),
        ("app.rs", "use crate::cli::Cli;"),
        ("app.rs", "use super::cli::Cli;"),
        ("helpers/mod.rs", "fn harmless() {}"),
        ("domain/role.rs", "#[cfg(test)]\nmod tests {\n    use super::*;\n}\nuse crate::policy::Policy;"),
    ] {
        assert_eq!(upward_arrows(&example(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("services/mod.rs", "use crate::{store, blobs};\nuse super::config::Config;"),
        ("domain/file.rs", "//! See [`crate::services`].\n/// and crate::store\nuse crate::domain::role::Role;"),
        ("crypto/file_key.rs", "use super::key_ring::KeyRing; // not crate::store"),
        ("crypto/file_key/inner.rs", "use super::super::key_ring::KeyRing;"),
        ("domain/role.rs", "#[cfg(test)]\nmod tests {\n    use crate::policy::Policy;\n}\n"),
        ("policy/tests.rs", "use crate::store::Store;"),
        ("lib.rs", "pub use crate::cli::Cli;"),
    ] {
        assert_eq!(upward_arrows(&example(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn strangers_and_careless_lines_are_seen() {
    for (path, text) in [
        ("services/files/list.rs", "use surrealdb::Surreal;"),
        ("services/files/list.rs", "use surrealdb_cnf::{A, B};"),
        ("services/documents/xml.rs", "let a = ::opendal::Operator::new();"),
        ("http/documents.rs", "use async_graphql::Value;"),
        ("http/health.rs", "use async_graphql_axum as gate;"),
        ("services/files/receive.rs", "use zip;"),
        ("cli/serve.rs", "fn a() -> casbin::Result<()> {}"),
    ] {
        assert_eq!(strangers_libraries(&example(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("store/file.rs", "use surrealdb::Surreal;"),
        ("services/mod.rs", "let pairs = a.iter().zip(b); // zip::ZipArchive"),
        ("services/mod.rs", "use crate::policy::casbin::Policy; let a = notzip::b();"),
    ] {
        assert_eq!(strangers_libraries(&example(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
    for text in ["let a = b.unwrap();", "b\n    .expect(\"a reason\")", &"\n".repeat(MAX_LINES + 1)] {
        assert_eq!(careless_lines(&example("domain/file.rs", text)).len(), 1, "{text}");
    }
    for text in [
        "#[expect(clippy::unused_async)]\nlet a = b.unwrap_or_default();",
        "#[expect(clippy::expect_used, reason = \"one\")]\nfn a() {\n    b.expect(\"c\");\n}",
        "    #[cfg(test)]\n    fn a() {\n        if b {\n            c.unwrap();\n        }\n    }",
    ] {
        assert_eq!(careless_lines(&example("domain/file.rs", text)), Vec::<String>::new(), "{text}");
    }
}
