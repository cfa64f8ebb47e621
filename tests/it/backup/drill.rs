//! The drill: back up under load, lose everything, bring it back with only what the documents say to keep.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{Place, content_of, delete, mode, name_of};
use crate::harness::app::files_below;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::find::holds;
use crate::harness::noise::noise;
use crate::harness::server::create_user_in;
use crate::harness::tus;
use crate::verify::store_in_pieces;

/// Uploads, shares, renames and deletes until it is told to stop; answers how often.
async fn work(client: Client, number: usize, ends: Arc<AtomicBool>) -> usize {
    let mut rounds = 0;
    while !ends.load(Ordering::Relaxed) {
        let content = docx(&format!("{number} {rounds}"), &noise(30_000 + 1000 * rounds % 100_000));
        let file = client.upload(&format!("passing-{number}-{rounds}.docx"), &content).await;
        client.share(&file, "carl@example.com").await;
        if rounds % 3 != 0 {
            delete(&client, &file).await;
        }
        rounds += 1;
    }
    rounds
}

async fn uploaded(client: &Client, name: &str, size: usize) -> (Value, String) {
    let content = docx(name, &noise(size));
    let file = client.upload(&format!("{name}.docx"), &content).await;
    assert_eq!(file["sha256"], sha256(&content));
    (file, sha256(&content))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_backed_up_under_load_comes_back_and_what_was_deleted_does_not() {
    let place = Place::new();
    for (name, role) in [("olga", "OPS"), ("carl", "CLIENT")] {
        create_user_in(&place.data_dir(), name, role);
    }
    let server = place.serve();
    let (olga, carl) = (server.sign_in("olga").await, server.sign_in("carl").await);
    let mut kept = Vec::new();
    for number in 0..6 {
        kept.push(uploaded(&olga, &format!("kept-{number}"), number * 70_000).await);
    }
    let large = uploaded(&olga, "large", 12 << 20).await;
    kept.push(large);
    let (in_pieces, content, _) =
        store_in_pieces(&olga, &place.data_dir(), "in-pieces", 300_000, &[65_536, 100_000]).await;
    kept.push((in_pieces, sha256(&content)));
    // One that is still on its way is lost, and leaves nothing.
    let unfinished = tus::create(&olga, "unfinished.docx", content.len()).await;
    tus::add_well(&olga, &unfinished, 0, &content[..100_000]).await;
    olga.share(&kept[0].0, "carl@example.com").await;
    let (deleted_before, _) = uploaded(&olga, "deleted-before", 1000).await;
    delete(&olga, &deleted_before).await;
    let (deleted_after, _) = uploaded(&olga, "deleted-after", 1000).await;

    let ends = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> = (0..3).map(|number| tokio::spawn(work(olga.clone(), number, Arc::clone(&ends)))).collect();
    let backed_up = place.backup(&["--blobs"]);
    let (printed, remarked) = backed_up.printed_and_remarked();
    assert!(remarked.contains("key ring") && remarked.contains("NOT in this backup"), "{remarked}");
    assert!(printed.contains("Snapshot 2"), "{printed}");
    ends.store(true, Ordering::Relaxed);
    for worker in workers {
        assert!(worker.await.unwrap() > 0);
    }
    delete(&olga, &deleted_after).await;
    let (lost, _) = uploaded(&olga, "lost", 1000).await;
    place.backup(&["--deletions-only"]).printed();
    for path in files_below(&place.backup_dir()) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
        let bytes = std::fs::read(&path).unwrap();
        let ring = std::fs::read_to_string(place.data_dir().join("keys")).unwrap();
        let secrets: Vec<&str> = ring.lines().filter_map(|line| line.strip_prefix("secret = ")).collect();
        assert!(!secrets.is_empty());
        assert!(secrets.iter().all(|secret| !holds(&bytes, secret.trim_matches('"').as_bytes())), "{}", path.display());
    }
    server.kill();
    place.lose_everything_but_the_ring();

    let printed = place.restore(&[]).printed();
    assert!(printed.contains("has to sign in again"), "{printed}");
    let verified = place.run(&["verify"]).printed();
    assert!(verified.contains("all is well"), "{verified}");
    let server = place.serve();
    let before = Client::new(&server.base_url, olga.token.as_deref());
    assert_eq!(before.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED", "sessions do not come back");
    let (olga, carl_again) = (server.sign_in("olga").await, server.sign_in("carl").await);
    for (file, hash) in &kept {
        assert_eq!(&sha256(&content_of(&olga, file).await), hash, "{}", file["name"]);
    }
    assert_eq!(&sha256(&content_of(&carl_again, &kept[0].0).await), &kept[0].1, "shares come back");
    for (file, what) in [(&deleted_before, "before"), (&deleted_after, "after"), (&lost, "uploaded after")] {
        assert_eq!(name_of(&olga, file).await, Value::Null, "{what}");
    }
    let unfinished = tus::head(&olga, &unfinished).await.status().as_u16();
    assert!([404, 410].contains(&unfinished), "{unfinished}");
    // Every file that is listed can be read: counters, shares and objects belong together.
    let list = "{ files(first: 100) { totalCount nodes { id name sha256 } } }";
    let listed = olga.data(list, json!({})).await["files"].clone();
    let nodes = listed["nodes"].as_array().unwrap();
    assert!(nodes.len() >= kept.len());
    assert!(nodes.len() == 100 || listed["totalCount"] == nodes.len());
    for file in nodes {
        assert_eq!(file["sha256"], sha256(&content_of(&olga, file).await), "{}", file["name"]);
    }
    // And it is an installation like any other.
    let (new, hash) = uploaded(&olga, "new", 1000).await;
    assert_eq!(sha256(&content_of(&olga, &new).await), hash);
    drop(carl);
}
