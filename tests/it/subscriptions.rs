//! Subscriptions: who is told what, once, and how the socket behaves.

mod bounds;
mod entering;
mod instances;
mod leaving;
mod protocol;
mod resumed;
mod told;

use serde_json::Value;

use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::socket::Socket;

const FILE_SHARED: &str = "subscription($after: String) { fileShared(after: $after) {
    id everyClient sharedBy { email } recipient { email } file { id name } } }";
const FILE_DOWNLOADED: &str = "subscription($after: String) { fileDownloaded(after: $after) {
    at recipient { email } share { id downloads file { name } } } }";
const AUDIT_EVENT: &str =
    "subscription($after: String) { auditEvent(after: $after) { id at action actor object detail } }";

/// Uploads a file of this name and shares it with somebody; answers file and share.
async fn share(owner: &Client, name: &str, email: &str) -> (Value, Value) {
    let file = owner.upload(name, &docx(name, &[])).await;
    let share = owner.share(&file, email).await;
    (file, share)
}

/// Reads a file from the first byte to the last.
async fn download(client: &Client, file: &Value) {
    let url = client.link(file).await;
    assert_eq!(client.get(&url).await.status(), 200);
}

/// The id of the share that somebody is told of next.
async fn next_share(socket: &mut Socket) -> Value {
    let mut told = socket.event("1").await;
    assert!(told.get("errors").is_none(), "{told}");
    told["data"]["fileShared"]["id"].take()
}
