//! Adding a passkey, and everything that can be wrong with that.

use serde_json::{Value, json};

use super::{ADD, BEGIN, CHALLENGE_SECONDS, Change, Fault, LIST, REMOVE, add, added, begin, list, login_code, said};
use crate::harness::app::email_of;
use crate::harness::authenticator::{Ceremony, SoftPasskey, USER_VERIFIED, base64};
use crate::harness::client::PASSWORD;

const WRONG_PASSWORD: &str = "wrong-horse-battery-9";
const MOST: usize = 20;

#[tokio::test]
async fn the_question_asks_for_what_a_passkey_is() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let (phone, _) = added(&app, &carl, "Phone").await;
    let data = carl.data(BEGIN, json!({"p": PASSWORD})).await["beginPasskeyRegistration"].clone();
    assert_eq!(data["expiresAt"], "2026-11-21T09:35:00Z");
    let question: Value = serde_json::from_str(data["options"].as_str().unwrap()).unwrap();
    assert_eq!(question["rp"]["id"], "localhost");
    assert_eq!(
        (&question["user"]["name"], &question["user"]["displayName"]),
        (&json!(email_of("carl")), &json!("carl"))
    );
    assert_eq!(question["authenticatorSelection"], json!({"residentKey": "required", "userVerification": "required"}));
    assert_eq!(question["attestation"], "none");
    assert_eq!(question["excludeCredentials"], json!([{"id": base64(&phone.id), "type": "public-key"}]));
    // An authenticator keeps them apart by the user's handle: it is the same every time, and nobody else's.
    let dora = begin(&app.client("dora").await).await;
    assert_eq!(question["user"]["id"], base64(&phone.user_handle));
    assert_ne!(question["user"]["id"], dora.options["user"]["id"]);
}

#[tokio::test]
async fn it_takes_the_password_and_a_session() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    assert_eq!(carl.code(BEGIN, json!({"p": WRONG_PASSWORD})).await, "INVALID_CREDENTIALS");
    for (query, variables) in [
        (BEGIN, json!({"p": PASSWORD})),
        (ADD, json!({"s": "x", "c": "x", "n": "x"})),
        (REMOVE, json!({"id": "x", "p": PASSWORD})),
        (LIST, json!({})),
    ] {
        assert_eq!(app.anonymous().code(query, variables).await, "UNAUTHENTICATED", "{query}");
    }
}

/// Whatever is wrong, the answer is the same, and the challenge stays good for a right one.
#[tokio::test]
async fn every_single_thing_that_is_wrong_is_refused() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let question = begin(&carl).await;
    let phone = SoftPasskey::make(&question.options);
    let good = Ceremony::of_registration(&question.options, &app.base_url);
    let faults: [Fault; 9] = [
        ("nobody was verified", |ceremony| ceremony.flags &= !USER_VERIFIED),
        ("nobody was there", |ceremony| ceremony.flags = USER_VERIFIED),
        ("another challenge", |ceremony| ceremony.challenge = base64(&[7; 32])),
        ("the other kind of ceremony", |ceremony| ceremony.kind = "webauthn.get"),
        ("another site", |ceremony| ceremony.origin = "https://evil.example".to_owned()),
        ("a site within ours", |ceremony| ceremony.origin = ceremony.origin.replace("localhost", "evil.localhost")),
        ("in a frame of another site", |ceremony| ceremony.cross_origin = true),
        ("a credential of another site", |ceremony| ceremony.rp_id = "evil.example".to_owned()),
        ("no credential of this kind", |ceremony| ceremony.credential_type = "password"),
    ];
    let mut answers: Vec<(&str, Value)> = Vec::new();
    for (what, fault) in faults {
        let mut ceremony = good.clone();
        fault(&mut ceremony);
        answers.push((what, phone.register(&ceremony)));
    }
    let changes: [Change; 5] = [
        ("another id", |answer| {
            answer["id"] = base64(&[1; 32]).into();
            answer["rawId"] = answer["id"].clone();
        }),
        ("two ids", |answer| answer["id"] = base64(&[1; 32]).into()),
        ("no attestation", |answer| answer["response"]["attestationObject"] = "".into()),
        ("half of one", |answer| {
            let whole = answer["response"]["attestationObject"].as_str().unwrap().to_owned();
            answer["response"]["attestationObject"] = whole[..whole.len() / 2].into();
        }),
        ("nothing", |answer| *answer = json!({})),
    ];
    for (what, change) in changes {
        let mut answer = phone.register(&good);
        change(&mut answer);
        answers.push((what, answer));
    }
    let mut short = SoftPasskey::make(&question.options);
    short.id = vec![1; 15];
    answers.push(("an id that could be guessed", short.register(&good)));
    let mut long = SoftPasskey::make(&question.options);
    long.id = vec![1; 1024];
    answers.push(("an id that is too long", long.register(&good)));
    for (what, answer) in &answers {
        let reply = add(&carl, &question.state, answer, "Phone").await;
        assert_eq!(said(&reply), json!(["This passkey was not accepted.", "INVALID_CREDENTIALS"]), "{what}");
    }
    for bad in ["", "  ", &"x".repeat(65), "a\nb", "a\u{202e}b"] {
        let reply = add(&carl, &question.state, &phone.register(&good), bad).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "name"), "{bad:?}");
    }
    assert_eq!(list(&carl).await.len(), 0);
    assert_eq!(add(&carl, &question.state, &phone.register(&good), &"é".repeat(64)).await.code(), "");
}

