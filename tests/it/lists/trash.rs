//! The trash: those deleted last first, in pages from both ends, without what nobody has swept yet.

use serde_json::json;

use super::{DELETE, List, id_of};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const TRASH: &str = "query($first: Int, $after: String, $last: Int, $before: String) {
    trash(first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const TO_TRASH: &str = "mutation($id: ID!) { deleteFile(id: $id) }";
const DAY_SECONDS: u64 = 86_400;

fn trash(client: &Client) -> List<'_> {
    List { client, query: TRASH, place: "/trash", arguments: json!({}) }
}

#[tokio::test]
async fn what_was_deleted_last_stands_first_and_what_is_over_does_not_stand_there() {
    let app = TestApp::builder().signed_in_for_long().start().await;
    let (olga, otto) = (app.ops("olga").await, app.ops("otto").await);
    let other = otto.upload("other.docx", &docx("other", b"")).await;
    otto.data(TO_TRASH, json!({"id": other["id"]})).await;
    let mut uploaded = Vec::new();
    for number in 0..8 {
        uploaded.push(id_of(&olga.upload(&format!("{number}.docx"), &docx("file", b"")).await));
    }
    // Not in the order in which they were uploaded; one each half day.
    let mut expected: Vec<(u64, String)> = Vec::new();
    for (half_days, index) in [3, 0, 7, 5, 1, 6, 2, 4].into_iter().enumerate() {
        olga.data(TO_TRASH, json!({"id": uploaded[index]})).await;
        expected.insert(0, (half_days as u64, uploaded[index].clone()));
        app.clock.advance_seconds(DAY_SECONDS / 2);
    }
    let ids = |expected: &[(u64, String)]| expected.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
    trash(&olga).assert_is(&ids(&expected)).await;
    trash(&otto).assert_is(&[id_of(&other)]).await;

    olga.data(DELETE, json!({"id": expected.remove(2).1})).await;
    olga.data("mutation($id: ID!) { restoreFile(id: $id) { id } }", json!({"id": expected.remove(3).1})).await;
    trash(&olga).assert_is(&ids(&expected)).await;

    // Whatever lies there for seven days is over, swept or not.
    for (passed, half_days, over) in [(6, 14, 1), (4, 18, 3), (82, 100, 2)] {
        app.clock.advance_seconds(passed * DAY_SECONDS / 2);
        let before = expected.len();
        expected.retain(|(deleted, _)| deleted + 14 > half_days);
        assert_eq!(before - expected.len(), over, "{half_days} half days in");
        trash(&olga).assert_is(&ids(&expected)).await;
        let swept = app.services.sweep(false).await.unwrap().trashed_files;
        assert_eq!(swept, over + usize::from(over == 1), "Otto's too");
        trash(&olga).assert_is(&ids(&expected)).await;
    }
    trash(&otto).assert_is(&[]).await;
}
