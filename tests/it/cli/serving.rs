//! `strongroom serve`: what it says, and to whom it listens.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};

use serde_json::json;

use super::{create, run, run_in};
use crate::accounts::{SIGNUP, VERIFY};
use crate::harness::client::{Client, PASSWORD};
use crate::harness::server::{Server, free_port};

/// The invitation in what the server has printed.
fn invitation_in(printed: &str) -> Option<String> {
    let link = printed.lines().find(|line| line.contains("/signup?invitation="))?;
    Some(link.split("?invitation=").nth(1)?.to_owned())
}

async fn sign_up_as_admin(server: &Server, invitation: &str) -> String {
    let input = json!({"email": "adam@example.com", "name": "Adam", "password": PASSWORD, "role": "ADMIN",
        "invitation": invitation});
    Client::new(&server.base_url, None).code(SIGNUP, json!({"input": input})).await
}

#[tokio::test]
async fn the_first_admin_is_invited_on_the_terminal_and_not_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    assert!(server.printed().contains(&format!("listens on {}", server.base_url)), "{}", server.printed());
    let void = invitation_in(&server.printed()).expect("an invitation");
    server.kill();

    let server = Server::start(&data_dir, |_| {});
    let invitation = invitation_in(&server.printed()).expect("another invitation");
    assert!(server.printed().contains(&format!("{}/signup?invitation={invitation}", server.base_url)));
    let log = server.log();
    assert!(log.contains("the server is ready"), "{log}");
    assert!(!log.contains(&invitation) && !log.contains(&void), "an invitation is a secret");
    assert_eq!(sign_up_as_admin(&server, &void).await, "INVALID_TOKEN", "the next start voids it");
    assert_eq!(sign_up_as_admin(&server, &invitation).await, "");

    let anonymous = Client::new(&server.base_url, None);
    let token = mailed_token(&data_dir).await;
    let session = anonymous.data(VERIFY, json!({"t": token, "p": PASSWORD})).await["verifyEmail"].clone();
    assert_eq!(session["user"]["role"], "ADMIN");
    assert!(!server.log().contains(&token), "nor is a verification token in the log");
    server.kill();
    let server = Server::start(&data_dir, |_| {});
    assert_eq!(invitation_in(&server.printed()), None, "there is an Admin now: {}", server.printed());
    assert!(server.printed().contains("listens on"));
}

/// The program's own worker delivers, in its own time.
async fn mailed_token(data_dir: &std::path::Path) -> String {
    for _ in 0..1000 {
        for entry in std::fs::read_dir(data_dir.join("mail")).into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            if let Some(token) = text.lines().find_map(|line| line.split("?token=").nth(1)) {
                return token.to_owned();
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no mail came");
}

#[test]
fn nobody_is_invited_where_there_is_an_ops_user() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "carl", "CLIENT").printed();
    let server = Server::start(&data_dir, |_| {});
    assert!(invitation_in(&server.printed()).is_some(), "a Client could not invite anybody");
    server.kill();
    create(&data_dir, "olga", "OPS").printed();
    let server = Server::start(&data_dir, |_| {});
    assert_eq!(invitation_in(&server.printed()), None);
}

#[tokio::test]
async fn commands_reach_the_running_server_by_its_socket() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    let sockets: Vec<_> = std::fs::read_dir(&data_dir)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_socket())
        .collect();
    assert_eq!(sockets.len(), 1);
    assert_eq!(sockets[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);

    create(&data_dir, "olga", "OPS").printed();
    assert!(create(&data_dir, "olga", "OPS").complaint().contains("taken"));
    let viewer = server.sign_in("olga").await.data("{ viewer { role } }", json!({})).await;
    assert_eq!(viewer["viewer"]["role"], "OPS", "at once, without a restart");

    let (printed, remarked) = run_in(&data_dir, &["invite", "--role", "ADMIN"]).printed_and_remarked();
    assert!(
        remarked.contains(&format!("{}/signup?invitation=", server.base_url)),
        "the server's own address: {remarked}"
    );
    assert_eq!(sign_up_as_admin(&server, printed.lines().next().unwrap()).await, "");
}

#[test]
fn healthcheck_tells_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), |_| {});
    let check = |address: &str| {
        run(&["healthcheck"], |command| {
            command.env("STRONGROOM__SERVER__LISTEN", address);
        })
    };
    let address = server.base_url.trim_start_matches("http://").to_owned();
    assert_eq!(check(&address).printed(), "ready\n");
    let port = address.rsplit(':').next().unwrap();
    assert_eq!(check(&format!("0.0.0.0:{port}")).printed(), "ready\n", "a server on every address is on loopback too");
    server.kill();
    assert!(check(&address).complaint().contains(&address));
}

#[test]
fn a_second_server_on_the_same_folder_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    let listen = format!("127.0.0.1:{}", free_port());
    let complaint = run_in(&data_dir, &["serve", "--listen", &listen]).complaint();
    let last = complaint.lines().last().unwrap();
    assert!(last.contains("another process") || last.contains("already"), "{complaint}");
    assert!(last.contains(data_dir.to_str().unwrap()), "it names what is taken: {complaint}");
    create(&data_dir, "olga", "OPS").printed();
    drop(server);
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let complaint = run_in(&folder.path().join("data"), &["serve", "--listen", &listen]).complaint();
    assert!(complaint.contains(&listen), "{complaint}");
}