/// The state is of this user, this session and this ceremony, and good once and for five minutes.
#[tokio::test]
async fn a_state_that_is_not_good_is_refused() {
    let app = super::app().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let question = begin(&carl).await;
    let answer = |question: &super::Question| {
        let passkey = SoftPasskey::make(&question.options);
        passkey.register(&Ceremony::of_registration(&question.options, &app.base_url))
    };
    let good = answer(&question);
    let refused = said(&add(&carl, "", &good, "Phone").await);
    assert_eq!(refused[1], "INVALID_TOKEN");
    assert_eq!(said(&add(&dora, &question.state, &good, "Phone").await), refused, "of another user");
    let elsewhere = app.sign_in("carl").await;
    assert_eq!(said(&add(&elsewhere, &question.state, &good, "Phone").await), refused, "of another session");
    let of_a_login = super::begin_login(&carl).await;
    assert_eq!(said(&add(&carl, &of_a_login.state, &good, "Phone").await), refused, "of a sign-in");
    let mut tampered = question.state.clone();
    tampered.replace_range(40..41, if tampered.as_bytes()[40] == b'A' { "B" } else { "A" });
    assert_eq!(said(&add(&carl, &tampered, &good, "Phone").await), refused, "tampered with");

    app.clock.advance_seconds(CHALLENGE_SECONDS - 1);
    assert_eq!(add(&carl, &question.state, &good, "Phone").await.code(), "", "in its last second");
    assert_eq!(said(&add(&carl, &question.state, &good, "Phone").await), refused, "used");
    assert_eq!(
        said(&add(&carl, &question.state, &answer(&question), "Other").await),
        refused,
        "by another passkey too"
    );
    let late = begin(&carl).await;
    app.clock.advance_seconds(CHALLENGE_SECONDS);
    assert_eq!(said(&add(&carl, &late.state, &answer(&late), "Phone").await), refused, "expired");
    // What a session has begun ends with it.
    let last = begin(&elsewhere).await;
    elsewhere.data("mutation { logout }", json!({})).await;
    assert_eq!(add(&elsewhere, &last.state, &answer(&last), "Phone").await.code(), "UNAUTHENTICATED");
    assert_eq!(list(&carl).await.len(), 1);
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account() {
    let app = super::app().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let (mut phone, view) = added(&app, &carl, "Phone").await;
    for somebody in [&carl, &dora] {
        let question = begin(somebody).await;
        let again = phone.register(&Ceremony::of_registration(&question.options, &app.base_url));
        assert_eq!(add(somebody, &question.state, &again, "Again").await.code(), "CONFLICT");
    }
    assert_eq!((list(&carl).await.len(), list(&dora).await.len()), (1, 0));
    // Nobody removes somebody else's, or sees that there is one.
    let variables = json!({"id": view["id"], "p": PASSWORD});
    assert_eq!(dora.code(REMOVE, variables).await, "NOT_FOUND");
    for bad in ["", "passkey_", "user_aaaaaaaaaaaaaaaaaaaaaaaaaa", "passkey_aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_eq!(carl.code(REMOVE, json!({"id": bad, "p": PASSWORD})).await, "NOT_FOUND", "{bad}");
    }
    assert_eq!(login_code(&app, &mut phone).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_has_more_than_twenty() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    for number in 0..MOST - 1 {
        added(&app, &carl, &format!("Passkey {number}")).await;
    }
    // Both begin while there is room for one.
    let mut answers = Vec::new();
    for _ in 0..4 {
        let question = begin(&carl).await;
        let passkey = SoftPasskey::make(&question.options);
        let answer = passkey.register(&Ceremony::of_registration(&question.options, &app.base_url));
        answers.push((question.state, answer));
    }
    let all = answers.iter().map(|(state, answer)| add(&carl, state, answer, "One more"));
    let all = futures_util::future::join_all(all).await;
    let (good, bad): (Vec<_>, Vec<_>) = all.iter().map(|reply| reply.code()).partition(|code| code.is_empty());
    assert_eq!((good.len(), bad), (1, vec!["CONFLICT"; 3]));
    assert_eq!(carl.code(BEGIN, json!({"p": PASSWORD})).await, "CONFLICT");
    let passkeys = list(&carl).await;
    assert_eq!(passkeys.len(), MOST);
    carl.data(REMOVE, json!({"id": passkeys[0]["id"], "p": PASSWORD})).await;
    added(&app, &carl, "In its place").await;
}

/// The password that is asked for is not guessed either.
#[tokio::test]
async fn tries_of_the_password_are_counted() {
    let app = crate::harness::TestApp::builder().at_localhost().start().await;
    let (_, view) = added(&app, &app.client("carl").await, "Phone").await;
    for (query, id) in [(BEGIN, None), (REMOVE, Some(&view["id"]))] {
        let (carl, mut tried) = (app.sign_in("carl").await, 0);
        while carl.code(query, json!({"p": WRONG_PASSWORD, "id": id})).await == "INVALID_CREDENTIALS" {
            tried += 1;
        }
        assert!((1..=6).contains(&tried), "{query}: {tried}");
        assert_eq!(carl.code(query, json!({"p": PASSWORD, "id": id})).await, "RATE_LIMITED", "{query}");
        app.clock.advance_seconds(24 * 3600);
    }
}
