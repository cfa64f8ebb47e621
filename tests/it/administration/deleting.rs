//! Deleting an account, with its files or without.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DELETE_USER, ENABLE, Scene, USERS, id_of, names_seen_by, people_seen_by};
use crate::accounts::{login, signed_up, signup_of, verify};
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, SHARE};
use crate::harness::documents::docx;

/// How long work that nobody goes on with is left alone.
const STALLED_SECONDS: u64 = 60;

#[tokio::test]
async fn with_its_files_it_leaves_nothing() {
    let scene = Scene::start().await;
    let olgas = id_of(&scene.olga).await;
    let link = scene.carl.link(&scene.file).await;
    assert_eq!(scene.delete(&olgas, json!({"delete": true})).await.data()["deleteUser"], true);
    assert_eq!(names_seen_by(&scene.carl).await, Vec::<String>::new());
    assert_eq!(names_seen_by(&scene.ada).await, Vec::<String>::new());
    assert_eq!(scene.carl.get(&link).await.status(), 404);
    assert_eq!(people_seen_by(&scene.ada, json!({})).await, ["ada", "carl"]);
    assert_eq!(scene.olga.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
    assert_eq!(login(&scene.app, &email_of("olga"), PASSWORD).await.code(), "INVALID_CREDENTIALS");
    let swept = scene.app.services.sweep(true).await.unwrap();
    assert_eq!((swept.doomed_objects, swept.orphaned_objects), (1, 0));

    // Events keep her id; she is no user any more.
    let query = "query($of: String) { auditEvents(filter: {actor: $of}) { nodes { actor actorUser { id } } } }";
    let acts = scene.ada.data(query, json!({"of": olgas})).await["auditEvents"]["nodes"].clone();
    assert_eq!(acts[0], json!({"actor": olgas, "actorUser": null}));
    let on_her = scene.events_on(&json!(olgas)).await;
    let deleted = on_her.iter().find(|act| act["action"] == "user.deleted").unwrap();
    assert_eq!(deleted["detail"], "files_deleted");
    assert!(scene.acts_on(&scene.file["id"]).await.contains(&"file.deleted".to_owned()));
    assert_eq!(scene.delete(&olgas, json!({"delete": true})).await.code(), "NOT_FOUND");

    // The address is free for somebody new, who is nobody's heir.
    let token = signed_up(&scene.app, signup_of("olga")).await;
    let session = verify(&scene.app, &token, PASSWORD).await.data()["verifyEmail"].clone();
    let newcomer = Client::new(&scene.app.base_url, session["accessToken"].as_str());
    assert_ne!(id_of(&newcomer).await, olgas);
    assert_eq!(names_seen_by(&newcomer).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_client_leaves_no_share_and_no_count() {
    let scene = Scene::start().await;
    let carls = id_of(&scene.carl).await;
    scene.olga.data(SHARE, json!({"input": {"fileId": scene.file["id"], "everyClient": true}})).await;
    let other = scene.olga.upload("open.docx", &docx("open", b"")).await;
    scene.olga.data(SHARE, json!({"input": {"fileId": other["id"], "everyClient": true}})).await;
    for file in [&scene.file, &other] {
        assert_eq!(scene.carl.get(&scene.carl.link(file).await).await.status(), 200);
    }
    assert_eq!(scene.delete(&carls, json!({"delete": true})).await.code(), "");
    let query = "query($id: ID!) { file(id: $id) { shares { totalCount nodes { everyClient downloads
        receipts { totalCount nodes { recipient { email } downloads } } } } } }";
    let shares = scene.olga.data(query, json!({"id": scene.file["id"]})).await["file"]["shares"].clone();
    let nobody = json!({"totalCount": 0, "nodes": []});
    assert_eq!(shares, json!({"totalCount": 1, "nodes": [{"everyClient": true, "downloads": 0, "receipts": nobody}]}));
    let shares = scene.olga.data(query, json!({"id": other["id"]})).await["file"]["shares"].clone();
    assert_eq!(shares["nodes"][0]["downloads"], 1, "what was downloaded stays so");
    // The totals of those who come after are right.
    let dora = scene.app.client("dora").await;
    assert_eq!(names_seen_by(&dora).await, ["open.docx", "report.docx"]);
    scene.olga.share(&scene.file, &email_of("dora")).await;
    assert_eq!(names_seen_by(&dora).await, ["open.docx", "report.docx"]);
}

