//! Invitations that wait: who sees them, who takes them back, and how they get to people.

use serde_json::{Value, json};

use super::Scene;
use crate::accounts::{INVITE, mails, signed_up, signup, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};

const LIST: &str = "query($first: Int, $after: String, $last: Int, $before: String) {
    invitations(first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id role email issuer { email } createdAt expiresAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const MANY: &str = "mutation($role: Role!, $emails: [String!]!) {
    inviteMany(role: $role, emails: $emails) { id token role email expiresAt } }";
const REVOKE: &str = "mutation($id: ID!) { revokeInvitation(id: $id) }";

async fn listed(by: &Client) -> Vec<Value> {
    let page = by.data(LIST, json!({"first": 100})).await["invitations"].clone();
    let nodes = page["nodes"].as_array().unwrap().clone();
    assert_eq!(page["totalCount"], nodes.len());
    nodes
}

/// The token in the latest mail with an invitation.
async fn invited(app: &TestApp, name: &str) -> Vec<String> {
    let lines = mails(app, &email_of(name)).await;
    let tokens = lines.iter().flat_map(|mail| mail.lines()).filter_map(|line| line.split("/signup?invitation=").nth(1));
    tokens.filter(|token| !token.contains('"')).map(str::to_owned).collect()
}

fn with(name: &str, role: &str, token: &Value) -> Value {
    let mut input = signup_of(name);
    input["role"] = role.into();
    input["invitation"] = token.clone();
    input
}

