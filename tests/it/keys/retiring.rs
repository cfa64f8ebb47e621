//! `keys retire`: refused as long as something needs the key.

use serde_json::json;
use strongroom::services::Caller;
use strongroom::services::keys::Retired;
use strongroom::store::blob::StoredKey;
use strongroom::store::file::NewFile;
use strongroom::store::ring_key::{KeyState, KnownKey};
use strongroom::store::{Error, Guard};

use super::{content, ids, is_signed_in, key, keys, listed, report, ring_in, rotate};
use crate::cli::create;
use crate::harness::TestApp;
use crate::harness::client::CREATE_LINK;
use crate::harness::database::TestDatabase;
use crate::harness::documents::docx;
use crate::harness::rows::{event, known, moment, new_file, stage, uploader};
use crate::harness::server::Server;
use strongroom::domain::role::Role;

async fn retire(app: &TestApp, id: &str, void_tokens: bool) -> Result<Retired, String> {
    let retired = app.services.retire_key(&Caller::Operator, id, void_tokens).await;
    retired.map_err(|failure| failure.to_string())
}

#[track_caller]
fn refused_for(outcome: Result<Retired, String>, reason: &str) {
    let said = outcome.unwrap_err();
    assert!(said.contains(reason), "{said}");
}

#[tokio::test]
async fn a_key_is_retired_when_nothing_needs_it_and_not_before() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let document = docx("Kept", b"kept");
    let file = olga.upload("kept.docx", &document).await;
    let before = report(&app).await;
    let old = |purpose: &str| ids(&before, purpose, "current")[0].clone();
    refused_for(retire(&app, &old("wrapping"), false).await, "is current");
    refused_for(retire(&app, "0123456789abcdef", false).await, "no key with this id");
    rotate(&app).await;
    let ring_path = app.data_dir().join("keys");
    let old_ring = std::fs::read(&ring_path).unwrap();
    refused_for(retire(&app, &old("wrapping"), true).await, "replaced a moment ago");

    // 30 seconds of an instance's lease, 60 of an operation, 10 of a query.
    app.clock.advance_seconds(101);
    assert_eq!(retire(&app, &old("wrapping"), false).await, Ok(Retired::Now));
    assert_eq!(retire(&app, &old("mail"), false).await, Ok(Retired::Now));
    for (purpose, what) in [("signing", "access tokens"), ("link", "download links"), ("cursor", "places in lists")] {
        refused_for(retire(&app, &old(purpose), false).await, what);
    }
    assert!(is_signed_in(&olga).await, "with a token that the old key has signed");
    app.clock.advance_seconds(900);
    assert_eq!(retire(&app, &old("signing"), false).await, Ok(Retired::Now));
    app.clock.advance_seconds(86_400);
    assert_eq!(retire(&app, &old("link"), false).await, Ok(Retired::Now));
    refused_for(retire(&app, &old("cursor"), false).await, "places in lists");
    app.clock.advance_seconds(30 * 86_400);
    assert_eq!(retire(&app, &old("cursor"), false).await, Ok(Retired::Now));

    let after = report(&app).await;
    let ring = ring_in(&ring_path);
    assert_eq!(ring.all_keys().count(), 5, "they are out of the file");
    for purpose in ["wrapping", "signing", "link", "cursor", "mail"] {
        assert_eq!(key(&after, &old(purpose))["state"], "retired", "{after}");
    }
    let folder = ring_path.parent().unwrap();
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("keys.")), "no copy stays: {left:?}");
    assert!(content(&app.sign_in("olga").await, &file).await == document);

    // A ring that still has them is good, and they are not used; on this machine they can be taken out too.
    std::fs::write(&ring_path, old_ring).unwrap();
    let with_it = report(&app).await;
    assert_eq!(key(&with_it, &old("link"))["inRing"], true);
    assert_eq!(key(&with_it, &old("link"))["state"], "retired");
    assert_eq!(retire(&app, &old("link"), false).await, Ok(Retired::Before));
    assert_eq!(key(&report(&app).await, &old("link"))["inRing"], false);
}

