//! Away, and back.

use serde_json::{Value, json};

use super::{DELETE, DELETE_FOR_GOOD, RESTORE, TRASH, acts_on, delete, restore, trash_of};
use crate::harness::client::{CREATE_LINK, SHARE};
use crate::harness::documents::docx;
use crate::harness::socket::{Socket, event_id};
use crate::sharing::{RENAME, REVOKE, Scene, UNKNOWN_FILE, files_seen};

const NODE: &str = "query($id: ID!) { node(id: $id) { id } file(id: $id) { id } }";
const SHARES: &str = "query($id: ID!) { file(id: $id) { shares { totalCount nodes { id everyClient downloads downloadsLeft
    lastDownloadedAt sharedAt recipient { email } receipts { totalCount nodes { recipient { email } downloads } } } } } }";
const FILES: &str =
    "query($order: FileOrder) { files(orderBy: $order) { totalCount nodes { id myShare { id downloads } } } }";

#[tokio::test]
async fn what_is_in_the_trash_is_not_there() {
    let scene = Scene::start().await;
    let adam = scene.app.admin("adam").await;
    let named = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let common = scene.share(json!({"everyClient": true})).await.remove(0);
    let (carls, olgas) = (scene.carl.link(&scene.file).await, scene.olga.link(&scene.file).await);
    delete(&scene.olga, &scene.file).await;
    for client in [&scene.olga, &scene.carl, &scene.dora, &adam] {
        assert_eq!(files_seen(client).await, 0);
        for id in [&scene.file["id"], &named["id"], &common["id"]] {
            assert_eq!(client.data(NODE, json!({"id": id})).await, json!({"node": null, "file": null}), "{id}");
        }
    }
    assert_eq!(scene.carl.get(&carls).await.status(), 404);
    assert_eq!(scene.olga.get(&olgas).await.status(), 404);
    let id = json!({"id": scene.file["id"]});
    assert_eq!(scene.olga.code(DELETE, id.clone()).await, "NOT_FOUND");
    assert_eq!(scene.olga.code(CREATE_LINK, id.clone()).await, "NOT_FOUND");
    assert_eq!(scene.olga.code(RENAME, json!({"id": scene.file["id"], "name": "b.docx"})).await, "NOT_FOUND");
    assert_eq!(scene.olga.code(REVOKE, json!({"id": named["id"]})).await, "NOT_FOUND");
    assert_eq!(scene.try_share(json!({"recipients": ["dora@example.com"]})).await.code(), "NOT_FOUND");

    let expected = json!([{
        "id": scene.file["id"], "name": "report.docx", "deletedAt": "2026-11-21T09:30:00Z",
        "restorableUntil": "2026-11-28T09:30:00Z", "downloadLink": null, "uploadedBy": {"email": "olga@example.com"},
        "shares": {"totalCount": 0, "nodes": []}, "myShare": null,
    }]);
    assert_eq!(json!(trash_of(&scene.olga).await), expected);
}

#[tokio::test]
async fn it_comes_back_with_everything() {
    let scene = Scene::start().await;
    let older = scene.olga.upload("older.docx", &docx("older", b"")).await;
    scene.olga.share(&older, "carl@example.com").await;
    scene.app.clock.advance_seconds(1);
    let file = scene.olga.upload("report.docx", &docx("second", b"")).await;
    let terms =
        json!({"fileId": file["id"], "recipients": ["carl@example.com", "dora@example.com"], "maxDownloads": 3});
    scene.olga.data(SHARE, json!({"input": terms})).await;
    scene.olga.data(SHARE, json!({"input": {"fileId": file["id"], "everyClient": true}})).await;
    let newer = scene.olga.upload("newer.docx", &docx("newer", b"")).await;
    scene.olga.share(&newer, "carl@example.com").await;
    let link = scene.carl.link(&file).await;
    assert_eq!(scene.carl.get(&link).await.status(), 200);
    let adam = scene.app.admin("adam").await;
    scene.app.clock.advance_seconds(1);

    let mut before = Vec::new();
    for client in [&scene.olga, &scene.carl, &scene.dora, &adam] {
        for order in ["NEWEST_FIRST", "OLDEST_FIRST", "NAME", "LARGEST_FIRST"] {
            before.push(client.data(FILES, json!({"order": order})).await);
        }
    }
    let shares = scene.olga.data(SHARES, json!({"id": file["id"]})).await;
    for _ in 0..2 {
        delete(&scene.olga, &file).await;
        assert_eq!(scene.carl.get(&link).await.status(), 404);
        scene.app.clock.advance_seconds(1);
        let restored = restore(&scene.olga, &file).await;
        assert_eq!(
            (&restored["id"], &restored["sha256"], &restored["size"]),
            (&file["id"], &file["sha256"], &file["size"])
        );
        assert_eq!((&restored["deletedAt"], &restored["shares"]["totalCount"]), (&Value::Null, &json!(3)));
        assert!(restored["downloadLink"]["url"].is_string());
        let mut after = Vec::new();
        for client in [&scene.olga, &scene.carl, &scene.dora, &adam] {
            for order in ["NEWEST_FIRST", "OLDEST_FIRST", "NAME", "LARGEST_FIRST"] {
                after.push(client.data(FILES, json!({"order": order})).await);
            }
        }
        assert_eq!(after, before);
        assert_eq!(scene.olga.data(SHARES, json!({"id": file["id"]})).await, shares);
        assert!(trash_of(&scene.olga).await.is_empty());
        scene.app.clock.advance_seconds(1);
        // The link from before goes on, and is still that one download.
        assert_eq!(scene.carl.get(&link).await.status(), 200);
        assert_eq!(scene.olga.data(SHARES, json!({"id": file["id"]})).await, shares);
    }
    let acts: Vec<String> = acts_on(&adam, &file).await.into_iter().map(|(action, ..)| action).collect();
    assert_eq!(acts[5..], ["file.trashed", "file.restored", "file.trashed", "file.restored"], "{acts:?}");
    assert_eq!(scene.olga.code(RESTORE, json!({"id": file["id"]})).await, "NOT_FOUND");
    // What can be done with a file can be done with it again.
    let renamed = scene.olga.data(RENAME, json!({"id": file["id"], "name": "back.docx"})).await;
    assert_eq!(renamed["renameFile"]["name"], "back.docx");
    scene.olga.share(&file, "carl@example.com").await;
    assert_eq!(scene.olga.data(SHARES, json!({"id": file["id"]})).await["file"]["shares"]["totalCount"], 3);
}

