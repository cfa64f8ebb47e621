//! Each limit of `[graphql]`: kept where it is set, and named where it is passed.

use serde_json::json;

use crate::harness::TestApp;
use crate::harness::client::Client;

/// A document just within a limit, and one just beyond.
async fn assert_limit(key: &str, limit: usize, within: &str, beyond: &str) {
    let app = TestApp::builder().with(&format!("GRAPHQL__{key}"), &limit.to_string()).start().await;
    let admin = app.admin("ada").await;
    let reply = admin.send(within, json!({})).await;
    assert!(reply.body.get("errors").is_none(), "{key}: {}", reply.body);
    let reply = admin.send(beyond, json!({})).await;
    assert_eq!(reply.code(), "QUERY_TOO_COMPLEX", "{key}: {}", reply.body);
    assert_eq!(reply.body["errors"][0]["extensions"]["limit"], limit, "{key}: {}", reply.body);
}

#[tokio::test]
async fn every_limit_is_kept() {
    let padded = |length: usize| format!("{{ viewer {{ id }} }}{}", " ".repeat(length - 17));
    let login = crate::harness::client::LOGIN.len();
    assert_limit("MAX_QUERY_BYTES", login + 100, &padded(login + 100), &padded(login + 101)).await;
    let nodes = "{ users(first: 9) { nodes { id email name role } } }";
    for (key, limit, within, beyond) in [
        ("MAX_TOKENS", 40, "{ viewer { id } }", &*format!("{{ viewer {{ {} }} }}", "id ".repeat(40))),
        (
            "MAX_DEPTH",
            4,
            "{ users { nodes { id } } }",
            "{ users { edges { node { id role } cursor } } a: files { edges { node { uploadedBy { id } } } } }",
        ),
        ("MAX_FIELDS", 8, nodes, "{ users { nodes { id email name role emailVerified createdAt } totalCount } }"),
        (
            "MAX_ROOT_FIELDS",
            2,
            "{ viewer { id } users { totalCount } }",
            "{ viewer { id } ...F } fragment F on Query { users { totalCount } files { totalCount } }",
        ),
        ("MAX_ALIASES", 2, "{ a: viewer { b: id } }", "{ a: viewer { b: id c: id } }"),
        (
            "MAX_DIRECTIVES",
            2,
            "{ viewer @skip(if: false) @include(if: true) { id } }",
            "{ viewer @skip(if: false) @skip(if: false) @include(if: true) { id } }",
        ),
        ("MAX_COMPLEXITY", 100, nodes, "{ users(first: 100) { nodes { id } } }"),
    ] {
        assert_limit(key, limit, within, beyond).await;
    }
}

#[tokio::test]
async fn what_a_list_may_answer_counts() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let files = |first: u32, shares: u32| {
        format!(
            "{{ files(first: {first}) {{ nodes {{ id name uploadedBy {{ email }} shares(first: {shares}) {{ nodes {{ id recipient {{ email }} downloads }} }} }} }} }}"
        )
    };
    let reply = ops.send(&files(100, 20), json!({})).await;
    assert!(reply.body.get("errors").is_none(), "{}", reply.body);
    assert_eq!(ops.send(&files(100, 100), json!({})).await.code(), "QUERY_TOO_COMPLEX");
    // Also where a variable says how many.
    let query = "query($n: Int) { files(first: $n) { nodes { shares(first: $n) { nodes { file { shares(first: $n) { nodes { id } } } } } } } }";
    assert_eq!(ops.send(query, json!({"n": 100})).await.code(), "QUERY_TOO_COMPLEX");
    assert!(ops.send(query, json!({"n": 5})).await.body.get("errors").is_none());
}

#[tokio::test]
async fn pages_are_as_large_as_the_configuration_says() {
    let app = TestApp::builder().with("GRAPHQL__MAX_PAGE_SIZE", "7").start().await;
    let admin = app.admin("ada").await;
    let page = |client: Client, first: u32| async move {
        let reply = client.send("query($n: Int) { users(first: $n) { nodes { id } } }", json!({"n": first})).await;
        (reply.code().to_owned(), reply.field().to_owned())
    };
    assert_eq!(page(admin.clone(), 7).await, (String::new(), String::new()));
    assert_eq!(page(admin.clone(), 8).await, ("BAD_USER_INPUT".to_owned(), "first".to_owned()));
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up() {
    // Passwords at the cost of production, many at once, in line for the lanes of the workers: that takes longer than a second.
    let app = TestApp::builder()
        .with("GRAPHQL__OPERATION_TIMEOUT_SECONDS", "1")
        .with("GRAPHQL__MAX_ALIASES", "100")
        .with("AUTH__PASSWORD__MEMORY_KIB", "1048576")
        .with("AUTH__PASSWORD__ITERATIONS", "16")
        .with("RATE_LIMITS__ENABLED", "false")
        .hashing_as_configured()
        .start()
        .await;
    let input = "{ email: \"nobody@example.com\", password: \"wrong-horse-battery-9\" }";
    let logins: String = (0..10).map(|n| format!("a{n}: login(input: {input}) {{ accessToken }} ")).collect();
    let reply = app.anonymous().send(&format!("mutation {{ {logins} }}"), json!({})).await;
    assert_eq!(reply.code(), "UNAVAILABLE", "{}", reply.body);
    assert_eq!(reply.body["errors"][0]["extensions"]["outcome"], "unknown");
}
