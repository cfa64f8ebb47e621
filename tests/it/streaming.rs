//! Documents stream: sealed on their way to the storage, in plaintext on no disk, and in little memory whatever their size.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::app::files_below;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::find::holds;
use crate::harness::large_docx::LargeDocx;
use crate::harness::line::SlowUpload;
use crate::harness::server::Server;

const MIB: u64 = 1 << 20;
/// What a transfer may add to the memory of the server, whatever its size.
const MAX_GROWTH_BYTES: u64 = 32 * MIB;

/// The program, with everything that it could write to lying in one folder.
struct Setup {
    server: Server,
    ops: Client,
    folder: TempDir,
}

impl Setup {
    async fn start(log_filter: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let temp = folder.path().join("temp");
        std::fs::create_dir(&temp).unwrap();
        let server = Server::start(&folder.path().join("data"), |command| {
            command.env("TMPDIR", &temp).env("STRONGROOM__LOG__FILTER", log_filter);
        });
        server.create_user("olga", "ops");
        let ops = server.sign_in("olga").await;
        Self { server, ops, folder }
    }

    /// The files that hold `text`, by their paths below the folder.
    fn files_with(&self, text: &str) -> Vec<String> {
        let files = files_below(self.folder.path());
        let holding = files.iter().filter(|file| {
            // A file of the database may go away between the list and the look.
            let content = std::fs::read(file).unwrap_or_default();
            holds(&content, text.as_bytes()) || file.to_string_lossy().contains(text)
        });
        holding.map(|file| file.strip_prefix(self.folder.path()).unwrap().to_string_lossy().into_owned()).collect()
    }

    /// What the server has open and is no file of its folder: files that have no name any more, and files elsewhere.
    fn strange_open_files(&self) -> Vec<PathBuf> {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.server.child.id())).unwrap();
        let targets = open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
        let is_strange = |target: &PathBuf| {
            let text = target.to_string_lossy();
            let is_file = text.starts_with('/') && !text.starts_with("/dev/") && !text.starts_with("/proc/");
            is_file && (!target.starts_with(self.folder.path()) || text.ends_with("(deleted)"))
        };
        targets.filter(is_strange).collect()
    }

    /// Bytes of objects that are being written.
    fn unfinished_bytes(&self) -> u64 {
        let unfinished = files_below(&self.server.data_dir.join("objects/unfinished"));
        unfinished.iter().filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    async fn wait_for_unfinished_bytes(&self, bytes: u64) {
        let begun = Instant::now();
        while self.unfinished_bytes() <= bytes {
            assert!(begun.elapsed() < Duration::from_secs(20), "{} bytes lie there", self.unfinished_bytes());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn upload_large(&self, document: &LargeDocx) -> Value {
        let mut upload = SlowUpload::begin(&self.ops, "large.docx", document.size_bytes()).await;
        for piece in document.pieces() {
            upload.send(piece).await;
        }
        upload.finish().await.data()["upload"]["file"].clone()
    }

    /// Downloads a file and answers its SHA-256.
    async fn digest_of_download(&self, file: &Value) -> String {
        use sha2::{Digest, Sha256};
        let mut response = self.ops.get(&self.ops.link(file).await).await;
        let mut digest = Sha256::new();
        while let Some(piece) = response.chunk().await.unwrap() {
            digest.update(&piece);
        }
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }
}

#[tokio::test]
async fn plaintext_and_name_lie_on_no_disk() {
    let marker = "the-merger-is-called-off-7f3a91";
    let name = "minutes-of-the-board-5e02";
    let content = docx(marker, format!("{marker} ").repeat(400_000).as_bytes());
    let (before, after) = content.split_at(content.len() / 2);
    let setup = Setup::start("debug").await;

    let mut upload = SlowUpload::begin(&setup.ops, &format!("{name}.docx"), content.len() as u64).await;
    upload.send(before).await;
    setup.wait_for_unfinished_bytes(MIB).await;
    assert_eq!(setup.files_with(marker), [""; 0]);
    assert_eq!(setup.files_with(name), [""; 0], "before its commit, not even the database knows the name");
    assert_eq!(setup.strange_open_files(), Vec::<PathBuf>::new());

    upload.send(after).await;
    let file = upload.finish().await.data()["upload"]["file"].clone();
    assert_eq!(setup.digest_of_download(&file).await, sha256(&content));
    assert_eq!(setup.files_with(marker), [""; 0]);
    let named = setup.files_with(name);
    assert!(!named.is_empty() && named.iter().all(|file| file.starts_with("data/database/")), "{named:?}");
    assert_eq!(setup.strange_open_files(), Vec::<PathBuf>::new());
    assert_eq!(files_below(&setup.folder.path().join("temp")), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_has_arrived_is_sealed_before_the_rest_comes() {
    let setup = Setup::start("info").await;
    let document = LargeDocx::new("half way", 64);
    let mut upload = SlowUpload::begin(&setup.ops, "large.docx", document.size_bytes()).await;
    let peak = setup.server.peak_memory_bytes();

    let pieces: Vec<&[u8]> = document.pieces().collect();
    let (first, rest) = pieces.split_at(40);
    for piece in first {
        upload.send(piece).await;
    }
    let sent: u64 = first.iter().map(|piece| piece.len() as u64).sum();
    setup.wait_for_unfinished_bytes(sent * 3 / 4 - MIB).await;
    let growth = setup.server.peak_memory_bytes() - peak;
    assert!(growth < MAX_GROWTH_BYTES, "{growth} bytes more");

    for piece in rest {
        upload.send(piece).await;
    }
    assert_eq!(upload.finish().await.data()["upload"]["file"]["sha256"], document.sha256());
    assert_eq!(setup.unfinished_bytes(), 0);
}

#[tokio::test]
async fn two_gibibytes_go_through_little_memory() {
    let setup = Setup::start("info").await;
    let small = LargeDocx::new("to warm up", 32);
    let file = setup.upload_large(&small).await;
    assert_eq!(setup.digest_of_download(&file).await, small.sha256());

    let large = LargeDocx::new("large", 2048);
    let peak = setup.server.peak_memory_bytes();
    let begun = Instant::now();
    let file = setup.upload_large(&large).await;
    report("upload", &large, begun);
    let after_upload = setup.server.peak_memory_bytes() - peak;
    assert!(after_upload < MAX_GROWTH_BYTES, "{after_upload} bytes more after the upload");

    let begun = Instant::now();
    let digest = setup.digest_of_download(&file).await;
    report("download", &large, begun);
    assert_eq!(file["sha256"], digest);
    assert_eq!(digest, large.sha256());
    let after_both = setup.server.peak_memory_bytes() - peak;
    assert!(after_both < MAX_GROWTH_BYTES, "{after_both} bytes more after the download");
    eprintln!("memory grew by {after_upload} bytes in the upload, by {after_both} in both");
}

fn report(what: &str, document: &LargeDocx, begun: Instant) {
    let mib = document.size_bytes() / MIB;
    eprintln!("{what}: {mib} MiB in {:?}, {:.0} MiB/s", begun.elapsed(), mib as f64 / begun.elapsed().as_secs_f64());
}
