//! `keys list`: with a server and without.

use super::{ids, key, keys, listed};
use crate::cli::create;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::server::{Server, free_port};
use crate::second_factor::ENROL;

use crate::harness::client::PASSWORD;
use serde_json::json;

#[tokio::test]
async fn each_key_is_listed_with_what_needs_it_and_never_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    // A mail server that is away: mails wait.
    let server = Server::start(&data_dir, |command| {
        command.env("STRONGROOM__MAIL__TRANSPORT", "smtp");
        command.env("STRONGROOM__MAIL__SMTP__URL", format!("smtp://127.0.0.1:{}", free_port()));
    });
    let olga = server.sign_in("olga").await;
    olga.upload("one.docx", &docx("one", b"1")).await;
    olga.upload("two.docx", &docx("two", b"2")).await;
    olga.data(ENROL, json!({"p": PASSWORD})).await;
    let input = json!({"email": "carl@example.com", "name": "Carl", "password": PASSWORD});
    Client::new(&server.base_url, None)
        .data("mutation($input: SignupInput!) { signup(input: $input) { email } }", json!({"input": input}))
        .await;

    let mut with_server = listed(&data_dir);
    // The sign-up is dealt with beside its answer.
    for _ in 0..500 {
        if key(&with_server, &ids(&with_server, "mail", "current")[0])["mails"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        with_server = listed(&data_dir);
    }
    let table = keys(&data_dir, &["list"]).printed();
    server.kill();
    let without_server = listed(&data_dir);
    for report in [&with_server, &without_server] {
        assert_eq!(report["keys"].as_array().unwrap().len(), 5, "{report}");
        for purpose in ["wrapping", "signing", "link", "cursor", "mail"] {
            let current = key(report, &ids(report, purpose, "current")[0]);
            assert_eq!(current["files"], if purpose == "wrapping" { 2 } else { 0 }, "{current}");
            assert_eq!(current["secondFactors"], if purpose == "wrapping" { 1 } else { 0 }, "{current}");
            assert_eq!(current["mails"], if purpose == "mail" { 1 } else { 0 }, "{current}");
            assert!(current["createdAt"].as_str().unwrap().starts_with("20"), "{current}");
            assert_eq!(current["inRing"], true);
        }
        assert_eq!((&report["source"], &report["instances"]), (&json!("file"), &json!(1)));
    }
    let ring = std::fs::read_to_string(data_dir.join("keys")).unwrap();
    for secret in ring.lines().filter_map(|line| line.strip_prefix("secret = ")) {
        let secret = secret.trim_matches('"');
        assert!(!table.contains(secret) && !with_server.to_string().contains(secret));
    }
    assert!(table.contains("2 files, 1 second factors") && table.contains("1 mails"), "{table}");
}