#[tokio::test]
async fn a_share_that_expired_meanwhile_does_not_come_back() {
    let scene = Scene::start().await;
    scene.share(json!({"recipients": ["carl@example.com"], "expiresAt": "2026-11-21T09:40:00Z"})).await;
    scene.share(json!({"recipients": ["dora@example.com"], "expiresAt": "2026-11-21T09:40:01Z"})).await;
    let link = scene.carl.link(&scene.file).await;
    assert_eq!(scene.carl.get(&link).await.status(), 200);
    delete(&scene.olga, &scene.file).await;
    scene.app.clock.advance_seconds(600);
    scene.app.services.sweep(false).await.unwrap();
    let restored = restore(&scene.olga, &scene.file).await;
    assert_eq!(restored["shares"]["totalCount"], 1);
    assert_eq!(restored["shares"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!((files_seen(&scene.carl).await, files_seen(&scene.dora).await), (0, 1));
    // Sharing again begins anew.
    let again = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let seen = scene.shares().await;
    let share = seen.iter().find(|share| share["id"] == again["id"]).unwrap();
    assert_eq!(share["downloads"], 0);
    assert_eq!((files_seen(&scene.carl).await, files_seen(&scene.dora).await), (1, 1));
}

#[tokio::test]
async fn the_trash_is_its_owners_alone() {
    let scene = Scene::start().await;
    scene.share(json!({"recipients": ["carl@example.com"]})).await;
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    let nobody = scene.app.anonymous();
    delete(&scene.olga, &scene.file).await;
    let id = json!({"id": scene.file["id"]});
    for (what, caller, expected) in [
        ("another Ops user", &otto, "NOT_FOUND"),
        ("an Admin", &adam, "FORBIDDEN"),
        ("a recipient", &scene.carl, "FORBIDDEN"),
        ("nobody", &nobody, "UNAUTHENTICATED"),
    ] {
        assert_eq!(caller.code(RESTORE, id.clone()).await, expected, "{what} restores");
        assert_eq!(caller.code(DELETE_FOR_GOOD, id.clone()).await, expected, "{what} deletes");
    }
    assert!(trash_of(&otto).await.is_empty() && trash_of(&adam).await.is_empty());
    assert_eq!(scene.carl.code(TRASH, json!({})).await, "FORBIDDEN");
    assert_eq!(nobody.code(TRASH, json!({})).await, "UNAUTHENTICATED");
    for id in [UNKNOWN_FILE, "", "garbage"] {
        assert_eq!(scene.olga.code(RESTORE, json!({"id": id})).await, "NOT_FOUND", "{id:?}");
        assert_eq!(scene.olga.code(DELETE_FOR_GOOD, json!({"id": id})).await, "NOT_FOUND", "{id:?}");
    }
    assert_eq!(trash_of(&scene.olga).await.len(), 1);
}

/// What a subscription would tell of a file in the trash is passed over; once the file is back, it is told to whoever asks
/// from before.
#[tokio::test]
async fn subscriptions_tell_nothing_of_it() {
    const FILE_SHARED: &str = "subscription($after: String) { fileShared(after: $after) { id } }";
    let scene = Scene::start().await;
    let mut socket = Socket::of(&scene.carl).await;
    socket.watch("1", FILE_SHARED).await;
    scene.share(json!({"recipients": ["carl@example.com"]})).await;
    let mark = event_id(&socket.event("1").await);
    drop(socket);
    let second = scene.olga.upload("second.docx", &docx("second", b"")).await;
    let away = scene.olga.share(&second, "carl@example.com").await;
    delete(&scene.olga, &second).await;
    let third = scene.olga.upload("third.docx", &docx("third", b"")).await;
    let there = scene.olga.share(&third, "carl@example.com").await;
    let mut socket = Socket::of(&scene.carl).await;
    socket.resume("1", FILE_SHARED, &mark).await;
    assert_eq!(socket.event("1").await["data"]["fileShared"]["id"], there["id"]);
    drop(socket);
    restore(&scene.olga, &second).await;
    let mut socket = Socket::of(&scene.carl).await;
    socket.resume("1", FILE_SHARED, &mark).await;
    for share in [&away, &there] {
        assert_eq!(socket.event("1").await["data"]["fileShared"]["id"], share["id"]);
    }
}
