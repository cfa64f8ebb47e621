//! Objects that lie on a server: copied there, backed up from there, brought back to there, set aside there.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Place, content_of};
use crate::harness::documents::docx;
use crate::harness::garage::{self, Garage};
use crate::harness::noise::noise;
use crate::harness::s3_api::S3Api;
use crate::harness::server::create_user_in;
use crate::verify::store_in_pieces;

/// More than two parts of an upload to S3.
const LARGE: usize = 12 << 20;

/// A bucket that no other test has.
async fn new_bucket(garage: &Garage) -> S3Api {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    garage.make_bucket(&format!("commands-{}", NUMBER.fetch_add(1, Ordering::Relaxed))).await
}

/// What says where the bucket is, and which backend is used.
fn environment(bucket: &S3Api, backend: &str) -> Vec<(String, String)> {
    let settings = [
        ("BACKEND", backend),
        ("S3__ENDPOINT", &bucket.endpoint),
        ("S3__BUCKET", &bucket.bucket),
        ("S3__REGION", garage::REGION),
        ("S3__ACCESS_KEY_ID", garage::KEY_ID),
        ("S3__SECRET_ACCESS_KEY", garage::SECRET),
    ];
    settings.map(|(key, value)| (format!("STRONGROOM__STORAGE__{key}"), value.to_owned())).into()
}

async fn objects_in(bucket: &S3Api) -> Vec<String> {
    let mut keys = bucket.objects().await;
    keys.retain(|key| key != "conditional-create-probe");
    keys.sort();
    keys
}

async fn text_at(bucket: &S3Api, key: &str) -> String {
    let (status, text) = bucket.send(Method::GET, &format!("/{key}"), "").await;
    assert_eq!(status, StatusCode::OK, "{key}");
    text
}

/// An installation with its objects on the local disk: a small one, a large one, and one in two pieces.
async fn filled() -> (Place, Vec<(Value, Vec<u8>)>) {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let mut files = Vec::new();
    for size in [1000, LARGE] {
        let content = docx(&format!("{size}"), &noise(size));
        files.push((olga.upload(&format!("{size}.docx"), &content).await, content));
    }
    let (file, content, _) = store_in_pieces(&olga, &place.data_dir(), "in-pieces", 200_000, &[100_000]).await;
    files.push((file, content));
    server.kill();
    (place, files)
}

async fn assert_all_readable(place: &Place, files: &[(Value, Vec<u8>)]) {
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    for (file, content) in files {
        assert!(content_of(&olga, file).await == *content, "{}", file["name"]);
    }
    server.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_moves_to_a_server_and_its_backup_is_brought_back_to_another() {
    let garage = Garage::shared().await;
    let bucket = new_bucket(&garage).await;
    let (mut place, files) = filled().await;
    place.environment = environment(&bucket, "fs");
    let copied = place.run(&["storage", "copy", "--to", "s3"]).printed();
    assert!(copied.contains("Round 1: 4 objects copied") && copied.contains("All 4 objects are"), "{copied}");
    // The second time one is torn.
    let torn = objects_in(&bucket).await.remove(0);
    bucket.put(&torn, b"torn".to_vec()).await;
    let copied = place.run(&["storage", "copy", "--to", "s3"]).printed();
    assert!(copied.contains("Round 1: 1 objects copied"), "{copied}");
    assert_eq!(text_at(&bucket, &format!("quarantine/{torn}")).await, "torn");
    assert!(bucket.uploads().await.is_empty());

    std::fs::remove_dir_all(place.data_dir().join("objects")).unwrap();
    place.environment = environment(&bucket, "s3");
    let verified = place.run(&["verify"]).printed();
    assert!(verified.contains("3 files, 4 objects") && verified.contains("all is well"), "{verified}");
    assert_all_readable(&place, &files).await;

    let backed_up = place.backup(&["--blobs"]).printed();
    assert!(backed_up.contains("4 objects copied"), "{backed_up}");
    assert!(place.backup(&["--blobs"]).printed().contains("0 objects copied"));
    place.lose_everything_but_the_ring();
    let other = new_bucket(&garage).await;
    place.environment = environment(&other, "s3");
    // Something lies there by the name of an object.
    let in_the_way = objects_in(&bucket).await.pop().unwrap().replace("quarantine/", "");
    other.put(&in_the_way, b"something else".to_vec()).await;
    let restored = place.restore(&[]).printed();
    assert!(restored.contains("4 objects"), "{restored}");
    assert_eq!(text_at(&other, &format!("quarantine/{in_the_way}")).await, "something else");
    assert_eq!(objects_in(&other).await.len(), 5);
    assert!(place.run(&["verify"]).printed().contains("all is well"));
    assert_all_readable(&place, &files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_on_a_server_is_set_aside_there() {
    let garage = Garage::shared().await;
    let bucket = new_bucket(&garage).await;
    let (mut place, files) = filled().await;
    place.environment = environment(&bucket, "fs");
    place.run(&["storage", "copy", "--to", "s3"]).printed();
    place.environment = environment(&bucket, "s3");
    let damaged = objects_in(&bucket).await.remove(1);
    bucket.put(&damaged, b"damaged".to_vec()).await;
    // Larger than what is copied at once, and than a part.
    let large: String = ('a'..='z').cycle().take(LARGE + 5).collect();
    bucket.put("large.txt", large.clone().into_bytes()).await;
    bucket.put("empty.txt", Vec::new()).await;
    let before = objects_in(&bucket).await;

    let repaired = place.run(&["verify", "--repair"]);
    assert!(!repaired.success, "{}", repaired.printed);
    let line = |what: &str, key: &str| {
        let line = repaired.printed.lines().find(|line| line.starts_with(what) && line.contains(key));
        assert!(line.is_some_and(|line| line.ends_with(&format!("-> quarantine/{key}"))), "{}", repaired.printed);
    };
    line("truncated", &damaged);
    line("foreign object", "large.txt");
    line("foreign object", "empty.txt");
    let aside: Vec<String> =
        objects_in(&bucket).await.into_iter().filter(|key| key.starts_with("quarantine/")).collect();
    assert_eq!(aside.len(), 3, "{aside:?}");
    assert_eq!(objects_in(&bucket).await.len(), before.len());
    assert!(text_at(&bucket, "quarantine/large.txt").await == large);
    assert_eq!(text_at(&bucket, "quarantine/empty.txt").await, "");
    assert_eq!(text_at(&bucket, &format!("quarantine/{damaged}")).await, "damaged");
    assert!(bucket.uploads().await.is_empty());

    let again = place.run(&["verify"]);
    assert!(again.printed.contains("it was set aside") && again.printed.contains("1 findings"), "{}", again.printed);
    // And the janitor of the server leaves it there.
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let mut unreadable = 0;
    for (file, content) in &files {
        // Where the second piece is damaged, the line is cut, perhaps before the beginning of the answer is on it.
        let read = match olga.request(Method::GET, &olga.link(file).await).send().await {
            Ok(answer) => answer.bytes().await.ok(),
            Err(_) => None,
        };
        unreadable += usize::from(read.is_none_or(|bytes| bytes != *content));
    }
    assert_eq!(unreadable, 1);
    server.kill();
    assert_eq!(objects_in(&bucket).await.iter().filter(|key| aside.contains(key)).count(), 3);
}
