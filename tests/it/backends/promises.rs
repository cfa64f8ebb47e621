//! What is promised of the storage, whatever it is.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use strongroom::crypto::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES};

use super::backend::Backend;
use crate::harness::TestApp;
use crate::harness::app::files_below;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::find::holds;
use crate::harness::line::SlowUpload;
use crate::harness::noise::noise;
use crate::harness::tus;

/// Parts of a multipart upload.
const PART_BYTES: usize = 5 << 20;
/// More than two parts, and more than one chunk of a resumable upload.
const LARGE: usize = 11 << 20;

/// An app on a backend, and an Ops user.
struct Scene {
    app: TestApp,
    olga: Client,
    backend: Backend,
}

impl Scene {
    async fn set(backend: Backend) -> Self {
        let app = backend.settings(TestApp::builder()).start().await;
        let olga = app.ops("olga").await;
        Self { app, olga, backend }
    }

    async fn assert_listed(&self, names: &[&str]) {
        let files = self.olga.data("{ files(orderBy: NAME) { totalCount nodes { name } } }", json!({})).await;
        let nodes: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        assert_eq!(files["files"], json!({"totalCount": names.len(), "nodes": nodes}));
    }

    /// So many objects, each with its row, and nothing that the janitor would have to do.
    async fn assert_tidy(&self, objects: usize) {
        self.backend.wait_until_it_holds(objects).await;
        let begun = std::time::Instant::now();
        loop {
            let swept = self.app.services.sweep(true).await.unwrap();
            assert_eq!((swept.orphaned_objects, swept.interrupted_uploads), (0, 0));
            // The row of an object is forgotten just after the object.
            if swept.doomed_objects == 0 {
                break;
            }
            assert!(begun.elapsed().as_secs() < 10, "rows stay: {swept:?}");
        }
        self.backend.wait_until_it_holds(objects).await;
    }

    async fn assert_whole(&self, file: &Value, content: &[u8]) {
        assert_eq!((&file["size"], &file["sha256"]), (&json!(content.len()), &json!(sha256(content))));
        let response = self.olga.get(&self.olga.link(file).await).await;
        assert_eq!(response.status(), 200);
        assert!(response.bytes().await.unwrap() == content, "other bytes came back");
    }
}

/// A document of exactly so many bytes.
fn docx_of(size_bytes: usize) -> Vec<u8> {
    let frame = docx("sized", b"").len();
    let document = docx("sized", &noise(size_bytes - frame));
    assert_eq!(document.len(), size_bytes);
    document
}

/// The plaintext whose sealed object has exactly so many bytes.
fn plaintext_of_sealed(sealed_bytes: usize) -> usize {
    let chunks = (sealed_bytes - HEADER_BYTES).div_ceil(SEALED_CHUNK_BYTES);
    sealed_bytes - HEADER_BYTES - chunks * (SEALED_CHUNK_BYTES - CHUNK_BYTES)
}

