//! Passkeys: a challenge is answered once, a credential is somebody's, and with a passkey its sessions go.

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::PasskeyId;
use strongroom::domain::name::PasskeyName;
use strongroom::domain::role::Role;
use strongroom::domain::user::User;
use strongroom::store::passkey::{AnsweredChallenge, Passkey, PasskeyAddition, PasskeySignIn};
use strongroom::store::session::NewSession;
use strongroom::store::{Error, Guard, Store};

use super::second_factors::notice;
use super::{at_once, both};
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, moment, new_session, user};

const ROUNDS: usize = 25;
const MOST: usize = 3;

fn passkey_of(owner: &User, credential: &str) -> Passkey {
    Passkey {
        id: PasskeyId::generate(&OsRandom),
        user: owner.id,
        site: "localhost".to_owned(),
        credential_id: credential.as_bytes().to_vec(),
        public_key: b"key".to_vec(),
        algorithm: -7,
        counter: 0,
        name: PasskeyName::parse("Phone").unwrap(),
        created_at: moment(0),
        last_used_at: None,
    }
}

/// Somebody who is signed in.
async fn person(store: &Store, name: &str) -> (User, NewSession) {
    let user = user(&format!("{name}@example.com"), Role::Client);
    store.create_user(&user, "hash", &event()).await.unwrap();
    let session = new_session(user.id, &format!("token of {name}"));
    store.create_session(&session, &event()).await.unwrap();
    (user, session)
}

async fn add(store: Store, owner: User, session: NewSession, passkey: Passkey, challenge: String) -> Result<(), Error> {
    let challenge = AnsweredChallenge { bytes: challenge.as_bytes(), expires_at: moment(300) };
    let addition = PasskeyAddition { owner: &owner, session: session.id, challenge, passkey: &passkey, most: MOST };
    store.add_passkey(addition, &notice(&owner), &event()).await
}

async fn sign_in(store: Store, passkey: Passkey, session: NewSession, challenge: String) -> Result<bool, Error> {
    let sign_in = PasskeySignIn {
        challenge: AnsweredChallenge { bytes: challenge.as_bytes(), expires_at: moment(300) },
        passkey: &passkey,
        counter: 0,
        session: &session,
        begun: &event(),
        refused: &event(),
    };
    store.create_passkey_session(sign_in).await
}

fn begun_by(passkey: &Passkey, refresh_token: &str) -> NewSession {
    NewSession { passkey: Some(passkey.id), ..new_session(passkey.user, refresh_token) }
}

pub async fn one_challenge_begins_one_session(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, session) = person(&store, "owner").await;
    let passkey = passkey_of(&owner, "credential");
    add(store.clone(), owner.clone(), session, passkey.clone(), "added".to_owned()).await.unwrap();
    assert!(!store.has_used_passkey(owner.id, "localhost").await.unwrap());
    for round in 0..4 {
        let logins = (0..16).map(|number| {
            let session = begun_by(&passkey, &format!("{round} {number}"));
            sign_in(store.clone(), passkey.clone(), session, format!("challenge {round}"))
        });
        let all = at_once(logins.collect::<Vec<_>>()).await;
        let used = |login: &&Result<bool, Error>| matches!(login, Err(Error::Refused(Guard::ChallengeUsed)));
        assert_eq!((all.iter().flatten().count(), all.iter().filter(used).count()), (1, 15), "{all:?}");
    }
    // Nor does what added a passkey sign in with it.
    let crossed = sign_in(store.clone(), passkey.clone(), begun_by(&passkey, "crossed"), "added".to_owned()).await;
    assert!(matches!(crossed, Err(Error::Refused(Guard::ChallengeUsed))), "{crossed:?}");
    assert!(store.has_used_passkey(owner.id, "localhost").await.unwrap());
    assert!(!store.has_used_passkey(owner.id, "elsewhere.localhost").await.unwrap());
    let found = store.find_passkey_by_credential(b"credential").await.unwrap().unwrap();
    assert_eq!((found.id, found.last_used_at), (passkey.id, Some(moment(0))));
    assert!(store.find_passkey_by_credential(b"another").await.unwrap().is_none());
    assert_eq!(store.sweep_expired(moment(299)).await.unwrap(), 0);
    assert_eq!(store.sweep_expired(moment(300)).await.unwrap(), 5);
}

pub async fn one_credential_is_added_once(database: &TestDatabase) {
    let store = database.open().await;
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(person(&store, &format!("person-{number}")).await);
    }
    for round in 0..ROUNDS {
        let additions = people.iter().cloned().enumerate().map(|(number, (owner, session))| {
            let passkey = passkey_of(&owner, &format!("credential {round}"));
            add(store.clone(), owner, session, passkey, format!("{round} {number}"))
        });
        let all = at_once(additions.collect::<Vec<_>>()).await;
        assert_eq!(all.iter().filter(|added| added.is_ok()).count(), 1, "{all:?}");
        for failure in all.into_iter().filter_map(Result::err) {
            assert!(matches!(failure, Error::Conflict | Error::Refused(Guard::PasskeysFull)), "{failure:?}");
        }
        let found = store.find_passkey_by_credential(format!("credential {round}").as_bytes()).await.unwrap().unwrap();
        let (owner, session) = people.iter().find(|(owner, _)| owner.id == found.user).unwrap();
        store.remove_passkey(owner, session.id, found.id, &notice(owner), &event()).await.unwrap();
    }
    // Of many additions of one person at once, there is room for so many.
    let (owner, session) = people[0].clone();
    let additions = (0..8).map(|number| {
        let passkey = passkey_of(&owner, &format!("another {number}"));
        add(store.clone(), owner.clone(), session.clone(), passkey, format!("another {number}"))
    });
    let all = at_once(additions.collect::<Vec<_>>()).await;
    let full = |added: &&Result<(), Error>| matches!(added, Err(Error::Refused(Guard::PasskeysFull)));
    assert_eq!(
        (all.iter().filter(|added| added.is_ok()).count(), all.iter().filter(full).count()),
        (MOST, 5),
        "{all:?}"
    );
    assert_eq!(store.find_passkeys(owner.id).await.unwrap().len(), MOST);
}

/// Either the sign-in finds no passkey any more, or the removal ends what it began.
pub async fn no_sign_in_slips_past_a_removal(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, current) = person(&store, "owner").await;
    for round in 0..ROUNDS {
        let passkey = passkey_of(&owner, &format!("credential {round}"));
        add(store.clone(), owner.clone(), current.clone(), passkey.clone(), format!("added {round}")).await.unwrap();
        let sessions: Vec<_> = (0..6).map(|number| begun_by(&passkey, &format!("{round} {number}"))).collect();
        let logins = sessions
            .iter()
            .cloned()
            .enumerate()
            .map(|(number, session)| sign_in(store.clone(), passkey.clone(), session, format!("{round} {number}")));
        let logins = at_once(logins.collect::<Vec<_>>());
        let removal = {
            let (store, owner, session, passkey) = (store.clone(), owner.clone(), current.id, passkey.id);
            async move { store.remove_passkey(&owner, session, passkey, &notice(&owner), &event()).await }
        };
        let (removed, logins) = both(removal, logins).await;
        removed.unwrap();
        for (session, login) in sessions.iter().zip(logins) {
            assert!(matches!(login, Ok(true) | Err(Error::Refused(Guard::PasskeyGone))), "{login:?}");
            let found = store.find_sign_in(session.id, moment(1)).await.unwrap();
            assert!(found.is_none(), "a session of a passkey that is gone is alive: {found:?}");
        }
        assert!(store.find_sign_in(current.id, moment(1)).await.unwrap().is_some());
    }
}
