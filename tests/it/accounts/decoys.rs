//! A sign-up for an address that has an account leaves a decoy, which is good for nothing.

use strongroom::crypto::password::{PasswordHashing, Verification};
use strongroom::domain::email::EmailAddress;
use strongroom::domain::timestamp::Timestamp;
use strongroom::store::Store;
use strongroom::store::outbox::PendingMail;

use super::passwords::open_store;
use super::{login, mails, signup, signup_of, tokens, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::rows::moment;

const OTHER_PASSWORD: &str = "another-Password-of-mine";

#[tokio::test]
async fn a_decoy_cannot_be_confirmed_answers_like_any_sign_up_and_expires() {
    let app = TestApp::builder().on_disk(None).start().await;
    app.client("carl").await;
    let mut again = signup_of("carl");
    again["password"] = OTHER_PASSWORD.into();
    let used = tokens(&app, "carl@example.com").await;
    for _ in 0..3 {
        signup(&app, again.clone()).await.data();
    }
    assert_eq!(mails(&app, "carl@example.com").await.len(), 4);
    assert_eq!(tokens(&app, "carl@example.com").await, used, "no further token is mailed");
    assert_eq!(verify(&app, &used[0], OTHER_PASSWORD).await.code(), "INVALID_TOKEN");
    // As for an address without an account: whoever signs up and then signs in learns nothing.
    assert_eq!(login(&app, "carl@example.com", OTHER_PASSWORD).await.code(), "EMAIL_NOT_VERIFIED");
    assert_eq!(login(&app, "carl@example.com", "wrong-horse-battery-9").await.code(), "INVALID_CREDENTIALS");
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "");

    let (data_dir, clock) = (app.data_dir(), app.clock.clone());
    app.services.close().await;
    let store = open_store(&data_dir).await;
    let email = EmailAddress::parse("carl@example.com").unwrap();
    let decoys = store.find_registrations_by_email(&email, 10).await.unwrap();
    assert_eq!(decoys.len(), 3);
    for decoy in &decoys {
        let verified = PasswordHashing::default().verify(PASSWORD, &decoy.password_hash);
        assert_eq!(verified, Ok(Verification::Differs));
        assert!(decoy.expires_at <= Timestamp::from_millis(moment_after_a_day(&*clock)));
    }
    let waiting = waiting_mails(&store).await;
    assert!(waiting.is_empty(), "{waiting:?}");
    store.close().await;
}

/// All that is still to be sent; each is taken as by a worker whose lease never ends.
async fn waiting_mails(store: &Store) -> Vec<PendingMail> {
    let (late, never) = (moment(1 << 30), moment(1 << 31));
    let mut mails = Vec::new();
    while let Some(mail) = store.take_due_mail(late, never).await.unwrap() {
        mails.push(mail);
    }
    mails
}

fn moment_after_a_day(clock: &dyn strongroom::domain::clock::Clock) -> i64 {
    clock.now().plus_seconds(24 * 3600).as_millis()
}

#[tokio::test]
async fn a_mail_over_the_cap_is_not_even_stored() {
    let app = TestApp::builder().on_disk(None).start().await;
    // In the way of the worker, so that all that is stored stays there.
    std::fs::write(app.data_dir().join("mail"), "in the way").unwrap();
    for _ in 0..15 {
        signup(&app, signup_of("carl")).await.data();
    }
    let data_dir = app.data_dir();
    app.services.close().await;
    let store = open_store(&data_dir).await;
    let waiting = waiting_mails(&store).await;
    let email = EmailAddress::parse("carl@example.com").unwrap();
    let registrations = store.find_registrations_by_email(&email, 100).await.unwrap();
    store.close().await;
    assert_eq!((waiting.len(), registrations.len()), (10, 10), "nor the sign-up that nobody could confirm");
}