pub async fn files_of_every_size_come_back(backend: Backend) {
    let scene = Scene::set(backend).await;
    let part = plaintext_of_sealed(PART_BYTES);
    let smallest = docx("sized", b"").len();
    let mut sizes = vec![smallest, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES];
    sizes.extend([part - 1, part, part + 1, plaintext_of_sealed(2 * PART_BYTES), LARGE]);
    for size in &sizes {
        let content = docx_of(*size);
        let file = scene.olga.upload(&format!("{size:010}.docx"), &content).await;
        scene.assert_whole(&file, &content).await;
        let url = scene.olga.link(&file).await;
        let last = size - 1;
        for (first, last) in [
            (0, 0),
            (0, 99),
            (CHUNK_BYTES - 1, CHUNK_BYTES),
            (part - 10, part + 10),
            (PART_BYTES, PART_BYTES + 70_000),
            (1 << 20, 4 << 20),
            (last - 100, last),
            (last, last),
        ] {
            if last >= *size {
                continue;
            }
            let request = scene.olga.request(reqwest::Method::GET, &url);
            let response = request.header("range", format!("bytes={first}-{last}")).send().await.unwrap();
            assert_eq!(response.status(), 206, "{first}-{last} of {size}");
            assert!(response.bytes().await.unwrap() == content[first..=last], "{first}-{last} of {size}");
        }
    }
    let names: Vec<String> = sizes.iter().map(|size| format!("{size:010}.docx")).collect();
    scene.assert_listed(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    scene.assert_tidy(sizes.len()).await;
}

pub async fn nothing_is_there_before_the_commit(backend: Backend) {
    let scene = Scene::set(backend).await;
    let content = docx_of(LARGE);
    let (before, after) = content.split_at(content.len() - 1000);
    let mut upload = SlowUpload::begin(&scene.olga, "late.docx", content.len() as u64).await;
    upload.send(before).await;
    scene.assert_listed(&[]).await;
    assert!(scene.backend.objects().await.is_none_or(|keys| keys.is_empty()));
    upload.send(after).await;
    let file = upload.finish().await.data()["upload"]["file"].clone();
    scene.assert_whole(&file, &content).await;
    scene.assert_listed(&["late.docx"]).await;
    scene.assert_tidy(1).await;
}

pub async fn an_upload_that_is_cut_leaves_nothing_behind(backend: Backend) {
    let scene = Scene::set(backend).await;
    let content = docx_of(LARGE);
    for cut_at in [1000, CHUNK_BYTES * 3, LARGE - 1000] {
        let mut upload = SlowUpload::begin(&scene.olga, "cut.docx", content.len() as u64).await;
        upload.send(&content[..cut_at]).await;
        if cut_at > 2 * PART_BYTES
            && let Some(mut unfinished) = scene.backend.unfinished().await
        {
            let begun = std::time::Instant::now();
            while unfinished == 0 {
                assert!(begun.elapsed().as_secs() < 10, "nothing was begun");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                unfinished = scene.backend.unfinished().await.unwrap();
            }
        }
        drop(upload);
    }
    scene.assert_tidy(0).await;
    // A document that turns out at its end to be none is cut by us.
    let mut broken = content.clone();
    broken[LARGE - 30..].fill(0);
    assert_eq!(scene.olga.try_upload("broken.docx", &broken).await.code(), "UNSUPPORTED_FILE_TYPE");
    scene.assert_tidy(0).await;
    scene.assert_listed(&[]).await;
}

pub async fn several_files_are_stored_all_or_none(backend: Backend) {
    let scene = Scene::set(backend).await;
    let (small, large) = (docx("small", b""), docx_of(PART_BYTES + 1));
    let refused = scene.olga.try_upload_many(&[("a.docx", &small), ("b.docx", &large), ("c.docx", b"none")]).await;
    assert_eq!(refused.code(), "UNSUPPORTED_FILE_TYPE");
    scene.assert_listed(&[]).await;
    scene.assert_tidy(0).await;
    let files = scene.olga.try_upload_many(&[("a.docx", &small), ("b.docx", &large)]).await.data();
    let files = &files["uploadMany"]["files"];
    scene.assert_whole(&files[0], &small).await;
    scene.assert_whole(&files[1], &large).await;
    scene.assert_tidy(2).await;
}

pub async fn an_upload_in_several_requests_is_one_file(backend: Backend) {
    let scene = Scene::set(backend).await;
    let content = docx_of(LARGE);
    let path = tus::create(&scene.olga, "pieces.docx", content.len()).await;
    let (mut begin, mut id) = (0, String::new());
    for end in [70_000, PART_BYTES + 100_000, content.len()] {
        assert_eq!(tus::offset(&scene.olga, &path).await, begin);
        let response = tus::add_well(&scene.olga, &path, begin, &content[begin..end]).await;
        (begin, id) = (end, tus::header(response.headers(), "strongroom-file"));
    }
    let query = "query($id: ID!) { file(id: $id) { id size sha256 } }";
    let file = scene.olga.data(query, json!({"id": id})).await["file"].clone();
    scene.assert_whole(&file, &content).await;
    scene.assert_tidy(3).await;
    // One that is given up leaves nothing.
    let path = tus::create(&scene.olga, "given-up.docx", content.len()).await;
    tus::add_well(&scene.olga, &path, 0, &content[..PART_BYTES + 100_000]).await;
    assert_eq!(tus::request(&scene.olga, Method::DELETE, &path).send().await.unwrap().status(), 204);
    scene.app.services.sweep(false).await.unwrap();
    scene.assert_tidy(3).await;
}

pub async fn eight_transfers_at_once(backend: Backend) {
    let scene = Scene::set(backend).await;
    let documents: Vec<Vec<u8>> = (0..8).map(|byte| docx("mine", &vec![byte; PART_BYTES + 100_000])).collect();
    let names: Vec<String> = (0..8).map(|number| format!("{number}.docx")).collect();
    let files = join_all(documents.iter().zip(&names).map(|(document, name)| scene.olga.upload(name, document))).await;
    join_all(files.iter().zip(&documents).map(|(file, document)| scene.assert_whole(file, document))).await;
    scene.assert_listed(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    scene.assert_tidy(8).await;
}

pub async fn what_is_deleted_or_nobodys_is_swept(backend: Backend) {
    let scene = Scene::set(backend).await;
    let (gone, kept) = (docx_of(PART_BYTES + 1), docx("kept", b""));
    let gone = scene.olga.upload("gone.docx", &gone).await;
    let file = scene.olga.upload("kept.docx", &kept).await;
    let delete = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";
    scene.olga.data(delete, json!({"id": gone["id"]})).await;
    scene.app.services.sweep(false).await.unwrap();
    scene.assert_tidy(1).await;

    let orphan = "0a/0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d";
    if scene.backend.put(orphan, vec![7; 1000]).await {
        assert_eq!(scene.app.services.sweep(true).await.unwrap().orphaned_objects, 1);
    }
    scene.assert_tidy(1).await;
    scene.assert_whole(&file, &kept).await;

    // What `verify --repair` has set aside is nobody's too, and stays.
    if scene.backend.put(&format!("quarantine/{orphan}"), vec![7; 1000]).await {
        assert_eq!(scene.app.services.sweep(true).await.unwrap().orphaned_objects, 0);
        scene.backend.wait_until_it_holds(2).await;
    }
}

pub async fn it_never_sees_plaintext_or_names(backend: Backend) {
    let scene = Scene::set(backend).await;
    let (marker, name) = ("the-merger-is-called-off-7f3a91", "minutes-of-the-board-5e02");
    let content = docx(marker, format!("{marker} ").repeat(200_000).as_bytes());
    let (before, after) = content.split_at(content.len() - 1000);
    let mut upload = SlowUpload::begin(&scene.olga, &format!("{name}.docx"), content.len() as u64).await;
    upload.send(before).await;
    let Some(folder) = scene.backend.folder() else {
        upload.send(after).await;
        let file = upload.finish().await.data()["upload"]["file"].clone();
        return scene.assert_whole(&file, &content).await;
    };
    assert_not_below(&folder, &[marker, name]);
    upload.send(after).await;
    let file = upload.finish().await.data()["upload"]["file"].clone();
    scene.assert_whole(&file, &content).await;
    assert_not_below(&folder, &[marker, name]);
    let bytes: u64 = files_below(&folder).iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    assert!(bytes > content.len() as u64, "the objects lie elsewhere");
}

fn assert_not_below(folder: &std::path::Path, texts: &[&str]) {
    for file in files_below(folder) {
        // A file may go away between the list and the look.
        let content = std::fs::read(&file).unwrap_or_default();
        for text in texts {
            let found = holds(&content, text.as_bytes()) || file.to_string_lossy().contains(text);
            assert!(!found, "{text} in {}", file.display());
        }
    }
}
