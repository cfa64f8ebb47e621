//! With whom a file is shared.

use serde_json::json;

use super::{List, REVOKE, id_of, nodes, open_handed_app, quick_client, share_with};
use crate::harness::client::Client;
use crate::harness::documents::docx;

const SHARES: &str = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    file(id: $id) {
        shares(first: $first, after: $after, last: $last, before: $before) {
            totalCount
            nodes { id }
            edges { cursor node { id recipient { email } everyClient } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
    }
}";

fn shares<'a>(client: &'a Client, file: &str) -> List<'a> {
    List { client, query: SHARES, place: "/file/shares", arguments: json!({"id": file}) }
}

#[tokio::test]
async fn an_owner_lists_the_shares_of_a_file_from_the_newest() {
    let app = open_handed_app().await;
    let (ops, other) = (app.ops("olga").await, app.ops("otto").await);
    let file = ops.upload("shared.docx", &docx("x", &[])).await;
    let another = ops.upload("another.docx", &docx("x", &[])).await;
    let (mut newest, mut clients) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let name = format!("client{number}");
        clients.push(quick_client(&app, &name).await);
        app.clock.advance_seconds(1);
        // Client 3's ends early.
        let seconds = (number == 3).then_some(100);
        newest.insert(0, id_of(&share_with(&app, &ops, &file, Some(&name), seconds).await));
        share_with(&app, &ops, &another, Some(&name), None).await;
    }
    app.clock.advance_seconds(1);
    newest.insert(0, id_of(&share_with(&app, &ops, &file, None, None).await));
    let list = shares(&ops, file["id"].as_str().unwrap());
    list.assert_is(&newest).await;
    let page = list.page(json!({"first": 2})).await;
    assert_eq!((&nodes(&page)[0]["everyClient"], &nodes(&page)[0]["recipient"]), (&json!(true), &json!(null)));
    assert_eq!(nodes(&page)[1]["recipient"]["email"], json!("client6@example.com"));

    // To a recipient an empty connection, to another Ops user no file at all.
    shares(&clients[0], file["id"].as_str().unwrap()).assert_is(&[]).await;
    assert_eq!(other.data(SHARES, json!({"id": file["id"]})).await["file"], json!(null));

    ops.data(REVOKE, json!({"id": newest.remove(5)})).await;
    list.assert_is(&newest).await;
    app.clock.advance_seconds(100);
    newest.remove(4);
    list.assert_is(&newest).await;
    app.services.sweep(true).await.unwrap();
    list.assert_is(&newest).await;
    assert_eq!(ops.code(REVOKE, json!({"id": "share_aaaaaaaaaaaaaaaaaaaaaaaaaa"})).await, "NOT_FOUND");
}

#[tokio::test]
async fn shares_made_in_one_request_all_stand_in_the_list() {
    let app = open_handed_app().await;
    let ops = app.ops("olga").await;
    let file = ops.upload("shared.docx", &docx("x", &[])).await;
    let mut recipients = Vec::new();
    for number in 0..5 {
        quick_client(&app, &format!("client{number}")).await;
        recipients.push(format!("client{number}@example.com"));
    }
    let input = json!({"fileId": file["id"], "recipients": recipients});
    ops.data(super::SHARE_ANY, json!({"input": input})).await;
    let list = shares(&ops, file["id"].as_str().unwrap());
    let mut walked = list.walk(2, true).await;
    assert_eq!(list.page(json!({})).await["totalCount"], json!(5));
    walked.sort_by_key(|share| share["recipient"]["email"].as_str().unwrap().to_owned());
    let emails: Vec<_> = walked.iter().map(|share| share["recipient"]["email"].clone()).collect();
    assert_eq!(json!(emails), json!(recipients));
}
