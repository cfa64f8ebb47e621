//! A line that fails again and again in one way or another: what is answered is true, and nothing is left over, neither at the storage
//! nor in memory.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::backend::garage_behind_a_line;
use super::interrupted::catch_up_with_the_server;
use super::little_memory::start_with;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};

const MIB: u64 = 1 << 20;
/// More than two parts.
const LARGE: usize = 11 << 20;
/// A request of so many suffers a fault; with more than that it takes long until anything is stored.
const ONE_IN: u64 = 3;
/// Four uploads at a time have two parts each, and what the transport and the allocator keep of them.
const MAX_GROWTH_BYTES: u64 = 96 * MIB;

/// What came of many transfers.
#[derive(Default)]
struct Outcome {
    stored: Vec<Value>,
    refused: usize,
    downloaded: usize,
    broken: usize,
}

/// Whole, or refused with a code, or cut where the reader can see it: `true` where it is whole.
async fn downloads(client: &Client, file: &Value) -> bool {
    let answer = client.get(&client.link(file).await).await;
    if answer.status() != 200 {
        assert_eq!(answer.status(), 503, "{}", answer.text().await.unwrap());
        return false;
    }
    let Ok(content) = answer.bytes().await else { return false };
    assert_eq!(file["sha256"], sha256(&content));
    true
}

async fn transfer(client: &Client, rounds: usize) -> Outcome {
    let mut outcome = Outcome::default();
    for round in 0..rounds {
        let documents: Vec<_> = (0..4).map(|number| docx(&format!("{round}-{number}"), &vec![7; LARGE])).collect();
        let names: Vec<_> = (0..4).map(|number| format!("{round}-{number}.docx")).collect();
        let uploads = names.iter().zip(&documents).map(|(name, document)| client.try_upload(name, document));
        for reply in join_all(uploads).await {
            if reply.body.get("errors").is_none() {
                outcome.stored.push(reply.data()["upload"]["file"].clone());
                continue;
            }
            assert_eq!(reply.code(), "UNAVAILABLE", "{reply:?}");
            assert_eq!(reply.body["errors"][0]["extensions"]["outcome"], "none", "{reply:?}");
            outcome.refused += 1;
        }
        let wholes = join_all(outcome.stored.iter().rev().take(4).map(|file| downloads(client, file))).await;
        outcome.downloaded += wholes.iter().filter(|whole| **whole).count();
        outcome.broken += wholes.iter().filter(|whole| !**whole).count();
    }
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_left_over_by_a_line_that_fails_at_random() {
    let (line, backend, settings) = garage_behind_a_line().await;
    let app = settings.start().await;
    let olga = app.ops("olga").await;
    line.break_at_random(0x5eed, ONE_IN);
    let outcome = transfer(&olga, 4).await;
    let faults = line.mend();
    let Outcome { stored, refused, downloaded, broken } = &outcome;
    let count = stored.len();
    crate::harness::say(&format!(
        "{faults} faults: {count} stored, {refused} refused; {downloaded} read, {broken} not"
    ));
    assert!(faults > 10 && count > 0 && *downloaded > 0, "the line was too good or too bad");

    for file in stored {
        assert!(downloads(&olga, file).await, "{file}");
    }
    let files = olga.data("{ files { totalCount } }", json!({})).await;
    assert_eq!(files["files"]["totalCount"], count);
    // What could not be given up over that line is, once it is old.
    catch_up_with_the_server(&app);
    app.clock.advance_seconds(2 * 3600);
    app.services.sweep(false).await.unwrap();
    backend.wait_until_it_holds(count).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_does_not_grow_by_a_line_that_fails_at_random() {
    let (folder, (line, _backend, settings)) = (tempfile::tempdir().unwrap(), garage_behind_a_line().await);
    let server = start_with(&folder.path().join("data"), &settings);
    server.create_user("olga", "ops");
    let olga = server.sign_in("olga").await;
    transfer(&olga, 1).await;
    let without_faults = server.peak_memory_bytes();
    line.break_at_random(0xbad_5eed, ONE_IN);
    let outcome = transfer(&olga, 3).await;
    assert!(line.mend() > 10 && !outcome.stored.is_empty());
    let growth = server.peak_memory_bytes() - without_faults;
    crate::harness::say(&format!("{} MiB more by faults", growth / MIB));
    assert!(growth < MAX_GROWTH_BYTES, "{growth}");
}
