//! Who is told what.

use serde_json::{Value, json};

use super::{AUDIT_EVENT, FILE_DOWNLOADED, FILE_SHARED, download, next_share, share};
use crate::administration::DISABLE;
use crate::harness::TestApp;
use crate::harness::documents::docx;
use crate::harness::socket::{Socket, event_id};
use crate::passkeys;
use crate::sharing::{DELETE, REVOKE, Scene};

#[tokio::test]
async fn a_client_is_told_of_a_share_its_owner_of_the_download_and_an_admin_of_all() {
    let app = TestApp::start().await;
    let (olga, carl, ada) = (app.ops("olga").await, app.client("carl").await, app.admin("ada").await);
    let (mut to_carl, mut to_olga, mut to_ada) =
        (Socket::of(&carl).await, Socket::of(&olga).await, Socket::of(&ada).await);
    to_carl.watch("1", FILE_SHARED).await;
    to_olga.watch("1", FILE_DOWNLOADED).await;
    to_ada.watch("1", AUDIT_EVENT).await;

    let (file, shared) = share(&olga, "report.docx", "carl@example.com").await;
    let told = to_carl.event("1").await;
    assert_eq!(
        told["data"]["fileShared"],
        json!({"id": shared["id"], "everyClient": false, "sharedBy": {"email": "olga@example.com"},
            "recipient": {"email": "carl@example.com"}, "file": {"id": file["id"], "name": "report.docx"}})
    );
    assert!(told.get("errors").is_none() && event_id(&told).len() > 100);
    download(&carl, &file).await;
    let told = to_olga.event("1").await;
    assert_eq!(
        told["data"]["fileDownloaded"],
        json!({"at": "2026-11-21T09:30:00Z", "recipient": {"email": "carl@example.com"},
            "share": {"id": shared["id"], "downloads": 1, "file": {"name": "report.docx"}}})
    );
    for action in ["file.uploaded", "share.created", "file.downloaded"] {
        let told = to_ada.event("1").await;
        let told = &told["data"]["auditEvent"];
        assert_eq!((&told["action"], &told["object"]), (&json!(action), &file["id"]));
    }
}

/// Whoever is told of nothing is seen to be by what comes next: the server tells in the order of what was done.
#[tokio::test]
async fn nobody_is_told_of_what_is_somebody_elses() {
    let app = TestApp::start().await;
    let (olga, omar) = (app.ops("olga").await, app.ops("omar").await);
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let [mut to_carl, mut to_dora, mut to_olga, mut to_omar] =
        [Socket::of(&carl).await, Socket::of(&dora).await, Socket::of(&olga).await, Socket::of(&omar).await];
    for socket in [&mut to_carl, &mut to_dora] {
        socket.watch("1", FILE_SHARED).await;
    }
    for socket in [&mut to_olga, &mut to_omar] {
        socket.watch("1", FILE_DOWNLOADED).await;
    }
    let (for_carl, shared) = share(&olga, "for-carl.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut to_carl).await, shared["id"]);
    let (for_dora, shared) = share(&omar, "for-dora.docx", "dora@example.com").await;
    assert_eq!(next_share(&mut to_dora).await, shared["id"], "and nothing of Carl's before");
    download(&carl, &for_carl).await;
    assert_eq!(to_olga.event("1").await["data"]["fileDownloaded"]["share"]["file"]["name"], "for-carl.docx");
    download(&dora, &for_dora).await;
    assert_eq!(to_omar.event("1").await["data"]["fileDownloaded"]["share"]["file"]["name"], "for-dora.docx");
    // The owner's own downloads are nobody's.
    download(&olga, &for_carl).await;
    download(&carl, &for_carl).await;
    let told = to_olga.event("1").await["data"]["fileDownloaded"].take();
    assert_eq!((&told["share"]["downloads"], &told["recipient"]["email"]), (&json!(2), &json!("carl@example.com")));
}

#[tokio::test]
async fn a_share_with_every_client_is_told_to_every_client_and_an_update_to_nobody() {
    let scene = Scene::start().await;
    let (mut to_carl, mut to_dora) = (Socket::of(&scene.carl).await, Socket::of(&scene.dora).await);
    for socket in [&mut to_carl, &mut to_dora] {
        socket.watch("1", FILE_SHARED).await;
    }
    let common = scene.share(json!({"everyClient": true})).await.remove(0);
    for socket in [&mut to_carl, &mut to_dora] {
        let told = socket.event("1").await["data"]["fileShared"].take();
        assert_eq!(
            (&told["id"], &told["everyClient"], &told["recipient"]),
            (&common["id"], &json!(true), &Value::Null)
        );
    }
    scene.share(json!({"everyClient": true, "maxDownloads": 5})).await;
    let both = scene.share(json!({"recipients": ["carl@example.com", "dora@example.com"]})).await;
    scene.share(json!({"recipients": ["carl@example.com"], "maxDownloads": 5})).await;
    for (socket, email) in [(&mut to_carl, "carl@example.com"), (&mut to_dora, "dora@example.com")] {
        let own = both.iter().find(|share| share["recipient"]["email"] == email).unwrap();
        assert_eq!(next_share(socket).await, own["id"], "the next that is new");
    }
    // One that was taken back and is made again is new.
    let own = both.iter().find(|share| share["recipient"]["email"] == "carl@example.com").unwrap();
    scene.olga.data(REVOKE, json!({"id": own["id"]})).await;
    let again = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    assert_ne!(again["id"], own["id"]);
    assert_eq!(next_share(&mut to_carl).await, again["id"]);
}

#[tokio::test]
async fn what_is_shared_as_it_is_uploaded_is_told_too() {
    let app = TestApp::builder()
        .with("SHARING__EVERY_CLIENT_ALLOWED", "true")
        .with("SHARING__ON_UPLOAD", "every_client")
        .start()
        .await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let mut to_carl = Socket::of(&carl).await;
    to_carl.watch("1", FILE_SHARED).await;
    let files = [("a.docx", docx("a", &[])), ("b.docx", docx("b", &[]))];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (*name, content.as_slice())).collect();
    olga.try_upload_many(&files).await.data();
    let mut names = Vec::new();
    for _ in 0..2 {
        let told = to_carl.event("1").await["data"]["fileShared"].take();
        assert_eq!(told["everyClient"], true);
        names.push(told["file"]["name"].clone());
    }
    assert_eq!(names, ["a.docx", "b.docx"], "in their order: they were committed together");
}

