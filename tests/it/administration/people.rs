//! Who administrators see, and what others see of it.

use serde_json::{Value, json};

use super::{Scene, id_of, people_seen_by};

#[tokio::test]
async fn admins_filter_by_role_address_and_standing() {
    let scene = Scene::start().await;
    scene.app.client("dora").await;
    scene.disable(&id_of(&scene.carl).await).await;
    scene.disable(&id_of(&scene.olga).await).await;
    for (filter, expected) in [
        (json!({}), vec!["ada", "carl", "dora", "olga"]),
        (json!({"disabled": true}), vec!["carl", "olga"]),
        (json!({"disabled": false}), vec!["ada", "dora"]),
        (json!({"disabled": true, "role": "CLIENT"}), vec!["carl"]),
        (json!({"disabled": false, "role": "CLIENT"}), vec!["dora"]),
        (json!({"disabled": true, "role": "ADMIN"}), vec![]),
        (json!({"disabled": true, "email": "OL"}), vec!["olga"]),
    ] {
        assert_eq!(people_seen_by(&scene.ada, filter.clone()).await, expected, "{filter}");
    }
    let pages = "query($after: String, $before: String, $first: Int, $last: Int) {
        users(disabled: true, first: $first, last: $last, after: $after, before: $before) {
            nodes { email } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let first = scene.ada.data(pages, json!({"first": 1})).await["users"].clone();
    let second =
        scene.ada.data(pages, json!({"first": 1, "after": first["pageInfo"]["endCursor"]})).await["users"].clone();
    assert_eq!(
        (&first["nodes"][0]["email"], &second["nodes"][0]["email"]),
        (&json!("carl@example.com"), &json!("olga@example.com"))
    );
    assert_eq!(
        (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    let back = json!({"last": 1, "before": second["pageInfo"]["startCursor"]});
    assert_eq!(scene.ada.data(pages, back).await["users"]["nodes"], first["nodes"]);
}

#[tokio::test]
async fn only_admins_see_who_is_disabled() {
    let scene = Scene::start().await;
    assert_eq!(scene.ada.data("{ viewer { disabled } }", json!({})).await["viewer"]["disabled"], false);
    assert_eq!(scene.carl.data("{ viewer { disabled } }", json!({})).await["viewer"]["disabled"], Value::Null);
    scene.disable(&id_of(&scene.carl).await).await;
    let query = "query($id: ID!) { file(id: $id) { shares { nodes { recipient { email disabled } } } } }";
    let shares = scene.olga.data(query, json!({"id": scene.file["id"]})).await["file"]["shares"].clone();
    assert_eq!(shares["nodes"][0]["recipient"], json!({"email": "carl@example.com", "disabled": null}));
    let disabled = "{ users(disabled: true) { nodes { id } totalCount } }";
    assert_eq!(scene.olga.data(disabled, json!({})).await["users"], json!({"nodes": [], "totalCount": 0}));
}
