//! Accounts, sign-ups, sessions, and the key ring a database belongs to.

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{InvitationId, MailId, RegistrationId};
use strongroom::domain::role::Role;
use strongroom::domain::timestamp::Timestamp;
use strongroom::domain::user::User;
use strongroom::store::invitation::Invitation;
use strongroom::store::outbox::PendingMail;
use strongroom::store::registration::Registration;
use strongroom::store::session::Refreshed;
use strongroom::store::{Error, Guard, Store};

use super::at_once;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, moment, new_session, user};

pub async fn an_address_is_given_once(database: &TestDatabase) {
    let store = database.open().await;
    let creations = (0..32).map(|_| {
        let (store, user) = (store.clone(), user("wanted@example.com", Role::Client));
        async move { store.create_user(&user, "hash", &event()).await.map(|()| user.id) }
    });
    let created = at_once(creations).await;
    let winners: Vec<_> = created.iter().filter_map(|created| created.as_ref().ok()).collect();
    let conflicts = created.iter().filter(|created| matches!(created, Err(Error::Conflict))).count();
    assert_eq!((winners.len(), conflicts), (1, 31), "{created:?}");
    assert_eq!(store.count_users(Role::Client).await.unwrap(), 1);
    let (owner, _) = store.find_user_by_email(&user("wanted@example.com", Role::Client).email).await.unwrap().unwrap();
    assert_eq!(owner.id, *winners[0]);
}

/// A stored sign-up with its mail, and the user it would make.
async fn signed_up(store: &Store, email: &str, token: &str, invitation: Option<InvitationId>) -> (Registration, User) {
    let user = user(email, Role::Client);
    let registration = Registration {
        id: RegistrationId::generate(&OsRandom),
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role,
        password_hash: format!("hash of {token}"),
        token_hash: token.to_owned(),
        invitation,
        expires_at: moment(1000),
    };
    let mail = PendingMail {
        id: MailId::generate(&OsRandom),
        template: "verify".to_owned(),
        recipient: user.email.clone(),
        sealed_token: String::new(),
        detail: String::new(),
        subject: registration.id.key(),
        attempts: 0,
        queued_at: moment(0),
        due_at: moment(0),
        lease_expires_at: Timestamp::from_millis(0),
    };
    store.create_registration(&registration, &mail, true, &event()).await.unwrap();
    (registration, user)
}

async fn activate(store: Store, (registration, user): (Registration, User)) -> Result<(), Error> {
    let session = new_session(user.id, &format!("refresh {}", registration.token_hash));
    store.activate_registration(&registration, &user, Some(&session), &[], moment(1)).await
}

pub async fn one_registration_of_an_address_wins(database: &TestDatabase) {
    let store = database.open().await;
    let mut all = Vec::new();
    for number in 0..8 {
        all.push(signed_up(&store, "two@example.com", &format!("token {number}"), None).await);
    }
    signed_up(&store, "other@example.com", "other token", None).await;
    let activated = at_once(all.into_iter().map(|one| activate(store.clone(), one))).await;
    for lost in activated.iter().filter_map(|activated| activated.as_ref().err()) {
        assert!(matches!(lost, Error::Conflict | Error::Refused(Guard::TokenGone)), "{lost:?}");
    }
    assert_eq!(activated.iter().filter(|activated| activated.is_ok()).count(), 1);
    let (winner, hash) = store.find_user_by_email(&user("two@example.com", Role::Client).email).await.unwrap().unwrap();
    let number = activated.iter().position(Result::is_ok).unwrap();
    assert_eq!(hash, format!("hash of token {number}"));
    // The others are void, and so is their mail; that of another address is not.
    assert!(store.find_registrations_by_email(&winner.email, 10).await.unwrap().is_empty());
    let mail = store.take_due_mail(moment(1), moment(2)).await.unwrap().unwrap();
    assert_eq!(mail.recipient.as_str(), "other@example.com");
    assert!(store.take_due_mail(moment(1), moment(2)).await.unwrap().is_none());
    assert!(store.find_registration_by_token("other token").await.unwrap().is_some());
}

