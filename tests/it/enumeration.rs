//! Nothing tells whether an address has an account: neither words nor time. After the bugs of others: Parse Server
//! GHSA-w54v-hf9p-8856 (answers that differ), FileBrowser CVE-2026-23849 (no hash, no time).

use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::accounts::{LOGIN, SIGNUP};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::server::Server;
use crate::harness::signed_rank::z_score;

/// Tries of each kind in a run, at most.
const TRIES: usize = 200;
/// Addresses of each kind; each is tried several times.
const ADDRESSES: usize = 10;
/// A run beyond this, by either clock, is a sign; chance alone gives one in 40 runs, and a busy machine more. One millisecond
/// more of work was 9 sigmas there.
const SIGN: f64 = 2.5;
/// A difference shows in each of so many runs, by the same clock and in the same direction; chance does not.
const RUNS: usize = 3;
/// A run may end after so many pairs, where by both clocks there is hardly anything to see: a millisecond more of work is 6 sigmas
/// by then, and is seen as less than one once in millions of runs.
const LEAST_TRIES: usize = 100;
const CLEAR: f64 = 1.0;
/// How many pairs go by from look to look.
const LOOK_EVERY: usize = 20;

/// What a try took, in seconds: on the wall, which is what a stranger sees, and on the cores of the server, which other tests
/// and other programs hardly disturb.
#[derive(Clone, Copy, Default)]
struct Taken {
    wall: f64,
    cores: f64,
}

/// The program, with the passwords of production and no limits, and some accounts `known-N`.
fn start() -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), |command| {
        command.env("STRONGROOM__RATE_LIMITS__ENABLED", "false");
    });
    for number in 0..ADDRESSES {
        server.create_user(&format!("known-{number}"), "client");
    }
    (server, folder)
}

async fn time_of(server: &Server, client: &Client, query: &str, input: &Value, code: &str) -> Taken {
    let (cores_before, begun) = (server.core_time(), Instant::now());
    let reply = client.send(query, json!({"input": input})).await;
    let wall = begun.elapsed().as_secs_f64();
    let cores = server.core_time().saturating_sub(cores_before).as_secs_f64();
    assert_eq!(reply.code(), code, "{}", reply.body);
    Taken { wall, cores }
}

/// Tries a known and an unknown address side by side, again and again.
async fn assert_no_difference(what: &str, server: &Server, query: &str, code: &str, input_of: impl Fn(&str) -> Value) {
    let client = Client::new(&server.base_url, None);
    let mut told_apart = [true; 4];
    for _ in 0..RUNS {
        let mut differences: [Vec<f64>; 2] = Default::default();
        for number in 0..TRIES {
            let inputs = ["known", "bogus"].map(|kind| input_of(&format!("{kind}-{}", number % ADDRESSES)));
            let mut taken = [Taken::default(); 2];
            // Who comes first changes from pair to pair.
            for which in [number % 2, 1 - number % 2] {
                taken[which] = time_of(server, &client, query, &inputs[which], code).await;
            }
            differences[0].push(taken[0].wall - taken[1].wall);
            differences[1].push(taken[0].cores - taken[1].cores);
            let (tries, is_clear) = (number + 1, |by_clock: &Vec<f64>| z_score(by_clock).abs() < CLEAR);
            if tries >= LEAST_TRIES && tries % LOOK_EVERY == 0 && differences.iter().all(is_clear) {
                break;
            }
        }
        for (place, clock) in ["on the wall", "on the cores"].into_iter().enumerate() {
            let mut sorted = differences[place].clone();
            sorted.sort_by(f64::total_cmp);
            let median_millis = 1000.0 * sorted[sorted.len() / 2];
            let score = z_score(&differences[place]);
            let pairs = sorted.len();
            eprintln!("{what}: {pairs} pairs, known minus unknown {median_millis:+.3} ms {clock}, {score:+.2} sigmas");
            told_apart[2 * place] &= score > SIGN;
            told_apart[2 * place + 1] &= score < -SIGN;
        }
        if told_apart == [false; 4] {
            return;
        }
    }
    panic!("{what}: known and unknown addresses are told apart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_login() {
    let _alone = crate::harness::ALONE.lock().await;
    let (server, _folder) = start();
    let input_of = |name: &str| json!({"email": email_of(name), "password": "wrong-Password-here"});
    assert_no_difference("login", &server, LOGIN, "INVALID_CREDENTIALS", input_of).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_enumeration_by_the_time_of_a_sign_up_and_of_the_login_after_it() {
    let _alone = crate::harness::ALONE.lock().await;
    let (server, _folder) = start();
    let input_of = |name: &str| json!({"email": email_of(name), "name": "Somebody", "password": PASSWORD});
    assert_no_difference("sign-up", &server, SIGNUP, "", input_of).await;
    // By now many sign-ups wait for each address, for those with an account as decoys.
    let input_of = |name: &str| json!({"email": email_of(name), "password": "wrong-Password-here"});
    assert_no_difference("login after sign-ups", &server, LOGIN, "INVALID_CREDENTIALS", input_of).await;
}

/// A stranger signs up with an address and signs in with what it chose: whether or not somebody has the address, the answer is
/// that of a sign-up that waits.
#[tokio::test]
async fn user_enumeration_by_signing_up_and_then_in() {
    let app = TestApp::start().await;
    app.client("known").await;
    let strangers = "a-Password-of-a-stranger";
    let mut answers = Vec::new();
    for name in ["known", "other"] {
        let input = json!({"email": email_of(name), "name": "Somebody", "password": strangers});
        app.anonymous().data(SIGNUP, json!({"input": input})).await;
        let login = json!({"input": {"email": email_of(name), "password": strangers}});
        answers.push(app.anonymous().send(LOGIN, login).await.body.to_string());
    }
    assert!(answers[0].contains("EMAIL_NOT_VERIFIED"), "{}", answers[0]);
    assert_eq!(answers[0], answers[1]);
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
