//! A page costs the same in a list of 1,000 and of 200,000, wherever it stands; on disk, where a backward scan, a sort or
//! a count would show.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

mod filled;
mod pages;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use strongroom::crypto::os_random::OsRandom;
use strongroom::store::{List, Scan, Store};
use tempfile::TempDir;

use crate::harness::TestApp;
use crate::harness::database::on_disk;

const FEW: usize = 1_000;
const MANY: usize = 100_000;
const VERY_MANY: usize = 200_000;

/// What growth may cost: trees get deeper, lists that are read to their end cost two hundred times as much.
const MOST_TIMES: f64 = 3.0;
/// On top of that, what the machine's own unrest costs the shortest of these times.
const SLACK: Duration = Duration::from_millis(2);
const LONGEST_OPENING: Duration = Duration::from_secs(1);

/// The short list and the long one are measured by turns, and the calmest turn of each counts: other tests run beside this one.
/// So it is with opening.
const TURNS: usize = 3;

/// A median by what was measured.
type Medians = BTreeMap<String, Duration>;

async fn start(folder: TempDir) -> TestApp {
    let url = format!("surrealkv://{}", database_path(folder.path()).display());
    TestApp::builder()
        .on_disk(Some(folder))
        .with("DATABASE__URL", &url)
        .with("STORAGE__BACKEND", "memory")
        .start()
        .await
}

fn database_path(folder: &Path) -> PathBuf {
    folder.join("db")
}

async fn stop(app: TestApp) -> TempDir {
    app.services.close().await;
    app.folder
}

/// Opens the store as a start of the program does and reads one page. Answers how long that took.
async fn opening_time(path: &Path) -> Duration {
    let begun = Instant::now();
    let store = Store::connect(&on_disk(path), Arc::new(OsRandom)).await.unwrap();
    let owner = filled::owner_and_client(&store).await.0;
    let scan = Scan { list: List::FilesOf(owner.key()), key_field: "newest", after: String::new(), limit: 21 };
    assert_eq!(store.scan_files(&scan).await.unwrap().len(), 21);
    let taken = begun.elapsed();
    store.close().await;
    taken
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
    let opened = filled::folder_with(&[FEW, MANY]).await;
    let mut opening = Duration::MAX;
    for _ in 0..TURNS {
        opening = opening.min(opening_time(&database_path(opened.path())).await);
    }
    println!("a store of {MANY} files and as many shares opens and answers in {opening:.1?}");
    let (mut short, mut long) = (filled::folder_with(&[FEW]).await, filled::folder_with(&[FEW, MANY, VERY_MANY]).await);
    println!("a store of {VERY_MANY} opens and answers in {:.1?}", opening_time(&database_path(long.path())).await);
    let (mut few, mut many) = (Medians::new(), Medians::new());
    for _ in 0..TURNS {
        short = measure(short, FEW, &mut few).await;
        long = measure(long, VERY_MANY, &mut many).await;
    }
    assert_alike(&few, &many);
    assert!(opening < LONGEST_OPENING, "opening took {opening:?}");
}

/// Measures everything, and keeps what was shorter than before.
async fn measure(folder: TempDir, count: usize, best: &mut Medians) -> TempDir {
    let mut medians = pages::of_the_store(&database_path(folder.path()), count).await;
    let app = start(folder).await;
    medians.extend(pages::of_the_product(&app).await);
    let folder = stop(app).await;
    for (what, taken) in medians {
        best.entry(what).and_modify(|best| *best = taken.min(*best)).or_insert(taken);
    }
    folder
}
