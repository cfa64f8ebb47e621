//! A change of role ends all that came with the old one.

use serde_json::{Value, json};

use super::{ENABLE, REASSIGN, SET_ROLE, Scene, id_of, names_seen_by, people_seen_by};
use crate::accounts::{login, session_of, signed_up, signup_of, verify, viewer_code};
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, SHARE, UPLOAD, multipart_body};
use crate::harness::documents::docx;
use crate::harness::line::SlowUpload;

#[tokio::test]
async fn sessions_links_and_shares_of_a_client_end() {
    let scene = Scene::start().await;
    let carls = id_of(&scene.carl).await;
    let link = scene.carl.link(&scene.file).await;
    let everyone = json!({"fileId": scene.file["id"], "everyClient": true});
    scene.olga.data(SHARE, json!({"input": everyone})).await;
    let session = session_of(&scene.app, "carl").await;
    let changed = scene.set_role(&carls, "OPS").await.data();
    assert_eq!(changed["setUserRole"]["role"], "OPS");

    assert_eq!(viewer_code(&scene.app, &session["accessToken"]).await, "UNAUTHENTICATED");
    assert_eq!(scene.carl.get(&link).await.status(), 401);
    let refreshed = crate::accounts::refresh(&scene.app, &session["refreshToken"]).await;
    assert_eq!(refreshed.code(), "INVALID_TOKEN");
    let carl = scene.app.sign_in("carl").await;
    assert_eq!(carl.get(&link).await.status(), 404);
    assert_eq!(names_seen_by(&carl).await, Vec::<String>::new());
    let shares = "query($id: ID!) { file(id: $id) { shares { totalCount nodes { recipient { email } } } } }";
    let left = scene.olga.data(shares, json!({"id": scene.file["id"]})).await["file"]["shares"].clone();
    assert_eq!(left, json!({"totalCount": 1, "nodes": [{"recipient": null}]}), "only that with every Client");

    // Nothing comes back with the old role but what every Client has.
    assert_eq!(scene.set_role(&carls, "CLIENT").await.code(), "");
    let carl = scene.app.sign_in("carl").await;
    assert_eq!(names_seen_by(&carl).await, ["report.docx"]);
    assert_eq!(carl.get(&link).await.status(), 404, "the link was made under the share that ended");
    assert_eq!(scene.acts_on(&json!(carls)).await.iter().filter(|act| *act == "user.role_changed").count(), 2);
    let acts = scene.acts_on(&scene.file["id"]).await;
    assert_eq!(acts.iter().filter(|act| *act == "share.revoked").count(), 1, "{acts:?}");
}

