//! Anything by its id: what a caller may not see answers as what does not exist.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use serde_json::{Value, json};
use strongroom::domain::id::{FileId, ShareId, UserId};

use super::{REVOKE, Scene, UNKNOWN_FILE};
use crate::harness::client::{Client, SHARE};
use crate::harness::documents::docx;

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

/// Each type of the schema that is a Node, with the queries by which a caller comes to see such things otherwise.
const OWN_QUERIES: &[(&str, &str, &[&str])] = &[
    ("File", FileId::PREFIX, &["{ files { nodes { id } } }"]),
    ("Share", ShareId::PREFIX, &["{ files { nodes { myShare { id } shares { nodes { id } } } } }"]),
    ("User", UserId::PREFIX, &["{ viewer { id } }", "{ users { nodes { id } } }"]),
];
/// What has an id and is no Node: the id is good for one mutation, or only tells one from another.
const NO_NODES: &[&str] =
    &["ActiveSession", "AuditEvent", "DeadMail", "Invitation", "Passkey", "PendingInvitation", "RingKey"];

/// The object types of the schema that have a field `id`, and whether they are Nodes.
fn types_with_id() -> Vec<(String, bool)> {
    let definitions = parse_schema(strongroom::graphql::sdl()).unwrap().definitions;
    let types = definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    let with_id = types.filter_map(|definition| match definition.kind {
        TypeKind::Object(object) if object.fields.iter().any(|field| field.node.name.node == "id") => {
            let is_node = object.implements.iter().any(|name| name.node == "Node");
            Some((definition.name.node.to_string(), is_node))
        }
        _ => None,
    });
    with_id.collect()
}

/// The texts below every field `id`.
fn ids_in(answer: &Value, found: &mut BTreeSet<String>) {
    match answer {
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, found)),
        Value::Object(fields) => {
            found.extend(fields.get("id").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| ids_in(field, found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_node_of_the_schema_is_as_visible_by_its_id_as_by_its_own_query() {
    let (nodes, others): (Vec<_>, Vec<_>) = types_with_id().into_iter().partition(|(_, is_node)| *is_node);
    let named = |types: Vec<(String, bool)>| types.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
    let of_own_queries: BTreeSet<String> = OWN_QUERIES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(named(nodes), of_own_queries, "each Node is answered by node(id), and tested here");
    assert_eq!(named(others).into_iter().collect::<Vec<_>>(), NO_NODES, "what has an id is a Node, or stands here");

    let scene = Scene::start().await;
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    scene.share(json!({"recipients": ["carl@example.com"]})).await;
    let ottos = otto.upload("ottos.docx", &docx("Otto", b"")).await;
    otto.data(SHARE, json!({"input": {"fileId": ottos["id"], "everyClient": true}})).await;
    otto.upload("nobodys.docx", &docx("Otto", b"")).await;
    let eve = own_id(&scene.app.client("eve").await).await;
    adam.data("mutation($id: ID!) { disableUser(id: $id) { id } }", json!({"id": eve})).await;

    let callers =
        [("Olga", &scene.olga), ("Otto", &otto), ("Carl", &scene.carl), ("Dora", &scene.dora), ("Adam", &adam)];
    let mut seen_by = Vec::new();
    for (name, caller) in callers {
        let mut seen = BTreeSet::new();
        for (.., queries) in OWN_QUERIES {
            for query in *queries {
                // What a role may never do shows it nothing.
                ids_in(&caller.send(query, json!({})).await.body["data"], &mut seen);
            }
        }
        seen_by.push((name, caller, seen));
    }
    let all: BTreeSet<String> = seen_by.iter().flat_map(|(.., seen)| seen.iter().cloned()).collect();
    for (type_name, prefix, _) in OWN_QUERIES {
        let ids: Vec<&String> = all.iter().filter(|id| id.starts_with(&format!("{prefix}_"))).collect();
        assert!(ids.len() >= 2, "{type_name}: {ids:?}");
        for id in ids {
            for (name, caller, seen) in &seen_by {
                let found = node(caller, &json!(id)).await;
                let expected = if seen.contains(id) { json!(type_name) } else { Value::Null };
                assert_eq!(found["__typename"], expected, "{id} for {name}");
            }
        }
    }
}
