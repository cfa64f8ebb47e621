//! There is always an Admin who is not disabled.

use futures_util::future::join;
use serde_json::{Value, json};

use super::{DELETE_USER, DISABLE, ENABLE, SET_ROLE, active_admins, id_of, two_instances};
use crate::harness::TestApp;
use crate::harness::client::{Client, Reply};
use crate::harness::surreal_server::SurrealServer;

const ROUNDS: usize = 20;

async fn lose(by: &Client, whom: &str, how: usize) -> Reply {
    match how % 3 {
        0 => by.send(SET_ROLE, json!({"id": whom, "role": "OPS"})).await,
        1 => by.send(DISABLE, json!({"id": whom})).await,
        _ => by.send(DELETE_USER, json!({"id": whom, "files": {"delete": true}})).await,
    }
}

#[tokio::test]
async fn the_last_active_admin_cannot_be_lost() {
    let app = TestApp::start().await;
    let (ada, adam) = (app.admin("ada").await, app.admin("adam").await);
    let (adas, adams) = (id_of(&ada).await, id_of(&adam).await);
    ada.data(DISABLE, json!({"id": adams})).await;
    for how in 0..3 {
        let reply = lose(&ada, &adas, how).await;
        assert_eq!(reply.code(), "CONFLICT", "an Admin who is disabled does not count: {reply:?}");
    }
    assert_eq!(active_admins(&ada).await, 1);
    // One who is disabled may go; and with another one, one may lose itself.
    assert_eq!(lose(&ada, &adams, 2).await.code(), "");
    let agnes = app.admin("agnes").await;
    assert_eq!(lose(&ada, &adas, 2).await.code(), "");
    assert_eq!(active_admins(&agnes).await, 1);
    assert_eq!(ada.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
}

/// Each loses the other or itself, on one instance or on two.
async fn race(one: &TestApp, other: &TestApp) {
    one.admin("judge").await;
    let mut ways = Vec::new();
    for round in 0..ROUNDS {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let (ada, adam) = (one.admin(&a).await, one.admin(&b).await);
        let adam = Client::new(&other.base_url, adam.token.as_deref());
        let (adas, adams) = (id_of(&ada).await, id_of(&adam).await);
        // Only these two, so that one of them has to stay.
        for email in admins(&ada).await.into_iter().filter(|(id, _)| *id != adas && *id != adams) {
            ada.data(SET_ROLE, json!({"id": email.0, "role": "CLIENT"})).await;
        }
        assert_eq!(active_admins(&ada).await, 2);
        let (whom, who_else) = if round % 2 == 0 { (&adams, &adas) } else { (&adas, &adams) };
        let (first, second) = join(lose(&ada, whom, round), lose(&adam, who_else, round / 2)).await;
        let codes = [first.code(), second.code()];
        for code in codes {
            assert!(["", "CONFLICT", "UNAUTHENTICATED", "FORBIDDEN"].contains(&code), "{first:?} {second:?}");
        }
        assert!(codes.contains(&""), "somebody goes: {first:?} {second:?}");
        assert!(codes.iter().any(|code| !code.is_empty()), "both were lost: {first:?} {second:?}");
        ways.push(codes.map(str::to_owned));
        // Whoever is left still acts.
        let left = [&ada, &adam];
        let mut acting = 0;
        for admin in left {
            let fresh = admin.send("{ users(role: ADMIN, disabled: false) { totalCount } }", json!({})).await;
            if fresh.code().is_empty() {
                assert_eq!(fresh.body["data"]["users"]["totalCount"], 1);
                acting += 1;
            }
        }
        assert!(acting >= 1, "nobody is left: {first:?} {second:?}");
    }
    assert!(ways.iter().any(|codes| codes.contains(&"CONFLICT".to_owned())), "the guard was asked: {ways:?}");
}

async fn admins(admin: &Client) -> Vec<(String, bool)> {
    let query = "{ users(first: 100, role: ADMIN) { nodes { id disabled } } }";
    let data = admin.data(query, json!({})).await;
    let row = |user: &Value| (user["id"].as_str().unwrap().to_owned(), user["disabled"] == true);
    data["users"]["nodes"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_lose_each_other_at_once_leave_one() {
    let app = TestApp::start().await;
    race(&app, &app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_lose_each_other_on_two_instances_leave_one() {
    let database = SurrealServer::start("memory").await;
    let ring = tempfile::tempdir().unwrap();
    let (one, other) = two_instances(&database, &ring.path().join("keys")).await;
    race(&one, &other).await;
}

/// What another instance remembers of a sign-in for a few seconds is enough for no act of an administrator.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_demoted_does_not_take_it_back_elsewhere() {
    let database = SurrealServer::start("memory").await;
    let ring = tempfile::tempdir().unwrap();
    let (one, other) = two_instances(&database, &ring.path().join("keys")).await;
    let (ada, adam) = (one.admin("ada").await, one.admin("adam").await);
    let elsewhere = Client::new(&other.base_url, adam.token.as_deref());
    let adams = id_of(&elsewhere).await;
    ada.data(SET_ROLE, json!({"id": adams, "role": "OPS"})).await;
    assert_eq!(elsewhere.code("{ viewer { id } }", json!({})).await, "", "the other instance does not know yet");
    let invite = "mutation { invite(role: ADMIN) { token } }";
    assert_eq!(elsewhere.code(invite, json!({})).await, "UNAUTHENTICATED");
    let back = json!({"id": adams, "role": "ADMIN"});
    assert_eq!(elsewhere.code(SET_ROLE, back).await, "UNAUTHENTICATED", "the transaction knows");
    assert_eq!(elsewhere.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
    assert_eq!(active_admins(&ada).await, 1);
    assert_eq!(ada.code(ENABLE, json!({"id": adams})).await, "", "nothing happens to who is enabled");
}
