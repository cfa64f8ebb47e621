//! Anything by its id: what a caller may not see answers as what does not exist.

use serde_json::{Value, json};

use super::{REVOKE, Scene, UNKNOWN_FILE};
use crate::harness::client::Client;

async fn node(client: &Client, id: &Value) -> Value {
    let query = "query($id: ID!) { node(id: $id) { __typename id ... on File { name }
        ... on Share { downloads recipient { email } } ... on User { email } } }";
    client.data(query, json!({"id": id})).await["node"].clone()
}

async fn own_id(client: &Client) -> Value {
    client.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone()
}

#[tokio::test]
async fn each_role_sees_its_own_part_of_the_world() {
    let scene = Scene::start().await;
    let share = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    let (carl_id, olga_id) = (own_id(&scene.carl).await, own_id(&scene.olga).await);
    let adam_id = own_id(&adam).await;
    let callers = [&scene.olga, &otto, &scene.carl, &scene.dora, &adam];
    for (what, id, expected) in [
        ("the file", &scene.file["id"], [true, false, true, false, true]),
        ("the share", &share["id"], [true, false, true, false, false]),
        ("a Client", &carl_id, [true, true, true, false, true]),
        ("an Ops user", &olga_id, [true, false, false, false, true]),
        ("an Admin", &adam_id, [false, false, false, false, true]),
        ("an unknown file", &json!(UNKNOWN_FILE), [false; 5]),
        ("an unknown user", &json!("user_aaaaaaaaaaaaaaaaaaaaaaaaaa"), [false; 5]),
        ("a session", &json!("session_aaaaaaaaaaaaaaaaaaaaaaaaaa"), [false; 5]),
        ("no id", &json!("x"), [false; 5]),
        ("an empty id", &json!(""), [false; 5]),
    ] {
        let mut seen = Vec::new();
        for caller in callers {
            let found = node(caller, id).await;
            assert!(found.is_null() || found["id"] == *id, "{what}: {found}");
            seen.push(!found.is_null());
        }
        assert_eq!(seen, expected, "{what}: Olga, Otto, Carl, Dora, Adam");
    }
    let nobody = scene.app.anonymous();
    let query = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(nobody.code(query, json!({"id": scene.file["id"]})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn ids_carry_their_type() {
    let scene = Scene::start().await;
    let share = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    let file = node(&scene.olga, &scene.file["id"]).await;
    assert_eq!((&file["__typename"], &file["name"]), (&json!("File"), &json!("report.docx")));
    let found = node(&scene.olga, &share["id"]).await;
    assert_eq!((&found["__typename"], &found["recipient"]["email"]), (&json!("Share"), &json!("carl@example.com")));
    let me = node(&scene.olga, &own_id(&scene.olga).await).await;
    assert_eq!((&me["__typename"], &me["email"]), (&json!("User"), &json!("olga@example.com")));
    let query = "query($id: ID!) { file(id: $id) { id } }";
    for id in [&share["id"], &own_id(&scene.olga).await, &json!("garbage")] {
        assert_eq!(scene.olga.data(query, json!({"id": id})).await["file"], Value::Null, "{id}");
    }
    let upper_case = scene.file["id"].as_str().unwrap().to_uppercase();
    assert_eq!(node(&scene.olga, &upper_case.into()).await, Value::Null, "one id has one spelling");
}

#[tokio::test]
async fn a_share_node_shows_a_client_its_own_counts() {
    let scene = Scene::start().await;
    let share = scene.share(json!({"everyClient": true})).await.remove(0);
    let url = scene.carl.link(&scene.file).await;
    scene.carl.get(&url).await.bytes().await.unwrap();
    assert_eq!(node(&scene.carl, &share["id"]).await["downloads"], 1);
    assert_eq!(node(&scene.dora, &share["id"]).await["downloads"], 0);
    assert_eq!(node(&scene.olga, &share["id"]).await["downloads"], 1);
    scene.olga.data(REVOKE, json!({"id": share["id"]})).await;
    for caller in [&scene.carl, &scene.olga] {
        assert_eq!(node(caller, &share["id"]).await, Value::Null);
    }
}
