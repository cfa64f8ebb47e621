//! Wrapped keys that cannot be opened: they are told of, left as they are, and hold nothing else up.

use serde_json::json;
use strongroom::services::Caller;

use super::{begin, content, ids, key, report, status, tend};
use crate::harness::TestApp;
use crate::harness::client::CREATE_LINK;
use crate::harness::documents::docx;
use crate::harness::surreal_server::{self, SurrealServer};

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_key_is_left_alone_and_keeps_its_wrapping_key_in_the_ring() {
    let database = SurrealServer::start("memory").await;
    let app = TestApp::builder()
        .with("DATABASE__URL", &database.url())
        .with("DATABASE__USERNAME", surreal_server::USER)
        .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
        .start()
        .await;
    let (ada, olga) = (app.admin("ada").await, app.ops("olga").await);
    let document = docx("Whole", b"whole");
    let whole = olga.upload("whole.docx", &document).await;
    let damaged = olga.upload("damaged.docx", &docx("Damaged", b"damaged")).await;
    let raw = database.connect().await;
    let file_key = damaged["id"].as_str().unwrap().trim_start_matches("file_").to_owned();
    // Another length: the key is bound to it.
    let tamper = "UPDATE wrapped_key SET size_bytes += 1 WHERE file = $file RETURN AFTER";
    let mut tampered = raw.query(tamper).bind(("file", file_key)).await.unwrap().check().unwrap();
    let rows: Vec<surrealdb::types::Value> = tampered.take(0).unwrap();
    assert_eq!(rows.len(), 1);
    let old = ids(&report(&app).await, "wrapping", "current")[0].clone();
    begin(&app).await;
    for _ in 0..100 {
        tend(&app).await;
        if status(&app).await.phase == "done" {
            break;
        }
    }
    let status = status(&app).await;
    assert_eq!((status.phase.as_str(), status.rewrapped, status.failed), ("done", 1, 1), "{status:?}");
    assert_eq!(key(&report(&app).await, &old)["files"], 1);
    let query = "{ keyRing { keys { id needs { files } } rotation { total rewrapped failed } } }";
    let ring = ada.data(query, json!({})).await["keyRing"].clone();
    assert_eq!(key(&ring, &old)["needs"]["files"], 1);
    assert_eq!(ring["rotation"], json!({"total": 2, "rewrapped": 1, "failed": 1}));
    app.clock.advance_seconds(3600);
    let olga = app.sign_in("olga").await;
    assert!(content(&olga, &whole).await == document);
    // As before: the file's own record still says how long it is.
    let url = olga.data(CREATE_LINK, json!({"id": damaged["id"], "ttl": null})).await;
    let url = url["createDownloadLink"]["url"].as_str().unwrap().to_owned();
    assert_eq!(olga.get(&url).await.status(), 200, "the row was altered, and not the key");
    let refused = app.services.retire_key(&Caller::Operator, &old, true).await.unwrap_err().to_string();
    assert!(refused.contains("keys of files (1)"), "{refused}");

    // Once it is mended, the next rotation takes it along.
    raw.query("UPDATE wrapped_key SET size_bytes -= 1 WHERE key_id = $key")
        .bind(("key", old.clone()))
        .await
        .unwrap()
        .check()
        .unwrap();
    super::rotate(&app).await;
    assert_eq!(super::status(&app).await.failed, 0);
    assert_eq!(key(&report(&app).await, &old)["files"], 0);
}