#[tokio::test]
async fn admins_see_all_and_ops_their_own_without_tokens() {
    let scene = Scene::start().await;
    scene.ada.data(INVITE, json!({"role": "ADMIN", "email": null})).await;
    scene.app.clock.advance_seconds(1);
    let olgas = scene.olga.data(INVITE, json!({"role": "CLIENT", "email": "guest@example.com"})).await;
    let all = listed(&scene.ada).await;
    assert_eq!(all.len(), 2);
    let mut latest = all[0].clone();
    assert!(latest["id"].take().as_str().unwrap().len() > 20);
    let expected = json!({"id": null, "role": "CLIENT", "email": "guest@example.com",
        "issuer": {"email": "olga@example.com"}, "createdAt": "2026-11-21T09:30:01Z",
        "expiresAt": olgas["invite"]["expiresAt"]});
    assert_eq!(latest, expected);
    assert_eq!(listed(&scene.olga).await, all[..1]);
    assert_eq!(scene.carl.code(LIST, json!({})).await, "FORBIDDEN");
    let query = "{ invitations { nodes { token } } }";
    assert_eq!(scene.ada.code(query, json!({})).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn pages_go_forward_and_back_and_leave_out_what_has_expired() {
    let app = TestApp::builder().with("AUTH__INVITATION_TTL_SECONDS", "3600").start().await;
    let ada = app.admin("ada").await;
    ada.data(INVITE, json!({"role": "OPS", "email": "expired@example.com"})).await;
    app.clock.advance_seconds(3100);
    let ada = app.sign_in("ada").await;
    for number in 0..5 {
        ada.data(INVITE, json!({"role": "OPS", "email": format!("guest{number}@example.com")})).await;
        app.clock.advance_seconds(110);
    }
    let names = |page: &Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["email"].as_str().unwrap().split('@').next().unwrap().to_owned()).collect()
    };
    let page = async |arguments: Value| ada.data(LIST, arguments).await["invitations"].clone();
    let first = page(json!({"first": 2})).await;
    assert_eq!(names(&first), ["guest4", "guest3"]);
    assert_eq!(first["totalCount"], 5);
    let second = page(json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
    assert_eq!(names(&second), ["guest2", "guest1"]);
    let third = page(json!({"first": 2, "after": second["pageInfo"]["endCursor"]})).await;
    assert_eq!((names(&third), &third["pageInfo"]["hasNextPage"]), (vec!["guest0".to_owned()], &json!(false)));
    let back = page(json!({"last": 2, "before": second["pageInfo"]["startCursor"]})).await;
    assert_eq!((names(&back), &back["pageInfo"]["hasPreviousPage"]), (names(&first), &json!(false)));
    let otto = app.ops("otto").await;
    let foreign = otto.send(LIST, json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
    assert_eq!((foreign.code(), foreign.field()), ("BAD_USER_INPUT", "after"));
}

#[tokio::test]
async fn one_that_was_taken_back_is_good_for_nothing() {
    let scene = Scene::start().await;
    let given = scene.ada.data(INVITE, json!({"role": "OPS", "email": "otto@example.com"})).await["invite"].clone();
    let waiting = signed_up(&scene.app, with("otto", "OPS", &given["token"])).await;
    let id = listed(&scene.ada).await[0]["id"].clone();
    assert_eq!(scene.olga.code(REVOKE, json!({"id": id})).await, "NOT_FOUND", "not hers");
    assert_eq!(scene.carl.code(REVOKE, json!({"id": id})).await, "FORBIDDEN");
    scene.app.clock.advance_seconds(1);
    assert_eq!(scene.ada.data(REVOKE, json!({"id": id})).await["revokeInvitation"], true);
    assert_eq!(verify(&scene.app, &waiting, PASSWORD).await.code(), "INVALID_TOKEN", "nor a sign-up that waits");
    assert_eq!(signup(&scene.app, with("otto", "OPS", &given["token"])).await.code(), "INVALID_TOKEN");
    assert_eq!(listed(&scene.ada).await, Vec::<Value>::new());
    for gone in [id.clone(), json!("invitation_aaaaaaaaaaaaaaaaaaaaaaaaaa"), json!("x")] {
        assert_eq!(scene.ada.code(REVOKE, json!({"id": gone})).await, "NOT_FOUND");
    }
    assert_eq!(scene.acts_on(&id).await, ["invitation.created", "invitation.revoked"]);

    // Admins take back any, Ops their own.
    for by in [&scene.ada, &scene.olga] {
        scene.olga.data(INVITE, json!({"role": "CLIENT", "email": null})).await;
        assert_eq!(by.code(REVOKE, json!({"id": listed(&scene.olga).await[0]["id"]})).await, "");
    }
}

#[tokio::test]
async fn a_bound_one_goes_by_mail_and_an_open_one_does_not() {
    let scene = Scene::start().await;
    let given = scene.olga.data(INVITE, json!({"role": "CLIENT", "email": "dora@example.com"})).await;
    let mailed = invited(&scene.app, "dora").await;
    assert_eq!(mailed, [given["invite"]["token"].as_str().unwrap()], "the same token, as the contract says");
    let token = signed_up(&scene.app, with("dora", "CLIENT", &json!(mailed[0]))).await;
    assert_eq!(verify(&scene.app, &token, PASSWORD).await.code(), "");
    assert_eq!(listed(&scene.olga).await, Vec::<Value>::new(), "it is used up");
    scene.olga.data(INVITE, json!({"role": "CLIENT", "email": null})).await;
    assert_eq!(scene.app.services.deliver_due_mails().await.unwrap(), 0);
}

#[tokio::test]
async fn the_mail_of_one_that_was_taken_back_is_not_sent() {
    // Nobody listens on this port, so what is to be sent waits.
    let app = TestApp::builder()
        .with("MAIL__TRANSPORT", "smtp")
        .with("MAIL__SMTP__URL", "smtp://127.0.0.1:1")
        .with("MAIL__SMTP__ALLOW_PLAINTEXT", "true")
        .start()
        .await;
    let ada = app.admin("ada").await;
    let given = ada.data(MANY, json!({"role": "OPS", "emails": ["a@example.com", "b@example.com"]})).await;
    app.services.deliver_due_mails().await.unwrap();
    ada.data(REVOKE, json!({"id": given["inviteMany"][0]["id"]})).await;
    app.clock.advance_seconds(3600);
    assert_eq!(app.services.deliver_due_mails().await.unwrap(), 1, "only that of the other is tried again");
}

#[tokio::test]
async fn many_are_invited_at_once_all_or_none() {
    let scene = Scene::start().await;
    let emails = ["One@Example.com", "two@example.com", " one@example.com"];
    let given = scene.olga.data(MANY, json!({"role": "CLIENT", "emails": emails})).await["inviteMany"].clone();
    let given = given.as_array().unwrap();
    let addresses: Vec<_> = given.iter().map(|one| one["email"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["one@example.com", "two@example.com"], "who is named twice is invited once");
    assert_ne!(given[0]["token"], given[1]["token"]);
    for (one, name) in given.iter().zip(["one", "two"]) {
        assert_eq!(invited(&scene.app, name).await, [one["token"].as_str().unwrap()]);
        assert_eq!(scene.acts_on(&one["id"]).await, ["invitation.created"]);
    }
    assert_eq!(signup(&scene.app, with("two", "CLIENT", &given[0]["token"])).await.code(), "INVALID_TOKEN");
    assert_eq!(signup(&scene.app, with("two", "CLIENT", &given[1]["token"])).await.code(), "");

    let too_many: Vec<String> = (0..101).map(|number| format!("guest{number}@example.com")).collect();
    for bad in [json!([]), json!(["good@example.com", "bad"]), json!(too_many)] {
        let reply = scene.ada.send(MANY, json!({"role": "CLIENT", "emails": bad})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "emails"));
    }
    assert_eq!(listed(&scene.ada).await.len(), 2, "nothing of a refused request");
    let hundred = json!({"role": "CLIENT", "emails": too_many[..100]});
    assert_eq!(scene.ada.data(MANY, hundred).await["inviteMany"].as_array().unwrap().len(), 100);
    for (by, role, code) in [(&scene.olga, "OPS", "FORBIDDEN"), (&scene.carl, "CLIENT", "FORBIDDEN")] {
        assert_eq!(by.code(MANY, json!({"role": role, "emails": ["x@example.com"]})).await, code);
    }
}
