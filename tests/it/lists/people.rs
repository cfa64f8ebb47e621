//! Lists of people.

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use super::{List, nodes};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};

const USERS: &str = "query($first: Int, $after: String, $last: Int, $before: String, $role: Role, $part: String) {
    users(first: $first, after: $after, last: $last, before: $before, role: $role, emailContains: $part) {
        totalCount
        nodes { id }
        edges { cursor node { id email role } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

fn users<'a>(client: &'a Client, arguments: Value) -> List<'a> {
    List { client, query: USERS, place: "/users", arguments }
}

async fn assert_are(list: &List<'_>, expected: &[&str]) {
    let page = list.page(json!({"first": 100})).await;
    let people = nodes(&page);
    let emails: Vec<&str> = people.iter().map(|person| person["email"].as_str().unwrap()).collect();
    assert_eq!(emails, expected, "{}", list.arguments);
    list.assert_is(&super::ids_of(&people)).await;
}

#[tokio::test]
async fn people_stand_by_address_for_those_who_may_see_them() {
    let app = TestApp::start().await;
    let (ops, admin) = (app.ops("olga").await, app.admin("ada").await);
    // One address begins with another, and some sort by what comes late in them.
    for (email, role) in [
        ("carl@example.co", Role::Client),
        ("carl@example.com", Role::Client),
        ("carl@example.com.au", Role::Client),
        ("a.carl@example.com", Role::Client),
        ("zoe@example.com", Role::Client),
        ("otto@example.com", Role::Ops),
    ] {
        app.services.create_user(&Caller::Operator, email, "Somebody", role, PASSWORD).await.unwrap();
    }
    // Signed up, not confirmed.
    let input = json!({"email": "bert@example.com", "name": "Bert", "password": PASSWORD});
    app.anonymous()
        .data("mutation($input: SignupInput!) { signup(input: $input) { email } }", json!({"input": input}))
        .await;

    let clients =
        ["a.carl@example.com", "carl@example.co", "carl@example.com", "carl@example.com.au", "zoe@example.com"];
    let everyone = [
        "a.carl@example.com",
        "ada@example.com",
        "carl@example.co",
        "carl@example.com",
        "carl@example.com.au",
        "olga@example.com",
        "otto@example.com",
        "zoe@example.com",
    ];
    assert_are(&users(&ops, json!({})), &clients).await;
    assert_are(&users(&ops, json!({"role": "CLIENT"})), &clients).await;
    assert_are(&users(&ops, json!({"role": "OPS"})), &[]).await;
    assert_are(&users(&ops, json!({"role": "ADMIN"})), &[]).await;
    assert_are(&users(&admin, json!({})), &everyone).await;
    assert_are(&users(&admin, json!({"role": "CLIENT"})), &clients).await;
    assert_are(&users(&admin, json!({"role": "OPS"})), &["olga@example.com", "otto@example.com"]).await;
    assert_are(&users(&admin, json!({"role": "ADMIN"})), &["ada@example.com"]).await;
    assert_are(&users(&ops, json!({"part": "CARL@"})), &clients[..4]).await;
    assert_are(&users(&ops, json!({"part": " .com.au "})), &clients[3..4]).await;
    assert_are(&users(&ops, json!({"part": "olga"})), &[]).await;
    assert_are(&users(&admin, json!({"part": "O", "role": "OPS"})), &["olga@example.com", "otto@example.com"]).await;
    assert_are(&users(&admin, json!({"part": "bert"})), &[]).await;
}

#[tokio::test]
async fn a_client_lists_nobody() {
    let app = TestApp::start().await;
    let carl = super::quick_client(&app, "carl").await;
    assert_eq!(carl.code(USERS, json!({})).await, "FORBIDDEN");
    assert_eq!(app.anonymous().code(USERS, json!({})).await, "UNAUTHENTICATED");
}
