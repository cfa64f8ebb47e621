//! Signature counters: one that goes back says that there are two of a passkey.

use serde_json::json;

use super::{added, begin_login, login, login_code, said, try_login};
use crate::administration::id_of;
use crate::harness::authenticator::Ceremony;

#[tokio::test]
async fn a_counter_goes_up_or_the_passkey_is_refused() {
    let app = super::app().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let (mut phone, view) = added(&app, &carl, "Phone").await;
    // One that does not count never does.
    for _ in 0..3 {
        assert_eq!(login_code(&app, &mut phone).await, "");
    }
    for (counter, expected) in [
        (1, ""),
        (2, ""),
        (2, "INVALID_CREDENTIALS"),
        (1, "INVALID_CREDENTIALS"),
        (0, "INVALID_CREDENTIALS"),
        (1000, ""),
        (999, "INVALID_CREDENTIALS"),
        (u32::MAX, ""),
        (1, "INVALID_CREDENTIALS"),
    ] {
        phone.counter = counter;
        assert_eq!(login_code(&app, &mut phone).await, expected, "{counter}");
    }
    let query =
        "query($of: String) { auditEvents(first: 100, filter: {object: $of, action: \"passkey.counter_went_back\"}) {
        nodes { actor } totalCount } }";
    let events = ada.data(query, json!({"of": view["id"]})).await["auditEvents"].clone();
    assert_eq!(events["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(events["nodes"][0]["actor"], id_of(&carl).await.as_str());
}

/// Nobody who only knows the id of a credential makes it seem to be copied, and one answer is written down once.
#[tokio::test]
async fn only_a_right_signature_says_anything_about_a_counter() {
    let app = super::app().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    phone.counter = 7;
    assert_eq!(login_code(&app, &mut phone).await, "");
    let events = async || {
        let query = "{ auditEvents(filter: {action: \"passkey.counter_went_back\"}) { totalCount nodes { object } } }";
        ada.data(query, json!({})).await["auditEvents"]["nodes"].as_array().unwrap().len()
    };
    let anybody = app.anonymous();
    let question = begin_login(&anybody).await;
    phone.counter = 3;
    let copied = phone.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
    let mut forged = copied.clone();
    forged["response"]["signature"] = "AAAA".into();
    let refused = said(&login(&anybody, &question.state, &forged).await);
    assert_eq!(events().await, 0);
    assert_eq!(said(&login(&anybody, &question.state, &copied).await), refused, "in the same words");
    assert_eq!(events().await, 1);
    assert_eq!(login(&anybody, &question.state, &copied).await.code(), "INVALID_TOKEN", "its challenge is used up");
    assert_eq!(events().await, 1);
    phone.counter = 8;
    assert_eq!(try_login(&app, &mut phone).await.code(), "");
}

/// What an authenticator says when it makes a passkey is where counting begins.
#[tokio::test]
async fn it_begins_where_the_authenticator_says() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let question = super::begin(&carl).await;
    let mut key = crate::harness::authenticator::SoftPasskey::make(&question.options);
    key.counter = 41;
    let answer = key.register(&Ceremony::of_registration(&question.options, &app.base_url));
    super::add(&carl, &question.state, &answer, "Key").await.data();
    assert_eq!(login_code(&app, &mut key).await, "INVALID_CREDENTIALS", "41 again");
    key.counts = true;
    assert_eq!(login_code(&app, &mut key).await, "");
    assert_eq!(login_code(&app, &mut key).await, "");
}
