//! What happens to the trash when something happens to the accounts around it.

use serde_json::json;

use super::{RESTORE, acts_on, delete, restore, trash_of};
use crate::administration::{REASSIGN, Scene, id_of, names_seen_by};
use crate::harness::app::email_of;
use crate::harness::client::SHARE;
use crate::harness::documents::docx;
use crate::harness::tus;
use crate::sharing::DELETE;

#[tokio::test]
async fn it_is_given_away_with_the_files() {
    let scene = Scene::start().await;
    let otto = scene.app.ops("otto").await;
    let (olgas, ottos) = (id_of(&scene.olga).await, id_of(&otto).await);
    scene.olga.upload("second.docx", &docx("second", b"")).await;
    delete(&scene.olga, &scene.file).await;
    let moved = scene.ada.data(REASSIGN, json!({"from": olgas, "to": ottos})).await;
    assert_eq!(moved["reassignFiles"], 1, "what is in the trash is not there, and not counted");
    assert!(trash_of(&scene.olga).await.is_empty());
    assert_eq!(scene.olga.code(RESTORE, json!({"id": scene.file["id"]})).await, "NOT_FOUND");
    let trash = trash_of(&otto).await;
    assert_eq!((&trash[0]["id"], &trash[0]["uploadedBy"]["email"]), (&scene.file["id"], &json!("otto@example.com")));
    let restored = restore(&otto, &scene.file).await;
    assert_eq!(restored["shares"]["nodes"], json!([{"id": scene.share["id"]}]));
    assert_eq!(names_seen_by(&scene.carl).await, ["report.docx"]);
    let query = "query($id: ID!) { file(id: $id) { uploadedBy { email } myShare { sharedBy { email } } } }";
    let seen = scene.carl.data(query, json!({"id": scene.file["id"]})).await["file"].clone();
    let of_otto = json!({"email": "otto@example.com"});
    assert_eq!(seen, json!({"uploadedBy": of_otto, "myShare": {"sharedBy": of_otto}}));
    assert_eq!(scene.set_role(&olgas, "CLIENT").await.code(), "", "she has nothing left");
}

/// What a deleted account was about to upload goes with it, and is counted no more.
#[tokio::test]
async fn what_its_owner_was_about_to_upload_goes_with_the_account() {
    let scene = Scene::start().await;
    let document = docx("half", &[3; 200_000]);
    let path = tus::create(&scene.olga, "half.docx", document.len()).await;
    tus::add_well(&scene.olga, &path, 0, &document[..100_000]).await;
    let stored = "{ storageUsage { everybody { usedBytes } } }";
    assert!(
        scene.ada.data(stored, json!({})).await["storageUsage"]["everybody"]["usedBytes"].as_u64().unwrap() > 100_000
    );
    assert_eq!(scene.delete(&id_of(&scene.olga).await, json!({"delete": true})).await.code(), "");
    let swept = scene.app.services.sweep(true).await.unwrap();
    assert_eq!(swept.doomed_objects, 2, "her file's and the piece");
    assert_eq!(scene.ada.data(stored, json!({})).await["storageUsage"]["everybody"]["usedBytes"], 0);
}

#[tokio::test]
async fn whoever_has_something_in_it_keeps_the_role() {
    let scene = Scene::start().await;
    let olgas = id_of(&scene.olga).await;
    delete(&scene.olga, &scene.file).await;
    assert_eq!(scene.set_role(&olgas, "CLIENT").await.code(), "CONFLICT");
    scene
        .olga
        .data("mutation($id: ID!) { deleteFile(id: $id, permanently: true) }", json!({"id": scene.file["id"]}))
        .await;
    assert_eq!(scene.set_role(&olgas, "CLIENT").await.code(), "");
}

#[tokio::test]
async fn with_its_owner_it_is_given_away_or_deleted() {
    for files in ["delete", "reassign"] {
        let scene = Scene::start().await;
        let otto = scene.app.ops("otto").await;
        let choice =
            if files == "delete" { json!({"delete": true}) } else { json!({"reassignTo": id_of(&otto).await}) };
        delete(&scene.olga, &scene.file).await;
        scene.app.clock.advance_seconds(1);
        assert_eq!(scene.delete(&id_of(&scene.olga).await, choice).await.code(), "");
        let swept = scene.app.services.sweep(true).await.unwrap();
        let acts: Vec<String> = acts_on(&scene.ada, &scene.file).await.into_iter().map(|(action, ..)| action).collect();
        if files == "delete" {
            assert_eq!((swept.doomed_objects, swept.orphaned_objects), (1, 0));
            assert_eq!(acts.last().unwrap(), "file.deleted");
        } else {
            assert_eq!((swept.doomed_objects, acts.last().unwrap().as_str()), (0, "file.reassigned"));
            restore(&otto, &scene.file).await;
            assert_eq!(names_seen_by(&otto).await, ["report.docx"]);
        }
        assert_eq!(names_seen_by(&scene.carl).await.len(), usize::from(files == "reassign"));
    }
}

/// What would have ended with a recipient's role or account has ended also where it lay in the trash.
#[tokio::test]
async fn shares_with_somebody_who_is_no_client_any_more_do_not_come_back() {
    let scene = Scene::start().await;
    let dora = scene.app.client("dora").await;
    scene.olga.share(&scene.file, &email_of("dora")).await;
    let everyone = json!({"fileId": scene.file["id"], "everyClient": true});
    scene.olga.data(SHARE, json!({"input": everyone})).await;
    let second = scene.olga.upload("second.docx", &docx("second", b"")).await;
    scene.olga.share(&second, &email_of("carl")).await;
    delete(&scene.olga, &scene.file).await;
    let carls = id_of(&scene.carl).await;
    assert_eq!(scene.set_role(&carls, "OPS").await.code(), "");
    assert_eq!(scene.set_role(&carls, "CLIENT").await.code(), "", "nothing is left to be done");
    assert_eq!(scene.delete(&id_of(&dora).await, json!({"delete": true})).await.code(), "");
    let restored = restore(&scene.olga, &scene.file).await;
    assert_eq!(restored["shares"]["totalCount"], 1, "only that with every Client");
    assert_eq!(restored["shares"]["nodes"].as_array().unwrap().len(), 1);
    let carl = scene.app.sign_in("carl").await;
    assert_eq!(names_seen_by(&carl).await, ["report.docx"], "as every Client");
    let acts = acts_on(&scene.ada, &scene.file).await;
    assert_eq!(acts.iter().filter(|(action, ..)| action == "share.revoked").count(), 2, "{acts:?}");
    delete(&scene.olga, &scene.file).await;
    assert_eq!(names_seen_by(&carl).await, Vec::<String>::new());
}

#[tokio::test]
async fn it_waits_for_an_owner_who_is_disabled() {
    let scene = Scene::start().await;
    let olgas = id_of(&scene.olga).await;
    delete(&scene.olga, &scene.file).await;
    scene.disable(&olgas).await;
    assert_eq!(scene.olga.code(RESTORE, json!({"id": scene.file["id"]})).await, "UNAUTHENTICATED");
    scene.enable(&olgas).await;
    let olga = scene.app.sign_in("olga").await;
    restore(&olga, &scene.file).await;
    assert_eq!(names_seen_by(&scene.carl).await, ["report.docx"]);
    // And put away while it is as if its shares were not there, it comes back the same.
    assert_eq!(olga.data(DELETE, json!({"id": scene.file["id"]})).await["deleteFile"], true);
    assert_eq!(trash_of(&olga).await.len(), 1);
}
