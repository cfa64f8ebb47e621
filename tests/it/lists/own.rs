//! The files of one Ops user, and all files for an Admin.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::{DELETE, ORDERS, files, id_of, ids_of, nodes, sorted_by, tie};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

/// Files of which some share their name, their size or their moment, or all three.
async fn upload_with_ties(app: &TestApp, ops: &Client) -> Vec<Value> {
    let mut uploaded = Vec::new();
    for (name, padding) in [
        ("b.docx", 10),
        ("a.docx", 10),
        ("A.docx", 500),
        ("a.docx", 500),
        ("a.docx", 500),
        ("Ä ä.docx", 10),
        ("a.docx.docx", 7),
        ("z.docx", 2000),
        ("é.docx", 10),
        ("a b.docx", 10),
        ("10.docx", 10),
    ] {
        uploaded.push(ops.upload(name, &docx("same", &vec![0; padding])).await);
        if uploaded.len() % 4 == 0 {
            app.clock.advance_seconds(1);
        }
    }
    uploaded
}

fn name_of(file: &Value) -> String {
    file["name"].as_str().unwrap().to_lowercase()
}

fn size_of(file: &Value) -> u64 {
    file["size"].as_u64().unwrap_or_else(|| file["size"].as_str().unwrap().parse().unwrap())
}

fn moment_of(file: &Value) -> String {
    file["uploadedAt"].as_str().unwrap().to_owned()
}

fn in_order(order: &str, files: &[Value]) -> Vec<String> {
    match order {
        "NEWEST_FIRST" => sorted_by(files, |file| Reverse((moment_of(file), tie(file)))),
        "OLDEST_FIRST" => sorted_by(files, |file| (moment_of(file), tie(file))),
        "NAME" => sorted_by(files, |file| (name_of(file), tie(file))),
        _ => sorted_by(files, |file| Reverse((size_of(file), tie(file)))),
    }
}

#[tokio::test]
async fn files_stand_in_every_order_in_pages_of_every_size() {
    let app = TestApp::start().await;
    let (ops, other) = (app.ops("olga").await, app.ops("otto").await);
    let strangers = upload_with_ties(&app, &other).await;
    let uploaded = upload_with_ties(&app, &ops).await;
    for order in ORDERS {
        files(&ops, order).assert_is(&in_order(order, &uploaded)).await;
        files(&other, order).assert_is(&in_order(order, &strangers)).await;
    }
}

#[tokio::test]
async fn an_admin_lists_the_files_of_all() {
    let app = TestApp::start().await;
    let (ops, other, admin) = (app.ops("olga").await, app.ops("otto").await, app.admin("ada").await);
    let all = [upload_with_ties(&app, &ops).await, upload_with_ties(&app, &other).await].concat();
    for order in ORDERS {
        files(&admin, order).assert_is(&in_order(order, &all)).await;
    }
}

#[tokio::test]
async fn a_list_of_nothing_has_no_ends() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    for order in ORDERS {
        files(&ops, order).assert_is(&[]).await;
    }
}

#[tokio::test]
async fn what_comes_and_goes_between_two_pages_moves_nothing_else() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let mut uploaded = upload_with_ties(&app, &ops).await;
    for order in ORDERS {
        let before = in_order(order, &uploaded);
        let list = files(&ops, order);
        let first = list.page(json!({"first": 4})).await;
        assert_eq!(ids_of(&nodes(&first)), before[..4]);
        // The row the cursor stands on goes, so does the row behind it, and others come.
        for gone in [&before[3], &before[4]] {
            ops.data(DELETE, json!({"id": gone})).await;
            uploaded.retain(|file| id_of(file) != **gone);
        }
        app.clock.advance_seconds(1);
        for (name, padding) in [("a.docx", 10), ("zz.docx", 3000)] {
            uploaded.push(ops.upload(name, &docx("same", &vec![0; padding])).await);
        }
        let now = in_order(order, &uploaded);
        let rest = list.page(json!({"first": 100, "after": first["pageInfo"]["endCursor"]})).await;
        let rest = ids_of(&nodes(&rest));
        assert!(now.ends_with(&rest), "{order}: {rest:?} is no end of {now:?}");
        for old in &before[5..] {
            assert!(rest.contains(old), "{order}: {old} was lost");
        }
        assert!(before[..4].iter().all(|seen| !rest.contains(seen)), "{order}: a row came twice");
        list.assert_is(&now).await;
    }
}

#[tokio::test]
async fn behind_the_last_cursor_there_is_an_empty_page_with_a_list_before_it() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    for (count, name) in ["one.docx", "two.docx", "three.docx"].into_iter().enumerate() {
        ops.upload(name, &docx("x", &[])).await;
        let list = files(&ops, "NAME");
        let all = list.page(json!({"first": 100})).await;
        let behind = list.page(json!({"first": 5, "after": all["pageInfo"]["endCursor"]})).await;
        assert_eq!(behind["edges"], json!([]));
        let nowhere = json!({"hasNextPage": false, "hasPreviousPage": true, "startCursor": null, "endCursor": null});
        assert_eq!(behind["pageInfo"], nowhere, "behind {} files", count + 1);
        let before = list.page(json!({"last": 5, "before": all["pageInfo"]["startCursor"]})).await;
        let nowhere = json!({"hasNextPage": true, "hasPreviousPage": false, "startCursor": null, "endCursor": null});
        assert_eq!(before["pageInfo"], nowhere, "before {} files", count + 1);
    }
}

#[tokio::test]
async fn pages_have_twenty_items_unless_asked_and_a_hundred_at_most() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let content = docx("x", &[]);
    for number in 0..6 {
        let names: Vec<String> = (0..17).map(|index| format!("{number}-{index}.docx")).collect();
        let batch: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), content.as_slice())).collect();
        for (name, content) in batch {
            ops.upload(name, content).await;
        }
    }
    let list = files(&ops, "NAME");
    assert_eq!(nodes(&list.page(json!({})).await).len(), 20);
    assert_eq!(nodes(&list.page(json!({"first": 100})).await).len(), 100);
    assert_eq!(nodes(&list.page(json!({"last": 100})).await).len(), 100);
    assert_eq!(list.page(json!({"first": 1})).await["totalCount"], json!(102));
    for (paging, field) in [
        (json!({"first": 101}), "first"),
        (json!({"first": 0}), "first"),
        (json!({"last": 101}), "last"),
        (json!({"first": 1, "last": 1}), "last"),
    ] {
        let reply = ops.send(super::FILES, paging).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", field));
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_caller_order_and_filter() {
    let app = TestApp::start().await;
    let (ops, other) = (app.ops("olga").await, app.ops("otto").await);
    ops.upload("one.docx", &docx("x", &[])).await;
    let cursor = files(&ops, "NAME").page(json!({"first": 1})).await["pageInfo"]["endCursor"].clone();
    let elsewhere = [
        (&other, json!({"order": "NAME", "after": cursor})),
        (&ops, json!({"order": "NEWEST_FIRST", "after": cursor})),
        (&ops, json!({"order": "NAME", "filter": {"nameContains": "o"}, "after": cursor})),
        (&ops, json!({"order": "NAME", "after": "nonsense"})),
    ];
    for (client, variables) in elsewhere {
        let reply = client.send(super::FILES, variables).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "after"));
    }
}
