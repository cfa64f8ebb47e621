//! Filters of lists of files.

use serde_json::{Value, json};

use super::{found, id_of, quick_client, share_with, sorted_by, tie};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

const NAMES: [&str; 8] = [
    "Quarter ONE.docx",
    "quarter two.docx",
    "ÉTÉ.docx",
    "été 2.docx",
    "STRASSE.docx",
    "Straße.docx",
    "ΟΔΟΣ ΟΔΟΣΑ.docx",
    "100% [x]_*.docx",
];

async fn uploads(app: &TestApp, ops: &Client) -> Vec<Value> {
    let mut uploaded = Vec::new();
    for name in NAMES {
        uploaded.push(ops.upload(name, &docx("x", &[])).await);
        app.clock.advance_seconds(10);
    }
    uploaded
}

#[tokio::test]
async fn a_part_of_a_name_is_found_in_any_case() {
    let app = TestApp::start().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let uploaded = uploads(&app, &ops).await;
    for file in &uploaded {
        share_with(&app, &ops, file, Some("carl"), None).await;
    }
    for (part, expected) in [
        ("QUARTER", &[0, 1][..]),
        ("one", &[0]),
        ("été", &[2, 3]),
        ("ÉTÉ", &[2, 3]),
        // Written as letter and accent.
        ("e\u{301}te\u{301}", &[2, 3]),
        ("straß", &[4, 5]),
        ("rass", &[4, 5]),
        // A sigma is a sigma, at the end of a word or not.
        ("οδοσα", &[6]),
        ("οδος", &[6]),
        ("ΟΔΟΣ", &[6]),
        ("100% [", &[7]),
        ("_*", &[7]),
        (".*", &[]),
        ("", &[0, 1, 2, 3, 4, 5, 6, 7]),
        ("nowhere", &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(|index| id_of(&uploaded[*index])).collect();
        for client in [&ops, &carl] {
            let mut walked = super::ids_of(&found(client, json!({"nameContains": part})).walk(3, true).await);
            walked.sort();
            let mut expected = expected.clone();
            expected.sort();
            assert_eq!(walked, expected, "{part:?}");
        }
    }
}

#[tokio::test]
async fn filtered_lists_are_whole_in_both_directions() {
    let app = TestApp::start().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let mut matching = Vec::new();
    for number in 0..12 {
        let name = if number % 3 == 0 { "wanted.docx" } else { "other.docx" };
        let file = ops.upload(name, &docx("x", &[])).await;
        share_with(&app, &ops, &file, Some("carl"), None).await;
        if number % 3 == 0 {
            matching.push(file);
        }
    }
    let expected = sorted_by(&matching, tie);
    found(&ops, json!({"nameContains": "WANTED"})).assert_is(&expected).await;
    found(&carl, json!({"nameContains": "WANTED"})).assert_is(&expected).await;
}

#[tokio::test]
async fn moments_of_upload_bound_a_list_from_and_until() {
    let app = TestApp::start().await;
    let (ops, carl) = (app.ops("olga").await, quick_client(&app, "carl").await);
    let uploaded = uploads(&app, &ops).await;
    for file in &uploaded {
        // The moment of sharing is another.
        share_with(&app, &ops, file, Some("carl"), None).await;
    }
    let moment = |index: usize| uploaded[index]["uploadedAt"].clone();
    for (filter, expected) in [
        (json!({"uploadedAfter": moment(6)}), &[6, 7][..]),
        (json!({"uploadedBefore": moment(2)}), &[0, 1]),
        (json!({"uploadedAfter": moment(2), "uploadedBefore": moment(4)}), &[2, 3]),
        (json!({"uploadedAfter": moment(4), "uploadedBefore": moment(4)}), &[]),
        (json!({"uploadedAfter": moment(1), "nameContains": "quarter"}), &[1]),
    ] {
        let mut expected: Vec<String> = expected.iter().map(|index| id_of(&uploaded[*index])).collect();
        expected.sort();
        for client in [&ops, &carl] {
            let page = found(client, filter.clone()).page(json!({"first": 100})).await;
            assert_eq!(page["totalCount"], json!(expected.len()), "{filter}");
            let mut walked = super::ids_of(&super::nodes(&page));
            walked.sort();
            assert_eq!(walked, expected, "{filter}");
        }
    }
}
