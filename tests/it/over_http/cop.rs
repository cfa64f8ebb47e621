//! What graphql-cop 1.15 looks for, one by one, and what it would have found.

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::harness::client::{Client, LOGIN, PASSWORD};
use crate::harness::{TestApp, say};

/// Sends a document under the name that graphql-cop gives its operations.
async fn asked(client: &Client, query: &str) -> Value {
    let body = json!({"query": query, "operationName": "cop"});
    Client::reply(client.request(Method::POST, "/graphql").json(&body)).await.body
}

#[tokio::test]
async fn graphql_cop_finds_nothing() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let aliases: String = (0..101).map(|n| format!("alias{n}:__typename \n")).collect();
    let aliases = asked(&client, &format!("query cop {{ {aliases} }}")).await;
    let duplicates = asked(&client, &format!("query cop {{ {} }}", "__typename \n".repeat(500))).await;
    let directives = asked(&client, &format!("query cop {{ __typename {} }}", "@aa".repeat(10))).await;
    let circle = "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    let circle = asked(&client, circle).await;
    let schema = asked(&client, "query cop { __schema { types { name fields { name } } } }").await;
    let suggestions = asked(&client, "query cop { __schema { directive } }").await;
    let misspelled = asked(&client, "query cop { viewr { id } }").await;
    let plain = asked(&client, "query cop { __typename }").await;
    let nonsense = asked(&client, "qwerty cop { abc }").await;
    let batch = json!(vec![json!({"query": "query cop { __typename }"}); 10]);
    let batch = Client::reply(client.request(Method::POST, "/graphql").json(&batch)).await.body;
    let mutation =
        Client::reply(client.request(Method::GET, "/graphql?query=mutation%20cop%20%7B__typename%7D")).await.body;
    let form = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let form = Client::reply(form.body("query=query+cop+%7B+__typename+%7D")).await.body;

    let checks = [
        ("alias overloading", !aliases["data"]["alias100"].is_null()),
        ("field duplication", !duplicates["data"]["__typename"].is_null()),
        ("directive overloading", directives["errors"].as_array().is_some_and(|errors| errors.len() == 10)),
        (
            "circular introspection",
            circle["data"]["__schema"]["types"].as_array().is_some_and(|types| types.len() > 25),
        ),
        ("introspection", !schema["data"]["__schema"].is_null()),
        ("field suggestions", [suggestions, misspelled].iter().any(|body| body.to_string().contains("Did you mean"))),
        ("trace mode", plain.to_string().contains("tracing")),
        ("unhandled errors", nonsense.to_string().contains("exception")),
        ("batches", batch.as_array().is_some()),
        ("mutations by GET", !mutation["data"]["__typename"].is_null()),
        ("forms", !form["data"]["__typename"].is_null()),
    ];
    let findings: Vec<&str> = checks.iter().filter(|(_, found)| *found).map(|(check, _)| *check).collect();
    say(&format!("cop findings: {} of {} checks", findings.len(), checks.len()));
    assert!(findings.is_empty(), "{findings:?}");
    // Each was answered, so that a check cannot pass because nobody was there.
    assert_eq!(plain, json!({"data": {"__typename": "Query"}}));
    assert_eq!(nonsense["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
}

/// It has two more checks, for queries by GET and for an IDE; the contract wants both. What they are about is this.
#[tokio::test]
async fn what_the_contract_wants_of_get_gives_nothing_away() {
    let app = TestApp::start().await;
    app.ops("olga").await;
    let input = json!({"email": "olga@example.com", "password": PASSWORD});
    let body = json!({"query": LOGIN, "variables": {"input": input}});
    let request =
        app.anonymous().request(Method::POST, "/graphql").header("graphql-require-preflight", "1").json(&body);
    let response = request.send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let email = |site: &'static str| {
        let client = app.anonymous();
        let cookie = cookie.clone();
        async move {
            let request = client.request(Method::GET, "/graphql?query=%7Bviewer%7Bemail%7D%7D");
            Client::reply(request.header("cookie", cookie).header("sec-fetch-site", site)).await.body
        }
    };
    assert_eq!(email("same-origin").await["data"]["viewer"]["email"], "olga@example.com");
    for site in ["cross-site", "same-site"] {
        assert_eq!(email(site).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{site}");
    }
    let page = app.anonymous().request(Method::GET, "/graphql").header(ACCEPT, "text/html").send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
}
