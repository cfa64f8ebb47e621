//! Who can be shared with, and on what terms.

use serde_json::json;

use super::{REVOKE, Scene, UNKNOWN_FILE, files_seen};
use crate::accounts::{signed_up, signup_of};
use crate::harness::client::SHARE;

#[tokio::test]
async fn one_bad_recipient_and_nothing_is_shared() {
    let scene = Scene::start().await;
    scene.app.ops("otto").await;
    scene.app.admin("adam").await;
    signed_up(&scene.app, signup_of("uma")).await;
    for bad in
        ["nobody@example.com", "uma@example.com", "otto@example.com", "adam@example.com", "olga@example.com", "x", ""]
    {
        for recipients in [vec![bad], vec!["carl@example.com", bad], vec![bad, "carl@example.com"]] {
            let reply = scene.try_share(json!({"recipients": recipients})).await;
            assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "recipients"), "{recipients:?}");
        }
    }
    assert!(scene.shares().await.is_empty());
    assert_eq!(files_seen(&scene.carl).await, 0);
    assert_eq!(scene.share(json!({"recipients": ["carl@example.com"]})).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_does_not_say_whether_an_address_is_known() {
    let scene = Scene::start().await;
    scene.app.admin("adam").await;
    let mut unknown = scene.try_share(json!({"recipients": ["nobody@example.com"]})).await.body;
    let mut known = scene.try_share(json!({"recipients": ["adam@example.com"]})).await.body;
    for body in [&mut unknown, &mut known] {
        body["errors"][0]["locations"].take();
    }
    assert_eq!(unknown, known);
}

#[tokio::test]
async fn one_to_a_hundred_recipients() {
    let scene = Scene::start().await;
    let addresses = |count: usize| vec!["carl@example.com"; count];
    for count in [0, 101] {
        let reply = scene.try_share(json!({"recipients": addresses(count)})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "recipients"), "{count}");
    }
    let nobody = scene.try_share(json!({})).await;
    assert_eq!((nobody.code(), nobody.field()), ("BAD_USER_INPUT", "recipients"));
    assert!(scene.shares().await.is_empty());
    assert_eq!(scene.share(json!({"recipients": addresses(100)})).await.len(), 1);
}

#[tokio::test]
async fn the_same_person_twice_is_one_share() {
    let scene = Scene::start().await;
    let spellings = ["carl@example.com", " CARL@example.com", "dora@example.com", "Carl@Example.Com "];
    let shares = scene.share(json!({"recipients": spellings})).await;
    let mut recipients: Vec<&str> = shares.iter().map(|it| it["recipient"]["email"].as_str().unwrap()).collect();
    recipients.sort_unstable();
    assert_eq!(recipients, ["carl@example.com", "dora@example.com"]);
    assert_eq!(scene.shares().await.len(), 2);
    assert_eq!((files_seen(&scene.carl).await, files_seen(&scene.dora).await), (1, 1));
}

#[tokio::test]
async fn every_client_only_where_it_is_allowed_and_never_with_names() {
    let scene = Scene::with("false").await;
    assert_eq!(scene.try_share(json!({"everyClient": true})).await.code(), "FORBIDDEN");
    assert!(scene.shares().await.is_empty());
    assert_eq!(scene.try_share(json!({"everyClient": false, "recipients": ["carl@example.com"]})).await.code(), "");
    for allowed in ["true", "false"] {
        let scene = Scene::with(allowed).await;
        let both = scene.try_share(json!({"everyClient": true, "recipients": ["carl@example.com"]})).await;
        assert_eq!(both.code(), "BAD_USER_INPUT", "{allowed}");
        assert!(scene.shares().await.is_empty(), "{allowed}");
    }
}

