//! What a Client has received: shares of its own and shares with every Client in one list.

use serde_json::{Value, json};

use super::{DELETE, ORDERS, RENAME, REVOKE, files, id_of, nodes, open_handed_app, quick_client, share_with};
use crate::harness::documents::docx;

/// `(file name, whether its share is the one with every Client)` as a Client lists them.
fn seen(page: &Value) -> Vec<(String, bool)> {
    let files = nodes(page);
    let name_and_kind =
        |file: &Value| (file["name"].as_str().unwrap().to_owned(), file["myShare"]["everyClient"].as_bool().unwrap());
    files.iter().map(name_and_kind).collect()
}

fn expected(files: &[(&str, bool)]) -> Vec<(String, bool)> {
    files.iter().map(|(name, common)| ((*name).to_owned(), *common)).collect()
}

#[tokio::test]
async fn a_client_sees_both_kinds_of_shares_without_doubles() {
    let app = open_handed_app().await;
    let ops = app.ops("olga").await;
    let (carl, dora) = (quick_client(&app, "carl").await, quick_client(&app, "dora").await);
    let mut uploaded = Vec::new();
    for (name, padding) in [("c.docx", 30), ("a.docx", 40), ("d.docx", 10), ("b.docx", 20), ("never.docx", 5)] {
        uploaded.push(ops.upload(name, &docx("x", &vec![0; padding])).await);
    }
    // By the moment of sharing: c (both, named later), a (common), d (named), b (both at one moment).
    let steps = [(0, None), (1, None), (2, Some("carl")), (0, Some("carl")), (3, None)];
    for (file, name) in steps {
        app.clock.advance_seconds(1);
        share_with(&app, &ops, &uploaded[file], name, None).await;
    }
    share_with(&app, &ops, &uploaded[3], Some("carl"), None).await;

    for (order, carls, doras) in [
        ("NEWEST_FIRST", [("b.docx", false), ("c.docx", false), ("d.docx", false), ("a.docx", true)], ["b", "a", "c"]),
        ("OLDEST_FIRST", [("a.docx", true), ("d.docx", false), ("c.docx", false), ("b.docx", false)], ["c", "a", "b"]),
        ("NAME", [("a.docx", true), ("b.docx", false), ("c.docx", false), ("d.docx", false)], ["a", "b", "c"]),
        ("LARGEST_FIRST", [("a.docx", true), ("c.docx", false), ("b.docx", false), ("d.docx", false)], ["a", "c", "b"]),
    ] {
        let list = files(&carl, order);
        let page = list.page(json!({"first": 100})).await;
        assert_eq!(seen(&page), expected(&carls), "{order}");
        list.assert_is(&super::ids_of(&nodes(&page))).await;
        let list = files(&dora, order);
        let page = list.page(json!({"first": 100})).await;
        let doras = doras.map(|name| (format!("{name}.docx"), true));
        assert_eq!(seen(&page), doras, "{order}");
        list.assert_is(&super::ids_of(&nodes(&page))).await;
    }
}

#[tokio::test]
async fn long_merged_lists_lose_and_double_nothing() {
    let app = open_handed_app().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let mut received = Vec::new();
    for number in 0..30 {
        // All alike, all at one moment: nothing but the id decides.
        let file = ops.upload("alike.docx", &docx("x", &[])).await;
        if number % 3 != 0 {
            share_with(&app, &ops, &file, Some("carl"), None).await;
        }
        if number % 2 == 0 {
            share_with(&app, &ops, &file, None, None).await;
        }
        if number % 3 != 0 || number % 2 == 0 {
            received.push(file);
        }
    }
    for order in ORDERS {
        let mut expected = super::sorted_by(&received, super::tie);
        if ["NEWEST_FIRST", "LARGEST_FIRST"].contains(&order) {
            expected.reverse();
        }
        files(&carl, order).assert_is(&expected).await;
    }
}

