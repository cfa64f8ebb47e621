//! Several instances on one database, each with a ring file of its own.

use std::path::{Path, PathBuf};

use serde_json::Value;
use strongroom::crypto::key_ring::Purpose;
use strongroom::services::Caller;
use strongroom::services::keys::Round;
use tempfile::TempDir;

use super::{begin, content, ids, is_signed_in, key, report, status, tend};
use crate::cli::run;
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::surreal_server::{self, SurrealServer};
use crate::harness::tus;

/// Longer than an instance counts as living.
const DEAD_SECONDS: u64 = 31;

/// Two instances on one database and one folder of objects.
struct Pair {
    one: TestApp,
    other: TestApp,
    database: SurrealServer,
    objects: TempDir,
}

impl Pair {
    async fn start() -> Self {
        let (database, objects) = (SurrealServer::start("memory").await, tempfile::tempdir().unwrap());
        let one = builder(&database, objects.path()).start().await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::copy(one.data_dir().join("keys"), folder.path().join("data/keys")).unwrap();
        let other = builder(&database, objects.path())
            .below(folder)
            // Tokens say who has issued them.
            .with("SERVER__PUBLIC_URL", &one.base_url)
            .start()
            .await;
        Self { one, other, database, objects }
    }

    fn ring_of_one(&self) -> PathBuf {
        self.one.data_dir().join("keys")
    }

    fn ring_of_other(&self) -> PathBuf {
        self.other.data_dir().join("keys")
    }

    /// Somebody on the other instance.
    fn on_other(&self, client: &Client) -> Client {
        Client { base_url: self.other.base_url.clone(), ..client.clone() }
    }
}

fn builder(database: &SurrealServer, objects: &Path) -> crate::harness::app::TestAppBuilder {
    TestApp::builder()
        .with("DATABASE__URL", &database.url())
        .with("DATABASE__USERNAME", surreal_server::USER)
        .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
        .with("STORAGE__BACKEND", "fs")
        .with("STORAGE__FS__ROOT", &objects.to_string_lossy())
        .with("RATE_LIMITS__ENABLED", "false")
}

async fn currents(app: &TestApp) -> Vec<String> {
    let report = report(app).await;
    Purpose::ALL.iter().flat_map(|purpose| ids(&report, purpose.as_str(), "current")).collect()
}

