//! Two instances over one database.

use futures_util::future::join;

use super::{assert_exceeded, clear, document, refused, upload_at_once, used_by};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::surreal_server::{PASSWORD, SurrealServer, USER};

async fn instance(database: &SurrealServer, ring: &std::path::Path, key: &str, limit: usize) -> TestApp {
    TestApp::builder()
        .with("DATABASE__URL", &database.url())
        .with("DATABASE__USERNAME", USER)
        .with("DATABASE__PASSWORD", PASSWORD)
        .with("KEYS__FILE", ring.to_str().unwrap())
        .with("SERVER__PUBLIC_URL", "http://127.0.0.1:8080")
        .with(key, &limit.to_string())
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_as_fit_exactly_fit_over_two_instances_and_one_more_does_not() {
    let content = document();
    for key in ["QUOTAS__PER_USER_BYTES", "QUOTAS__TOTAL_BYTES"] {
        let (database, folder) = (SurrealServer::start("memory").await, tempfile::tempdir().unwrap());
        let (ring, limit) = (folder.path().join("keys"), 6 * content.len());
        let one = instance(&database, &ring, key, limit).await;
        let other = instance(&database, &ring, key, limit).await;
        let olga = one.ops("olga").await;
        let there = Client::new(&other.base_url, olga.token.as_deref());
        for more in [0, 1] {
            let (here, there) =
                join(upload_at_once(&[&olga], 3, &content), upload_at_once(&[&there], 3 + more, &content)).await;
            let refusals: Vec<_> = refused(&here).into_iter().chain(refused(&there)).collect();
            assert_eq!(refusals.len(), more, "{key}: {refusals:?}");
            refusals.iter().for_each(|reply| assert_exceeded(reply, limit));
            assert_eq!(used_by(&olga).await, limit as u64);
            clear(&olga).await;
        }
    }
}
