//! Mail over SMTP, against a real mail server: on good days, and while it is down, slow, refusing or somebody else.

mod dead;
mod secure;
mod sending;
mod trouble;
mod workers;

use serde_json::{Value, json};

use crate::accounts::{signup, signup_of};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::smtp_server::{Line, Setup, SmtpServer, TakenMail};

/// The pause after the first failed try, at most.
const FIRST_PAUSE_SECONDS: u64 = 10;

const DEAD: &str = "{ deadMails { nodes { id template recipient failedAt attempts reason } totalCount } }";
const RETRY: &str = "mutation($id: ID!) { retryMail(id: $id) }";

fn server(line: Line) -> SmtpServer {
    SmtpServer::start(Setup::of(line))
}

async fn app_of(server: &SmtpServer) -> TestApp {
    server.settings(TestApp::builder()).start().await
}

/// Signs `NAME@example.com` up, so that a mail waits.
pub async fn sign_up(app: &TestApp, name: &str) {
    signup(app, signup_of(name)).await.data();
}

/// All that is due is tried once.
pub async fn deliver(app: &TestApp) {
    app.services.deliver_due_mails().await.unwrap();
}

/// All that failed once is tried again.
async fn deliver_later(app: &TestApp) {
    app.clock.advance_seconds(FIRST_PAUSE_SECONDS);
    deliver(app).await;
}

pub async fn dead_mails(admin: &Client) -> Vec<Value> {
    admin.data(DEAD, json!({})).await["deadMails"]["nodes"].as_array().unwrap().clone()
}

/// The token in the text part.
pub fn token_in(mail: &TakenMail) -> &str {
    mail.content.lines().find_map(|line| line.split("?token=").nth(1)).unwrap()
}
