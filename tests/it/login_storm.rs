//! A hundred people sign in at once: who is signed in already hardly notices, and memory is bounded by how many passwords are
//! hashed at the same time.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::accounts::{LOGIN, VIEWER};
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::server::Server;

const LOGINS: usize = 100;
/// Accounts that sign in, several times each.
const ACCOUNTS: usize = 10;
const IDLE_QUERIES: usize = 400;
/// Other tests and their servers share the cores, so a bad run can be somebody else's fault; three in a row are ours.
const RUNS: usize = 3;
/// What one hash takes (`auth.password.memory_kib`).
const HASH_BYTES: u64 = 19 << 20;
/// What a hundred connections and sessions may take on top.
const OTHER_BYTES: u64 = 32 << 20;

async fn time_of_viewer(client: &Client) -> Duration {
    let begun = Instant::now();
    client.data(VIEWER, json!({})).await;
    begun.elapsed()
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() * 99).div_ceil(100) - 1]
}

async fn login(server: &Server, number: usize) -> String {
    let name = format!("person-{}", number % ACCOUNTS);
    let input = json!({"email": email_of(&name), "password": PASSWORD});
    Client::new(&server.base_url, None).code(LOGIN, json!({"input": input})).await
}

/// The p99 of `viewer` without and with the storm.
async fn storm(server: &Server, viewer: &Client) -> (Duration, Duration) {
    let mut idle = Vec::new();
    for _ in 0..IDLE_QUERIES {
        idle.push(time_of_viewer(viewer).await);
    }
    let begun = Instant::now();
    let logins = join_all((0..LOGINS).map(|number| login(server, number)));
    let mut busy = Vec::new();
    tokio::pin!(logins);
    let codes = loop {
        tokio::select! {
            biased;
            codes = &mut logins => break codes,
            taken = time_of_viewer(viewer) => busy.push(taken),
        }
    };
    assert!(codes.iter().all(String::is_empty), "{codes:?}");
    let (idle, queries, busy) = (p99(idle), busy.len(), p99(busy));
    eprintln!(
        "{LOGINS} logins in {:.2?}; p99 of viewer: {idle:.2?} idle, {busy:.2?} of {queries} meanwhile",
        begun.elapsed()
    );
    assert!(queries >= 100, "only {queries} queries during the storm");
    (idle, busy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_storm_leaves_the_others_their_time_and_takes_little_memory() {
    let _alone = crate::harness::ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), |_| {});
    for number in 0..ACCOUNTS {
        server.create_user(&format!("person-{number}"), "client");
    }
    let viewer = server.sign_in("person-0").await;
    for number in 0..4 {
        login(&server, number).await;
    }
    let before = server.peak_memory_bytes();
    let cores = std::thread::available_parallelism().unwrap().get() as u64;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let (idle, busy) = storm(&server, &viewer).await;
        let growth = server.peak_memory_bytes() - before;
        eprintln!("memory has grown by {:.1} MiB", growth as f64 / f64::from(1 << 20));
        assert!(growth < cores * HASH_BYTES + OTHER_BYTES, "{growth} bytes more");
        if busy < (5 * idle).max(Duration::from_millis(25)) {
            return;
        }
        runs.push((idle, busy));
    }
    panic!("viewer waits for the passwords of others: {runs:?}");
}