/// Olga with 300 files, every third of them shared with Carl, and a deletion whose request is cut off on the way.
async fn cut_off(scene: &Scene, files: Value) -> String {
    for batch in 0..30 {
        let content = docx("many", b"");
        let names: Vec<String> = (0..10).map(|number| format!("{batch:02}-{number}.docx")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), content.as_slice())).collect();
        let uploaded = scene.olga.try_upload_many(&many).await.data()["uploadMany"]["files"].clone();
        for file in uploaded.as_array().unwrap().iter().step_by(3) {
            scene.olga.share(file, &email_of("carl")).await;
        }
    }
    let olgas = id_of(&scene.olga).await;
    let (ada, id) = (scene.ada.clone(), olgas.clone());
    let request = tokio::spawn(async move { ada.send(DELETE_USER, json!({"id": id, "files": files})).await });
    let of_ada = "query($by: String) { auditEvents(filter: {actor: $by, action: \"ACTION\"}) { totalCount } }";
    let adas = id_of(&scene.ada).await;
    loop {
        let mut parts = 0;
        for action in ["file.reassigned", "file.deleted"] {
            let counted = scene.ada.data(&of_ada.replace("ACTION", action), json!({"by": adas})).await;
            parts += counted["auditEvents"]["totalCount"].as_u64().unwrap();
        }
        if parts > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    request.abort();
    let _cut = request.await;
    // The transaction that was under way ends; nobody goes on.
    let total = "{ files { totalCount } users(role: OPS) { totalCount } }";
    let mut last = Value::Null;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = scene.ada.data(total, json!({})).await;
        if now == last {
            return olgas;
        }
        last = now;
    }
}

async fn assert_goes_on(scene: &Scene, olgas: &str) {
    let people = scene.ada.data(USERS, json!({"role": "OPS", "email": "olga"})).await["users"].clone();
    assert_eq!(people["nodes"][0]["disabled"], true, "the request was cut off too late: {people}");
    assert_eq!(login(&scene.app, &email_of("olga"), PASSWORD).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(scene.ada.code(ENABLE, json!({"id": olgas})).await, "CONFLICT", "there is no way back");
    assert_eq!(scene.delete(olgas, json!({"delete": true})).await.code(), "CONFLICT", "the choice was made");
    assert_eq!(scene.set_role(olgas, "CLIENT").await.code(), "CONFLICT");
    assert_eq!(scene.app.services.sweep(false).await.unwrap().accounts_taken_up, 0, "somebody may be at work");
    scene.app.clock.advance_seconds(STALLED_SECONDS);
    assert_eq!(scene.app.services.sweep(false).await.unwrap().accounts_taken_up, 1);
    assert_eq!(scene.app.services.sweep(false).await.unwrap().accounts_taken_up, 0);
    assert_eq!(people_seen_by(&scene.ada, json!({"email": "olga"})).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_off_while_files_are_given_away_the_janitor_ends() {
    let scene = Scene::start().await;
    let otto = scene.app.ops("otto").await;
    let ottos = id_of(&otto).await;
    let olgas = cut_off(&scene, json!({"reassignTo": ottos})).await;
    assert_eq!(scene.set_role(&ottos, "CLIENT").await.code(), "CONFLICT", "files are on their way to him");
    assert_eq!(scene.delete(&ottos, json!({"delete": true})).await.code(), "CONFLICT");
    assert_goes_on(&scene, &olgas).await;
    let total = "{ files { totalCount } }";
    assert_eq!(otto.data(total, json!({})).await["files"]["totalCount"], 301);
    assert_eq!(scene.ada.data(total, json!({})).await["files"]["totalCount"], 301);
    assert_eq!(scene.carl.data(total, json!({})).await["files"]["totalCount"], 121, "shares have gone along");
    assert!(scene.acts_on(&scene.file["id"]).await.contains(&"file.reassigned".to_owned()));
    let uploaders = "{ files(first: 100) { nodes { uploadedBy { email } myShare { sharedBy { email } } } } }";
    for file in scene.carl.data(uploaders, json!({})).await["files"]["nodes"].as_array().unwrap() {
        let otto = json!({"email": "otto@example.com"});
        assert_eq!(*file, json!({"uploadedBy": otto, "myShare": {"sharedBy": otto}}));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_off_while_files_are_deleted_the_janitor_ends() {
    let scene = Scene::start().await;
    let olgas = cut_off(&scene, json!({"delete": true})).await;
    assert_goes_on(&scene, &olgas).await;
    let total = "{ files { totalCount nodes { id } } }";
    for person in [&scene.ada, &scene.carl] {
        assert_eq!(person.data(total, json!({})).await["files"], json!({"totalCount": 0, "nodes": []}));
    }
    let swept = scene.app.services.sweep(true).await.unwrap();
    assert_eq!(swept.orphaned_objects, 0);
    assert!(scene.acts_on(&scene.file["id"]).await.contains(&"file.deleted".to_owned()));
}
