//! What part of a file is asked for, and that it is this part and no other that comes.

mod conditions;
mod damage;

use reqwest::header::HeaderMap;
use reqwest::{Method, Response};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::noise::noise;

/// A file of several chunks with a link of its owner.
pub struct Linked {
    _app: TestApp,
    pub olga: Client,
    pub url: String,
    pub content: Vec<u8>,
}

const NAME: &str = "Übersicht \"Q3\" 100%.docx";

impl Linked {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let olga = app.ops("olga").await;
        let content = docx("Ranges", &noise(200_000));
        let file = olga.upload("plain.docx", &content).await;
        let rename = "mutation($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { name } }";
        olga.data(rename, serde_json::json!({"id": file["id"], "name": NAME})).await;
        let url = olga.link(&file).await;
        Self { _app: app, olga, url, content }
    }

    pub async fn ask(&self, method: Method, headers: &[(&str, &str)]) -> Response {
        let mut request = self.olga.request(method, &self.url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    pub async fn get(&self, headers: &[(&str, &str)]) -> Response {
        self.ask(Method::GET, headers).await
    }

    pub fn etag(&self) -> String {
        format!("\"{}\"", sha256(&self.content))
    }

    /// Asks for a range and holds the answer against the slice.
    async fn assert_part(&self, range: &str, first: usize, last: usize) {
        let response = self.get(&[("range", range)]).await;
        assert_eq!(response.status(), 206, "{range}");
        let expected = format!("bytes {first}-{last}/{}", self.content.len());
        assert_eq!(response.headers()["content-range"], expected, "{range}");
        assert_eq!(response.headers()["content-length"], (last + 1 - first).to_string(), "{range}");
        assert_eq!(response.headers()["etag"], self.etag(), "{range}");
        assert!(response.bytes().await.unwrap() == self.content[first..=last], "{range}");
    }

    async fn assert_whole(&self, what: &str, headers: &[(&str, &str)]) {
        let response = self.get(headers).await;
        assert_eq!(response.status(), 200, "{what}");
        assert_eq!(response.headers()["content-length"], self.content.len().to_string(), "{what}");
        assert!(!response.headers().contains_key("content-range"), "{what}");
        assert!(response.bytes().await.unwrap() == self.content, "{what}");
    }
}

#[tokio::test]
async fn the_whole_file_comes_with_headers_that_keep_a_browser_from_running_it() {
    let linked = Linked::start().await;
    let response = linked.get(&[]).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    assert_eq!(text("content-type"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    assert_eq!(
        text("content-disposition"),
        "attachment; filename=\"_bersicht _Q3_ 100_.docx\"; filename*=UTF-8''%C3%9Cbersicht%20%22Q3%22%20100%25.docx"
    );
    assert_eq!(text("content-length"), linked.content.len().to_string());
    assert_eq!(text("etag"), linked.etag(), "strong, and named by the content");
    assert_eq!(text("accept-ranges"), "bytes");
    assert_eq!(text("cache-control"), "private, no-store");
    assert_eq!(text("x-content-type-options"), "nosniff");
    assert!(text("content-security-policy").contains("sandbox"));
    assert!(response.bytes().await.unwrap() == linked.content);
    assert_eq!(linked.get(&[]).await.headers()["etag"], text("etag"), "and stable");
}

#[tokio::test]
async fn head_answers_as_get_would_without_the_content() {
    let linked = Linked::start().await;
    let without_what_differs = |response: &Response| {
        let mut headers: HeaderMap = response.headers().clone();
        headers.remove("x-request-id");
        headers.remove("date");
        headers
    };
    let (get, head) = (linked.get(&[]).await, linked.ask(Method::HEAD, &[]).await);
    assert_eq!(head.status(), 200);
    assert_eq!(without_what_differs(&get), without_what_differs(&head));
    assert!(head.bytes().await.unwrap().is_empty());
    let ranged = linked.ask(Method::HEAD, &[("range", "bytes=0-9")]).await;
    assert_eq!(ranged.status(), 200, "a range means nothing to HEAD");
    assert_eq!(ranged.headers()["content-length"], linked.content.len().to_string());
}

#[tokio::test]
async fn one_range_is_answered_with_exactly_its_bytes() {
    let linked = Linked::start().await;
    let len = linked.content.len();
    assert!(len > 200_000, "several chunks of 64 KiB");
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=65535-65536", 65_535, 65_536),
        ("bytes=65536-131071", 65_536, 131_071),
        ("bytes=60000-140000", 60_000, 140_000),
        ("bytes=150000-", 150_000, len - 1),
        ("bytes=0-", 0, len - 1),
        ("bytes=-1", len - 1, len - 1),
        ("bytes=-100", len - 100, len - 1),
        ("bytes=-70000", len - 70_000, len - 1),
        ("bytes=-99999999", 0, len - 1),
        ("bytes=100-99999999", 100, len - 1),
        ("bytes=100-99999999999999999999999", 100, len - 1),
        ("BYTES=5-9", 5, 9),
    ] {
        linked.assert_part(range, first, last).await;
    }
    linked.assert_part(&format!("bytes={}-", len - 1), len - 1, len - 1).await;
    linked.assert_part(&format!("bytes={0}-{0}", len - 1), len - 1, len - 1).await;
}

#[tokio::test]
async fn a_hundred_ranges_are_a_hundred_slices() {
    let linked = Linked::start().await;
    let len = linked.content.len();
    let numbers = noise(800);
    for pair in numbers.chunks_exact(8) {
        let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap()) as usize % len;
        let (a, b) = (number(&pair[..4]), number(&pair[4..]));
        let (first, last) = (a.min(b), a.max(b));
        linked.assert_part(&format!("bytes={first}-{last}"), first, last).await;
    }
}

#[tokio::test]
async fn a_range_behind_the_end_cannot_be_satisfied() {
    let linked = Linked::start().await;
    let len = linked.content.len();
    for range in [format!("bytes={len}-"), format!("bytes={len}-{len}"), "bytes=99999999-".into(), "bytes=-0".into()] {
        let response = linked.get(&[("range", &range)]).await;
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(response.headers()["content-range"], format!("bytes */{len}"), "{range}");
        assert!(response.bytes().await.unwrap().is_empty(), "{range}");
    }
}

#[tokio::test]
async fn what_is_no_single_range_is_answered_with_the_whole() {
    let linked = Linked::start().await;
    for range in [
        "bytes=0-1,5-6",
        "bytes=0-1, -1",
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes",
        "",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=0x0-0x9",
        "items=0-1",
    ] {
        linked.assert_whole(range, &[("range", range)]).await;
    }
}
