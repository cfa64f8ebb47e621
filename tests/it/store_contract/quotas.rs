//! Room: never held beyond the limit, counted with the files, and given back for the dead.

use strongroom::domain::role::Role;
use strongroom::store::quota::{Hold, Scope, Wish};
use strongroom::store::{Error, Guard, Store};

use super::at_once;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_file, new_user_id, stage, stored_file, uploader};

fn hold(scope: Scope, holder: &str) -> Hold {
    Hold { scope, holder: holder.to_owned() }
}

fn wish(least: u64, most: u64) -> Wish {
    Wish { known: 0, least, most, limit: 1000, expires_at: moment(60) }
}

pub async fn no_more_room_is_held_than_there_is(database: &TestDatabase) {
    let store = database.open().await;
    for scope in [Scope::User(new_user_id()), Scope::Everybody] {
        let asking = (0..12).map(|number| {
            let (store, hold) = (store.clone(), hold(scope, &format!("{number:02}")));
            async move { store.hold_room(&hold, &wish(100, 100)).await.unwrap() }
        });
        let found = at_once(asking).await;
        assert_eq!(found.iter().filter(|found| found.is_enough).count(), 10, "{found:?}");
        assert_eq!(found.iter().map(|found| found.held).sum::<u64>(), 1000);
        for number in 0..12 {
            store.keep_room(&hold(scope, &format!("{number:02}")), 0, moment(60)).await.unwrap();
        }
        // Whoever is alone gets what there is; of a step that does not fit whoever is not gets what it needs.
        let alone = store.hold_room(&hold(scope, "a"), &wish(10, 5000)).await.unwrap();
        assert_eq!((alone.held, alone.is_enough, alone.others), (1000, true, 0));
        let late = store.hold_room(&hold(scope, "b"), &wish(10, 20)).await.unwrap();
        assert_eq!((late.held, late.is_enough, late.others, late.before), (0, false, 1000, 1));
        assert_eq!(store.find_room_wanted(&[scope]).await.unwrap().len(), 1);
        assert!(store.find_room_wanted(&[scope]).await.unwrap()[0] > 0, "the other can see that it is wanted");
        assert!(store.keep_room(&hold(scope, "a"), 985, moment(60)).await.unwrap());
        let late = store.hold_room(&hold(scope, "b"), &wish(10, 20)).await.unwrap();
        assert_eq!((late.held, late.is_enough), (10, true));
        // What was used up is not handed out again.
        let used_up = Wish { known: 500, ..wish(500, 500) };
        assert_eq!(store.hold_room(&hold(scope, "a"), &used_up).await.unwrap().held, 500);
        for holder in ["a", "b"] {
            store.keep_room(&hold(scope, holder), 0, moment(60)).await.unwrap();
        }
    }
}

pub async fn what_the_dead_held_is_given_back(database: &TestDatabase) {
    let store = database.open().await;
    let scope = Scope::User(known(&store, Role::Ops).await);
    let (dead, living) = (hold(scope, "dead"), hold(scope, "living"));
    assert!(store.hold_room(&dead, &wish(900, 900)).await.unwrap().is_enough);
    assert!(!store.hold_room(&living, &wish(200, 200)).await.unwrap().is_enough);
    assert_eq!(store.drop_expired_holds(moment(60)).await.unwrap(), 0);
    assert_eq!(store.drop_expired_holds(moment(61)).await.unwrap(), 1);
    let found = store.hold_room(&living, &Wish { expires_at: moment(200), ..wish(200, 200) }).await.unwrap();
    assert!(found.is_enough, "{found:?}");
    assert!(!store.keep_room(&dead, 100, moment(300)).await.unwrap(), "it learns that nothing is left");
    // Should it wake up again, it commits nothing under what it has lost.
    let Scope::User(owner) = scope else { unreachable!() };
    let new = new_file(owner, "late.docx");
    stage(&store, std::slice::from_ref(&new)).await;
    let under = |hold: Hold| {
        let (store, new) = (store.clone(), new.clone());
        async move { store.commit_files_under(&uploader(owner), &[new], &[], &[hold]).await }
    };
    let refused = under(dead).await;
    assert!(matches!(refused, Err(Error::Refused(Guard::RoomGone))), "{refused:?}");
    under(living).await.unwrap();
}

async fn bytes(store: &Store, scope: Scope) -> u64 {
    store.count_bytes(scope).await.unwrap()
}

pub async fn bytes_are_counted_with_files(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    let scope = Scope::User(owner.id);
    let uploads = (0..16).map(|number| {
        let (store, owner) = (store.clone(), owner.id);
        async move { stored_file(&store, owner, &format!("{number}.docx")).await }
    });
    let files = at_once(uploads).await;
    assert_eq!((bytes(&store, scope).await, bytes(&store, Scope::Everybody).await), (16_000, 16_000));
    let deletions = files.into_iter().enumerate().map(|(number, file)| {
        let (store, owner) = (store.clone(), owner.clone());
        async move {
            match number % 4 {
                0 => store.delete_file(&file, &event()).await.unwrap(),
                1 => store.trash_file(&file, &event()).await.unwrap(),
                2 => {
                    store.trash_file(&file, &event()).await.unwrap();
                    store.restore_file(&owner, &file, moment(0), &event()).await.unwrap();
                }
                _ => {
                    store.trash_file(&file, &event()).await.unwrap();
                    store.delete_trashed_file(&file, &event()).await.unwrap();
                }
            }
        }
    });
    at_once(deletions).await;
    assert_eq!((bytes(&store, scope).await, bytes(&store, Scope::Everybody).await), (8_000, 8_000));
    assert_eq!(store.count_bytes_in_trash(owner.id).await.unwrap(), 4_000);
}
