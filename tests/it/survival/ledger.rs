//! What was sent, and whether what is there agrees with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::client::Client;
use crate::harness::documents::sha256;

/// One request, with the names and digests of its files.
#[derive(Clone, Debug)]
pub struct Sent {
    pub files: Vec<(String, String)>,
    pub answered: bool,
}

#[derive(Default)]
pub struct Ledger {
    pub sent: Vec<Sent>,
}

impl Ledger {
    pub fn answered(&self) -> usize {
        self.sent.iter().filter(|sent| sent.answered).count()
    }

    /// Every answered upload is there, every other one is there or not, and each is whole. Answers how many files there are.
    pub async fn check(&self, client: &Client) -> usize {
        let listed = listed(client).await;
        let known: BTreeMap<&String, &String> =
            self.sent.iter().flat_map(|sent| &sent.files).map(|(name, digest)| (name, digest)).collect();
        for (name, file) in &listed {
            let digest = known.get(name).unwrap_or_else(|| panic!("nobody sent {name}"));
            assert_eq!(file["sha256"], ***digest, "{name}");
            assert_downloads_whole(client, file).await;
        }
        for sent in &self.sent {
            let there = sent.files.iter().filter(|(name, _)| listed.contains_key(name)).count();
            let is_right = there == sent.files.len() || there == 0 && !sent.answered;
            assert!(is_right, "{there} files are there of {sent:?}");
        }
        listed.len()
    }
}

/// Every file of the caller by its name. The total, which is counted elsewhere, must agree.
pub async fn listed(client: &Client) -> BTreeMap<String, Value> {
    let query =
        "query($after: String) { files(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        nodes { id name size sha256 downloadLink { url } } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = client.data(query, json!({"after": after})).await["files"].clone();
        found.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], found.len());
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let count = found.len();
    let by_name: BTreeMap<_, _> =
        found.into_iter().map(|file| (file["name"].as_str().unwrap().to_owned(), file)).collect();
    assert_eq!(by_name.len(), count, "a name is there twice");
    by_name
}

pub async fn assert_downloads_whole(client: &Client, file: &Value) {
    let response = client.get(file["downloadLink"]["url"].as_str().unwrap()).await;
    assert_eq!(response.status(), 200, "{file}");
    let content = response.bytes().await.unwrap_or_else(|failure| panic!("{file}: {failure}"));
    assert_eq!(
        content.len(),
        file["size"].as_u64().map_or(usize::MAX, |size| usize::try_from(size).unwrap()),
        "{file}"
    );
    assert_eq!(file["sha256"], sha256(&content), "{file}");
}

/// What lies in the folders of the local storage: finished objects and unfinished ones.
pub fn objects_in(objects: &Path) -> (usize, usize) {
    (files_below(&objects.join("sealed")).len(), files_below(&objects.join("unfinished")).len())
}

/// Waits until the janitor has left one object for each file and nothing unfinished.
pub async fn wait_until_swept(objects: &Path, files: usize) {
    let begun = Instant::now();
    while objects_in(objects) != (files, 0) {
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(20), "{:?} for {files} files", objects_in(objects));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