/// One download is what is counted as one: not every request, and none that does not reach the content.
#[tokio::test]
async fn a_download_is_told_once_when_it_is_counted() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let (file, _) = share(&olga, "report.docx", "carl@example.com").await;
    let mut to_olga = Socket::of(&olga).await;
    to_olga.watch("1", FILE_DOWNLOADED).await;
    let url = carl.link(&file).await;
    assert_eq!(carl.request(reqwest::Method::HEAD, &url).send().await.unwrap().status(), 200);
    for _ in 0..3 {
        assert_eq!(carl.get(&url).await.status(), 200);
    }
    let range = carl.request(reqwest::Method::GET, &url).header("Range", "bytes=0-9");
    assert_eq!(range.send().await.unwrap().status(), 206);
    app.clock.advance_seconds(1);
    download(&carl, &file).await;
    for at in ["2026-11-21T09:30:00Z", "2026-11-21T09:30:01Z"] {
        assert_eq!(to_olga.event("1").await["data"]["fileDownloaded"]["at"], at);
    }
}

/// What has ended between the act and its telling is told to nobody: here what is behind a mark, which is told later.
#[tokio::test]
async fn what_does_not_hold_any_more_is_passed_over() {
    let app = TestApp::start().await;
    let (ada, olga, omar) = (app.admin("ada").await, app.ops("olga").await, app.ops("omar").await);
    let carl = app.client("carl").await;
    let mut socket = Socket::of(&carl).await;
    socket.watch("1", FILE_SHARED).await;
    share(&olga, "marked.docx", "carl@example.com").await;
    let mark = event_id(&socket.event("1").await);
    drop(socket);

    let (_, revoked) = share(&olga, "revoked.docx", "carl@example.com").await;
    olga.data(REVOKE, json!({"id": revoked["id"]})).await;
    let (deleted, _) = share(&olga, "deleted.docx", "carl@example.com").await;
    olga.data(DELETE, json!({"id": deleted["id"]})).await;
    let expiring = olga.upload("expired.docx", &docx("expired", &[])).await;
    let input =
        json!({"fileId": expiring["id"], "recipients": ["carl@example.com"], "expiresAt": "2026-11-21T09:30:05Z"});
    olga.data("mutation($input: ShareInput!) { share(input: $input) { shares { id } } }", json!({"input": input}))
        .await;
    app.clock.advance_seconds(5);
    share(&omar, "of-omar.docx", "carl@example.com").await;
    let omar = omar.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    ada.data(DISABLE, json!({"id": omar})).await;
    let (_, holds) = share(&olga, "holds.docx", "carl@example.com").await;

    let mut socket = Socket::of(&carl).await;
    socket.resume("1", FILE_SHARED, &mark).await;
    assert_eq!(next_share(&mut socket).await, holds["id"]);
    let (_, last) = share(&olga, "last.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut socket).await, last["id"]);
}

/// Downloads through a share that has gone are not told: there is no share to show.
#[tokio::test]
async fn downloads_of_what_has_gone_are_passed_over() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let (file, _) = share(&olga, "kept.docx", "carl@example.com").await;
    let mut socket = Socket::of(&olga).await;
    socket.watch("1", FILE_DOWNLOADED).await;
    download(&carl, &file).await;
    let mark = event_id(&socket.event("1").await);
    drop(socket);
    let (gone, shared) = share(&olga, "gone.docx", "carl@example.com").await;
    download(&carl, &gone).await;
    olga.data(REVOKE, json!({"id": shared["id"]})).await;
    app.clock.advance_seconds(1);
    download(&carl, &file).await;
    let mut socket = Socket::of(&olga).await;
    socket.resume("1", FILE_DOWNLOADED, &mark).await;
    let told = socket.event("1").await["data"]["fileDownloaded"].take();
    assert_eq!((&told["at"], &told["share"]["file"]["name"]), (&json!("2026-11-21T09:30:01Z"), &json!("kept.docx")));
}

/// Signing in by a passkey is an act like any other, a copied key included.
#[tokio::test]
async fn admins_hear_of_passkeys() {
    let app = passkeys::app().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let (mut passkey, _) = passkeys::added(&app, &carl, "Phone").await;
    let mut to_ada = Socket::of(&ada).await;
    to_ada.watch("1", AUDIT_EVENT).await;
    passkeys::signed_in(&app, &mut passkey).await;
    let told = to_ada.event("1").await;
    assert_eq!(told["data"]["auditEvent"]["action"], "session.begun", "{told}");
}
