//! Nothing tells whether an address has an account: neither words nor time. After the bugs of others: Parse Server
//! GHSA-w54v-hf9p-8856 (answers that differ), FileBrowser CVE-2026-23849 (no hash, no time).

mod signed_rank;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use crate::accounts::{LOGIN, SIGNUP};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;
use signed_rank::z_score;

/// Tries of each kind.
const TRIES: usize = 200;
/// Addresses of each kind; each is tried several times.
const ADDRESSES: usize = 20;
/// One run that stays below this ends the matter. Chance alone is beyond it in one run of twenty, a difference of one
/// millisecond nearly always.
const HARDLY_A_SIGN: f64 = 2.0;
/// Otherwise two more runs decide with it. All three together are beyond this by chance once in 5,000 times.
const MOST_SIGMAS: f64 = 3.5;
const RUNS: usize = 3;

/// An app with the passwords of production and no limits, and some accounts `known-N`.
async fn start() -> TestApp {
    let app = TestApp::builder().hashing_as_configured().with("RATE_LIMITS__ENABLED", "false").start().await;
    for number in 0..ADDRESSES {
        let name = format!("known-{number}");
        // Strangers' addresses sort between them, as they would among many.
        app.services.create_user(&Caller::Operator, &email_of(&name), &name, Role::Client, PASSWORD).await.unwrap();
    }
    app
}

async fn time_of(app: &TestApp, query: &str, input: &Value, code: &str) -> Duration {
    let client = app.anonymous();
    let begun = Instant::now();
    let reply = client.send(query, json!({"input": input})).await;
    let taken = begun.elapsed();
    assert_eq!(reply.code(), code, "{}", reply.body);
    taken
}

/// Tries a known and an unknown address side by side, again and again.
async fn assert_no_difference(what: &str, app: &TestApp, query: &str, code: &str, input_of: impl Fn(&str) -> Value) {
    let mut differences = Vec::new();
    for run in 0..RUNS {
        for number in 0..TRIES {
            let inputs = ["known", "bogus"].map(|kind| input_of(&format!("{kind}-{}", number % ADDRESSES)));
            let mut seconds = [0.0; 2];
            // Who comes first changes from pair to pair.
            for which in [number % 2, 1 - number % 2] {
                seconds[which] = time_of(app, query, &inputs[which], code).await.as_secs_f64();
            }
            differences.push(seconds[0] - seconds[1]);
        }
        let score = z_score(&differences);
        let mut sorted = differences.clone();
        sorted.sort_by(f64::total_cmp);
        let median_millis = 1000.0 * sorted[sorted.len() / 2];
        eprintln!("{what}: known minus unknown {median_millis:+.3} ms in the median, {score:+.2} sigmas");
        if run == 0 && score.abs() < HARDLY_A_SIGN {
            return;
        }
    }
    let score = z_score(&differences);
    assert!(score.abs() < MOST_SIGMAS, "{what}: known and unknown addresses are told apart by {score:.1} sigmas");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_login() {
    let _alone = crate::harness::ALONE.lock().await;
    let app = start().await;
    let input_of = |name: &str| json!({"email": email_of(name), "password": "wrong-Password-here"});
    assert_no_difference("login", &app, LOGIN, "INVALID_CREDENTIALS", input_of).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_sign_up_and_of_the_login_after_it() {
    let _alone = crate::harness::ALONE.lock().await;
    let app = start().await;
    let input_of = |name: &str| json!({"email": email_of(name), "name": "Somebody", "password": PASSWORD});
    assert_no_difference("sign-up", &app, SIGNUP, "", input_of).await;
    // By now many sign-ups wait for each address, for those with an account as decoys.
    let input_of = |name: &str| json!({"email": email_of(name), "password": "wrong-Password-here"});
    assert_no_difference("login after sign-ups", &app, LOGIN, "INVALID_CREDENTIALS", input_of).await;
}

#[tokio::test]
async fn user_enumeration_by_the_words_of_a_login_or_a_sign_up() {
    let app = TestApp::start().await;
    app.client("known").await;
    let mut answers = Vec::new();
    for name in ["known", "other"] {
        let email = email_of(name);
        let login = json!({"input": {"email": email, "password": "wrong-Password-here"}});
        let signup = json!({"input": {"email": email, "name": "Somebody", "password": "another-Password-of-mine"}});
        let mut of_this = Vec::new();
        for (query, variables) in [(LOGIN, &login), (SIGNUP, &signup), (LOGIN, &login), (SIGNUP, &signup)] {
            let reply = app.anonymous().send(query, variables.clone()).await;
            of_this.push((reply.status, reply.body.to_string().replace(name, "NAME")));
        }
        answers.push(of_this);
    }
    assert_eq!(answers[0], answers[1]);
}
