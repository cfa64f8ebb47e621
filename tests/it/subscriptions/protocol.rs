//! The protocol to the letter: its messages, and the codes with which it closes.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{AUDIT_EVENT, FILE_SHARED, next_share, share};
use crate::harness::TestApp;
use crate::harness::socket::{Heard, Socket, event_id};

fn pong() -> Heard {
    Heard::Message(json!({"type": "pong"}))
}

#[tokio::test]
async fn what_is_no_message_closes_with_4400() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    for wrong in [
        "",
        "rubbish",
        "[]",
        r#"{"type":"start","id":"1"}"#,
        r#"{"type":"connection_init","payload":"Bearer a"}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":7,"payload":{"query":"{ viewer { id } }"}}"#,
        r#"{"type":"next","id":"1","payload":{}}"#,
    ] {
        for signed_in in [true, false] {
            let mut socket = Socket::open(&app.base_url).await;
            if signed_in {
                socket.sign_in(&carl).await;
            }
            socket.send(Message::text(wrong)).await;
            assert_eq!(socket.hear().await, Heard::Closed(4400), "{wrong}");
        }
    }
    let mut socket = Socket::of(&carl).await;
    socket.send(Message::binary(r#"{"type":"ping"}"#.as_bytes().to_vec())).await;
    assert_eq!(socket.hear().await, Heard::Closed(4400));
}

#[tokio::test]
async fn messages_out_of_turn_close_with_codes_of_their_own() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    // Before anybody has signed in there is nothing to subscribe to.
    let mut socket = Socket::open(&app.base_url).await;
    socket.subscribe("1", FILE_SHARED, json!({})).await;
    assert_eq!(socket.hear().await, Heard::Closed(4401));
    // Once is enough.
    let mut socket = Socket::of(&carl).await;
    assert_eq!(socket.sign_in(&carl).await, Heard::Closed(4429));
    // One id, one operation.
    let mut socket = Socket::of(&carl).await;
    socket.watch("1", FILE_SHARED).await;
    socket.subscribe("1", FILE_SHARED, json!({})).await;
    assert_eq!(socket.hear().await, Heard::Closed(4409));
    // Nobody has said anything for ten seconds.
    let mut socket = Socket::open(&app.base_url).await;
    app.clock.advance_seconds(9);
    assert!(socket.is_silent_for(std::time::Duration::from_millis(600)).await);
    app.clock.advance_seconds(1);
    assert_eq!(socket.hear().await, Heard::Closed(4408));
    // Another language, or none. A client that has asked for another one does not go on, so the frame is read by hand.
    let mut socket = Socket::try_open(&app.base_url, &[]).await.unwrap();
    assert_eq!(socket.hear().await, Heard::Closed(4406));
    let request =
        app.anonymous().request(reqwest::Method::GET, "/graphql").header("Sec-WebSocket-Protocol", "graphql-ws");
    let request = request.header("Connection", "Upgrade").header("Upgrade", "websocket");
    let request = request.header("Sec-WebSocket-Version", "13").header("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
    let answer = request.send().await.unwrap();
    assert!(answer.status() == 101 && !answer.headers().contains_key("Sec-WebSocket-Protocol"));
    let mut frame = [0; 4];
    tokio::io::AsyncReadExt::read_exact(&mut answer.upgrade().await.unwrap(), &mut frame).await.unwrap();
    assert_eq!((frame[0], u16::from_be_bytes([frame[2], frame[3]])), (0x88, 4406));
    let several = [("Sec-WebSocket-Protocol", "graphql-ws, graphql-transport-ws")];
    let mut socket = Socket::try_open(&app.base_url, &several).await.unwrap();
    assert_eq!(socket.sign_in(&carl).await, Heard::Message(json!({"type": "connection_ack"})));
}

#[tokio::test]
async fn pings_are_answered_at_any_time_with_what_they_brought() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app.base_url).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await, pong());
    socket.say(json!({"type": "ping", "payload": {"a": [1]}})).await;
    assert_eq!(socket.hear().await, Heard::Message(json!({"type": "pong", "payload": {"a": [1]}})));
    socket.say(json!({"type": "pong"})).await;
    socket.send(Message::Ping(b"frame".to_vec().into())).await;
    assert_eq!(socket.hear_frame().await, Some(Message::Pong(b"frame".to_vec().into())));
}

