//! Installations with very many files. To fill one takes minutes, so it is kept from run to run, as an installation that
//! outlives versions of the program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::email::EmailAddress;
use strongroom::domain::id::UserId;
use strongroom::store::Store;
use tempfile::TempDir;

use super::{database_path, start, stop};
use crate::harness::app::email_of;
use crate::harness::bulk::fill;
use crate::harness::database::{RawDatabase, on_disk};

const OWNER: &str = "olga";
const CLIENT: &str = "carl";

/// A folder of the caller's own, with so many files of one owner in it, all shared with one Client. What is added to the next
/// smaller of the stages makes it.
pub async fn folder_with(stages: &[usize]) -> TempDir {
    let (count, smaller) = stages.split_last().unwrap();
    let kept = place_of(*count);
    if !kept.is_dir() {
        make(*count, smaller, &kept).await;
    }
    let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    assert!(Command::new("cp").arg("-a").arg(kept.join(".")).arg(copy.path()).status().unwrap().success());
    copy
}

pub async fn owner_and_client(store: &Store) -> (UserId, UserId) {
    let mut ids = Vec::new();
    for name in [OWNER, CLIENT] {
        let email = EmailAddress::parse(&email_of(name)).unwrap();
        ids.push(store.find_user_by_email(&email).await.unwrap().unwrap().0.id);
    }
    (ids[0], ids[1])
}

/// Where it is kept: another place as soon as other rows would be written, or by another database.
fn place_of(count: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["src/domain/sort_key.rs", "tests/it/harness/bulk.rs", "tests/it/harness/rows.rs"]
        .map(|file| root.join(file))
        .into();
    files.extend(std::fs::read_dir(root.join("schema/migrations")).unwrap().map(|entry| entry.unwrap().path()));
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(std::fs::read(file).unwrap());
    }
    for version in versions_of_the_database(&std::fs::read_to_string(root.join("Cargo.lock")).unwrap()) {
        digest.update(version);
    }
    let made_by = HEXLOWER.encode(&digest.finalize()[..8]);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth").join(format!("{count}-{made_by}"))
}

/// The lines that name a crate of SurrealDB's, each with the next one, which says its version.
fn versions_of_the_database(lock: &str) -> Vec<String> {
    let lines: Vec<&str> = lock.lines().collect();
    let versions = lines.windows(2).filter(|pair| pair[0].starts_with("name = \"surreal")).map(|pair| pair.concat());
    let versions: Vec<String> = versions.collect();
    assert!(versions.iter().any(|version| version.starts_with("name = \"surrealkv\"version")), "{versions:?}");
    versions
}

async fn make(count: usize, smaller: &[usize], place: &Path) {
    let all = place.parent().unwrap();
    std::fs::create_dir_all(all).unwrap();
    // What was made by older rows is of no use to anybody.
    for entry in std::fs::read_dir(all).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with(&format!("{count}-")) {
            std::fs::remove_dir_all(entry.path()).unwrap();
        }
    }
    let folder = match smaller.last() {
        Some(_) => Box::pin(folder_with(smaller)).await,
        None => installation().await,
    };
    let begun = Instant::now();
    let path = database_path(folder.path());
    let store = Store::connect(&on_disk(&path), Arc::new(OsRandom)).await.unwrap();
    let (owner, client) = owner_and_client(&store).await;
    store.close().await;
    let raw = RawDatabase::open(&path).await;
    let numbers = smaller.last().copied().unwrap_or(0)..count;
    let added = numbers.len();
    fill(&raw, owner, client, numbers).await;
    raw.close().await;
    println!("{added} files and as many shares written in {:.1?}", begun.elapsed());
    // With its name it is whole.
    std::fs::rename(folder.keep(), place).unwrap();
}

/// With people and without files.
async fn installation() -> TempDir {
    let app = start(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()).await;
    app.ops(OWNER).await;
    app.client(CLIENT).await;
    app.admin("ada").await;
    stop(app).await
}
