//! Passwords: which are taken, and how they are compared and kept.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::email::EmailAddress;
use strongroom::store::{self, Store};
use tempfile::TempDir;

use super::{login, signed_up, signup, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;

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
async fn a_weaker_hash_is_replaced_at_the_next_login_and_a_stronger_one_never() {
    // The apps of the tests hash with next to nothing, the program with what its configuration says.
    let app = TestApp::builder().on_disk(None).start().await;
    app.client("carl").await;
    let folder = stopped(app).await;
    let data_dir = folder.path().join("data");
    assert_eq!(parameters_of(&data_dir, "carl").await, "m=64,t=1,p=1");

    let app = TestApp::builder().on_disk(Some(folder)).hashing_as_configured().start().await;
    assert_eq!(login(&app, &email_of("carl"), "wrong-Password-here").await.code(), "INVALID_CREDENTIALS");
    let folder = stopped(app).await;
    assert_eq!(parameters_of(&data_dir, "carl").await, "m=64,t=1,p=1", "a wrong password changes nothing");

    let raised = |folder| {
        let builder = TestApp::builder().on_disk(Some(folder)).hashing_as_configured();
        builder.with("AUTH__PASSWORD__ITERATIONS", "3")
    };
    let app = raised(folder).start().await;
    app.sign_in("carl").await;
    app.sign_in("carl").await.data("{ files { totalCount } }", json!({})).await;
    let folder = stopped(app).await;
    assert_eq!(parameters_of(&data_dir, "carl").await, "m=19456,t=3,p=1");

    let lowered = TestApp::builder().on_disk(Some(folder)).hashing_as_configured().start().await;
    lowered.sign_in("carl").await;
    let _folder = stopped(lowered).await;
    assert_eq!(parameters_of(&data_dir, "carl").await, "m=19456,t=3,p=1");
}

#[tokio::test]
async fn a_pepper_goes_into_every_hash_and_without_it_no_password_is_right() {
    let with_pepper = |folder, pepper: &str| {
        TestApp::builder().on_disk(folder).hashing_as_configured().with("AUTH__PASSWORD__PEPPER", pepper)
    };
    let app = TestApp::builder().on_disk(None).hashing_as_configured().start().await;
    app.client("carl").await;
    let folder = stopped(app).await;
    let data_dir = folder.path().join("data");
    assert_eq!(parameters_of(&data_dir, "carl").await, "m=19456,t=2,p=1");

    // The way to a pepper: what was hashed before is good, and gets it at the next login.
    let app = with_pepper(Some(folder), "a pepper of the tests").start().await;
    assert_eq!(login(&app, &email_of("carl"), "wrong-Password-here").await.code(), "INVALID_CREDENTIALS");
    app.sign_in("carl").await;
    app.sign_in("carl").await;
    app.client("dora").await;
    let folder = stopped(app).await;
    for name in ["carl", "dora"] {
        let parameters = parameters_of(&data_dir, name).await;
        assert!(parameters.starts_with("m=19456,t=2,p=1,keyid="), "{parameters}");
    }

    let app = with_pepper(Some(folder), "another pepper of the tests").start().await;
    assert_eq!(login(&app, &email_of("carl"), PASSWORD).await.code(), "INVALID_CREDENTIALS");
    let folder = stopped(app).await;
    let app = TestApp::builder().on_disk(Some(folder)).hashing_as_configured().start().await;
    assert_eq!(login(&app, &email_of("carl"), PASSWORD).await.code(), "INVALID_CREDENTIALS");
    let folder = stopped(app).await;
    let app = with_pepper(Some(folder), "a pepper of the tests").start().await;
    app.sign_in("carl").await;
}

async fn stopped(app: TestApp) -> TempDir {
    app.services.close().await;
    app.folder
}

/// The parameters in the hash that the database keeps.
async fn parameters_of(data_dir: &std::path::Path, name: &str) -> String {
    let hash = hash_of(data_dir, name).await;
    hash.strip_prefix("$argon2id$v=19$").unwrap().split('$').next().unwrap().to_owned()
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
