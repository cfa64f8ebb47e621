//! Who a caller is: nobody, somebody, or somebody whose proof is no good, which is never the same as nobody.

use data_encoding::BASE64URL_NOPAD;
use http::header::AUTHORIZATION;
use reqwest::Method;
use serde_json::{Value, json};

use super::{VIEWER, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::{Client, Reply};

async fn viewer_with(app: &TestApp, authorizations: &[&str]) -> Reply {
    let mut request = app.anonymous().request(Method::POST, "/graphql").json(&json!({"query": VIEWER}));
    for authorization in authorizations {
        request = request.header(AUTHORIZATION, *authorization);
    }
    Client::reply(request).await
}

/// The three parts of a token, the first two read.
fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut read =
        || serde_json::from_slice(&BASE64URL_NOPAD.decode(parts.next().unwrap().as_bytes()).unwrap()).unwrap();
    let (header, claims) = (read(), read());
    (header, claims, parts.next().unwrap().to_owned())
}

fn token(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[tokio::test]
async fn nobody_is_null_and_a_bad_proof_is_unauthenticated() {
    let app = TestApp::start().await;
    let good = app.client("carl").await.token.unwrap();
    let anonymous = viewer_with(&app, &[]).await;
    assert_eq!(anonymous.body, json!({"data": {"viewer": null}}));
    for (accepted, authorization) in [
        (true, format!("Bearer {good}")),
        (true, format!("bEARER {good}")),
        (false, "Bearer garbage".to_owned()),
        (false, "Bearer ".to_owned()),
        (false, "Bearer".to_owned()),
        (false, String::new()),
        (false, good.clone()),
        (false, format!("Basic {good}")),
        (false, format!("Token {good}")),
        (false, format!("Bearer {good}x")),
        (false, format!("Bearer {good} {good}")),
        (false, format!("Bearer {}", "a".repeat(10_000))),
    ] {
        let reply = viewer_with(&app, &[&authorization]).await;
        let expected = if accepted { "" } else { "UNAUTHENTICATED" };
        assert_eq!(reply.code(), expected, "{authorization:.60}: {}", reply.body);
    }
    let twice = viewer_with(&app, &[&format!("Bearer {good}"), "Bearer garbage"]).await;
    assert_eq!(twice.code(), "UNAUTHENTICATED", "which of two is meant nobody can know");
}

#[tokio::test]
async fn a_bad_proof_is_no_anonymous_caller_anywhere() {
    let app = TestApp::start().await;
    let bad = app.anonymous().with_token("garbage");
    for guarded in [
        "{ viewer { id } }",
        "{ files { totalCount } }",
        "{ users { totalCount } }",
        "{ file(id: \"x\") { id } }",
        "mutation { revokeShare(id: \"x\") }",
        "mutation { deleteFile(id: \"x\") }",
    ] {
        assert_eq!(bad.code(guarded, json!({})).await, "UNAUTHENTICATED", "{guarded}");
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let app = TestApp::start().await;
    let (carl, adam) = (app.client("carl").await.token.unwrap(), app.admin("adam").await.token.unwrap());
    let (header, claims, signature) = parts(&carl);
    assert_eq!(viewer_code(&app, &carl.clone().into()).await, "");

    let with_header = |key: &str, value: Value| {
        let mut forged = header.clone();
        forged[key] = value;
        forged
    };
    let of_adam = |index: usize| adam.split('.').nth(index).unwrap();
    let borrowed = [carl.split('.').next().unwrap(), of_adam(1), &signature].join(".");
    let mut immortal = claims.clone();
    immortal["exp"] = 99_999_999_999_u64.into();
    let public_key = app.anonymous().get("/.well-known/jwks.json").await.text().await.unwrap();
    let x = serde_json::from_str::<Value>(&public_key).unwrap()["keys"][0]["x"].as_str().unwrap().to_owned();
    for (what, forged) in [
        ("no signature", token(&header, &claims, "")),
        ("alg none", token(&with_header("alg", "none".into()), &claims, "")),
        ("alg none, signed", token(&with_header("alg", "none".into()), &claims, &signature)),
        ("alg None", token(&with_header("alg", "None".into()), &claims, "")),
        ("alg HS256 with the public key", hs256(&with_header("alg", "HS256".into()), &claims, x.as_bytes())),
        ("no signature, else untouched", carl.rsplit_once('.').unwrap().0.to_owned() + "."),
        ("another's claims", borrowed),
        ("a later end", token(&header, &immortal, &signature)),
        ("a key that is not ours", token(&with_header("kid", "0000000000000000".into()), &claims, &signature)),
        ("another type", token(&with_header("typ", "JWT".into()), &claims, &signature)),
    ] {
        assert_eq!(viewer_code(&app, &forged.into()).await, "UNAUTHENTICATED", "{what}");
    }
}

/// HMAC-SHA-256 (RFC 2104) by hand: the point is a token whose signature would be right, if anybody asked for that one.
fn hs256(header: &Value, claims: &Value, key: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let unsigned = token(header, claims, "");
    let message = unsigned.trim_end_matches('.');
    let pad = |byte: u8| (0..64).map(|index| key.get(index).copied().unwrap_or(0) ^ byte).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    let mac = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    format!("{message}.{}", BASE64URL_NOPAD.encode(&mac))
}

#[tokio::test]
async fn a_token_of_another_installation_is_refused() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    let foreign = other.client("carl").await.token.unwrap();
    app.client("carl").await;
    assert_eq!(viewer_code(&other, &foreign.clone().into()).await, "");
    assert_eq!(viewer_code(&app, &foreign.into()).await, "UNAUTHENTICATED");
}
