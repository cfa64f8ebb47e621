//! What is kept of a ceremony: nothing before it succeeds, and then one row until its challenge expires.

use std::time::Duration;

use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;

use super::{BEGIN, BEGIN_LOGIN, CHALLENGE_SECONDS, added, begin_login, login, login_code};
use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::authenticator::Ceremony;
use crate::harness::client::PASSWORD;
use crate::harness::surreal_server::{self, SurrealServer};

pub(super) fn on_it(database: &SurrealServer, builder: TestAppBuilder) -> TestAppBuilder {
    builder
        .with("DATABASE__URL", &database.url())
        .with("DATABASE__USERNAME", surreal_server::USER)
        .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
}

async fn rows(database: &Surreal<Any>, table: &str) -> usize {
    let mut found = database.query(format!("SELECT VALUE record::id(id) FROM {table}")).await.unwrap().check().unwrap();
    found.take::<Vec<String>>(0).unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_only_ask_write_nothing() {
    let server = SurrealServer::start("memory").await;
    let app = on_it(&server, TestApp::builder().at_localhost()).start().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    let database = server.connect().await;
    // The mail about the new passkey goes out in its own time.
    let sent = async { while rows(&database, "outbox").await > 0 {} };
    tokio::time::timeout(Duration::from_secs(30), sent).await.expect("the mail is sent");
    let tables = ["used_challenge", "session", "refresh_token", "event", "attempt", "outbox", "passkey"];
    let mut before = Vec::new();
    for table in tables {
        before.push(rows(&database, table).await);
    }
    assert_eq!(before[0], 1, "the registration");
    for _ in 0..20 {
        app.anonymous().data(BEGIN_LOGIN, json!({})).await;
    }
    carl.data(BEGIN, json!({"p": PASSWORD})).await;
    let mut after = Vec::new();
    for table in tables {
        after.push(rows(&database, table).await);
    }
    // A password that is right is remembered with its network.
    (before[4], after[4]) = (0, 0);
    assert_eq!(after, before);

    for _ in 0..3 {
        assert_eq!(login_code(&app, &mut phone).await, "");
    }
    assert_eq!(rows(&database, "used_challenge").await, 4);
    app.clock.advance_seconds(CHALLENGE_SECONDS - 1);
    app.services.sweep(false).await.unwrap();
    assert_eq!(rows(&database, "used_challenge").await, 4, "while they could be answered again");
    app.clock.advance_seconds(1);
    app.services.sweep(false).await.unwrap();
    assert_eq!(rows(&database, "used_challenge").await, 0);
}

/// Any instance takes what another one has begun, and none what another one has taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_takes_part() {
    let server = SurrealServer::start("memory").await;
    let builder = || on_it(&server, TestApp::builder()).with("RATE_LIMITS__ENABLED", "false");
    let one = builder().at_localhost().start().await;
    let keys = one.data_dir().join("keys");
    let other = builder().with("SERVER__PUBLIC_URL", &one.base_url).with("KEYS__FILE", keys.to_str().unwrap());
    let other = other.start().await;
    let carl = one.client("carl").await;
    let (mut phone, _) = added(&one, &carl, "Phone").await;
    for _ in 0..5 {
        let question = begin_login(&one.anonymous()).await;
        let answer = phone.sign_in(&Ceremony::of_sign_in(&question.options, &one.base_url));
        let everywhere: Vec<_> = [&one, &other].into_iter().cycle().take(8).map(TestApp::anonymous).collect();
        let all = everywhere.iter().map(|anybody| login(anybody, &question.state, &answer));
        let all = futures_util::future::join_all(all).await;
        assert_eq!(all.iter().filter(|reply| reply.code().is_empty()).count(), 1);
        assert_eq!(login(&other.anonymous(), &question.state, &answer).await.code(), "INVALID_TOKEN");
    }
}