#[tokio::test]
async fn more_shares_than_one_transaction_takes_end() {
    let scene = Scene::start().await;
    let carls = id_of(&scene.carl).await;
    for number in 0..120 {
        let file = scene.olga.upload(&format!("{number:03}.docx"), &docx("many", b"")).await;
        scene.olga.share(&file, &email_of("carl")).await;
    }
    assert_eq!(scene.set_role(&carls, "OPS").await.code(), "");
    assert_eq!(scene.set_role(&carls, "CLIENT").await.code(), "", "nothing is left to be done");
    let carl = scene.app.sign_in("carl").await;
    assert_eq!(names_seen_by(&carl).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_ops_user_with_files_keeps_the_role_until_they_are_given_away() {
    let scene = Scene::start().await;
    let (olgas, otto) = (id_of(&scene.olga).await, scene.app.ops("otto").await);
    for role in ["CLIENT", "ADMIN"] {
        assert_eq!(scene.set_role(&olgas, role).await.code(), "CONFLICT", "{role}");
    }
    assert_eq!(names_seen_by(&scene.olga).await, ["report.docx"], "nothing has happened");
    let moved = scene.ada.data(REASSIGN, json!({"from": olgas, "to": id_of(&otto).await})).await;
    assert_eq!(moved["reassignFiles"], 1);
    assert_eq!(scene.set_role(&olgas, "CLIENT").await.code(), "");
    assert_eq!(scene.olga.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
    assert_eq!(people_seen_by(&scene.ada, json!({"role": "OPS"})).await, ["otto"]);
    assert_eq!(people_seen_by(&scene.ada, json!({"role": "CLIENT"})).await, ["carl", "olga"]);
}

#[tokio::test]
async fn an_upload_that_is_under_way_fails_at_its_end() {
    let scene = Scene::start().await;
    let otto = scene.app.ops("otto").await;
    let content = docx("late", &[7; 1000]);
    for (number, undo) in [(0, SET_ROLE), (1, ENABLE)] {
        let otto = if number == 0 { otto.clone() } else { scene.app.sign_in("otto").await };
        let ottos = id_of(&otto).await;
        let mut upload = SlowUpload::begin(&otto, "late.docx", content.len() as u64).await;
        upload.send(&content[..500]).await;
        if number == 0 {
            scene.set_role(&ottos, "CLIENT").await.data();
        } else {
            scene.disable(&ottos).await;
        }
        upload.send(&content[500..]).await;
        assert_eq!(upload.finish().await.code(), "UNAUTHENTICATED", "{undo}");
        scene.ada.data(undo, json!({"id": ottos, "role": "OPS"})).await;
        assert_eq!(names_seen_by(&scene.app.sign_in("otto").await).await, Vec::<String>::new());
    }
}

/// Uploads and role changes at the same moment: no Client ever owns a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_upload_slips_past_a_change_of_role() {
    let scene = Scene::start().await;
    let content = docx("raced", b"");
    let operations = json!({"query": UPLOAD, "variables": {"file": null}});
    let body = multipart_body("b", &operations, &json!({"0": ["variables.file"]}), &[("0", "raced.docx", &content)]);
    for round in 0..20 {
        let otto = scene.app.ops(&format!("otto{round}")).await;
        let ottos = id_of(&otto).await;
        let uploads = futures_util::future::join_all((0..4).map(|_| otto.send_multipart("b", body.clone())));
        let (replies, changed) = tokio::join!(uploads, async {
            tokio::time::sleep(std::time::Duration::from_millis(round)).await;
            scene.set_role(&ottos, "CLIENT").await
        });
        let done = replies.iter().filter(|reply| reply.code().is_empty()).count();
        for reply in replies.iter().filter(|reply| !reply.code().is_empty()) {
            assert!(["UNAUTHENTICATED", "FORBIDDEN"].contains(&reply.code()), "{reply:?}");
        }
        match changed.code() {
            "" => assert_eq!(done, 0, "a Client owns a file"),
            "CONFLICT" => assert!(done > 0),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn invitations_end_with_the_role_that_gave_them() {
    let scene = Scene::start().await;
    let adam = scene.app.admin("adam").await;
    let invite = "mutation { invite(role: ADMIN) { token } }";
    let token = adam.data(invite, json!({})).await["invite"]["token"].clone();
    let with = |name: &str, token: &Value| {
        let mut input = signup_of(name);
        input["role"] = "ADMIN".into();
        input["invitation"] = token.clone();
        input
    };
    let waiting = signed_up(&scene.app, with("mallory", &token)).await;
    scene.set_role(&id_of(&adam).await, "OPS").await.data();
    assert_eq!(verify(&scene.app, &waiting, PASSWORD).await.code(), "INVALID_TOKEN");
    let later = crate::accounts::signup(&scene.app, with("mallet", &token)).await;
    assert_eq!(later.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn the_same_role_changes_nothing() {
    let scene = Scene::start().await;
    assert_eq!(scene.set_role(&id_of(&scene.olga).await, "OPS").await.code(), "");
    assert_eq!(names_seen_by(&scene.olga).await, ["report.docx"], "the session goes on");
    for unknown in ["user_aaaaaaaaaaaaaaaaaaaaaaaaaa", "file_aaaaaaaaaaaaaaaaaaaaaaaaaa", "x"] {
        assert_eq!(scene.set_role(unknown, "OPS").await.code(), "NOT_FOUND");
    }
    let olga = Client::new(&scene.app.base_url, scene.olga.token.as_deref());
    assert_eq!(olga.code(SET_ROLE, json!({"id": id_of(&olga).await, "role": "ADMIN"})).await, "FORBIDDEN");
    assert_eq!(login(&scene.app, &email_of("olga"), PASSWORD).await.code(), "");
}
