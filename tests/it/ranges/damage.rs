//! Objects that were damaged at the storage: what cannot be proved genuine is never sent.

use std::path::{Path, PathBuf};

use reqwest::Response;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::links::{assert_refused, my_share, share_on};

const HEADER: usize = 28;
const CHUNK: usize = 65_536;
const SEALED_CHUNK: usize = CHUNK + 16;
/// How much is opened before anything is counted or sent: 16 chunks.
const FIRST_PIECE: usize = 16 * CHUNK;

/// An app on disk with one shared file of 27 chunks, whose object can be got at.
struct Stored {
    app: TestApp,
    olga: Client,
    carl: Client,
    file: Value,
    content: Vec<u8>,
    object: PathBuf,
}

impl Stored {
    async fn start() -> Self {
        let app = TestApp::builder().on_disk(None).start().await;
        let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
        let content = docx("Damage", &noise(26 * CHUNK + 100));
        let file = olga.upload("damage.docx", &content).await;
        share_on(&olga, &file, "carl", json!({})).await;
        let object = objects(&app).remove(0);
        assert_eq!(object.metadata().unwrap().len() as usize, HEADER + content.len() + 27 * 16);
        Self { app, olga, carl, file, content, object }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = std::fs::read(&self.object).unwrap();
        change(&mut bytes);
        std::fs::write(&self.object, bytes).unwrap();
    }

    async fn get(&self, range: Option<&str>) -> Response {
        let url = self.carl.link(&self.file).await;
        let request = self.carl.request(reqwest::Method::GET, &url);
        let request = if let Some(range) = range { request.header("range", range) } else { request };
        request.send().await.unwrap()
    }

    async fn downloads(&self) -> u64 {
        my_share(&self.carl, &self.file).await["downloads"].as_u64().unwrap()
    }

    /// Nothing of it can be had through this range: an error before the first byte, and no download counted.
    async fn assert_refused(&self, what: &str, range: Option<&str>) {
        let before = self.downloads().await;
        let response = self.get(range).await;
        let status = response.status().as_u16();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        for header in ["etag", "content-range", "content-disposition"] {
            assert!(!response.headers().contains_key(header), "{what}: {header}");
        }
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_refused(what, (status, id, body), "INTERNAL");
        assert_eq!(self.downloads().await, before, "{what}");
    }
}

fn objects(app: &TestApp) -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    collect(&app.data_dir().join("objects"), &mut found);
    found
}

/// What came before the connection was cut, and whether it was.
async fn received(mut response: Response) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => return (bytes, false),
            Err(_) => return (bytes, true),
        }
    }
}

#[tokio::test]
async fn one_flipped_bit_in_the_first_piece_is_an_error_before_any_byte() {
    let stored = Stored::start().await;
    for position in [0, 4, 5, 10, HEADER, HEADER + 5 * SEALED_CHUNK + 77, HEADER + SEALED_CHUNK - 1] {
        stored.change(|bytes| bytes[position] ^= 1);
        stored.assert_refused(&format!("byte {position}"), None).await;
        stored.change(|bytes| bytes[position] ^= 1);
    }
    let (bytes, cut) = received(stored.get(None).await).await;
    assert!(bytes == stored.content && !cut, "put right again, all is well");
    assert_eq!(stored.downloads().await, 1);
}

#[tokio::test]
async fn damage_further_on_cuts_the_transfer_before_the_bad_chunk() {
    let stored = Stored::start().await;
    stored.change(|bytes| bytes[HEADER + 20 * SEALED_CHUNK + 5] ^= 0x80);
    let response = stored.get(None).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-length"], stored.content.len().to_string());
    let (bytes, cut) = received(response).await;
    assert!(cut, "a client must see that this is not the whole");
    assert!(bytes.len() <= FIRST_PIECE && stored.content.starts_with(&bytes), "{} bytes came", bytes.len());
    assert_eq!(stored.downloads().await, 1, "content was sent, so it counts");
}

