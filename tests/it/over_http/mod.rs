//! GraphQL over HTTP: media types, methods, statuses, and the audits of the specification's own library.

mod cop;
mod cross_origin;
mod documents;
mod limits;

use std::process::Command;

use reqwest::Method;
use reqwest::header::{ACCEPT, ALLOW, CONTENT_TYPE, VARY};
use serde_json::{Value, json};

use crate::harness::client::Client;
use crate::harness::{TestApp, say};

const NEWER: &str = "application/graphql-response+json";
const OLDER: &str = "application/json";

/// As many as version 1.23.1 of graphql-http has.
const AUDITS: usize = 61;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_of_graphql_over_http_is_ok() {
    let app = TestApp::start().await;
    let mut node = Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/graphql-http/audit.mjs"));
    node.arg(format!("{}/graphql", app.base_url));
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let audits: Vec<Value> = serde_json::from_str(&printed)
        .unwrap_or_else(|_| panic!("{printed}{}", String::from_utf8_lossy(&output.stderr)));
    let failed: Vec<&Value> = audits.iter().filter(|audit| audit["status"] != "ok").collect();
    say(&format!("audits: {} ok of {}", audits.len() - failed.len(), audits.len()));
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(audits.len(), AUDITS);
}

/// What a request was answered: status, media type and body.
struct Answer {
    status: u16,
    media_type: String,
    body: Value,
}

impl Answer {
    async fn to(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let media_type = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        let text = response.text().await.unwrap();
        Self { status, media_type, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

fn post(client: &Client, accept: &str, body: &Value) -> reqwest::RequestBuilder {
    client.request(Method::POST, "/graphql").header(ACCEPT, accept).json(body)
}

#[tokio::test]
async fn the_media_type_is_the_one_that_was_asked_for() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    for (accept, media_type) in [
        (NEWER, NEWER),
        (OLDER, OLDER),
        ("*/*", OLDER),
        ("application/json;q=0.5, application/graphql-response+json", NEWER),
        ("application/json, application/graphql-response+json;q=0.5", OLDER),
        (
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
            NEWER,
        ),
    ] {
        let answer = Answer::to(post(&client, accept, &json!({"query": "{ viewer { id } }"}))).await;
        assert_eq!((answer.status, answer.body), (200, json!({"data": {"viewer": null}})), "{accept}");
        assert_eq!(answer.media_type, format!("{media_type}; charset=utf-8"), "{accept}");
    }
    let response = client.get("/graphql?query=%7Bviewer%7Bid%7D%7D").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()[VARY]),
        (200, &"Accept, Authorization, Cookie".parse().unwrap())
    );
    assert_eq!(client.request(Method::HEAD, "/graphql?query=%7Bviewer%7Bid%7D%7D").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_could_not_be_told_is_not_done() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    for accept in ["text/html", "text/event-stream", "application/json;q=0", "image/*"] {
        let answer = Answer::to(post(&ops, accept, &json!({"query": "mutation { logout(everywhere: true) }"}))).await;
        assert_eq!((answer.status, answer.code()), (406, "BAD_USER_INPUT"), "{accept}");
        let answer =
            Answer::to(ops.request(Method::GET, "/graphql?query=%7Bviewer%7Bid%7D%7D").header(ACCEPT, accept)).await;
        assert_eq!((answer.status, answer.code()), (406, "BAD_USER_INPUT"), "{accept}");
    }
    assert_eq!(ops.data("{ viewer { email } }", json!({})).await["viewer"]["email"], "olga@example.com");
}

#[tokio::test]
async fn requests_that_were_not_run_have_no_data() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    for (body, code) in [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{ nothing }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query($id: ID!) { node(id: $id) { id } }"}), "BAD_USER_INPUT"),
        (json!({"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": null}}), "BAD_USER_INPUT"),
        (
            json!({"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": []}}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({"query": "query A { viewer { id } } query B { viewer { id } }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query A { viewer { id } }", "operationName": "B"}), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        for (accept, status) in [(NEWER, 400), (OLDER, 200)] {
            let answer = Answer::to(post(&client, accept, &body)).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{body}: {}", answer.body);
            assert!(answer.body.get("data").is_none(), "{body}");
        }
    }
    // What was run has data, null or not, and 200 in both.
    for accept in [NEWER, OLDER] {
        let body = json!({"query": "mutation { revokeShare(id: \"x\") }"});
        let answer = Answer::to(post(&client, accept, &body)).await;
        assert_eq!((answer.status, answer.code(), &answer.body["data"]), (200, "UNAUTHENTICATED", &Value::Null));
        assert!(answer.body.as_object().unwrap().contains_key("data"));
    }
}

