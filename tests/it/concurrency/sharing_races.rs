//! Sharing, taking back and deleting at the same time.

use futures_util::future::{join_all, join5};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::{Client, Reply, SHARE};
use crate::harness::documents::docx;

const ROUNDS: usize = 12;

async fn share(owner: &Client, file: &Value, recipients: &[&str]) -> Reply {
    let input = match recipients {
        [] => json!({"fileId": file["id"], "everyClient": true}),
        some => json!({"fileId": file["id"], "recipients": some}),
    };
    owner.send(SHARE, json!({"input": input})).await
}

async fn delete(owner: &Client, file: &Value) -> Reply {
    owner.send("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": file["id"]})).await
}

async fn revoke(owner: &Client, share: &Value) -> Reply {
    owner.send("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": share["id"]})).await
}

/// Who went the other way meanwhile is told so; nobody is told anything else.
fn assert_done_or_not_found(replies: &[&Reply]) {
    for reply in replies {
        assert!(["", "NOT_FOUND"].contains(&reply.code()), "{reply:?}");
    }
}

/// The names a person sees, oldest first. The total, which is counted elsewhere, must agree, and each must be readable.
async fn names_seen_by(person: &Client) -> Vec<String> {
    let query = "{ files(first: 100, orderBy: NAME) { totalCount nodes { name downloadLink { url } } } }";
    let files = person.data(query, json!({})).await["files"].clone();
    let nodes = files["nodes"].as_array().unwrap();
    assert_eq!(files["totalCount"], nodes.len(), "{files}");
    for file in nodes {
        let url = file["downloadLink"]["url"].as_str().unwrap();
        assert_eq!(person.get(url).await.status(), 200, "{file}");
    }
    nodes.iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sharing_and_deleting_at_once_leaves_no_share_without_a_file() {
    let app = TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", "true").start().await;
    let olga = app.ops("olga").await;
    let clients = [app.client("carl").await, app.client("dora").await];
    let (carl, dora) = ("carl@example.com", "dora@example.com");
    let mut kept = Vec::new();
    for round in 0..ROUNDS {
        let name = format!("{round:02}.docx");
        let file = olga.upload(&name, &docx("raced", &[1; 1000])).await;
        let first = olga.share(&file, carl).await;
        let deleted = round % 3 != 0;
        let replies = join5(
            share(&olga, &file, &[carl, dora]),
            share(&olga, &file, &[]),
            async { if deleted { delete(&olga, &file).await } else { share(&olga, &file, &[dora]).await } },
            revoke(&olga, &first),
            share(&olga, &file, &[dora]),
        )
        .await;
        assert_done_or_not_found(&[&replies.0, &replies.1, &replies.2, &replies.3, &replies.4]);
        assert_eq!(replies.2.code(), "", "{:?}", replies.2);
        if !deleted {
            kept.push(name);
        }
        // Dora has a share of what was kept; so has everybody, and so Carl, whether or not his own was taken back.
        for client in &clients {
            assert_eq!(names_seen_by(client).await, kept);
        }
        assert_eq!(names_seen_by(&olga).await, kept);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sharing_many_times_at_once_makes_one_share_that_is_taken_back_once() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let file = olga.upload("shared.docx", &docx("shared", &[1; 1000])).await;
    let shares = join_all((0..8).map(|_| olga.share(&file, "carl@example.com"))).await;
    assert!(shares.iter().all(|share| share["id"] == shares[0]["id"]), "{shares:?}");
    let counts = "query($id: ID!) { file(id: $id) { shares { totalCount nodes { id } } } }";
    let found = olga.data(counts, json!({"id": file["id"]})).await["file"]["shares"].clone();
    assert_eq!(found, json!({"totalCount": 1, "nodes": [{"id": shares[0]["id"]}]}));
    assert_eq!(names_seen_by(&carl).await, ["shared.docx"]);

    let replies = join_all((0..8).map(|_| revoke(&olga, &shares[0]))).await;
    assert_done_or_not_found(&replies.iter().collect::<Vec<_>>());
    assert_eq!(replies.iter().filter(|reply| reply.code().is_empty()).count(), 1, "{replies:?}");
    let found = olga.data(counts, json!({"id": file["id"]})).await["file"]["shares"].clone();
    assert_eq!(found, json!({"totalCount": 0, "nodes": []}));
    assert_eq!(names_seen_by(&carl).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_many_times_at_once_deletes_once() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    olga.upload("kept.docx", &docx("kept", &[1; 1000])).await;
    let file = olga.upload("deleted.docx", &docx("deleted", &[1; 1000])).await;
    let replies = join_all((0..8).map(|_| delete(&olga, &file))).await;
    assert_done_or_not_found(&replies.iter().collect::<Vec<_>>());
    assert_eq!(replies.iter().filter(|reply| reply.code().is_empty()).count(), 1, "{replies:?}");
    assert_eq!(names_seen_by(&olga).await, ["kept.docx"]);
}
