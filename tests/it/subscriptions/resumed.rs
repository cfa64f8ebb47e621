//! Going on behind the last event: without a loss, and without telling anything twice.

use serde_json::json;

use super::{AUDIT_EVENT, FILE_DOWNLOADED, FILE_SHARED, download, next_share, share};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::socket::{Socket, event_id};

/// The mark of the first event of a subscription, caused by `act`.
async fn mark_of(client: &Client, query: &str, act: impl Future<Output = ()>) -> String {
    let mut socket = Socket::of(client).await;
    socket.watch("1", query).await;
    act.await;
    event_id(&socket.event("1").await)
}

#[tokio::test]
async fn what_happened_meanwhile_is_told_first() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let first = async { drop(share(&olga, "first.docx", "carl@example.com").await) };
    let mark = mark_of(&carl, FILE_SHARED, first).await;
    let mut missed = Vec::new();
    for name in ["second.docx", "third.docx", "fourth.docx"] {
        missed.push(share(&olga, name, "carl@example.com").await.1["id"].clone());
    }
    let mut socket = Socket::of(&carl).await;
    socket.resume("1", FILE_SHARED, &mark).await;
    let mut told = Vec::new();
    let mut last_mark = mark.clone();
    for _ in 0..3 {
        let event = socket.event("1").await;
        last_mark = event_id(&event);
        assert_eq!(last_mark.len(), mark.len(), "a mark tells nothing by its length");
        told.push(event["data"]["fileShared"]["id"].clone());
    }
    told.sort_by_key(ToString::to_string);
    missed.sort_by_key(ToString::to_string);
    assert_eq!(told, missed);
    let (_, fifth) = share(&olga, "fifth.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut socket).await, fifth["id"]);
    // The same from its end again, and from the beginning again.
    let mut again = Socket::of(&carl).await;
    again.resume("1", FILE_SHARED, &last_mark).await;
    assert_eq!(next_share(&mut again).await, fifth["id"]);
    again.resume("2", FILE_SHARED, &mark).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(again.event("2").await["data"]["fileShared"]["id"].clone());
    }
    assert!(told.contains(&fifth["id"]) && missed.iter().all(|id| told.contains(id)), "{told:?}");
}

#[tokio::test]
async fn a_mark_is_good_for_its_owner_and_its_field_only() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let (file, _) = share(&olga, "shared.docx", "carl@example.com").await;
    let of_carl = async { drop(share(&olga, "first.docx", "carl@example.com").await) };
    let of_carl = mark_of(&carl, FILE_SHARED, of_carl).await;
    let of_olga = mark_of(&olga, FILE_DOWNLOADED, download(&carl, &file)).await;
    let of_ada = mark_of(&ada, AUDIT_EVENT, download(&olga, &file)).await;
    let page = ada.data("{ auditEvents(first: 1) { pageInfo { endCursor } } }", json!({})).await;
    let cursor = page["auditEvents"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();

    let mut tampered = of_carl.clone().into_bytes();
    tampered[100] = if tampered[100] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();
    let long = "A".repeat(10_000);
    for (client, query, good, bad) in [
        (&carl, FILE_SHARED, &of_carl, vec![&of_olga, &of_ada, &cursor, &tampered, &long]),
        (&dora, FILE_SHARED, &of_carl, vec![&of_carl]),
        (&olga, FILE_DOWNLOADED, &of_olga, vec![&of_carl, &of_ada]),
        (&ada, AUDIT_EVENT, &of_ada, vec![&of_carl, &of_olga, &cursor]),
    ] {
        let mut socket = Socket::of(client).await;
        for mark in bad.into_iter().map(String::as_str).chain(["", " ", "forged", &good[1..], &format!("{good}A")]) {
            socket.subscribe("1", query, json!({"after": mark})).await;
            assert_eq!(socket.error("1").await, "BAD_USER_INPUT", "{query} {mark}");
        }
    }
    for (client, query, good) in [(&carl, FILE_SHARED, &of_carl), (&olga, FILE_DOWNLOADED, &of_olga)] {
        let mut socket = Socket::of(client).await;
        socket.resume("1", query, good).await;
        socket.is_answered().await;
    }
    // A mark is no cursor either.
    assert_eq!(
        ada.code("query($a: String) { auditEvents(after: $a) { totalCount } }", json!({"a": of_ada})).await,
        "BAD_USER_INPUT"
    );
}

/// Whatever was told before the server went is not told again after it has come back, and the rest is.
#[tokio::test]
async fn a_mark_outlives_the_server() {
    let app = TestApp::builder().on_disk(None).start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let first = async { drop(share(&olga, "first.docx", "carl@example.com").await) };
    let mark = mark_of(&carl, FILE_SHARED, first).await;
    let (_, second) = share(&olga, "second.docx", "carl@example.com").await;
    let public_url = app.base_url.clone();
    app.services.close().await;
    let app = TestApp::builder().on_disk(Some(app.folder)).with("SERVER__PUBLIC_URL", &public_url).start().await;
    let carl = app.sign_in("carl").await;
    let mut socket = Socket::of(&carl).await;
    socket.resume("1", FILE_SHARED, &mark).await;
    assert_eq!(next_share(&mut socket).await, second["id"]);
    let olga = app.sign_in("olga").await;
    let (_, third) = share(&olga, "third.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut socket).await, third["id"]);
}
