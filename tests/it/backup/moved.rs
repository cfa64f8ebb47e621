//! From the embedded database to a SurrealDB server, and back: every row comes back byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Place, content_of, delete};
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::server::create_user_in;
use crate::harness::surreal_server::{PASSWORD, SurrealServer, USER};

/// What a restore changes by itself: it ends what opens doors, and writes down that it happened. And what every process writes that
/// starts: itself in `instance`, a count in `rotation`.
const NOT_COMPARED: [&str; 11] = [
    "session",
    "refresh_token",
    "account_token",
    "registration",
    "invitation",
    "outbox",
    "event",
    "feed",
    "instance",
    "rotation",
    "quota_hold",
];

/// The rows in which two snapshots differ, but for those that a restore is to change: at most a few of them.
fn differences(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    let rows = |snapshot: &BTreeMap<String, String>| -> BTreeSet<String> {
        let tables = snapshot.iter().filter(|(table, _)| !NOT_COMPARED.contains(&table.as_str()));
        let lines = tables.flat_map(|(table, text)| text.lines().map(move |line| format!("{table}: {line}")));
        lines.filter(|line| !line.starts_with("blob: ") || line.contains("\"ready\"")).collect()
    };
    let (one, other) = (rows(one), rows(other));
    assert!(one.len() > 100);
    one.symmetric_difference(&other).take(4).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_to_a_database_server_and_back() {
    let mut place = Place::new();
    for (name, role) in [("olga", "OPS"), ("carl", "CLIENT"), ("ada", "ADMIN")] {
        create_user_in(&place.data_dir(), name, role);
    }
    let server = place.serve();
    let (olga, carl) = (server.sign_in("olga").await, server.sign_in("carl").await);
    let content = docx("content", &noise(70_000));
    let file = olga.upload("Übersicht 2026 – Entwurf.docx", &content).await;
    olga.share(&file, "carl@example.com").await;
    assert_eq!(content_of(&carl, &file).await, content);
    // More than one page of rows.
    for number in 0..130 {
        let passing = olga.upload(&format!("{number}.docx"), &docx("passing", &[])).await;
        olga.share(&passing, "carl@example.com").await;
        if number < 30 {
            delete(&olga, &passing).await;
        }
    }
    let trashed = olga.upload("trashed.docx", &content).await;
    olga.share(&trashed, "carl@example.com").await;
    olga.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": trashed["id"]})).await;
    server.kill();
    place.backup(&["--blobs"]).printed();
    let before = place.rows();
    assert_eq!(before["trashed_file"].lines().count(), 1);
    assert_eq!(before["file"].lines().count(), 101);
    assert!(before["event"].lines().count() > 250);
    assert_eq!(before["tombstone"].lines().count(), 30);

    let database = SurrealServer::start("memory").await;
    place.lose_everything_but_the_ring();
    place.environment = [("URL", database.url().as_str()), ("USERNAME", USER), ("PASSWORD", PASSWORD)]
        .map(|(key, value)| (format!("STRONGROOM__DATABASE__{key}"), value.to_owned()))
        .into();
    place.restore(&[]).printed();
    assert!(!place.data_dir().join("database").exists());
    assert!(place.run(&["verify"]).printed().contains("102 files, 102 objects"));
    place.backup(&["--blobs"]).printed();
    let on_server = place.rows();
    assert_eq!(differences(&on_server, &before), Vec::<String>::new());
    let events = |rows: &BTreeMap<String, String>| rows["event"].lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (events(&before), events(&on_server));
    assert!(
        old.iter().all(|line| new.contains(line)) && new.len() == old.len() + 1,
        "one more says that it was restored"
    );

    let server = place.serve();
    assert_eq!(content_of(&server.sign_in("carl").await, &file).await, content);
    server.kill();

    place.backup(&["--blobs"]).printed();
    let on_server = place.rows();
    place.environment.clear();
    place.lose_everything_but_the_ring();
    place.restore(&[]).printed();
    place.backup(&[]).printed();
    assert_eq!(differences(&place.rows(), &on_server), Vec::<String>::new());
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    assert_eq!(content_of(&olga, &file).await, content);
    let restore = "mutation($id: ID!) { restoreFile(id: $id) { name } }";
    olga.data(restore, json!({"id": trashed["id"]})).await;
    assert_eq!(content_of(&server.sign_in("carl").await, &trashed).await, content, "with its share");
}