#[tokio::test]
async fn the_named_operation_runs() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let query = "query A { a: viewer { id } } query B($n: Int) { b: viewer { id } users(first: $n) { totalCount } }";
    let body = json!({"query": query, "operationName": "A"});
    assert_eq!(Answer::to(post(&client, OLDER, &body)).await.body, json!({"data": {"a": null}}));
    let address = "/graphql?query=query%20A%7Ba:viewer%7Bid%7D%7Dquery%20B%7Bb:viewer%7Bid%7D%7D&operationName=B&extensions=%7B%7D";
    let answer = Answer::to(client.request(Method::GET, address)).await;
    assert_eq!(answer.body, json!({"data": {"b": null}}));
    // A variable that has no null matters only to the operation that runs.
    let query = "query A { viewer { id } } query B($id: ID!) { node(id: $id) { id } }";
    let answer = Answer::to(post(&client, OLDER, &json!({"query": query, "operationName": "A"}))).await;
    assert_eq!(answer.body, json!({"data": {"viewer": null}}));
}

#[tokio::test]
async fn bodies_are_json_in_utf_8() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let body = json!({"query": "{ viewer { id } }"}).to_string();
    for (content_type, status) in [
        ("application/json", 200),
        ("Application/JSON ; charset=\"UTF-8\"", 200),
        ("application/json; charset=utf-8; more=1", 200),
        ("application/graphql+json", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("application/graphql", 415),
        ("application/graphql-response+json", 415),
        ("text/plain; charset=utf-8", 415),
        ("json", 415),
    ] {
        let request = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, content_type).body(body.clone());
        assert_eq!(Answer::to(request).await.status, status, "{content_type}");
    }
}

#[tokio::test]
async fn get_reads_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.ops("olga").await;
    for query in ["mutation%7Blogout%7D", "mutation%20A%7Blogout%7D%20query%20B%7Bviewer%7Bid%7D%7D&operationName=A"] {
        for accept in [NEWER, OLDER] {
            let request = client.request(Method::GET, &format!("/graphql?query={query}")).header(ACCEPT, accept);
            let response = request.send().await.unwrap();
            assert_eq!(
                (response.status().as_u16(), &response.headers()[ALLOW]),
                (405, &"POST".parse().unwrap()),
                "{query}"
            );
        }
    }
    let beside = "query=mutation%20A%7Blogout%7D%20query%20B%7Bviewer%7Bemail%7D%7D&operationName=B";
    let answer = Answer::to(client.request(Method::GET, &format!("/graphql?{beside}"))).await;
    assert_eq!(answer.body["data"]["viewer"]["email"], "olga@example.com");
    for address in ["/graphql", "/graphql?query=", "/graphql?query=%7Bviewer%7Bid%7D%7D&query=%7Bviewer%7Bid%7D%7D"] {
        let answer = Answer::to(client.request(Method::GET, address).header(ACCEPT, NEWER)).await;
        assert_eq!(answer.status, 400, "{address}");
    }
    let page = client.request(Method::GET, "/graphql").header(ACCEPT, "text/html,*/*;q=0.8").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("GraphiQL"));
}
