//! What pages cost.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{FileId, UserId};
use strongroom::domain::page::{MAX_PAGE_SIZE, PageRequest};
use strongroom::domain::sort_key::{FileOrder, SortKeys};
use strongroom::services::Presented;
use strongroom::services::files::FileFilter;
use strongroom::store::{List, Scan, Store};

use super::Medians;
use super::filled::owner_and_client;
use crate::harness::TestApp;
use crate::harness::bulk::LARGEST_NUMBER;
use crate::harness::database::on_disk;
use crate::harness::rows::{moment, visitor};

/// Rounds over everything that is measured, so that a busy moment of the machine touches all of it alike.
const ROUNDS: usize = 5;
const PAGE: usize = 21;

fn medians(mut times: Vec<(String, Vec<Duration>)>) -> Medians {
    for (_, times) in &mut times {
        times.sort();
    }
    times.into_iter().map(|(what, times)| (what, times[times.len() / 2])).collect()
}

/// The key of a place in an order, as a fraction of the whole list.
fn place(key_field: &str, fraction: f64, count: usize) -> String {
    let keys = |fraction: f64| {
        let number = (fraction * LARGEST_NUMBER as f64) as u64;
        let uploaded_at = moment((fraction * count as f64) as u64);
        SortKeys::new(FileId::from_bytes([128; 16]), &format!("Report {number:06}.docx"), number + 1000, uploaded_at)
    };
    let (up, down) = (keys(fraction), keys(1.0 - fraction));
    match key_field {
        "oldest" => up.oldest,
        "newest" => down.newest,
        "by_name" => up.by_name,
        "by_name_reversed" => down.by_name_reversed,
        "smallest" => up.smallest,
        _ => down.largest,
    }
}

/// The first page, one in the middle and the last one of every list in every order and its mirror.
fn scans(owner: UserId, client: UserId, count: usize) -> Vec<(String, Scan)> {
    let lists = [List::Files, List::FilesOf(owner.key()), List::SharesWith(client.key())];
    let last = 1.0 - 10.0 / count as f64;
    let mut scans = Vec::new();
    for list in lists {
        for field in FileOrder::ALL.into_iter().flat_map(|order| <[&str; 2]>::from(order.key_fields())) {
            for (name, after) in
                [("first", String::new()), ("middle", place(field, 0.5, count)), ("last", place(field, last, count))]
            {
                let kind = match &list {
                    List::Files => "all files",
                    List::FilesOf(_) => "own files",
                    _ => "shares",
                };
                let what = format!("scan of {kind} by {field}, {name} page");
                scans.push((what, Scan { list: list.clone(), key_field: field, after, limit: PAGE }));
            }
        }
    }
    scans
}

pub async fn of_the_store(path: &Path, count: usize) -> Medians {
    let store = Store::connect(&on_disk(path), Arc::new(OsRandom)).await.unwrap();
    let (owner, client) = owner_and_client(&store).await;
    let scans = scans(owner, client, count);
    let mut times: Vec<(String, Vec<Duration>)> = scans.iter().map(|(what, _)| (what.clone(), Vec::new())).collect();
    for _ in 0..ROUNDS {
        for ((what, scan), (_, times)) in scans.iter().zip(&mut times) {
            let begun = Instant::now();
            let found = match scan.list {
                List::SharesWith(_) => store.scan_shares(scan).await.unwrap().len(),
                _ => store.scan_files(scan).await.unwrap().len(),
            };
            times.push(begun.elapsed());
            let is_last = what.ends_with("last page");
            assert!(if is_last { (1..=PAGE).contains(&found) } else { found == PAGE }, "{what}: {found} rows");
        }
    }
    store.close().await;
    medians(times)
}

/// What callers get: pages from both ends and behind a cursor, and the total.
pub async fn of_the_product(app: &TestApp) -> Medians {
    let mut times: Vec<(String, Vec<Duration>)> = Vec::new();
    let services = &app.services;
    let filter = FileFilter::default();
    for round in 0..ROUNDS {
        let mut measured = 0;
        let mut note = |what: String, taken: Duration| {
            if round == 0 {
                times.push((what, Vec::new()));
            }
            times[measured].1.push(taken);
            measured += 1;
        };
        for name in ["olga", "carl", "ada"] {
            let client = app.sign_in(name).await;
            let caller =
                services.authenticate(Presented::Bearer(client.token.as_deref().unwrap()), &visitor()).await.unwrap();
            for order in FileOrder::ALL {
                for forward in [true, false] {
                    let mut cursor = None;
                    for page in ["outermost", "next"] {
                        let size = PAGE as i32 - 1;
                        let (first, last) = if forward { (Some(size), None) } else { (None, Some(size)) };
                        let (after, before) = if forward { (cursor.take(), None) } else { (None, cursor.take()) };
                        let request = PageRequest::parse(first, after, last, before, MAX_PAGE_SIZE).unwrap();
                        let begun = Instant::now();
                        let found = services.list_files(&caller, &filter, order, &request).await.unwrap();
                        note(format!("{name}'s {order:?}, forward: {forward}, {page} page"), begun.elapsed());
                        assert_eq!(found.items.len(), PAGE - 1);
                        let end = if forward { found.items.last() } else { found.items.first() };
                        cursor = end.map(|(cursor, _)| cursor.clone());
                    }
                }
            }
            let begun = Instant::now();
            assert!(services.count_files(&caller, &filter).await.unwrap() > 0);
            note(format!("{name}'s total"), begun.elapsed());
        }
    }
    medians(times)
}