#[tokio::test]
async fn what_is_taken_back_or_deleted_is_gone_and_counted_off() {
    let app = open_handed_app().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let (kept, both, gone) = (
        ops.upload("kept.docx", &docx("x", &[])).await,
        ops.upload("both.docx", &docx("x", &[])).await,
        ops.upload("gone.docx", &docx("x", &[])).await,
    );
    share_with(&app, &ops, &kept, Some("carl"), None).await;
    let named = share_with(&app, &ops, &both, Some("carl"), None).await;
    let common = share_with(&app, &ops, &both, None, None).await;
    share_with(&app, &ops, &gone, Some("carl"), None).await;
    share_with(&app, &ops, &gone, None, None).await;
    let list = files(&carl, "NAME");
    let page = list.page(json!({})).await;
    assert_eq!(seen(&page), expected(&[("both.docx", false), ("gone.docx", false), ("kept.docx", false)]));

    ops.data(DELETE, json!({"id": gone["id"]})).await;
    list.assert_is(&[id_of(&both), id_of(&kept)]).await;
    // The one with every Client takes over, and then there is none.
    ops.data(REVOKE, json!({"id": named["id"]})).await;
    let page = list.page(json!({})).await;
    assert_eq!(seen(&page), expected(&[("both.docx", true), ("kept.docx", false)]));
    list.assert_is(&[id_of(&both), id_of(&kept)]).await;
    ops.data(REVOKE, json!({"id": common["id"]})).await;
    list.assert_is(&[id_of(&kept)]).await;
}

#[tokio::test]
async fn a_rename_moves_a_file_in_the_lists_of_its_recipients() {
    let app = open_handed_app().await;
    let ops = app.ops("olga").await;
    let (carl, dora) = (quick_client(&app, "carl").await, quick_client(&app, "dora").await);
    let (a, b) = (ops.upload("a.docx", &docx("x", &[])).await, ops.upload("b.docx", &docx("x", &[])).await);
    for file in [&a, &b] {
        share_with(&app, &ops, file, Some("carl"), None).await;
        share_with(&app, &ops, file, None, None).await;
    }
    for reader in [&ops, &carl, &dora] {
        files(reader, "NAME").assert_is(&[id_of(&a), id_of(&b)]).await;
    }
    ops.data(RENAME, json!({"id": a["id"], "name": "c.docx"})).await;
    for reader in [&ops, &carl, &dora] {
        files(reader, "NAME").assert_is(&[id_of(&b), id_of(&a)]).await;
        let found = super::found(reader, json!({"nameContains": "C.D"})).page(json!({})).await;
        assert_eq!(super::ids_of(&nodes(&found)), [id_of(&a)]);
    }
}

#[tokio::test]
async fn sharing_again_keeps_id_moment_and_counts() {
    let app = open_handed_app().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let (older, newer) =
        (ops.upload("older.docx", &docx("x", &[])).await, ops.upload("newer.docx", &docx("x", &[])).await);
    let first = share_with(&app, &ops, &older, Some("carl"), Some(500)).await;
    app.clock.advance_seconds(1);
    share_with(&app, &ops, &newer, Some("carl"), None).await;
    let link = carl.link(&older).await;
    assert_eq!(carl.get(&link).await.bytes().await.unwrap(), docx("x", &[]));
    let before = files(&carl, "OLDEST_FIRST").page(json!({})).await;
    app.clock.advance_seconds(1);
    let again = share_with(&app, &ops, &older, Some("carl"), None).await;
    assert_eq!((&again["id"], &again["downloads"]), (&first["id"], &json!(1)));
    let after = files(&carl, "OLDEST_FIRST").page(json!({})).await;
    assert_eq!(nodes(&after), nodes(&before));
    assert_eq!(nodes(&after)[0]["myShare"]["downloads"], json!(1));
    assert_eq!(after["totalCount"], json!(2));
}