pub async fn an_invitation_serves_one(database: &TestDatabase) {
    let store = database.open().await;
    let invitation = Invitation {
        id: InvitationId::generate(&OsRandom),
        token_hash: "invitation".to_owned(),
        role: Role::Client,
        email: None,
        issuer: "operator".to_owned(),
        created_at: moment(0),
        expires_at: moment(1000),
    };
    store.create_invitations(None, std::slice::from_ref(&invitation), &[], &[event()]).await.unwrap();
    let mut all = Vec::new();
    for number in 0..8 {
        let email = format!("guest{number}@example.com");
        all.push(signed_up(&store, &email, &format!("token {number}"), Some(invitation.id)).await);
    }
    let activated = at_once(all.into_iter().map(|one| activate(store.clone(), one))).await;
    for lost in activated.iter().filter_map(|activated| activated.as_ref().err()) {
        assert!(matches!(lost, Error::Refused(Guard::TokenGone)), "{lost:?}");
    }
    assert_eq!(activated.iter().filter(|activated| activated.is_ok()).count(), 1);
    assert_eq!(store.count_users(Role::Client).await.unwrap(), 1);
    assert!(store.find_invitation_by_token("invitation").await.unwrap().is_none());
}

/// Sixteen at once with one token: how many went on, how many were told that it is used, how many found the session ended.
async fn rotations_at_once(store: &Store, token: &str, forgiven_since: Timestamp) -> (usize, usize, usize) {
    let rotations = (0..16).map(|number| {
        let (store, token) = (store.clone(), token.to_owned());
        let next = format!("{token} {number}");
        async move { store.rotate_refresh_token(&token, &next, forgiven_since, moment(2000), &event()).await.unwrap() }
    });
    let rotated = at_once(rotations).await;
    let count = |wanted: fn(&Refreshed) -> bool| rotated.iter().filter(|rotated| wanted(rotated)).count();
    (
        count(|rotated| matches!(rotated, Refreshed::Rotated { .. })),
        count(|rotated| *rotated == Refreshed::Reused),
        count(|rotated| *rotated == Refreshed::Refused),
    )
}

pub async fn a_refresh_token_rotates_once(database: &TestDatabase) {
    let store = database.open().await;
    let user = user("refresh@example.com", Role::Ops);
    store.create_user(&user, "hash", &event()).await.unwrap();
    // Uses happen at the first second: from the second on nothing is forgiven, from the zeroth on one second use is.
    for (token, forgiven_since, expected) in [("strict", moment(2), (1, 1, 14)), ("lenient", moment(0), (2, 1, 13))] {
        let session = new_session(user.id, token);
        store.create_session(&session, &event()).await.unwrap();
        let found = store.find_sign_in(session.id, moment(1)).await.unwrap().unwrap();
        assert_eq!((&found.user, found.session.id), (&user, session.id));
        // The first that is not forgiven ends the session, and the rest find it ended.
        assert_eq!(rotations_at_once(&store, token, forgiven_since).await, expected, "{token}");
        assert!(store.find_sign_in(session.id, moment(1)).await.unwrap().is_none());
        for number in 0..16 {
            let token = format!("{token} {number}");
            let next = store.rotate_refresh_token(&token, "last", moment(0), moment(2000), &event()).await.unwrap();
            assert_eq!(next, Refreshed::Refused, "a token has outlived its session");
        }
    }
}

pub async fn a_database_binds_one_key_ring(database: &TestDatabase) {
    let store = database.open().await;
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), None);
    let bindings = (0..8).map(|number| {
        let store = store.clone();
        async move { store.bind_key_ring(&format!("ring {number}"), &[], &event()).await }
    });
    let bound = at_once(bindings).await;
    let foreign = bound.iter().filter(|bound| matches!(bound, Err(Error::Refused(Guard::ForeignKeyRing)))).count();
    assert_eq!(foreign, 7, "{bound:?}");
    let winner = format!("ring {}", bound.iter().position(Result::is_ok).unwrap());
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), Some(winner.clone()));
    store.bind_key_ring(&winner, &[], &event()).await.unwrap();
}
