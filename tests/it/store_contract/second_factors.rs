//! Second factors: what proves one is used up once, and no login on a password alone slips past one.

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::MailId;
use strongroom::domain::role::Role;
use strongroom::domain::timestamp::Timestamp;
use strongroom::domain::user::User;
use strongroom::store::outbox::PendingMail;
use strongroom::store::second_factor::{Confirmation, Proof};
use strongroom::store::session::NewSession;
use strongroom::store::{Error, Guard, Store};

use super::{at_once, both};
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, moment, new_session, user};

const SECRET: &str = "sealed";
const ROUNDS: usize = 25;

pub(super) fn notice(user: &User) -> PendingMail {
    PendingMail {
        id: MailId::generate(&OsRandom),
        template: "second_factor_changed".to_owned(),
        recipient: user.email.clone(),
        sealed_token: String::new(),
        detail: String::new(),
        subject: String::new(),
        attempts: 0,
        queued_at: moment(0),
        due_at: moment(0),
        lease_expires_at: Timestamp::from_millis(0),
    }
}

/// A user whose second factor is begun, and the session that will confirm it.
async fn enrolled(store: &Store, number: usize) -> (User, NewSession) {
    let user = user(&format!("person-{number}@example.com"), Role::Client);
    store.create_user(&user, "hash", &event()).await.unwrap();
    let session = new_session(user.id, &format!("token {number}"));
    store.create_session(&session, &event()).await.unwrap();
    store.enrol_second_factor(&user, SECRET, &event()).await.unwrap();
    (user, session)
}

async fn confirm(store: Store, user: User, session: NewSession) -> Result<(), Error> {
    let confirmation = Confirmation {
        sealed_secret: SECRET.to_owned(),
        step: 1,
        recovery_hashes: vec!["one".to_owned(), "two".to_owned()],
        session: session.id,
    };
    store.confirm_second_factor(&user, &confirmation, &notice(&user), &event()).await
}

/// How many of 16 logins at once succeed with this proof; the others are refused.
async fn logins_at_once(store: &Store, user: &User, proof: impl Fn() -> Proof) -> usize {
    let logins = (0..16).map(|number| {
        let (store, proof) = (store.clone(), proof());
        let session = new_session(user.id, &format!("{} {number} {proof:?}", user.email.as_str()));
        async move { store.create_proven_session(&session, SECRET, &proof, &[]).await }
    });
    let all = at_once(logins).await;
    let refused = |login: &&Result<(), Error>| matches!(login, Err(Error::Refused(Guard::SecondFactorChanged)));
    let succeeded = all.iter().filter(|login| login.is_ok()).count();
    assert_eq!(all.iter().filter(refused).count(), 16 - succeeded, "{all:?}");
    succeeded
}

pub async fn what_proves_a_factor_is_used_up_once(database: &TestDatabase) {
    let store = database.open().await;
    let (user, session) = enrolled(&store, 0).await;
    confirm(store.clone(), user.clone(), session).await.unwrap();
    for step in 2..6 {
        assert_eq!(logins_at_once(&store, &user, || Proof::Step(step)).await, 1, "{step}");
    }
    assert_eq!(logins_at_once(&store, &user, || Proof::Step(4)).await, 0, "before the last one");
    for (hash, expected) in [("one", 1), ("one", 0), ("three", 0), ("two", 1)] {
        let proof = || Proof::RecoveryCode { hash: hash.to_owned(), mail: Box::new(notice(&user)) };
        assert_eq!(logins_at_once(&store, &user, proof).await, expected, "{hash}");
    }
    // Decided on a secret that is no longer the one.
    let session = new_session(user.id, "late");
    let late = store.create_proven_session(&session, "another", &Proof::Step(100), &[]).await;
    assert!(matches!(late, Err(Error::Refused(Guard::SecondFactorChanged))), "{late:?}");
}

/// Either the login sees the confirmation, or the confirmation ends what it began.
pub async fn no_login_slips_past_a_confirmation(database: &TestDatabase) {
    let store = database.open().await;
    for number in 0..ROUNDS {
        let (user, session) = enrolled(&store, number).await;
        let sessions: Vec<_> = (0..8).map(|it| new_session(user.id, &format!("{number} {it}"))).collect();
        let logins = sessions.iter().cloned().map(|session| {
            let store = store.clone();
            async move { store.create_session(&session, &event()).await }
        });
        let logins = at_once(logins.collect::<Vec<_>>());
        let (confirmed, logins) = both(confirm(store.clone(), user.clone(), session.clone()), logins).await;
        confirmed.unwrap();
        for (session, login) in sessions.iter().zip(logins) {
            if let Err(failure) = login {
                assert!(matches!(failure, Error::Refused(Guard::SecondFactorChanged)), "{failure:?}");
            }
            let found = store.find_sign_in(session.id, moment(1)).await.unwrap();
            assert!(found.is_none(), "a session of before the second factor is alive: {found:?}");
        }
        let kept = store.find_sign_in(session.id, moment(1)).await.unwrap().expect("the one that confirmed");
        assert!(kept.has_second_factor);
        let after = store.create_session(&new_session(user.id, &format!("after {number}")), &event()).await;
        assert!(matches!(after, Err(Error::Refused(Guard::SecondFactorChanged))), "{after:?}");
    }
}
