//! Answers other than that of an upload, and a kill right behind them.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::JoinSet;

use super::ledger::{listed, objects_in, wait_until_swept};
use crate::harness::client::{Client, PASSWORD};
use crate::harness::documents::docx;
use crate::harness::server::Server;

#[tokio::test]
async fn what_was_deleted_stays_deleted() {
    let folder = tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let objects = data_dir.join("objects");
    let server = Server::start(&data_dir, |_| {});
    server.create_user("olga", "OPS");
    let client = server.sign_in("olga").await;
    let kept = client.upload("kept.docx", &docx("kept", &[1; 70_000])).await;
    let deleted = client.upload("deleted.docx", &docx("deleted", &[2; 70_000])).await;
    let answer = client
        .data("mutation($id: ID!) { deleteFile(id: $id, permanently: true) }", json!({"id": deleted["id"]}))
        .await;
    server.kill();
    assert_eq!(answer["deleteFile"], true);
    assert_eq!(objects_in(&objects), (2, 0), "the object is left to the janitor, who was not round again");

    let server = Server::start(&data_dir, |_| {});
    let client = server.sign_in("olga").await;
    let file = "query($id: ID!) { file(id: $id) { name } }";
    assert_eq!(client.data(file, json!({"id": deleted["id"]})).await["file"], Value::Null);
    assert_eq!(client.data(file, json!({"id": kept["id"]})).await["file"]["name"], "kept.docx");
    assert_eq!(listed(&client).await.len(), 1);
    wait_until_swept(&objects, 1).await;
}

/// Many sign up at once, so that the server dies with mails that are promised and not yet sent.
#[tokio::test]
async fn mail_that_was_promised_is_sent_after_a_kill() {
    const PEOPLE: usize = 8;
    const LIVES: usize = 10;
    let folder = tempdir().unwrap();
    let data_dir = folder.path().join("data");
    for life in 0..LIVES {
        let server = Server::start(&data_dir, |_| {});
        let mut signing_up = JoinSet::new();
        for person in 0..PEOPLE {
            signing_up.spawn(sign_up(&server, &format!("client{life}-{person}")));
        }
        while let Some(answer) = signing_up.join_next().await {
            answer.unwrap().expect("an answer");
        }
        server.kill();
        let names: Vec<String> = (0..PEOPLE).map(|person| format!("client{life}-{person}")).collect();
        let unsent: Vec<_> = names.iter().filter(|name| mail_to(&data_dir, name).is_none()).collect();
        println!("life {life} ended with {} mails unsent", unsent.len());

        let server = Server::start(&data_dir, |_| {});
        for name in &names {
            wait_for_mail(&data_dir, name).await;
        }
        if let Some(name) = unsent.first() {
            let mail = wait_for_mail(&data_dir, name).await;
            let token = mail.split("?token=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
            let verify = "mutation($t: String!, $p: String!) { verifyEmail(token: $t, password: $p) { accessToken } }";
            Client::new(&server.base_url, None).data(verify, json!({"t": token, "p": PASSWORD})).await;
            return;
        }
    }
    panic!("in {LIVES} lives no mail was still to be sent");
}

/// Signs `NAME@example.com` up; `None` when no answer came.
pub fn sign_up(server: &Server, name: &str) -> impl Future<Output = Option<()>> + Send + use<> {
    let client = Client::new(&server.base_url, None);
    let input = json!({"email": format!("{name}@example.com"), "name": "Carl", "password": PASSWORD});
    let query = "mutation($input: SignupInput!) { signup(input: $input) { email } }";
    let request =
        client.request(reqwest::Method::POST, "/graphql").json(&json!({"query": query, "variables": {"input": input}}));
    async move {
        let answer: Value = request.send().await.ok()?.json().await.ok()?;
        assert!(answer.get("errors").is_none(), "{answer}");
        Some(())
    }
}

/// The mail to `NAME@example.com` that the file transport has written.
fn mail_to(data_dir: &Path, name: &str) -> Option<String> {
    let recipient = format!("To: {name}@example.com");
    let written = std::fs::read_dir(data_dir.join("mail")).into_iter().flatten().flatten().map(|entry| entry.path());
    written
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .find(|text| text.lines().any(|line| line == recipient))
}

pub async fn wait_for_mail(data_dir: &Path, name: &str) -> String {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Some(mail) = mail_to(data_dir, name) {
            return mail;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no mail came to {name}");
}
