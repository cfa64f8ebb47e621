//! Uploads that can be resumed: tus 1.0 at `/uploads`.

mod checks;
mod clients;
mod instances;
mod protocol;
mod resuming;
mod rights;

use serde_json::{Value, json};

use crate::harness::client::Client;

const FILE: &str = "query($id: ID!) { file(id: $id) { id name size sha256 mediaType } }";

/// The file with this id, as its owner sees it.
async fn file(client: &Client, id: &str) -> Value {
    client.data(FILE, json!({"id": id})).await["file"].clone()
}

/// The content of a file, through a link of its owner's.
async fn content(client: &Client, id: &str) -> Vec<u8> {
    let link = client.link(&json!({"id": id})).await;
    client.get(&link).await.bytes().await.unwrap().to_vec()
}

async fn count_files(client: &Client) -> u64 {
    client.data("{ files { totalCount } }", json!({})).await["files"]["totalCount"].as_u64().unwrap()
}
