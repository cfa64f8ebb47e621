//! Requests of tus 1.0, as its specification has them.

use data_encoding::BASE64;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use super::client::Client;
use super::line::Line;

pub const CONTENT: &str = "application/offset+octet-stream";

/// A request with the header that every request of tus has.
pub fn request(client: &Client, method: Method, path: &str) -> RequestBuilder {
    client.request(method, path).header("tus-resumable", "1.0.0")
}

/// A request that begins an upload.
pub fn creation(client: &Client, name: &str, size_bytes: usize) -> RequestBuilder {
    request(client, Method::POST, "/uploads")
        .header("upload-length", size_bytes)
        .header("upload-metadata", format!("filename {},filetype YQ==", BASE64.encode(name.as_bytes())))
}

/// Begins an upload and answers its address.
pub async fn create(client: &Client, name: &str, size_bytes: usize) -> String {
    let response = creation(client, name, size_bytes).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED, "{:?}", response.text().await);
    header(response.headers(), "location")
}

/// A request that adds to an upload.
pub fn addition(client: &Client, path: &str, offset: usize, content: &[u8]) -> RequestBuilder {
    request(client, Method::PATCH, path)
        .header("upload-offset", offset)
        .header("content-type", CONTENT)
        .body(content.to_vec())
}

pub async fn add(client: &Client, path: &str, offset: usize, content: &[u8]) -> Response {
    addition(client, path, offset, content).send().await.unwrap()
}

/// Adds what is expected to be taken.
pub async fn add_well(client: &Client, path: &str, offset: usize, content: &[u8]) -> Response {
    let response = add(client, path, offset, content).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT, "at {offset}");
    assert_eq!(header(response.headers(), "upload-offset"), (offset + content.len()).to_string());
    response
}

pub async fn head(client: &Client, path: &str) -> Response {
    request(client, Method::HEAD, path).send().await.unwrap()
}

/// How much of an upload is there.
pub async fn offset(client: &Client, path: &str) -> usize {
    let response = head(client, path).await;
    assert_eq!(response.status(), StatusCode::OK);
    header(response.headers(), "upload-offset").parse().unwrap()
}

/// The value of a header, or "".
pub fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The code of a refusal.
pub async fn code(response: Response) -> String {
    let body: serde_json::Value = response.json().await.unwrap();
    assert!(body["requestId"].is_string() && body["message"].is_string(), "{body}");
    body["code"].as_str().unwrap().to_owned()
}

/// Sends the head of a request that adds `announced` bytes, and only some of them.
pub async fn send_a_part(line: &mut Line, token: &str, path: &str, offset: usize, announced: usize, part: &[u8]) {
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n\
         Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {announced}\r\n\r\n"
    );
    line.send(head.as_bytes()).await;
    line.send(part).await;
}
