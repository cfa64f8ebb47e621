//! A sign-in, and everything that can be wrong with one.

use serde_json::{Value, json};

use super::{
    CHALLENGE_SECONDS, Change, Fault, LOGIN, REMOVE, added, begin, begin_login, login, login_code, said, signed_in,
    try_login,
};
use crate::harness::authenticator::{Ceremony, SoftPasskey, USER_VERIFIED, base64};
use crate::harness::client::PASSWORD;

const FAULTS: [Fault; 12] = [
    ("nobody was verified", |ceremony| ceremony.flags &= !USER_VERIFIED),
    ("nobody was there", |ceremony| ceremony.flags = USER_VERIFIED),
    ("neither", |ceremony| ceremony.flags = 0),
    ("another challenge", |ceremony| ceremony.challenge = base64(&[7; 32])),
    ("no challenge", |ceremony| ceremony.challenge.clear()),
    ("the other kind of ceremony", |ceremony| ceremony.kind = "webauthn.create"),
    ("another site", |ceremony| ceremony.origin = "https://evil.example".to_owned()),
    ("a site within ours", |ceremony| ceremony.origin = ceremony.origin.replace("localhost", "evil.localhost")),
    ("another port", |ceremony| ceremony.origin = "http://localhost:1".to_owned()),
    ("in a frame of another site", |ceremony| ceremony.cross_origin = true),
    ("a credential of another site", |ceremony| ceremony.rp_id = "evil.example".to_owned()),
    ("no credential of this kind", |ceremony| ceremony.credential_type = "password"),
];

const CHANGES: [Change; 12] = [
    ("nobody's credential", |answer| {
        answer["id"] = base64(&[1; 32]).into();
        answer["rawId"] = answer["id"].clone();
    }),
    ("two credentials", |answer| answer["rawId"] = base64(&[1; 32]).into()),
    ("no credential", |answer| answer["rawId"] = Value::Null),
    ("somebody else's", |answer| answer["response"]["userHandle"] = base64(&[1; 16]).into()),
    ("nobody's", |answer| answer["response"]["userHandle"] = Value::Null),
    ("no signature", |answer| answer["response"]["signature"] = "".into()),
    ("a signature of something else", |answer| {
        // What was signed is part of it.
        answer["response"]["authenticatorData"] = answer["response"]["authenticatorData"]
            .as_str()
            .map(|data| format!("{}AAAAAQ", &data[..data.len() - 6]))
            .into();
    }),
    ("client data that are none", |answer| answer["response"]["clientDataJSON"] = base64(b"[]").into()),
    ("authenticator data that are none", |answer| answer["response"]["authenticatorData"] = base64(&[0; 36]).into()),
    ("what is no base64url", |answer| answer["response"]["signature"] = "+/+/".into()),
    ("nothing", |answer| *answer = json!({})),
    ("no object", |answer| *answer = json!("credential")),
];

/// Whatever is wrong, the answer is the same; and a try that failed uses nothing up.
#[tokio::test]
async fn every_single_thing_that_is_wrong_is_refused_in_the_same_words() {
    let app = super::app().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    let (mut doras, _) = added(&app, &dora, "Key").await;
    let anybody = app.anonymous();
    let question = begin_login(&anybody).await;
    let good = Ceremony::of_sign_in(&question.options, &app.base_url);
    let mut answers = Vec::new();
    for (what, fault) in FAULTS {
        let mut ceremony = good.clone();
        fault(&mut ceremony);
        answers.push((what, phone.sign_in(&ceremony)));
    }
    for (what, change) in CHANGES {
        let mut answer = phone.sign_in(&good);
        change(&mut answer);
        answers.push((what, answer));
    }
    let mut stranger = SoftPasskey::make(&begin(&carl).await.options);
    answers.push(("a passkey that nobody added", stranger.sign_in(&good)));
    stranger.id.clone_from(&phone.id);
    answers.push(("another key under the same id", stranger.sign_in(&good)));
    doras.user_handle.clone_from(&phone.user_handle);
    answers.push(("a good one of somebody else, for Carl", doras.sign_in(&good)));
    let mut doras_answer = doras.sign_in(&good);
    (doras_answer["id"], doras_answer["rawId"]) = (base64(&phone.id).into(), base64(&phone.id).into());
    answers.push(("one that says to be Carl's", doras_answer));
    let other = begin_login(&anybody).await;
    answers
        .push(("an answer to another question", phone.sign_in(&Ceremony::of_sign_in(&other.options, &app.base_url))));
    let (mut removed, view) = added(&app, &carl, "Lost").await;
    carl.data(REMOVE, json!({"id": view["id"], "p": PASSWORD})).await;
    answers.push(("a passkey that was removed", removed.sign_in(&good)));

    let expected = json!(["This passkey was not accepted.", "INVALID_CREDENTIALS"]);
    for (what, answer) in &answers {
        assert_eq!(said(&login(&anybody, &question.state, answer).await), expected, "{what}");
    }
    for garbage in ["", "null", "{", "\u{0}", &"[".repeat(10_000), &"x".repeat(100_000)] {
        let reply = anybody.send(LOGIN, json!({"s": question.state, "c": garbage})).await;
        assert_eq!(said(&reply), expected, "{:.20}", garbage);
    }
    assert_eq!(login(&anybody, &question.state, &phone.sign_in(&good)).await.code(), "");
}