#[tokio::test]
async fn terms_are_checked_and_named() {
    let scene = Scene::start().await;
    for (field, value) in [
        ("expiresAt", json!("2026-11-21T09:29:59Z")),
        ("expiresAt", json!("2026-11-21T09:30:00Z")),
        ("maxDownloads", json!(0)),
        ("maxDownloads", json!(-1)),
        ("maxDownloads", json!(i32::MIN)),
    ] {
        let reply = scene.try_share(json!({"recipients": ["carl@example.com"], field: value})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", field), "{value}");
    }
    for garbage in ["tomorrow", "2026-13-01T00:00:00Z", "2027-01-01"] {
        let reply = scene.try_share(json!({"recipients": ["carl@example.com"], "expiresAt": garbage})).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{garbage}: {}", reply.body);
    }
    assert!(scene.shares().await.is_empty());
    let terms = json!({"recipients": ["carl@example.com"], "expiresAt": "2026-11-21T10:30:01+01:00",
        "maxDownloads": i32::MAX});
    let share = scene.share(terms).await.remove(0);
    assert_eq!(share["expiresAt"], "2026-11-21T09:30:01Z", "always UTC");
    assert_eq!(share["downloadsLeft"], i32::MAX);
}

#[tokio::test]
async fn only_the_owner_shares_and_revokes() {
    let scene = Scene::start().await;
    let share = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    let nobody = scene.app.anonymous();
    let input = json!({"input": {"fileId": scene.file["id"], "recipients": ["dora@example.com"]}});
    for (what, caller, expected) in [
        ("another Ops user", &otto, "NOT_FOUND"),
        ("an Admin", &adam, "FORBIDDEN"),
        ("a recipient", &scene.carl, "FORBIDDEN"),
        ("nobody", &nobody, "UNAUTHENTICATED"),
    ] {
        assert_eq!(caller.code(SHARE, input.clone()).await, expected, "{what} shares");
        assert_eq!(caller.code(REVOKE, json!({"id": share["id"]})).await, expected, "{what} revokes");
    }
    assert_eq!(scene.shares().await.len(), 1);
    for id in [UNKNOWN_FILE, "", "x", share["id"].as_str().unwrap()] {
        let input = json!({"input": {"fileId": id, "recipients": ["carl@example.com"]}});
        assert_eq!(scene.olga.code(SHARE, input).await, "NOT_FOUND", "{id:?}");
    }
}

#[tokio::test]
async fn a_revoked_share_is_gone_for_both_sides() {
    let scene = Scene::start().await;
    let share = scene.share(json!({"recipients": ["carl@example.com", "dora@example.com"]})).await.remove(0);
    assert_eq!(share["recipient"]["email"], "carl@example.com");
    assert_eq!(scene.olga.data(REVOKE, json!({"id": share["id"]})).await["revokeShare"], true);
    assert_eq!((files_seen(&scene.carl).await, files_seen(&scene.dora).await), (0, 1));
    assert_eq!(scene.shares().await.len(), 1);
    assert_eq!(scene.olga.code(REVOKE, json!({"id": share["id"]})).await, "NOT_FOUND");
    for id in ["", "share_aaaaaaaaaaaaaaaaaaaaaaaaaa", scene.file["id"].as_str().unwrap()] {
        assert_eq!(scene.olga.code(REVOKE, json!({"id": id})).await, "NOT_FOUND", "{id:?}");
    }
}

#[tokio::test]
async fn an_expired_share_is_as_if_it_had_never_been() {
    let scene = Scene::start().await;
    let terms = json!({"recipients": ["carl@example.com"], "expiresAt": "2026-11-21T09:31:00Z"});
    let share = scene.share(terms).await.remove(0);
    scene.app.clock.advance_seconds(59);
    assert_eq!(files_seen(&scene.carl).await, 1);
    scene.app.clock.advance_seconds(1);
    assert_eq!(files_seen(&scene.carl).await, 0);
    assert!(scene.shares().await.is_empty());
    assert_eq!(scene.olga.code(REVOKE, json!({"id": share["id"]})).await, "NOT_FOUND");
    let again = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    assert_ne!(again["id"], share["id"], "a share that had ended is made anew");
    assert_eq!(files_seen(&scene.carl).await, 1);
}