#[tokio::test]
async fn operations_are_told_apart_by_their_ids_and_ended_one_by_one() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let mut socket = Socket::of(&carl).await;
    socket.watch("a", FILE_SHARED).await;
    socket.watch("b", "subscription S { told: fileShared { __typename name: id } }").await;
    let (_, first) = share(&olga, "first.docx", "carl@example.com").await;
    let mut told = [socket.hear().await, socket.hear().await].map(|heard| match heard {
        Heard::Message(message) => message,
        other => panic!("{other:?}"),
    });
    told.sort_by_key(|message| message["id"].to_string());
    assert_eq!(told[0]["payload"]["data"]["fileShared"]["id"], first["id"]);
    assert_eq!(told[1]["payload"]["data"], json!({"told": {"__typename": "Share", "name": first["id"]}}));
    assert_eq!(told[1]["type"], "next");

    // Ending one that there is, and one that there is not, is answered by nothing.
    for id in ["b", "none"] {
        socket.say(json!({"type": "complete", "id": id})).await;
    }
    socket.is_answered().await;
    let (_, second) = share(&olga, "second.docx", "carl@example.com").await;
    assert_eq!(socket.event("a").await["data"]["fileShared"]["id"], second["id"]);
    // Its id is free again.
    socket.watch("b", FILE_SHARED).await;
    socket.say(json!({"type": "complete", "id": "a"})).await;
    socket.is_answered().await;
    let (_, third) = share(&olga, "third.docx", "carl@example.com").await;
    assert_eq!(socket.event("b").await["data"]["fileShared"]["id"], third["id"]);
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_ends_with_a_coded_error_and_nothing_else() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let mut socket = Socket::of(&carl).await;
    let fields = "id ".repeat(1100);
    for (document, code) in [
        ("{ viewer { id } }".to_owned(), "BAD_USER_INPUT"),
        ("mutation { logout }".to_owned(), "BAD_USER_INPUT"),
        ("subscription {".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (String::new(), "GRAPHQL_PARSE_FAILED"),
        ("subscription { fileStolen { id } }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { fileShared { secret } }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { fileShared }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { a: fileShared { id } b: fileShared { id } }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { ...F } fragment F on Subscription { fileShared { id } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { fileShared(after: 5) { id } }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { fileShared(after: \"forged\") { id } }".to_owned(), "BAD_USER_INPUT"),
        ("subscription { fileDownloaded { at } }".to_owned(), "FORBIDDEN"),
        ("subscription { auditEvent { id } }".to_owned(), "FORBIDDEN"),
        (format!("subscription {{ fileShared {{ {fields} }} }}"), "QUERY_TOO_COMPLEX"),
        (nested(20), "QUERY_TOO_COMPLEX"),
    ] {
        socket.subscribe("1", &document, json!({})).await;
        assert_eq!(socket.error("1").await, code, "{document}");
    }
    // Other shapes of a payload.
    for payload in
        [json!({}), json!({"query": 5}), json!({"query": "subscription { fileShared { id } }", "variables": 5})]
    {
        socket.say(json!({"type": "subscribe", "id": "1", "payload": payload})).await;
        assert_eq!(socket.error("1").await, "BAD_USER_INPUT", "{payload}");
    }
    socket.is_answered().await;
    assert_eq!(carl.data("{ viewer { email } }", json!({})).await["viewer"]["email"], "carl@example.com");
    // Of several operations the one that is named.
    let two = "query Q { viewer { id } } subscription S { fileShared { id } }";
    for (name, outcome) in [("Q", "BAD_USER_INPUT"), ("T", "GRAPHQL_VALIDATION_FAILED")] {
        let payload = json!({"query": two, "operationName": name});
        socket.say(json!({"type": "subscribe", "id": "1", "payload": payload})).await;
        assert_eq!(socket.error("1").await, outcome, "{name}");
    }
    let payload = json!({"query": two, "operationName": "S"});
    socket.say(json!({"type": "subscribe", "id": "1", "payload": payload})).await;
    socket.is_answered().await;
    let olga = app.ops("olga").await;
    let (_, shared) = share(&olga, "report.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut socket).await, shared["id"]);
}

fn nested(depth: usize) -> String {
    let inner = (0..depth).fold("id".to_owned(), |inner, _| format!("file {{ myShare {{ {inner} }} }}"));
    format!("subscription {{ fileShared {{ {inner} }} }}")
}

/// What cannot be shown any more is an error of that event, which is told all the same.
#[tokio::test]
async fn an_event_whose_fields_fail_carries_its_errors_and_its_id() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let mut socket = Socket::of(&carl).await;
    let query = "subscription { fileShared { id file { downloadLink(ttlSeconds: 0) { url } } } }";
    socket.watch("1", query).await;
    share(&olga, "report.docx", "carl@example.com").await;
    let told = socket.event("1").await;
    assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{told}");
    assert_eq!(told["data"]["fileShared"]["file"]["downloadLink"], Value::Null);
    assert!(!event_id(&told).is_empty());
    share(&olga, "other.docx", "carl@example.com").await;
    assert!(socket.event("1").await["errors"].is_array(), "it goes on");
}

/// Over HTTP there is nothing to be told.
#[tokio::test]
async fn subscriptions_are_not_for_posts() {
    let app = TestApp::start().await;
    let ada = app.admin("ada").await;
    let reply = ada.send(AUDIT_EVENT, json!({})).await;
    assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", reply.body);
}
