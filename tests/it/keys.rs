//! The key ring: where it comes from, copies of it, and keys that turn.

mod bulk;
mod copies;
mod damage;
mod instances;
mod life;
mod listing;
mod rate;
mod retiring;
mod seen;
mod sources;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strongroom::crypto::key_ring::{KeyRing, Purpose};
use strongroom::services::Caller;
use strongroom::services::keys::{RotationStatus, Round};

use crate::cli::{Done, run_in};
use crate::harness::TestApp;
use crate::harness::client::Client;

pub const PASSPHRASE: &str = "nine otters juggle lanterns";

/// `strongroom keys …`
pub fn keys(data_dir: &Path, arguments: &[&str]) -> Done {
    run_in(data_dir, &[&["keys"], arguments].concat())
}

/// What `keys list --json` says.
pub fn listed(data_dir: &Path) -> Value {
    serde_json::from_str(&keys(data_dir, &["list", "--json"]).printed()).unwrap()
}

/// The ring in a file.
pub fn ring_in(path: &Path) -> KeyRing {
    KeyRing::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A file with the passphrase.
pub fn passphrase_in(folder: &Path, passphrase: &str) -> PathBuf {
    let path = folder.join("passphrase");
    std::fs::write(&path, format!("{passphrase}\n")).unwrap();
    path
}

/// The ids of the keys of a purpose that are in a state, in the order of the list.
pub fn ids(report: &Value, purpose: &str, state: &str) -> Vec<String> {
    let of_it = |key: &&Value| key["purpose"] == purpose && key["state"] == state;
    let keys = report["keys"].as_array().unwrap().iter().filter(of_it);
    keys.map(|key| key["id"].as_str().unwrap().to_owned()).collect()
}

/// One key of the list.
pub fn key(report: &Value, id: &str) -> Value {
    report["keys"].as_array().unwrap().iter().find(|key| key["id"] == id).unwrap().clone()
}

/// What an app says of its keys.
pub async fn report(app: &TestApp) -> Value {
    serde_json::to_value(app.services.list_keys(&Caller::Operator).await.unwrap()).unwrap()
}

pub async fn status(app: &TestApp) -> RotationStatus {
    app.services.rotation_status(&Caller::Operator).await.unwrap().unwrap()
}

/// Begins to rotate all keys.
pub async fn begin(app: &TestApp) -> RotationStatus {
    app.services.rotate_keys(&Caller::Operator, &Purpose::ALL).await.unwrap()
}

/// Goes on until nothing is left to do, or somebody has to be waited for.
pub async fn tend(app: &TestApp) -> Round {
    loop {
        match app.services.tend_keys().await.unwrap() {
            Round::Busy => {}
            round => return round,
        }
    }
}

/// Rotates all keys to the end.
pub async fn rotate(app: &TestApp) {
    begin(app).await;
    // The app's own keeper goes on beside this.
    for _ in 0..1000 {
        tend(app).await;
        if status(app).await.phase == "done" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", status(app).await);
}

/// The content of a file, through a fresh link.
pub async fn content(client: &Client, file: &Value) -> Vec<u8> {
    let url = client.link(file).await;
    client.get(&url).await.bytes().await.unwrap().to_vec()
}

/// Whether a client's access token is good.
pub async fn is_signed_in(client: &Client) -> bool {
    client.send("{ viewer { id } }", json!({})).await.body["data"]["viewer"]["id"].is_string()
}
