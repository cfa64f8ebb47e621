//! A database server that goes away and comes back, and the whole product on one.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::role::Role;
use strongroom::store::{Error, Options, Outcome, Store};

use crate::harness::TestApp;
use crate::harness::database::TestDatabase;
use crate::harness::documents::docx;
use crate::harness::rows::{event, stored_file, user};
use crate::harness::surreal_server::{PASSWORD, SurrealServer, USER};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_is_unavailable_and_one_that_returns_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = SurrealServer::start(&format!("surrealkv://{}", folder.path().join("db").display())).await;
    let database = TestDatabase::Remote(server);
    // The migrations may take longer on a busy machine than what is to be waited for afterwards.
    drop(database.open().await);
    let options = Options { query_timeout: Duration::from_secs(2), ..database.options() };
    let store = Store::connect(&options, Arc::new(OsRandom)).await.unwrap();
    let owner = user("owner@example.com", Role::Ops);
    store.create_user(&owner, "hash", &event()).await.unwrap();
    let file = stored_file(&store, owner.id, "kept.docx").await;

    let TestDatabase::Remote(mut server) = database else { unreachable!() };
    server.kill();
    for _ in 0..2 {
        let read = store.find_file(file.id).await;
        assert!(matches!(read, Err(Error::Unavailable { outcome: Outcome::None, .. })), "{read:?}");
        let written = store.create_user(&user("lost@example.com", Role::Client), "hash", &event()).await;
        assert!(matches!(written, Err(Error::Unavailable { .. })), "{written:?}");
    }
    let new_connection = Store::connect(&options, Arc::new(OsRandom)).await.err();
    assert!(matches!(new_connection, Some(Error::Unavailable { outcome: Outcome::None, .. })), "{new_connection:?}");

    let _server = server.restart().await;
    // The client tries to reconnect once a second.
    let mut found = store.find_file(file.id).await;
    for _ in 0..10 {
        if found.is_ok() {
            break;
        }
        found = store.find_file(file.id).await;
    }
    assert_eq!(found.unwrap(), Some(file));
    store.create_user(&user("back@example.com", Role::Client), "hash", &event()).await.unwrap();
    assert_eq!(store.find_user_by_email(&owner.email).await.unwrap().map(|(user, _)| user), Some(owner));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_refused_with_a_reason() {
    let database = TestDatabase::remote().await;
    let options = Options { credentials: Some((USER.to_owned(), "wrong".to_owned())), ..database.options() };
    let refused = Store::connect(&options, Arc::new(OsRandom)).await.err();
    assert!(matches!(&refused, Some(Error::Unusable(reason)) if reason.contains("credentials")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_product_runs_on_a_server() {
    let server = SurrealServer::start("memory").await;
    let app = TestApp::builder()
        .with("DATABASE__URL", &server.url())
        .with("DATABASE__USERNAME", USER)
        .with("DATABASE__PASSWORD", PASSWORD)
        .start()
        .await;
    let (ops, client) = (app.ops("olga").await, app.client("carl").await);
    let content = docx("on a server", &[]);
    let file = ops.upload("report.docx", &content).await;
    ops.share(&file, "carl@example.com").await;
    let client_again = app.sign_in("carl").await;
    let files = client_again.data("{ files { totalCount nodes { id name } } }", json!({})).await;
    assert_eq!(files["files"], json!({"totalCount": 1, "nodes": [{"id": file["id"], "name": "report.docx"}]}));
    let downloaded = client.get(&client.link(&file).await).await;
    assert_eq!(downloaded.status(), 200);
    assert_eq!(downloaded.bytes().await.unwrap(), content);
}
