//! A page costs the same in a list of 1,000 and of 200,000, wherever it stands; on disk, where a backward scan, a sort or
//! a count would show.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

mod pages;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::UserId;
use strongroom::store::{List, Options, Scan, Store};
use tempfile::TempDir;

use crate::harness::TestApp;
use crate::harness::bulk::fill;
use crate::harness::client::Client;
use crate::harness::database::{RawDatabase, on_disk};

const FEW: usize = 1_000;
const MANY: usize = 100_000;
const VERY_MANY: usize = 200_000;

/// What growth may cost: trees get deeper, lists that are read to their end cost two hundred times as much.
const MOST_TIMES: f64 = 3.0;
/// On top of that, what the machine's own unrest costs the shortest of these times.
const SLACK: Duration = Duration::from_millis(2);
const LONGEST_OPENING: Duration = Duration::from_secs(1);

/// The short list and the long one are measured by turns, and the calmest turn of each counts: other tests run beside this one.
const TURNS: usize = 3;

/// A median by what was measured.
type Medians = BTreeMap<String, Duration>;

async fn start(folder: TempDir) -> TestApp {
    let url = format!("surrealkv://{}", database_path(&folder).display());
    TestApp::builder()
        .on_disk(Some(folder))
        .with("DATABASE__URL", &url)
        .with("STORAGE__BACKEND", "memory")
        .start()
        .await
}

fn database_path(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("db")
}

async fn stop(app: TestApp) -> TempDir {
    app.services.close().await;
    app.folder
}

async fn id_of(client: &Client) -> UserId {
    let data = client.data("{ viewer { id } }", json!({})).await;
    UserId::parse(data["viewer"]["id"].as_str().unwrap()).unwrap()
}

/// Opens the store as a start of the program does and reads one page. Answers how long that took.
async fn opening_time(path: &Path, owner: UserId) -> Duration {
    let options: Options = on_disk(path);
    let begun = Instant::now();
    let store = Store::connect(&options, Arc::new(OsRandom)).await.unwrap();
    let scan = Scan { list: List::FilesOf(owner.key()), key_field: "newest", after: String::new(), limit: 21 };
    assert_eq!(store.scan_files(&scan).await.unwrap().len(), 21);
    let taken = begun.elapsed();
    store.close().await;
    taken
}

async fn fill_more(path: &Path, owner: UserId, client: UserId, numbers: std::ops::Range<usize>) {
    let (begun, count) = (Instant::now(), numbers.len());
    let raw = RawDatabase::open(path).await;
    fill(&raw, owner, client, numbers).await;
    raw.close().await;
    println!("{count} files and as many shares written in {:.1?}", begun.elapsed());
}

fn assert_alike(few: &Medians, many: &Medians) {
    let mut faults = Vec::new();
    for (what, before) in few {
        let after = many[what];
        let times = after.as_secs_f64() / before.as_secs_f64();
        println!("{what:60} {before:>10.1?} -> {after:>10.1?}  x{times:.1}");
        if after > before.mul_f64(MOST_TIMES) + SLACK {
            faults.push(format!("{what}: {before:?} -> {after:?}"));
        }
    }
    assert!(faults.is_empty(), "it grows with the list: {faults:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_cost_the_same_in_a_short_list_and_in_a_long_one() {
    let app = start(tempfile::tempdir().unwrap()).await;
    let (ops, carl) = (app.ops("olga").await, app.client("carl").await);
    app.admin("ada").await;
    let (owner, client) = (id_of(&ops).await, id_of(&carl).await);
    let folder = stop(app).await;
    let path = database_path(&folder);

    fill_more(&path, owner, client, 0..FEW).await;
    let mut short = copy_of(&folder);
    fill_more(&path, owner, client, FEW..MANY).await;
    let opening = opening_time(&path, owner).await;
    println!("a store of {MANY} files and as many shares opens and answers in {opening:.1?}");
    fill_more(&path, owner, client, MANY..VERY_MANY).await;
    println!("a store of {VERY_MANY} opens and answers in {:.1?}", opening_time(&path, owner).await);

    let (mut long, mut few, mut many) = (folder, Medians::new(), Medians::new());
    for _ in 0..TURNS {
        short = measure(short, (owner, client), FEW, &mut few).await;
        long = measure(long, (owner, client), VERY_MANY, &mut many).await;
    }
    assert_alike(&few, &many);
    assert!(opening < LONGEST_OPENING, "opening took {opening:?}");
}

/// Another folder with the same in it.
fn copy_of(folder: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let contents = folder.path().join(".");
    assert!(Command::new("cp").arg("-a").arg(contents).arg(copy.path()).status().unwrap().success());
    copy
}

/// Measures everything, and keeps what was shorter than before.
async fn measure(folder: TempDir, (owner, client): (UserId, UserId), count: usize, best: &mut Medians) -> TempDir {
    let mut medians = pages::of_the_store(&database_path(&folder), owner, client, count).await;
    let app = start(folder).await;
    medians.extend(pages::of_the_product(&app).await);
    let folder = stop(app).await;
    for (what, taken) in medians {
        best.entry(what).and_modify(|best| *best = taken.min(*best)).or_insert(taken);
    }
    folder
}
