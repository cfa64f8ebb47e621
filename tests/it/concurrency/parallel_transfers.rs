//! Uploads and downloads side by side.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};

const EACH: u8 = 4;
const SIZE: usize = 4 << 20;

async fn assert_downloads_whole(client: &Client, file: &Value) {
    let response = client.get(&client.link(file).await).await;
    assert_eq!(response.status(), 200);
    assert_eq!(file["sha256"], sha256(&response.bytes().await.unwrap()), "{file}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_transfers_at_once_get_their_own_bytes() {
    let app = TestApp::builder().on_disk(None).start().await;
    let users = [app.ops("olga").await, app.ops("omar").await];
    let documents: Vec<_> = (0..EACH * 2).map(|byte| docx("mine", &vec![byte; SIZE])).collect();
    let name = |index: usize| format!("{index}.docx");
    let uploads = documents.iter().enumerate().map(|(index, document)| {
        let user = &users[index % 2];
        async move { user.upload(&name(index), document).await }
    });
    let files = join_all(uploads).await;
    for (file, document) in files.iter().zip(&documents) {
        assert_eq!(file["sha256"], sha256(document));
    }
    join_all(files.iter().enumerate().map(|(index, file)| assert_downloads_whole(&users[index % 2], file))).await;

    for (user, first) in users.iter().zip(0..) {
        let files = user.data("{ files { totalCount nodes { name } } }", json!({})).await["files"].clone();
        let mut names: Vec<&str> =
            files["nodes"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        let own: Vec<String> = (first..usize::from(EACH) * 2).step_by(2).map(name).collect();
        assert_eq!(names, own);
        assert_eq!(files["totalCount"], EACH);
    }
}
