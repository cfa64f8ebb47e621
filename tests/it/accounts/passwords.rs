//! Passwords: which are taken, and how they are compared and kept.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::email::EmailAddress;
use strongroom::store::{self, Store};

use super::{login, signed_up, signup, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;
use crate::harness::server::create_user_in;

/// Letters and digits that nobody guesses.
fn long_password(chars: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut state = 7_u32;
    let next = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(ALPHABET[(state >> 24) as usize % ALPHABET.len()])
    });
    next.take(chars).collect()
}

async fn taken(app: &TestApp, name: &str, password: &str) -> bool {
    let mut input = signup_of(name);
    input["password"] = password.into();
    let reply = signup(app, input).await;
    assert!(reply.code().is_empty() || reply.field() == "password", "{}", reply.body);
    reply.code().is_empty()
}

/// Signs `NAME@example.com` up with a password, all the way.
async fn user_with(app: &TestApp, name: &str, password: &str) {
    let mut input = signup_of(name);
    input["password"] = password.into();
    let token = signed_up(app, input).await;
    verify(app, &token, password).await.data();
}

#[tokio::test]
async fn guessable_passwords_are_refused() {
    let app = TestApp::start().await;
    for guessable in [
        "password",
        "password123",
        "12345678",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "abcdefgh",
        "P@ssw0rd",
        "iloveyou",
        "bartholomew",
        "bartholomew@example.com",
        "Bartholomew1",
    ] {
        assert!(!taken(&app, "bartholomew", guessable).await, "{guessable}");
    }
    for good in [PASSWORD, "k9$Vw2!x", "Ein Satz, den sonst keiner sagt", "パスワードはこれではない"] {
        assert!(taken(&app, "bartholomew", good).await, "{good}");
    }
}

#[tokio::test]
async fn eight_to_1024_characters_and_all_of_them_count() {
    let app = TestApp::start().await;
    assert!(!taken(&app, "ann", &long_password(7)).await);
    assert!(taken(&app, "ann", &long_password(8)).await);
    assert!(!taken(&app, "ann", &long_password(1025)).await);
    let longest = long_password(1024);
    user_with(&app, "carl", &longest).await;
    let carl = email_of("carl");
    assert_eq!(login(&app, &carl, &longest).await.code(), "");
    for wrong in [long_password(1023), long_password(1025), format!("{}_", &longest[..1023]), long_password(100_000)] {
        assert_eq!(login(&app, &carl, &wrong).await.code(), "INVALID_CREDENTIALS", "{} characters", wrong.len());
    }
}

#[tokio::test]
async fn characters_are_counted_and_not_bytes() {
    let app = TestApp::start().await;
    assert!(!taken(&app, "ann", "ж9юЩq7я").await, "7 characters in 11 bytes");
    assert!(taken(&app, "ann", "ж9юЩq7яЫ").await);
    let wide: String = long_password(1024).chars().map(|c| if c == 'a' { 'ж' } else { c }).collect();
    assert!(wide.len() > 1024 && taken(&app, "ann", &wide).await);
}

#[tokio::test]
async fn the_same_characters_are_the_same_password() {
    let app = TestApp::start().await;
    let (composed, decomposed) = ("Zaub\u{e9}r-\u{fc}ber-Wald-7", "Zaube\u{301}r-u\u{308}ber-Wald-7");
    user_with(&app, "carl", decomposed).await;
    user_with(&app, "dora", composed).await;
    for name in ["carl", "dora"] {
        for password in [composed, decomposed] {
            assert_eq!(login(&app, &email_of(name), password).await.code(), "", "{name}");
        }
        assert_eq!(login(&app, &email_of(name), "Zauber-uber-Wald-7").await.code(), "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_replaced_at_the_next_login() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    // The program hashes with the 19 MiB of its configuration, the app of the tests with next to nothing.
    create_user_in(&data_dir, "olga", "OPS");
    let before = hash_of(&data_dir, "olga").await;
    assert!(before.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{before}");

    let app = TestApp::builder().on_disk(Some(folder)).start().await;
    assert_eq!(login(&app, &email_of("olga"), "wrong-Password-here").await.code(), "INVALID_CREDENTIALS");
    app.sign_in("olga").await;
    app.sign_in("olga").await.data("{ files { totalCount } }", json!({})).await;
    app.services.close().await;
    let after = hash_of(&data_dir, "olga").await;
    assert!(after.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{after}");
}

/// What the database keeps. No part of the API shows it.
async fn hash_of(data_dir: &std::path::Path, name: &str) -> String {
    let store = open_store(data_dir).await;
    let email = EmailAddress::parse(&email_of(name)).unwrap();
    let (_, hash) = store.find_user_by_email(&email).await.unwrap().unwrap();
    store.close().await;
    hash
}

/// The database of an installation that does not run.
pub async fn open_store(data_dir: &std::path::Path) -> Store {
    let options = store::Options {
        url: format!("surrealkv://{}", data_dir.join("database").display()),
        namespace: "strongroom".to_owned(),
        database: "strongroom".to_owned(),
        credentials: None,
        query_timeout: Duration::from_secs(10),
        block_cache_bytes: 64 << 20,
        memtable_bytes: 32 << 20,
    };
    Store::connect(&options, Arc::new(OsRandom)).await.unwrap()
}