#[tokio::test]
async fn tokens_can_be_voided_in_a_second() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let file = olga.upload("kept.docx", &docx("Kept", b"kept")).await;
    let url = olga.data(CREATE_LINK, json!({"id": file["id"], "ttl": 86_400})).await;
    let url = url["createDownloadLink"]["url"].as_str().unwrap().to_owned();
    let before = report(&app).await;
    rotate(&app).await;
    app.clock.advance_seconds(101);
    assert_eq!(olga.get(&url).await.status(), 200);
    assert_eq!(retire(&app, &ids(&before, "link", "current")[0], true).await, Ok(Retired::Now));
    assert_eq!(olga.get(&url).await.status(), 404, "nobody can say what it was");
    assert!(is_signed_in(&olga).await);
    assert_eq!(retire(&app, &ids(&before, "signing", "current")[0], true).await, Ok(Retired::Now));
    assert!(!is_signed_in(&olga).await);
    let olga = app.sign_in("olga").await;
    assert_eq!(olga.get(&olga.link(&file).await).await.status(), 200);
}

#[tokio::test]
async fn the_command_says_what_needs_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    // So that nothing has to be waited for that is not what this is about.
    let server = Server::start(&data_dir, |command| {
        command.env("STRONGROOM__AUTH__ACCESS_TOKEN_TTL_SECONDS", "60");
    });
    let current = ids(&listed(&data_dir), "wrapping", "current")[0].clone();
    assert!(keys(&data_dir, &["retire", &current]).complaint().contains("Rotate first"));
    assert!(keys(&data_dir, &["retire", "nonsense"]).complaint().contains("no key with this id"));
    keys(&data_dir, &["rotate", "--purpose", "link"]).printed();
    let report = listed(&data_dir);
    assert_eq!(ids(&report, "wrapping", "current"), [current], "only what was asked for");
    let link = ids(&report, "link", "old")[0].clone();
    let complaint = keys(&data_dir, &["retire", &link, "--void-tokens"]).complaint();
    assert!(complaint.contains("can be retired from 2"), "{complaint}");
    assert!(keys(&data_dir, &["rotate", "--purpose", "everything"]).complaint().contains("no purpose"));
    server.kill();
    assert!(keys(&data_dir, &["retire", &link]).complaint().contains("can be retired from 2"), "without a server too");
}

/// What was wrapped before the keys turned, and comes after.
#[tokio::test]
async fn nothing_is_stored_under_a_former_key() {
    let database = TestDatabase::memory().await;
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    let known_key = |id: &str, state| KnownKey {
        id: id.to_owned(),
        purpose: "wrapping".to_owned(),
        state,
        fingerprint: "fingerprint".to_owned(),
        created_at: moment(0),
        replaced_at: None,
    };
    let ring = [known_key("old", KeyState::Old), known_key("new", KeyState::Current)];
    store.bind_key_ring("ring", &ring, &event()).await.unwrap();
    let commit = async |key_id: &str| {
        let key = StoredKey { key_id: key_id.to_owned(), sealed: vec![1; 72] };
        let new = NewFile { key, ..new_file(owner, "late.docx") };
        stage(&store, std::slice::from_ref(&new)).await;
        store.commit_files(&uploader(owner), std::slice::from_ref(&new), &[event()]).await
    };
    let refused = async || matches!(commit("old").await, Err(Error::Refused(Guard::KeyReplaced)));
    assert!(refused().await);
    commit("new").await.unwrap();
    store.begin_retiring_key("old").await.unwrap();
    assert!(refused().await);
    store.end_retiring_key("old").await.unwrap();
    assert!(refused().await);
    assert!(matches!(store.begin_retiring_key("new").await, Err(Error::Refused(Guard::WorkGone))));
    store.begin_retiring_key("old").await.unwrap();
    store.retire_key("old", &event()).await.unwrap();
    assert!(refused().await);
    assert_eq!(store.count_keys_wrapped_by("old").await.unwrap(), 0);
}
