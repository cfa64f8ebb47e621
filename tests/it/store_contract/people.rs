//! Accounts, sign-ups, sessions, and the key ring a database belongs to.

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{InvitationId, MailId, RegistrationId};
use strongroom::domain::role::Role;
use strongroom::domain::user::User;
use strongroom::store::invitation::Invitation;
use strongroom::store::outbox::PendingMail;
use strongroom::store::registration::Registration;
use strongroom::store::session::Refreshed;
use strongroom::store::{Error, Guard, Store};

use super::at_once;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{moment, new_session, user};

pub async fn an_address_is_given_once(database: &TestDatabase) {
    let store = database.open().await;
    let creations = (0..32).map(|_| {
        let (store, user) = (store.clone(), user("wanted@example.com", Role::Client));
        async move { store.create_user(&user, "hash").await.map(|()| user.id) }
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
        subject: registration.id.key(),
        attempts: 0,
        due_at: moment(0),
    };
    store.create_registration(&registration, &mail, true).await.unwrap();
    (registration, user)
}

async fn activate(store: Store, (registration, user): (Registration, User)) -> Result<(), Error> {
    let session = new_session(user.id, &format!("refresh {}", registration.token_hash));
    store.activate_registration(&registration, &user, &session).await
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
    let mails = store.find_due_mails(moment(1), 10).await.unwrap();
    assert_eq!(mails.iter().map(|mail| mail.recipient.as_str()).collect::<Vec<_>>(), ["other@example.com"]);
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
        expires_at: moment(1000),
    };
    store.create_invitation(&invitation).await.unwrap();
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

pub async fn a_refresh_token_rotates_once(database: &TestDatabase) {
    let store = database.open().await;
    let session = new_session(user("refresh@example.com", Role::Ops).id, "first");
    store.create_session(&session).await.unwrap();
    assert_eq!(store.find_session_user(session.id, moment(1)).await.unwrap(), Some(session.user));
    let rotations =
        (0..16).map(|number| {
            let store = store.clone();
            async move {
                store.rotate_refresh_token("first", &format!("next {number}"), moment(1), moment(2000)).await.unwrap()
            }
        });
    let rotated = at_once(rotations).await;
    let count = |wanted: Refreshed| rotated.iter().filter(|rotated| **rotated == wanted).count();
    assert_eq!(count(Refreshed::Rotated { session: session.id, user: session.user }), 1, "{rotated:?}");
    // The first of the others ends the session, and the rest find it ended.
    assert_eq!((count(Refreshed::Reused), count(Refreshed::Refused)), (1, 14), "{rotated:?}");
    assert_eq!(store.find_session_user(session.id, moment(1)).await.unwrap(), None);
    let number = rotated.iter().position(|rotated| matches!(rotated, Refreshed::Rotated { .. })).unwrap();
    let next = store.rotate_refresh_token(&format!("next {number}"), "last", moment(1), moment(2000)).await.unwrap();
    assert_eq!(next, Refreshed::Refused, "the winner's token has outlived its session");
}

pub async fn a_database_binds_one_key_ring(database: &TestDatabase) {
    let store = database.open().await;
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), None);
    let bindings = (0..8).map(|number| {
        let store = store.clone();
        async move { store.bind_key_ring(&format!("ring {number}")).await }
    });
    let bound = at_once(bindings).await;
    let foreign = bound.iter().filter(|bound| matches!(bound, Err(Error::Refused(Guard::ForeignKeyRing)))).count();
    assert_eq!(foreign, 7, "{bound:?}");
    let winner = format!("ring {}", bound.iter().position(Result::is_ok).unwrap());
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), Some(winner.clone()));
    store.bind_key_ring(&winner).await.unwrap();
}