#[tokio::test]
async fn a_range_costs_and_proves_only_the_chunks_it_touches() {
    let stored = Stored::start().await;
    stored.change(|bytes| bytes[HEADER + 20 * SEALED_CHUNK + 5] ^= 0x80);
    for (first, last) in [(0, 99), (19 * CHUNK, 20 * CHUNK - 1), (21 * CHUNK, 22 * CHUNK)] {
        let response = stored.get(Some(&format!("bytes={first}-{last}"))).await;
        assert_eq!(response.status(), 206, "{first}");
        assert!(response.bytes().await.unwrap() == stored.content[first..=last], "{first}");
    }
    for (first, last) in [(20 * CHUNK, 20 * CHUNK), (19 * CHUNK, 20 * CHUNK), (21 * CHUNK - 1, 21 * CHUNK)] {
        stored.assert_refused("a range into it", Some(&format!("bytes={first}-{last}"))).await;
    }
}

#[tokio::test]
async fn an_object_of_another_length_is_not_the_file() {
    let stored = Stored::start().await;
    let genuine = std::fs::read(&stored.object).unwrap();
    for len in [0, 10, HEADER, HEADER + SEALED_CHUNK, HEADER + 26 * SEALED_CHUNK, genuine.len() - 1] {
        stored.change(|bytes| bytes.truncate(len));
        for range in [None, Some("bytes=0-0"), Some("bytes=-1")] {
            stored.assert_refused(&format!("cut to {len}, {range:?}"), range).await;
        }
        stored.change(|bytes| bytes.clone_from(&genuine));
    }
    for tail in [&b"x"[..], &genuine[HEADER..HEADER + SEALED_CHUNK]] {
        stored.change(|bytes| bytes.extend_from_slice(tail));
        for range in [None, Some("bytes=0-0"), Some("bytes=-1")] {
            stored.assert_refused(&format!("{} bytes appended, {range:?}", tail.len()), range).await;
        }
        stored.change(|bytes| bytes.clone_from(&genuine));
    }
    assert_eq!(stored.get(None).await.status(), 200);
}

#[tokio::test]
async fn chunks_that_change_places_are_refused() {
    let stored = Stored::start().await;
    stored.change(|bytes| {
        let (left, right) = bytes.split_at_mut(HEADER + 3 * SEALED_CHUNK);
        left[HEADER..HEADER + SEALED_CHUNK].swap_with_slice(&mut right[..SEALED_CHUNK]);
    });
    for range in [None, Some("bytes=0-0"), Some("bytes=196608-196608")] {
        stored.assert_refused("swapped chunks", range).await;
    }
    assert_eq!(stored.get(Some("bytes=65536-65536")).await.status(), 206);
}

#[tokio::test]
async fn objects_that_change_places_are_refused() {
    let stored = Stored::start().await;
    let twin = stored.olga.upload("twin.docx", &stored.content).await;
    share_on(&stored.olga, &twin, "carl", json!({})).await;
    let other = objects(&stored.app).into_iter().find(|object| *object != stored.object).unwrap();
    let aside = stored.object.with_extension("aside");
    std::fs::rename(&stored.object, &aside).unwrap();
    std::fs::rename(&other, &stored.object).unwrap();
    std::fs::rename(&aside, &other).unwrap();
    stored.assert_refused("the same content under another key", None).await;
    let url = stored.carl.link(&twin).await;
    assert_eq!(stored.carl.get(&url).await.status(), 500);
}

#[tokio::test]
async fn an_object_that_is_gone_is_our_fault_and_not_the_callers() {
    let stored = Stored::start().await;
    std::fs::remove_file(&stored.object).unwrap();
    stored.assert_refused("gone", None).await;
    let url = stored.carl.link(&stored.file).await;
    let (_, _, body) = crate::links::answer(&stored.carl, &url).await;
    assert_eq!(body["message"], "Something went wrong.", "nothing of the cause");
}