/// What comes back with the answer is ours, unaltered, of this ceremony, not too old, and used once.
#[tokio::test]
async fn a_state_that_is_not_good_is_refused_in_the_same_words() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    let anybody = app.anonymous();
    let question = begin_login(&anybody).await;
    let mut answer = |options: &Value| phone.sign_in(&Ceremony::of_sign_in(options, &app.base_url));
    let good = answer(&question.options);
    let mut of_a_registration = begin(&carl).await;
    of_a_registration.options["rpId"] = of_a_registration.options["rp"]["id"].clone();
    let crossed = answer(&of_a_registration.options);
    let refused = said(&login(&anybody, "", &good).await);
    assert_eq!(refused[1], "INVALID_TOKEN");
    assert_eq!(said(&login(&anybody, &of_a_registration.state, &crossed).await), refused, "of a registration");
    for position in [0, 1, 9, 40, 60, question.state.len() - 1] {
        let mut tampered = question.state.clone().into_bytes();
        tampered[position] = if tampered[position] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap();
        assert_eq!(said(&login(&anybody, &tampered, &good).await), refused, "{position}");
    }
    for garbage in ["AAAA", "état", &"A".repeat(5000), &question.state[1..], &format!("{}A", question.state)] {
        assert_eq!(said(&login(&anybody, garbage, &good).await), refused, "{garbage:.20}");
    }

    app.clock.advance_seconds(CHALLENGE_SECONDS - 1);
    assert_eq!(login(&anybody, &question.state, &good).await.code(), "", "in its last second");
    assert_eq!(said(&login(&anybody, &question.state, &good).await), refused, "used");
    let again = answer(&question.options);
    assert_eq!(said(&login(&anybody, &question.state, &again).await), refused, "signed anew, and used all the same");
    let late = begin_login(&anybody).await;
    let answer = answer(&late.options);
    app.clock.advance_seconds(CHALLENGE_SECONDS);
    assert_eq!(said(&login(&anybody, &late.state, &answer).await), refused, "expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_sign_ins_at_once_with_one_answer_one_succeeds() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    for _ in 0..5 {
        let anybody = app.anonymous();
        let question = begin_login(&anybody).await;
        let answer = phone.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
        let all = futures_util::future::join_all((0..8).map(|_| login(&anybody, &question.state, &answer))).await;
        let (good, bad): (Vec<_>, Vec<_>) = all.iter().map(|reply| reply.code()).partition(|code| code.is_empty());
        assert_eq!(good.len(), 1, "{bad:?}");
        assert!(bad.iter().all(|code| *code == "INVALID_TOKEN"), "{bad:?}");
    }
    // Different ones do not stand in each other's way.
    let mut questions = Vec::new();
    for _ in 0..6 {
        let question = begin_login(&app.anonymous()).await;
        let answer = phone.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
        questions.push((question.state, answer));
    }
    let anybody = app.anonymous();
    let all = futures_util::future::join_all(questions.iter().map(|(state, answer)| login(&anybody, state, answer)));
    assert!(all.await.iter().all(|reply| reply.code().is_empty()));
}

/// The question tells nothing of anybody, and nobody is asked for an address.
#[tokio::test]
async fn the_question_is_the_same_for_everybody() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    added(&app, &carl, "Phone").await;
    let mut questions =
        [begin_login(&carl).await, begin_login(&app.anonymous()).await].map(|question| question.options);
    assert_ne!(questions[0]["challenge"], questions[1]["challenge"]);
    for question in &mut questions {
        question["challenge"] = Value::Null;
    }
    let expected = json!({"challenge": null, "timeout": 300_000, "rpId": "localhost", "allowCredentials": [],
        "userVerification": "required"});
    assert_eq!(questions, [expected.clone(), expected]);
}

/// A bad passkey is as much a try as a bad token: its network slows down, and nobody's password does.
#[tokio::test]
async fn a_flood_slows_down_its_network() {
    let app = crate::harness::TestApp::builder().at_localhost().start().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    let anybody = app.anonymous();
    let question = begin_login(&anybody).await;
    let mut wrong = phone.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
    wrong["response"]["signature"] = "AAAA".into();
    let mut tried = 0;
    let refused = loop {
        let state = if tried % 2 == 0 { question.state.as_str() } else { "no such state" };
        let reply = login(&anybody, state, &wrong).await;
        if !["INVALID_CREDENTIALS", "INVALID_TOKEN"].contains(&reply.code()) {
            break reply;
        }
        tried += 1;
    };
    assert_eq!((tried, refused.code(), refused.retry_after()), (101, "RATE_LIMITED", 1));
    assert_eq!(login_code(&app, &mut phone).await, "RATE_LIMITED");
    app.sign_in("carl").await;
    app.clock.advance_seconds(1);
    signed_in(&app, &mut phone).await;
    assert_eq!(try_login(&app, &mut phone).await.code(), "", "a good one takes nothing");
}
