//! Bounds: of messages, operations, sockets, and of the patience with clients that do not listen.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{AUDIT_EVENT, FILE_SHARED, next_share, share};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::socket::{Heard, Socket};

const INVITE_MANY: &str = "mutation($e: [String!]!) { inviteMany(role: CLIENT, emails: $e) { id } }";

#[tokio::test]
async fn a_message_has_64_kilobytes_at_most() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    for (bytes, fits) in [(64 << 10, true), ((64 << 10) + 1, false), (1 << 20, false)] {
        let mut socket = Socket::of(&carl).await;
        let envelope = json!({"type": "ping", "payload": {"a": ""}}).to_string();
        let message = envelope.replace("\"\"", &format!("\"{}\"", "a".repeat(bytes - envelope.len())));
        socket.send(Message::text(message)).await;
        match socket.hear().await {
            Heard::Message(pong) => assert!(fits && pong["type"] == "pong", "{bytes}"),
            Heard::Closed(code) => assert_eq!((fits, code), (false, 1009), "{bytes}"),
        }
    }
}

#[tokio::test]
async fn a_socket_runs_twenty_operations_at_most() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let mut socket = Socket::of(&carl).await;
    for number in 0..20 {
        socket.watch(&number.to_string(), FILE_SHARED).await;
    }
    socket.subscribe("20", FILE_SHARED, json!({})).await;
    assert_eq!(socket.error("20").await, "RATE_LIMITED");
    socket.is_answered().await;
    // The others go on, and one that ends makes room.
    share(&olga, "report.docx", "carl@example.com").await;
    for _ in 0..20 {
        assert!(matches!(socket.hear().await, Heard::Message(message) if message["type"] == "next"));
    }
    socket.say(json!({"type": "complete", "id": "7"})).await;
    socket.watch("20", FILE_SHARED).await;
}

#[tokio::test]
async fn a_user_has_twenty_sockets_at_most() {
    let app = TestApp::start().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let other_session = app.sign_in("carl").await;
    let mut sockets = Vec::new();
    for number in 0..20 {
        sockets.push(Socket::of(if number % 2 == 0 { &carl } else { &other_session }).await);
    }
    assert_eq!(Socket::open(&app.base_url).await.sign_in(&carl).await, Heard::Closed(1013));
    Socket::of(&dora).await;
    drop(sockets.pop());
    // The server hears of it in a moment.
    for _ in 0..200 {
        let mut socket = Socket::open(&app.base_url).await;
        if socket.sign_in(&carl).await != Heard::Closed(1013) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the place of a socket that is gone is never free");
}

#[tokio::test]
async fn one_network_does_not_fill_the_house_without_signing_in() {
    let app = TestApp::builder().behind_proxy().start().await;
    let carl = app.client("carl").await;
    let from = |address: &'static str| [crate::harness::socket::PROTOCOL, ("X-Forwarded-For", address)];
    let mut waiting = Vec::new();
    for _ in 0..100 {
        waiting.push(Socket::try_open(&app.base_url, &from("192.0.2.1")).await.unwrap());
    }
    let (status, body) = Socket::try_open(&app.base_url, &from("192.0.2.1")).await.err().unwrap();
    assert_eq!((status.as_u16(), &body["code"]), (429, &json!("RATE_LIMITED")), "{body}");
    let mut elsewhere = Socket::try_open(&app.base_url, &from("192.0.2.2")).await.unwrap();
    elsewhere.sign_in(&carl).await;
    elsewhere.is_answered().await;
    // Whoever has signed in makes room.
    waiting[0].sign_in(&carl).await;
    waiting[0].is_answered().await;
    Socket::try_open(&app.base_url, &from("192.0.2.1")).await.unwrap();
}

/// A peer that is there answers pings without its program noticing; one that has gone silently does not.
#[tokio::test]
async fn a_silent_peer_is_asked_and_then_given_up() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let (mut present, mut absent) = (Socket::of(&carl).await, Socket::of(&carl).await);
    for _ in 0..3 {
        app.clock.advance_seconds(25);
        assert_eq!(present.hear_frame().await, Some(Message::Ping(Vec::new().into())));
        present.is_answered().await;
    }
    // It was asked the first time, has not looked since, and now finds the question and the end of the line.
    assert_eq!(absent.hear_frame().await, Some(Message::Ping(Vec::new().into())));
    assert_eq!(absent.hear().await, Heard::Closed(0));
}

async fn with_long_answers() -> TestApp {
    TestApp::builder().with("RATE_LIMITS__ENABLED", "false").with("GRAPHQL__MAX_ALIASES", "400").start().await
}

/// A long event of an Admin's, so that few of them fill every buffer between the two.
fn long_events() -> String {
    let aliases: String = (0..400).map(|number| format!("a{number}: id ")).collect();
    AUDIT_EVENT.replace("id at", &format!("id {aliases} at"))
}

/// Has `count` hundreds of things done.
async fn be_busy(ada: &Client, count: usize) {
    for round in 0..count {
        let emails: Vec<String> = (0..100).map(|number| format!("n{round}-{number}@example.com")).collect();
        ada.data(INVITE_MANY, json!({"e": emails})).await;
    }
}

async fn ids_of(ada: &Client, action: &str) -> Vec<String> {
    let query =
        "query($after: String, $action: String) { auditEvents(first: 100, after: $after, filter: {action: $action}) {
        nodes { id } pageInfo { endCursor hasNextPage } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = ada.data(query, json!({"after": after, "action": action})).await;
        let nodes = data["auditEvents"]["nodes"].as_array().unwrap().clone();
        ids.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        after = data["auditEvents"]["pageInfo"]["endCursor"].clone();
        if data["auditEvents"]["pageInfo"]["hasNextPage"] == false {
            return ids;
        }
    }
}

/// Whoever reads slowly keeps nobody waiting, takes no memory for what waits, and misses nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_lags_catches_up() {
    let app = with_long_answers().await;
    let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
    let (mut slow, mut prompt) = (Socket::of(&ada).await, Socket::of(&carl).await);
    slow.watch("1", &long_events()).await;
    prompt.watch("1", FILE_SHARED).await;
    // More than the server keeps for those who lag, of which the line takes a part at most.
    be_busy(&ada, 20).await;
    let (_, shared) = share(&olga, "report.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut prompt).await, shared["id"], "while the other one does not read");

    let mut expected = ids_of(&ada, "invitation.created").await;
    assert_eq!(expected.len(), 2000);
    let mut told = Vec::new();
    while told.len() < expected.len() {
        let event = slow.event("1").await["data"]["auditEvent"].take();
        if event["action"] == "invitation.created" {
            told.push(event["id"].as_str().unwrap().to_owned());
        }
    }
    told.sort_unstable();
    expected.sort_unstable();
    assert!(told == expected, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_takes_nothing_is_given_up() {
    let app = with_long_answers().await;
    let ada = app.admin("ada").await;
    let mut stuck = Socket::of(&ada).await;
    stuck.watch("1", &long_events()).await;
    be_busy(&ada, 20).await;
    // It has 30 seconds to take one message.
    for _ in 0..4 {
        app.clock.advance_seconds(10);
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    let mut told = 0;
    loop {
        match stuck.hear().await {
            Heard::Message(_) => told += 1,
            Heard::Closed(code) => {
                assert_eq!(code, 0, "there is no saying goodbye on a line that is full");
                break;
            }
        }
    }
    assert!((1..2000).contains(&told), "{told}");
}
