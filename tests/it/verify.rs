//! `strongroom verify`: whatever damage is done to the storage is found and named, and nothing else is.

mod command;
mod damage;
mod meanwhile;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strongroom::services::Caller;
use strongroom::services::progress::Progress;
use strongroom::services::verify::{Finding, Kind, VerifyOptions, VerifyReport};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::tus;

const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";

/// A file, and where its object lies.
pub struct Stored {
    pub file: Value,
    pub content: Vec<u8>,
    pub object: PathBuf,
}

impl Stored {
    pub fn id(&self) -> &str {
        self.file["id"].as_str().unwrap()
    }

    /// Changes the object behind everybody's back.
    pub fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = std::fs::read(&self.object).unwrap();
        change(&mut bytes);
        std::fs::write(&self.object, bytes).unwrap();
    }
}

/// The finished objects of an installation.
pub fn objects_in(data_dir: &Path) -> BTreeSet<PathBuf> {
    crate::harness::app::files_below(&data_dir.join("objects/sealed")).into_iter().collect()
}

/// Uploads a document with so much padding, and finds its object.
pub async fn store(client: &Client, data_dir: &Path, name: &str, padding: usize) -> Stored {
    let before = objects_in(data_dir);
    let content = docx(name, &noise(padding));
    let file = client.upload(&format!("{name}.docx"), &content).await;
    let object = objects_in(data_dir).difference(&before).next().unwrap().clone();
    Stored { file, content, object }
}

/// A document that comes in several requests, its first ones of these sizes; and where its objects lie, in their order.
pub async fn store_in_pieces(
    client: &Client,
    data_dir: &Path,
    name: &str,
    padding: usize,
    sizes: &[usize],
) -> (Value, Vec<u8>, Vec<PathBuf>) {
    let content = docx(name, &noise(padding));
    let name = format!("{name}.docx");
    let path = tus::create(client, &name, content.len()).await;
    let (mut objects, mut offset) = (Vec::new(), 0);
    for size in sizes.iter().copied().chain([content.len() - sizes.iter().sum::<usize>()]) {
        let before = objects_in(data_dir);
        tus::add_well(client, &path, offset, &content[offset..offset + size]).await;
        objects.extend(objects_in(data_dir).difference(&before).cloned());
        offset += size;
    }
    assert_eq!(objects.len(), sizes.len() + 1);
    let files = client.data("{ files(first: 100) { nodes { id name } } }", json!({})).await;
    let file = files["files"]["nodes"].as_array().unwrap().iter().find(|file| file["name"] == name).unwrap().clone();
    (file, content, objects)
}

/// Two files change places.
pub fn swap(one: &Path, other: &Path) {
    let aside = one.with_extension("aside");
    std::fs::rename(one, &aside).unwrap();
    std::fs::rename(other, one).unwrap();
    std::fs::rename(&aside, other).unwrap();
}

pub fn options(app: &TestApp) -> VerifyOptions {
    VerifyOptions {
        sample_percent: 100,
        repair: false,
        restart: false,
        at_most: None,
        jobs: None,
        state_file: app.data_dir().join("verify.state"),
    }
}

pub async fn verify(app: &TestApp, options: &VerifyOptions) -> VerifyReport {
    app.services.verify(&Caller::Operator, options, &Progress::default()).await.unwrap()
}

/// What was found: what, and with which file or where.
pub fn names(findings: &[Finding]) -> BTreeSet<(Kind, String)> {
    let name =
        |finding: &Finding| (finding.kind, finding.file.clone().or(finding.place.clone()).expect("a file or a place"));
    let names: BTreeSet<(Kind, String)> = findings.iter().map(name).collect();
    assert_eq!(names.len(), findings.len(), "nothing is named twice: {findings:?}");
    names
}

pub async fn delete(client: &Client, file: &Value) {
    client.data(DELETE, json!({"id": file["id"]})).await;
}
