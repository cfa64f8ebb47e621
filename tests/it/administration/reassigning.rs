//! Files that get another owner: who may get them, and what goes along.

use serde_json::{Value, json};

use super::{REASSIGN, Scene, id_of, names_seen_by};
use crate::harness::app::email_of;
use crate::harness::client::Client;
use crate::harness::documents::docx;

async fn reassign(by: &Client, from: &str, to: &str) -> (String, String, Value) {
    let reply = by.send(REASSIGN, json!({"from": from, "to": to})).await;
    (reply.code().to_owned(), reply.field().to_owned(), reply.body["data"]["reassignFiles"].clone())
}

#[tokio::test]
async fn nobody_gets_them_but_another_active_ops_user_who_was_never_an_admin() {
    let scene = Scene::start().await;
    let olgas = id_of(&scene.olga).await;
    let (former, idle) = (scene.app.admin("former").await, scene.app.ops("idle").await);
    let promoted = scene.app.ops("promoted").await;
    let (formers, idles, promoteds) = (id_of(&former).await, id_of(&idle).await, id_of(&promoted).await);
    scene.set_role(&formers, "OPS").await.data();
    scene.set_role(&promoteds, "ADMIN").await.data();
    scene.set_role(&promoteds, "OPS").await.data();
    scene.disable(&idles).await;
    for (to, who) in [
        (id_of(&scene.carl).await, "a Client"),
        (id_of(&scene.ada).await, "an Admin, herself"),
        (formers, "somebody who was made an Admin"),
        (promoteds, "somebody who became one for a moment"),
        (idles, "somebody disabled"),
        (olgas.clone(), "whoever has them"),
        ("user_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(), "nobody"),
        ("rubbish".to_owned(), "rubbish"),
    ] {
        let expected = ("BAD_USER_INPUT".to_owned(), "to".to_owned(), Value::Null);
        assert_eq!(reassign(&scene.ada, &olgas, &to).await, expected, "{who}");
        let reply = scene.delete(&olgas, json!({"reassignTo": to})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "files"), "{who}");
    }
    assert_eq!(names_seen_by(&scene.olga).await, ["report.docx"], "nothing has happened");
    assert_eq!(scene.delete(&olgas, json!({"delete": false})).await.field(), "files");
}

#[tokio::test]
async fn shares_links_counts_and_lists_go_along() {
    let scene = Scene::start().await;
    let otto = scene.app.ops("otto").await;
    let (olgas, ottos) = (id_of(&scene.olga).await, id_of(&otto).await);
    scene.olga.upload("second.docx", &docx("second", b"")).await;
    let (carls_link, olgas_link) = (scene.carl.link(&scene.file).await, scene.olga.link(&scene.file).await);
    let (code, _, count) = reassign(&scene.ada, &olgas, &ottos).await;
    assert_eq!((code.as_str(), count), ("", json!(2)));

    assert_eq!(names_seen_by(&otto).await, ["report.docx", "second.docx"]);
    assert_eq!(names_seen_by(&scene.olga).await, Vec::<String>::new());
    assert_eq!(names_seen_by(&scene.carl).await, ["report.docx"]);
    let query = "query($id: ID!) { file(id: $id) { uploadedBy { email } myShare { sharedBy { email } } } }";
    let seen = scene.carl.data(query, json!({"id": scene.file["id"]})).await["file"].clone();
    let of_otto = json!({"email": "otto@example.com"});
    assert_eq!(seen, json!({"uploadedBy": of_otto, "myShare": {"sharedBy": of_otto}}));
    assert_eq!(scene.carl.get(&carls_link).await.status(), 200);
    assert_eq!(scene.olga.get(&olgas_link).await.status(), 404, "whose it is no more");
    assert_eq!(otto.get(&otto.link(&scene.file).await).await.status(), 200);
    assert_eq!(scene.ada.code(crate::harness::client::CREATE_LINK, json!({"id": scene.file["id"]})).await, "FORBIDDEN");

    // The old owner has no hold on it, the new one all.
    let id = json!({"id": scene.share["id"]});
    assert_eq!(scene.olga.code(crate::sharing::REVOKE, id.clone()).await, "NOT_FOUND");
    assert_eq!(scene.olga.code(crate::sharing::DELETE, json!({"id": scene.file["id"]})).await, "NOT_FOUND");
    assert_eq!(otto.code(crate::sharing::REVOKE, id).await, "");
    let acts = scene.events_on(&scene.file["id"]).await;
    let moved = acts.iter().find(|act| act["action"] == "file.reassigned").unwrap();
    let adas = id_of(&scene.ada).await;
    assert_eq!(
        (&moved["actor"], &moved["detail"], &moved["address"]),
        (&json!(adas), &json!(ottos), &json!("127.0.0.1"))
    );

    assert_eq!(reassign(&scene.ada, &olgas, &ottos).await.2, 0, "there is nothing more");
    assert_eq!(reassign(&scene.ada, &ottos, &olgas).await.2, 2, "and back");
    assert_eq!(scene.olga.code(REASSIGN, json!({"from": ottos, "to": olgas})).await, "FORBIDDEN");
}

/// What the old owner does at the same moment happens before or not at all, and all totals stay right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_owner_does_meanwhile_is_done_or_refused() {
    let scene = Scene::start().await;
    for round in 0..15 {
        let (from, to) = (scene.app.ops(&format!("from{round}")).await, scene.app.ops(&format!("to{round}")).await);
        let (froms, tos) = (id_of(&from).await, id_of(&to).await);
        let mut files = Vec::new();
        for name in ["a.docx", "b.docx", "c.docx"] {
            files.push(from.upload(name, &docx(name, b"")).await);
        }
        let shared = json!({"fileId": files[0]["id"], "recipients": [email_of("carl")]});
        let renamed = json!({"id": files[2]["id"], "name": "d.docx"});
        let late = docx("late", b"");
        let (moved, deleted, shared, renamed, late) = tokio::join!(
            reassign(&scene.ada, &froms, &tos),
            from.code(crate::sharing::DELETE, json!({"id": files[1]["id"]})),
            from.code(crate::harness::client::SHARE, json!({"input": shared})),
            from.code(crate::sharing::RENAME, renamed),
            from.try_upload("late.docx", &late),
        );
        assert_eq!((moved.0.as_str(), late.code()), ("", ""));
        for code in [&deleted, &shared, &renamed] {
            assert!(["", "NOT_FOUND"].contains(&code.as_str()), "{code}");
        }
        let (of_from, of_to) = (names_seen_by(&from).await, names_seen_by(&to).await);
        assert_eq!(of_from.len() + of_to.len(), if deleted.is_empty() { 3 } else { 4 }, "{of_from:?} {of_to:?}");
        assert!(of_from.iter().all(|name| name == "late.docx"), "{of_from:?}");
        let query = "query($id: ID!) { file(id: $id) { shares { totalCount nodes { sharedBy { id } } } } }";
        let shares = to.data(query, json!({"id": files[0]["id"]})).await["file"]["shares"].clone();
        for share in shares["nodes"].as_array().unwrap() {
            assert_eq!(share["sharedBy"]["id"], tos.as_str());
        }
        assert_eq!(shares["totalCount"], usize::from(shared.is_empty()));
    }
    names_seen_by(&scene.carl).await;
}
