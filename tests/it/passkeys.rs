//! Passkeys, from the question to the removal. The authenticator is made by hand; one test has a real browser.

mod browser;
mod counters;
mod life;
mod registration;
mod required;
mod sign_in;
mod stateless;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::authenticator::{Ceremony, SoftPasskey};
use crate::harness::client::{Client, PASSWORD, Reply};

pub const BEGIN: &str = "mutation($p: String!) { beginPasskeyRegistration(password: $p) { options state expiresAt } }";
pub const ADD: &str = "mutation($s: String!, $c: String!, $n: String!) {
    addPasskey(state: $s, credential: $c, name: $n) { id name createdAt lastUsedAt } }";
pub const REMOVE: &str = "mutation($id: ID!, $p: String!) { removePasskey(id: $id, password: $p) }";
pub const LIST: &str = "{ passkeys { id name createdAt lastUsedAt } }";
pub const BEGIN_LOGIN: &str = "mutation { beginPasskeyLogin { options state expiresAt } }";
pub const LOGIN: &str = "mutation($s: String!, $c: String!) { loginWithPasskey(state: $s, credential: $c) {
    accessToken refreshToken user { email } } }";
/// One thing that is wrong with what a browser does.
pub type Fault = (&'static str, fn(&mut Ceremony));
/// One thing that is wrong with what comes in.
pub type Change = (&'static str, fn(&mut Value));
/// For how long a challenge is good.
pub const CHALLENGE_SECONDS: u64 = 300;

/// What a browser was asked.
pub struct Question {
    pub options: Value,
    pub state: String,
}

impl Question {
    fn of(challenge: &Value) -> Self {
        let options = serde_json::from_str(challenge["options"].as_str().unwrap()).unwrap();
        Self { options, state: challenge["state"].as_str().unwrap().to_owned() }
    }
}

/// An app at an address for which browsers keep passkeys.
pub async fn app() -> TestApp {
    TestApp::builder().at_localhost().with("RATE_LIMITS__ENABLED", "false").start().await
}

pub async fn begin(client: &Client) -> Question {
    let data = client.data(BEGIN, json!({"p": PASSWORD})).await;
    Question::of(&data["beginPasskeyRegistration"])
}

/// Hands an answer in, whatever it is.
pub async fn add(client: &Client, state: &str, answer: &Value, name: &str) -> Reply {
    client.send(ADD, json!({"s": state, "c": answer.to_string(), "n": name})).await
}

/// Adds a passkey as a browser does whose page is at `origin`, and answers it as the authenticator and as the server has it.
pub async fn added_at(origin: &str, client: &Client, name: &str) -> (SoftPasskey, Value) {
    let question = begin(client).await;
    let passkey = SoftPasskey::make(&question.options);
    let answer = passkey.register(&Ceremony::of_registration(&question.options, origin));
    let data = add(client, &question.state, &answer, name).await.data();
    (passkey, data["addPasskey"].clone())
}

pub async fn added(app: &TestApp, client: &Client, name: &str) -> (SoftPasskey, Value) {
    added_at(&app.base_url, client, name).await
}

pub async fn begin_login(anybody: &Client) -> Question {
    Question::of(&anybody.data(BEGIN_LOGIN, json!({})).await["beginPasskeyLogin"])
}

/// Hands an answer in, whatever it is.
pub async fn login(anybody: &Client, state: &str, answer: &Value) -> Reply {
    anybody.send(LOGIN, json!({"s": state, "c": answer.to_string()})).await
}

/// Signs in with a passkey, from the question to the answer.
pub async fn try_login(app: &TestApp, passkey: &mut SoftPasskey) -> Reply {
    let anybody = app.anonymous();
    let question = begin_login(&anybody).await;
    let answer = passkey.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
    login(&anybody, &question.state, &answer).await
}

/// The code of the answer; the empty string when somebody is signed in.
pub async fn login_code(app: &TestApp, passkey: &mut SoftPasskey) -> String {
    try_login(app, passkey).await.code().to_owned()
}

/// Whoever the passkey signs in.
pub async fn signed_in(app: &TestApp, passkey: &mut SoftPasskey) -> Client {
    let data = try_login(app, passkey).await.data();
    app.anonymous().with_token(data["loginWithPasskey"]["accessToken"].as_str().unwrap())
}

pub async fn list(client: &Client) -> Vec<Value> {
    client.data(LIST, json!({})).await["passkeys"].as_array().unwrap().clone()
}

/// What an answer says, but for the number of the request.
pub fn said(reply: &Reply) -> Value {
    assert_eq!(reply.body["data"], Value::Null, "{}", reply.body);
    let error = &reply.body["errors"][0];
    json!([error["message"], error["extensions"]["code"]])
}
