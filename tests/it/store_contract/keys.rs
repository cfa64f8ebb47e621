//! Rotations of keys.

use strongroom::store::ring_key::{KeyState, KnownKey};
use strongroom::store::rotation::Phase;
use strongroom::store::{Error, Guard};

use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, moment};

fn added(id: &str) -> KnownKey {
    KnownKey {
        id: id.to_owned(),
        purpose: "link".to_owned(),
        state: KeyState::Added,
        fingerprint: format!("of {id}"),
        created_at: moment(0),
        replaced_at: None,
    }
}

/// Who has looked at one rotation does not give up the next one, and takes no keys of it out of a ring.
pub async fn a_rotation_is_given_up_by_the_names_of_its_keys(database: &TestDatabase) {
    let store = database.open().await;
    let (one, next) = ("00112233445566aa", "00112233445566bb");
    store.begin_rotation(&[added(one)], moment(1), &event()).await.unwrap();
    store.abandon_rotation(&[one.to_owned()], &event()).await.unwrap();
    store.begin_rotation(&[added(next)], moment(2), &event()).await.unwrap();
    for keys in [vec![one.to_owned()], vec![], vec![next.to_owned(), one.to_owned()]] {
        let refused = store.abandon_rotation(&keys, &event()).await;
        assert!(matches!(refused, Err(Error::Refused(Guard::WorkGone))), "{keys:?}: {refused:?}");
    }
    assert_eq!(store.find_rotation().await.unwrap().unwrap().phase, Phase::Adding);
    store.abandon_rotation(&[next.to_owned()], &event()).await.unwrap();
    assert_eq!(store.find_rotation().await.unwrap().unwrap().phase, Phase::Abandoned);
    let keys = store.find_ring_keys().await.unwrap();
    assert!(keys.len() == 2 && keys.iter().all(|key| key.state == KeyState::Retired), "{keys:?}");
    store.close().await;
}
