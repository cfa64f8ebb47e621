//! Nothing in the time of an answer tells whether an address is known (GHSA-w54v-hf9p-8856, CVE-2026-23849). Neither of the
//! two hashes anything: what they do is the same for every address, and this measures that it is.

use std::time::Instant;

use serde_json::json;
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use super::{REQUEST_RESET, RESEND};
use crate::accounts::{signup, signup_of};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::signed_rank::z_score;

/// Tries of each kind.
const TRIES: usize = 200;
/// Addresses of each kind.
const ADDRESSES: usize = 20;
/// A run of 200 pairs of equals is beyond this once in 500 times; three runs in a row, never.
const MOST_SIGMAS: f64 = 3.1;
const RUNS: usize = 3;

async fn seconds_of(client: &Client, query: &str, email: &str) -> f64 {
    let begun = Instant::now();
    let reply = client.send(query, json!({"e": email})).await;
    let taken = begun.elapsed().as_secs_f64();
    assert_eq!(reply.code(), "", "{}", reply.body);
    taken
}

/// By how many sigmas known addresses take longer, or shorter, in the best of a few runs; with so many seconds added.
async fn sigmas_between(what: &str, app: &TestApp, query: &str, slower: f64) -> f64 {
    let client = app.anonymous();
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let mut differences = Vec::new();
        for number in 0..TRIES {
            let mut seconds = [0.0; 2];
            // Who comes first changes from pair to pair.
            for which in [number % 2, 1 - number % 2] {
                let email = format!("{}-{}@example.com", ["known", "bogus"][which], number % ADDRESSES);
                seconds[which] = seconds_of(&client, query, &email).await;
                // What a request leaves to do is done before the next one is measured.
                app.services.deliver_due_mails().await.unwrap();
            }
            differences.push(seconds[0] + slower - seconds[1]);
        }
        let sigmas = z_score(&differences);
        differences.sort_by(f64::total_cmp);
        let median_micros = 1e6 * differences[TRIES / 2];
        eprintln!("{what}: known minus unknown {median_micros:+.0} us in the median, {sigmas:+.2} sigmas");
        least = least.min(sigmas.abs());
        if least < MOST_SIGMAS {
            break;
        }
    }
    least
}

async fn app() -> TestApp {
    TestApp::builder().with("RATE_LIMITS__ENABLED", "false").start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_reset() {
    let app = app().await;
    for number in 0..ADDRESSES {
        let email = format!("known-{number}@example.com");
        app.services.create_user(&Caller::Operator, &email, "Known", Role::Client, PASSWORD).await.unwrap();
    }
    let sigmas = sigmas_between("reset", &app, REQUEST_RESET, 0.0).await;
    assert!(sigmas < MOST_SIGMAS, "known and unknown addresses are told apart by {sigmas:.1} sigmas");
    let seen = sigmas_between("reset, 5 ms slower", &app, REQUEST_RESET, 0.005).await;
    assert!(seen > MOST_SIGMAS, "a difference that matters is not seen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_resend() {
    let app = app().await;
    for number in 0..ADDRESSES {
        signup(&app, signup_of(&format!("known-{number}"))).await.data();
    }
    let sigmas = sigmas_between("resend", &app, RESEND, 0.0).await;
    assert!(sigmas < MOST_SIGMAS, "known and unknown addresses are told apart by {sigmas:.1} sigmas");
}