/// Goes on on both until it is over.
async fn finish(pair: &Pair) {
    for _ in 0..100 {
        tend(&pair.one).await;
        tend(&pair.other).await;
        if status(&pair.one).await.phase == "done" {
            return;
        }
    }
    panic!("{:?}", status(&pair.one).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_seals_with_a_key_before_every_instance_has_it() {
    let pair = Pair::start().await;
    let olga = pair.one.ops("olga").await;
    let (olga, olga_there) = (olga.clone(), pair.on_other(&olga));
    let old = currents(&pair.one).await;
    begin(&pair.one).await;
    for _ in 0..3 {
        tend(&pair.one).await;
        tend(&pair.other).await;
        let status = status(&pair.other).await;
        assert_eq!((status.phase.as_str(), status.instances, status.lacking), ("adding", 2, 1), "{status:?}");
    }
    assert_eq!(currents(&pair.one).await, old);
    let mut files: Vec<(Value, Vec<u8>)> = Vec::new();
    for (number, client) in [&olga, &olga_there].into_iter().enumerate() {
        let document = docx(&format!("meanwhile {number}"), b"x");
        files.push((client.upload(&format!("{number}.docx"), &document).await, document));
    }
    for (file, document) in &files {
        for client in [&olga, &olga_there] {
            assert!(content(client, file).await == *document, "either reads what either has stored");
        }
    }
    let report_before = report(&pair.one).await;
    assert_eq!(key(&report_before, &ids(&report_before, "wrapping", "current")[0])["files"], 2);

    std::fs::copy(pair.ring_of_one(), pair.ring_of_other()).unwrap();
    finish(&pair).await;
    let new = currents(&pair.other).await;
    assert_eq!(new, currents(&pair.one).await);
    assert!(new.iter().all(|key| !old.contains(key)), "{new:?} {old:?}");
    let report = report(&pair.other).await;
    assert_eq!(key(&report, &old[0])["files"], 0, "{report}");
    assert_eq!(key(&report, &new[0])["files"], 2, "{report}");
    for (file, document) in &files {
        for client in [&olga, &olga_there] {
            assert!(is_signed_in(client).await);
            assert!(content(client, file).await == *document);
        }
    }
    // What one signs and seals now, the other takes.
    let again = pair.one.sign_in("olga").await;
    let link = again.link(&files[0].0).await.replace(&pair.one.base_url, &pair.other.base_url);
    assert_eq!(pair.on_other(&again).get(&link).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_instance_is_waited_for_until_its_lease_has_run_out() {
    let Pair { one, other, database, objects } = Pair::start().await;
    let old_ring = std::fs::read(other.data_dir().join("keys")).unwrap();
    begin(&one).await;
    tend(&other).await;
    // It dies without a word.
    drop(other);
    tend(&one).await;
    assert_eq!(status(&one).await.phase, "adding");
    one.clock.advance_seconds(DEAD_SECONDS);
    for _ in 0..100 {
        tend(&one).await;
    }
    assert_eq!(status(&one).await.phase, "done");

    // When it comes back as it was, it is refused: it could not read what the others store.
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    std::fs::create_dir(&data_dir).unwrap();
    let keys = data_dir.join("keys");
    std::fs::write(&keys, old_ring).unwrap();
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let start = || {
        run(&["invite", "--role", "OPS", "--data-dir", data_dir.to_str().unwrap()], |command| {
            command
                .env("STRONGROOM__DATABASE__URL", database.url())
                .env("STRONGROOM__DATABASE__USERNAME", surreal_server::USER)
                .env("STRONGROOM__DATABASE__PASSWORD", surreal_server::PASSWORD)
                .env("STRONGROOM__STORAGE__FS__ROOT", objects.path());
        })
    };
    let complaint = start().complaint();
    assert!(complaint.contains("lacks the current") && complaint.contains("newest copy"), "{complaint}");
    std::fs::copy(one.data_dir().join("keys"), &keys).unwrap();
    start().printed();
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_an_instance_that_died_is_taken_up_by_another() {
    let pair = Pair::start().await;
    let olga = pair.one.ops("olga").await;
    let document = docx("Kept", b"kept");
    let file = olga.upload("kept.docx", &document).await;
    begin(&pair.one).await;
    tend(&pair.one).await;
    std::fs::copy(pair.ring_of_one(), pair.ring_of_other()).unwrap();
    tend(&pair.other).await;
    // Somebody has taken the rewrapping, and is heard of no more.
    let raw = pair.database.connect().await;
    let now = pair.one.services.now().as_millis();
    let taken = "UPDATE rotation SET worker = 'somebody else', lease_expires_at = $until";
    for _ in 0..100 {
        tend(&pair.one).await;
        if status(&pair.one).await.phase != "adding" {
            break;
        }
    }
    raw.query(format!("{taken}, phase = 'rewrapping'")).bind(("until", now + 30_000)).await.unwrap().check().unwrap();
    assert_eq!(tend(&pair.one).await, Round::Waiting);
    assert_eq!(status(&pair.one).await.phase, "rewrapping");
    pair.one.clock.advance_seconds(DEAD_SECONDS);
    pair.other.clock.advance_seconds(DEAD_SECONDS);
    finish(&pair).await;
    assert!(content(&pair.on_other(&pair.one.sign_in("olga").await), &file).await == document);
}

/// An instance whose process stood still while keys turned comes to itself with the ring from before.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_slept_reads_its_ring_again_when_it_meets_a_new_key() {
    let pair = Pair::start().await;
    // The other one's clock stands still; its lease runs out by the clock of the first.
    pair.one.clock.advance_seconds(DEAD_SECONDS);
    let olga = pair.one.ops("olga").await;
    begin(&pair.one).await;
    for _ in 0..20 {
        tend(&pair.one).await;
    }
    let document = docx("New", b"new");
    let file = olga.upload("new.docx", &document).await;
    std::fs::copy(pair.ring_of_one(), pair.ring_of_other()).unwrap();
    let there = pair.on_other(&olga);
    let reply = there.send("{ viewer { id } }", serde_json::json!({})).await;
    // Its keeper may have looked already; whoever is refused signs in again.
    let there = if reply.code().is_empty() { there } else { pair.other.sign_in("olga").await };
    assert!(content(&there, &file).await == document);
}

/// A rotation that nobody can finish is given up, and its keys never come into use.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_given_up_while_its_keys_are_new() {
    let pair = Pair::start().await;
    let olga = pair.one.ops("olga").await;
    let before = std::fs::read(pair.ring_of_one()).unwrap();
    let old = currents(&pair.one).await;
    let begun = begin(&pair.one).await;
    tend(&pair.one).await;
    let second = pair.other.services.rotate_keys(&Caller::Operator, &Purpose::ALL).await;
    assert!(second.unwrap_err().to_string().contains("under way"));
    pair.one.services.abandon_rotation(&Caller::Operator).await.unwrap();
    assert_eq!(std::fs::read(pair.ring_of_one()).unwrap(), before, "they are out of the file again");
    assert_eq!(tend(&pair.one).await, Round::Quiet);
    assert_eq!(currents(&pair.one).await, old);
    let report_after = report(&pair.one).await;
    assert!(begun.keys.iter().all(|id| key(&report_after, id)["state"] == "retired"), "{report_after}");
    assert!(pair.one.services.abandon_rotation(&Caller::Operator).await.is_err(), "there is none any more");
    // The next one makes other keys.
    let next = begin(&pair.one).await;
    assert!(next.keys.iter().all(|id| !begun.keys.contains(id)));
    std::fs::copy(pair.ring_of_one(), pair.ring_of_other()).unwrap();
    finish(&pair).await;
    assert!(is_signed_in(&olga).await);
    assert!(pair.one.services.abandon_rotation(&Caller::Operator).await.is_err(), "its keys are in use");
}

/// One of the two has made the new keys current, and the other has not heard of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_lags_stores_nothing_under_a_former_key() {
    let pair = Pair::start().await;
    let olga = pair.one.ops("olga").await;
    let clients = [olga.clone(), pair.on_other(&olga)];
    let old = ids(&report(&pair.one).await, "wrapping", "current")[0].clone();
    begin(&pair.one).await;
    std::fs::copy(pair.ring_of_one(), pair.ring_of_other()).unwrap();
    for app in [&pair.other, &pair.one].into_iter().cycle().take(6) {
        if status(&pair.one).await.phase != "adding" {
            break;
        }
        app.services.tend_keys().await.unwrap();
    }
    let mut files: Vec<(Value, Vec<u8>)> = Vec::new();
    for (number, client) in clients.iter().enumerate() {
        let document = docx(&format!("meanwhile {number}"), b"x");
        files.push((client.upload(&format!("{number}.docx"), &document).await, document));
        tus::create(client, "resumed.docx", 1000).await;
    }
    let report = report(&pair.one).await;
    let new = &ids(&report, "wrapping", "current")[0];
    assert_ne!(*new, old);
    assert_eq!((&key(&report, &old)["files"], &key(&report, new)["files"]), (&0.into(), &4.into()), "{report}");
    for (file, document) in &files {
        for client in &clients {
            assert!(content(client, file).await == *document);
        }
    }
}
