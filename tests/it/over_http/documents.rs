//! Documents by their hash, and documents that are trusted.

use data_encoding::HEXLOWER;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::TestApp;
use crate::harness::client::Client;

const QUERY: &str = "query Me { viewer { email } }";

fn persisted(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

fn hash_of(query: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(query))
}

async fn post(client: &Client, body: &Value) -> crate::harness::client::Reply {
    Client::reply(client.request(Method::POST, "/graphql").json(body)).await
}

#[tokio::test]
async fn a_document_runs_by_its_hash_once_it_was_sent_with_it() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let hash = hash_of(QUERY);
    let by_hash = json!({"extensions": persisted(&hash)});
    let reply = post(&ops, &by_hash).await;
    // Apollo looks for the code, urql for the message.
    assert_eq!(
        (reply.code(), &reply.body["errors"][0]["message"]),
        ("PERSISTED_QUERY_NOT_FOUND", &json!("PersistedQueryNotFound"))
    );
    let other = post(&ops, &json!({"query": "{ viewer { id } }", "extensions": persisted(&hash)})).await;
    assert_eq!((other.code(), other.field()), ("BAD_USER_INPUT", "extensions"));
    assert_eq!(post(&ops, &by_hash).await.code(), "PERSISTED_QUERY_NOT_FOUND", "a wrong hash taught it nothing");
    let both = post(&ops, &json!({"query": QUERY, "extensions": persisted(&hash)})).await.data();
    assert_eq!(both["viewer"]["email"], "olga@example.com");
    assert_eq!(post(&ops, &by_hash).await.data(), both);
    assert_eq!(post(&ops, &json!({"documentId": format!("sha256:{hash}")})).await.data(), both);
    let address = format!(
        "/graphql?extensions={}",
        persisted(&hash).to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D")
    );
    assert_eq!(Client::reply(ops.request(Method::GET, &address)).await.data(), both);
    // The document is everybody's; the answer is not.
    assert_eq!(post(&app.anonymous(), &by_hash).await.data()["viewer"], Value::Null);
}

#[tokio::test]
async fn mutations_by_their_hash_are_no_queries() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let query = "mutation { logout(everywhere: true) }";
    assert_eq!(
        post(&app.anonymous(), &json!({"query": query, "extensions": persisted(&hash_of(query))})).await.code(),
        "UNAUTHENTICATED"
    );
    let extensions = persisted(&hash_of(query)).to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
    let reply = Client::reply(ops.request(Method::GET, &format!("/graphql?extensions={extensions}"))).await;
    assert_eq!(reply.status, 405);
    assert_eq!(ops.data(QUERY, json!({})).await["viewer"]["email"], "olga@example.com");
}

#[tokio::test]
async fn what_is_too_much_is_not_remembered() {
    let app = TestApp::start().await;
    let query = format!("{{ {} }}", "viewer { id } ".repeat(500));
    let sent = json!({"query": query, "extensions": persisted(&hash_of(&query))});
    assert_eq!(post(&app.anonymous(), &sent).await.code(), "QUERY_TOO_COMPLEX");
    let by_hash = json!({"extensions": persisted(&hash_of(&query))});
    assert_eq!(post(&app.anonymous(), &by_hash).await.code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn where_nothing_is_remembered_a_hash_is_refused() {
    let app = TestApp::builder().with("GRAPHQL__PERSISTED_QUERIES", "0").start().await;
    let reply = post(&app.anonymous(), &json!({"extensions": persisted(&hash_of(QUERY))})).await;
    assert_eq!(
        (reply.code(), &reply.body["errors"][0]["message"]),
        ("PERSISTED_QUERY_NOT_SUPPORTED", &json!("PersistedQueryNotSupported"))
    );
    assert_eq!(post(&app.anonymous(), &json!({"query": QUERY})).await.data()["viewer"], Value::Null);
}

#[tokio::test]
async fn only_trusted_documents_run_where_the_operator_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.json");
    let login = crate::harness::client::LOGIN;
    let documents = json!({hash_of(QUERY): QUERY, "login": login, "upload": crate::harness::client::UPLOAD});
    std::fs::write(&path, documents.to_string()).unwrap();
    let app = TestApp::builder().with("GRAPHQL__TRUSTED_DOCUMENTS", &path.to_string_lossy()).start().await;
    let ops = app.ops("olga").await;
    let me = json!({"viewer": {"email": "olga@example.com"}});
    assert_eq!(post(&ops, &json!({"query": QUERY})).await.data(), me);
    assert_eq!(post(&ops, &json!({"documentId": hash_of(QUERY)})).await.data(), me);
    assert_eq!(post(&ops, &json!({"extensions": persisted(&hash_of(QUERY))})).await.data(), me);
    ops.upload("a.docx", &crate::harness::documents::docx("a", &[])).await;
    for (body, code) in [
        (json!({"query": "{ viewer { email } }"}), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (json!({"query": "{ viewer { email } }", "documentId": "login"}), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (json!({"query": "{ __typename }"}), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (json!({"documentId": "logout"}), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({}), "BAD_USER_INPUT"),
    ] {
        assert_eq!(post(&ops, &body).await.code(), code, "{body}");
    }
}
