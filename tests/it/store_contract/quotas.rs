//! Room: never held beyond the limit, counted with the files, and given back for the dead.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use strongroom::domain::role::Role;
use strongroom::store::quota::{Hold, STEP_BYTES, Scope, Wish};
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

/// Far from the limit each process writes one row of everybody's guard, nearer to it all of them: no step is taken beyond it.
pub async fn steps_near_the_limit_stay_within_it(database: &TestDatabase) {
    let store = database.open().await;
    let take_a_step = |holder: String, limit: u64| {
        let (store, wish) = (store.clone(), Wish { limit, ..wish(STEP_BYTES, STEP_BYTES) });
        async move { store.hold_room(&hold(Scope::Everybody, &holder), &wish).await.unwrap() }
    };
    let far = at_once((0..20).map(|number| take_a_step(format!("far{number}"), 1000 * STEP_BYTES))).await;
    assert!(far.iter().all(|found| found.is_enough), "{far:?}");
    // The first of these find room for 19 steps more, and a step in each of 16 rows is what it takes.
    let near = at_once((0..24).map(|number| take_a_step(format!("near{number}"), 39 * STEP_BYTES))).await;
    let held = near.iter().map(|found| found.held).sum::<u64>();
    assert_eq!(held, 19 * STEP_BYTES, "{near:?}");
    store.close().await;
    if database.remembers() {
        // A row for each of the far ones; of the near ones, for 4 to 16, as many as have not seen one another; all rows for the rest.
        database
            .tamper(
                "LET $written = math::sum(SELECT VALUE revision FROM quota_guard);
                 IF $written < 20 + 16 + 8 * 16 OR $written > 20 + 4 + 20 * 16 { THROW <string> $written };
                 IF array::len(SELECT id FROM quota_guard) != 16 { THROW 'rows' }",
            )
            .await;
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

/// What was stored before anybody counted is counted.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_program_has_stored_counts() {
    let mut statements = "DEFINE TABLE migration SCHEMALESS;".to_owned();
    for (name, text) in [
        ("0001_main_job", include_str!("../../../schema/migrations/0001_main_job.surql")),
        ("0002_accounts", include_str!("../../../schema/migrations/0002_accounts.surql")),
        ("0003_outbox", include_str!("../../../schema/migrations/0003_outbox.surql")),
        ("0005_administration", include_str!("../../../schema/migrations/0005_administration.surql")),
        ("0006_feed", include_str!("../../../schema/migrations/0006_feed.surql")),
        ("0007_passkeys", include_str!("../../../schema/migrations/0007_passkeys.surql")),
        ("0008_trash", include_str!("../../../schema/migrations/0008_trash.surql")),
        ("0009_pieces", include_str!("../../../schema/migrations/0009_pieces.surql")),
        ("0010_keys", include_str!("../../../schema/migrations/0010_keys.surql")),
    ] {
        let checksum = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        statements += &format!("CREATE migration:{name} SET name = '{name}', checksum = '{checksum}'; {text};");
    }
    let (olga, otto) = (new_user_id(), new_user_id());
    for (number, owner, size_bytes) in [(1, olga, 100), (2, olga, 20), (3, otto, 3)] {
        statements += &format!(
            "CREATE file:{number} SET name = 'a.docx', kind = 'docx', size_bytes = {size_bytes}, sha256 = '', uploaded_at = 0,
                 owner = '{}', blob = '', newest = '{number}', oldest = '{number}', by_name = '{number}',
                 by_name_reversed = '{number}', largest = '{number}', smallest = '{number}';",
            owner.key()
        );
    }
    statements += &format!(
        "CREATE trashed_file:4 SET row = {{ size_bytes: 4000 }}, owner = '{0}', deleted_at = 0, newest = '', oldest = '';
         CREATE transfer:5 SET owner = '{0}', file = '', name = '', kind = '', size_bytes = 90000, offset = 50000,
             digest = <bytes> '', expires_at = 0;",
        olga.key()
    );
    let database = TestDatabase::disk().await;
    database.tamper(&statements).await;
    let store = database.open().await;
    assert_eq!(bytes(&store, Scope::User(olga)).await, 54_120);
    assert_eq!(bytes(&store, Scope::User(otto)).await, 3);
    assert_eq!(bytes(&store, Scope::Everybody).await, 54_123);
    assert_eq!(store.count_bytes_in_trash(olga).await.unwrap(), 4_000);
    store.close().await;
}
