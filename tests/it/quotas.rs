//! Quotas: never passed, and nothing refused that fits.

mod giving_back;
mod instances;
mod largest;
mod pieces;
mod usage;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::client::{Client, Reply};
use crate::harness::documents::docx;

const USAGE: &str = "{ storageUsage { usedBytes trashBytes limitBytes everybody { usedBytes limitBytes } } }";
const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id) }";
const DELETE_FOR_GOOD: &str = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";

/// A document of a dozen chunks.
fn document() -> Vec<u8> {
    docx(
        "a dozen chunks",
        &(0..800_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
    )
}

fn limited(key: &str, bytes: usize) -> TestAppBuilder {
    TestApp::builder().with(key, &bytes.to_string())
}

async fn used_by(client: &Client) -> u64 {
    client.data(USAGE, json!({})).await["storageUsage"]["usedBytes"].as_u64().unwrap()
}

/// Uploads the document so many times at once, by these people in turn.
async fn upload_at_once(people: &[&Client], times: usize, content: &[u8]) -> Vec<Reply> {
    let names: Vec<String> = (0..times).map(|number| format!("{number}.docx")).collect();
    let uploads = names.iter().zip(people.iter().cycle()).map(|(name, person)| person.try_upload(name, content));
    join_all(uploads).await
}

fn refused(replies: &[Reply]) -> Vec<&Reply> {
    replies.iter().filter(|reply| !reply.code().is_empty()).collect()
}

fn assert_exceeded(reply: &Reply, limit: usize) {
    assert_eq!(reply.code(), "QUOTA_EXCEEDED", "{}", reply.body);
    assert_eq!(reply.body["errors"][0]["extensions"]["limit"], limit);
}

async fn clear(client: &Client) {
    let files = client.data("{ files(first: 100) { nodes { id } } }", json!({})).await["files"]["nodes"].clone();
    for file in files.as_array().unwrap() {
        client.data(DELETE_FOR_GOOD, json!({"id": file["id"]})).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_as_fit_exactly_fit_at_once_and_one_more_does_not() {
    let content = document();
    for key in ["QUOTAS__PER_USER_BYTES", "QUOTAS__TOTAL_BYTES"] {
        let limit = 6 * content.len();
        let app = limited(key, limit).start().await;
        let (olga, otto) = (app.ops("olga").await, app.ops("otto").await);
        let people: &[&Client] = if key == "QUOTAS__TOTAL_BYTES" { &[&olga, &otto] } else { &[&olga] };
        for round in 0..3 {
            let replies = upload_at_once(people, 6, &content).await;
            assert!(refused(&replies).is_empty(), "round {round}, {key}: {:?}", refused(&replies));
            let used = used_by(&olga).await + used_by(&otto).await;
            assert_eq!(used, limit as u64);
            // Full is full, for the smallest file as well.
            assert_exceeded(&olga.try_upload("small.docx", &docx("small", b"")).await, limit);
            clear(&olga).await;
            clear(&otto).await;
            assert_eq!(used_by(&olga).await + used_by(&otto).await, 0);

            let replies = upload_at_once(people, 7, &content).await;
            let refused = refused(&replies);
            assert_eq!(refused.len(), 1, "round {round}, {key}: {refused:?}");
            assert_exceeded(refused[0], limit);
            assert_eq!(used_by(&olga).await + used_by(&otto).await, limit as u64);
            clear(&olga).await;
            clear(&otto).await;
        }
    }
}

#[tokio::test]
async fn a_byte_too_much_is_too_much() {
    let content = document();
    let app = limited("QUOTAS__PER_USER_BYTES", content.len() - 1).start().await;
    let (olga, otto) = (app.ops("olga").await, app.ops("otto").await);
    assert_exceeded(&olga.try_upload("large.docx", &content).await, content.len() - 1);
    assert_eq!(used_by(&olga).await, 0);
    // Everybody has a limit of their own, and several files of one request count together.
    let small = docx("small", &[1; 1000]);
    otto.upload("small.docx", &small).await;
    let filler = docx("filler", b"");
    let many = [("filler.docx", filler.as_slice()), ("large.docx", content.as_slice())];
    assert_exceeded(&otto.try_upload_many(&many).await, content.len() - 1);
    assert_eq!(used_by(&otto).await, small.len() as u64, "all or none");
    otto.upload("filler.docx", &filler).await;
}

#[tokio::test]
async fn without_limits_everything_is_counted_all_the_same() {
    let app = TestApp::start().await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let content = docx("small", b"");
    olga.upload("small.docx", &content).await;
    let len = content.len();
    let of_olga = json!({"usedBytes": len, "trashBytes": 0, "limitBytes": null, "everybody": null});
    assert_eq!(olga.data(USAGE, json!({})).await["storageUsage"], of_olga);
    let of_ada = json!({"usedBytes": 0, "trashBytes": 0, "limitBytes": null, "everybody": {"usedBytes": len, "limitBytes": null}});
    assert_eq!(ada.data(USAGE, json!({})).await["storageUsage"], of_ada);
    let carl = app.client("carl").await;
    assert_eq!(carl.code(USAGE, json!({})).await, "FORBIDDEN");
    assert_eq!(app.anonymous().code(USAGE, json!({})).await, "UNAUTHENTICATED");
}
