//! Whoever has an account is told what is done to it, and all of it is written down.

use serde_json::json;

use super::{REASSIGN, Scene, id_of};
use crate::accounts::mails;
use crate::harness::app::email_of;

/// The first words of what each mail about an account says, in no order.
async fn told(scene: &Scene, name: &str) -> Vec<&'static str> {
    let sentences = [
        ("It has another role now", "role"),
        ("It is disabled", "disabled"),
        ("It is enabled again", "enabled"),
        ("It is deleted", "deleted"),
        ("Its files have been given to another user", "files gone"),
        ("An administrator has given you the files", "files"),
    ];
    let mut found = Vec::new();
    for mail in mails(&scene.app, &email_of(name)).await {
        let unwrapped = mail.split_whitespace().collect::<Vec<_>>().join(" ");
        found.extend(sentences.iter().filter(|(words, _)| unwrapped.contains(words)).map(|(_, what)| *what));
    }
    found.sort_unstable();
    found
}

#[tokio::test]
async fn the_owner_is_told_of_every_act() {
    let scene = Scene::start().await;
    let (olgas, carls, otto) = (id_of(&scene.olga).await, id_of(&scene.carl).await, scene.app.ops("otto").await);
    scene.disable(&carls).await;
    scene.enable(&carls).await;
    scene.set_role(&carls, "OPS").await.data();
    scene.set_role(&carls, "OPS").await.data();
    scene.delete(&carls, json!({"delete": true})).await.data();
    assert_eq!(told(&scene, "carl").await, ["deleted", "disabled", "enabled", "role"], "each once");

    scene.ada.data(REASSIGN, json!({"from": olgas, "to": id_of(&otto).await})).await;
    assert_eq!(told(&scene, "olga").await, ["files gone"]);
    assert_eq!(told(&scene, "otto").await, ["files"]);
    scene.ada.data(REASSIGN, json!({"from": olgas, "to": id_of(&otto).await})).await;
    assert_eq!(
        told(&scene, "olga").await,
        ["files gone", "files gone"],
        "of every act, for files may come in meanwhile"
    );
    scene.delete(&id_of(&otto).await, json!({"reassignTo": olgas})).await.data();
    assert_eq!(told(&scene, "otto").await, ["deleted", "files", "files", "files gone"]);
    assert_eq!(told(&scene, "olga").await, ["files", "files gone", "files gone"]);
    assert_eq!(told(&scene, "ada").await, Vec::<&str>::new());
}

#[tokio::test]
async fn every_act_is_written_down_and_a_refused_one_is_not() {
    let scene = Scene::start().await;
    let (adas, carls, olgas) = (id_of(&scene.ada).await, id_of(&scene.carl).await, id_of(&scene.olga).await);
    assert_eq!(scene.set_role(&adas, "OPS").await.code(), "CONFLICT");
    assert_eq!(scene.set_role(&olgas, "CLIENT").await.code(), "CONFLICT");
    scene.disable(&carls).await;
    scene.app.clock.advance_seconds(1);
    scene.enable(&carls).await;
    scene.app.clock.advance_seconds(1);
    scene.set_role(&carls, "ADMIN").await.data();
    scene.app.clock.advance_seconds(1);
    scene.delete(&carls, json!({"delete": true})).await.data();
    let acts = scene.events_on(&json!(carls)).await;
    let done: Vec<_> = acts.iter().filter(|act| act["action"].as_str().unwrap().starts_with("user.")).collect();
    let words: Vec<_> = done.iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert_eq!(words, ["user.disabled", "user.enabled", "user.role_changed", "user.deleted"]);
    assert!(done.iter().all(|act| act["actor"] == adas.as_str() && act["address"] == "127.0.0.1"), "{done:?}");
    assert_eq!(done[2]["detail"], "ADMIN");
    for id in [adas, olgas] {
        assert!(!scene.acts_on(&json!(id)).await.iter().any(|act| act.starts_with("user.")));
    }
    assert_eq!(mails(&scene.app, &email_of("ada")).await.len(), 0);
}
