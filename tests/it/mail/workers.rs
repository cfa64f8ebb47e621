//! Many workers on one outbox.

use super::{deliver, server, sign_up};
use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::smtp_server::Line;
use crate::harness::surreal_server::{PASSWORD, SurrealServer, USER};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_send_each_mail_once() {
    const PEOPLE: usize = 12;
    let (server, database) = (server(Line::StartTls), SurrealServer::start("memory").await);
    let ring = tempfile::tempdir().unwrap();
    let ring = ring.path().join("keys");
    let on_the_database = |builder: TestAppBuilder| {
        builder
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", USER)
            .with("DATABASE__PASSWORD", PASSWORD)
            .with("KEYS__FILE", ring.to_str().unwrap())
    };
    let one = on_the_database(server.settings(TestApp::builder())).start().await;
    let other = on_the_database(server.settings(TestApp::builder())).start().await;
    for number in 0..PEOPLE {
        sign_up(&one, &format!("carl{number}")).await;
        tokio::join!(deliver(&one), deliver(&other));
    }
    let mut recipients: Vec<_> = server.wait_for(PEOPLE).await.into_iter().flat_map(|mail| mail.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), server.taken().len()), (PEOPLE, PEOPLE));
}
