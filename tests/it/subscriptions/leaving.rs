//! When a socket is closed because of who calls, or because the server stops.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{AUDIT_EVENT, FILE_SHARED, next_share, share};
use crate::administration::DISABLE;
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::server::Server;
use crate::harness::socket::{Heard, Socket};

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let mut idle = Socket::of(&carl).await;
    let mut watching = Socket::of(&carl).await;
    watching.watch("1", FILE_SHARED).await;
    app.clock.advance_seconds(899);
    assert!(idle.is_silent_for(Duration::from_millis(700)).await, "not a second too early");
    watching.is_answered().await;
    app.clock.advance_seconds(1);
    // Whatever it says at that moment, it is not heard.
    watching.subscribe("2", FILE_SHARED, json!({})).await;
    for mut socket in [idle, watching] {
        assert_eq!(socket.hear().await, Heard::Closed(4401));
    }
}

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let other = app.sign_in("carl").await;
    let (mut ended, mut kept) = (Socket::of(&carl).await, Socket::of(&other).await);
    for socket in [&mut ended, &mut kept] {
        socket.watch("1", FILE_SHARED).await;
    }
    carl.data("mutation { logout }", json!({})).await;
    let (_, shared) = share(&olga, "report.docx", "carl@example.com").await;
    // Where the share comes first, the subscription ends with an error before the socket does: never with the share.
    match ended.hear().await {
        Heard::Closed(code) => assert_eq!(code, 4401),
        Heard::Message(message) => {
            assert_eq!(
                (&message["type"], &message["payload"][0]["extensions"]["code"]),
                (&json!("error"), &json!("UNAUTHENTICATED"))
            );
            assert_eq!(ended.hear().await, Heard::Closed(4401));
        }
    }
    assert_eq!(next_share(&mut kept).await, shared["id"], "another session goes on");
    // A new password ends all others.
    let change =
        "mutation($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) { accessToken } }";
    let fresh = app.sign_in("carl").await;
    fresh.data(change, json!({"c": PASSWORD, "n": "another-horse-battery-9"})).await;
    assert_eq!(kept.closed().await, 4401);
}

#[tokio::test]
async fn whoever_is_disabled_is_shown_the_door() {
    let app = TestApp::start().await;
    let (ada, olga, carl) = (app.admin("ada").await, app.ops("olga").await, app.client("carl").await);
    let mut socket = Socket::of(&carl).await;
    socket.watch("1", FILE_SHARED).await;
    let id = carl.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let file = olga.upload("report.docx", &crate::harness::documents::docx("report", &[])).await;
    olga.share(&file, "carl@example.com").await;
    next_share(&mut socket).await;
    ada.data(DISABLE, json!({"id": id})).await;
    assert_eq!(socket.closed().await, 4403);
    assert_eq!(Socket::open(&app.base_url).await.sign_in(&carl).await, Heard::Closed(4403));
}

#[tokio::test]
async fn a_change_of_role_ends_what_came_with_it() {
    let app = TestApp::start().await;
    let ada = app.admin("ada").await;
    let other = app.admin("other").await;
    let mut socket = Socket::of(&other).await;
    socket.watch("1", AUDIT_EVENT).await;
    let id = other.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let demote = "mutation($id: ID!) { setUserRole(id: $id, role: CLIENT) { role } }";
    ada.data(demote, json!({"id": id})).await;
    let mut last = socket.hear().await;
    while let Heard::Message(message) = &last {
        assert_eq!(message["type"], "error", "nothing is told any more: {message}");
        last = socket.hear().await;
    }
    assert_eq!(last, Heard::Closed(4401));
}

/// Not even an open socket keeps a server from stopping, and it is told.
#[tokio::test]
async fn a_server_that_stops_says_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let mut server = Server::start(&data_dir, |_| {});
    server.create_user("ada", "ADMIN");
    let ada = server.sign_in("ada").await;
    let mut watching = Socket::of(&ada).await;
    watching.watch("1", AUDIT_EVENT).await;
    let mut silent = Socket::open(&server.base_url).await;
    kill_process(Pid::from_raw(server.child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
    assert_eq!(watching.hear().await, Heard::Closed(1001));
    assert_eq!(silent.hear().await, Heard::Closed(1001));
    drop((watching, silent));
    for _ in 0..1000 {
        if let Some(status) = server.child.try_wait().unwrap() {
            assert!(status.success(), "{}", server.log());
            assert!(
                server.log().contains("the server has stopped") && !server.log().contains("ERROR"),
                "{}",
                server.log()
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server does not stop: {}", server.log());
}
