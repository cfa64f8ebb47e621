//! The trash: what races with it, and that totals stay right.

use strongroom::domain::event::Actor;
use strongroom::domain::id::UserId;
use strongroom::domain::role::Role;
use strongroom::domain::share::Audience;
use strongroom::domain::user::User;
use strongroom::store::administration::Act;
use strongroom::store::winding_up::{Kind, WindingUp};
use strongroom::store::{Error, Guard, List, Store};

use super::both;
use super::files::listed;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_share, stored_file, uploader, user};

const ROUNDS: usize = 20;

/// Files and trash of an owner, and what a Client sees: rows and totals agree.
async fn assert_counted(store: &Store, owner: &User, files: usize, trashed: usize) {
    let list = List::FilesOf(owner.id.key());
    assert_eq!(store.count_files(&list).await.unwrap(), files as u64);
    assert_eq!(listed(store, list).await, files);
    assert_eq!(store.count_trash(owner.id, moment(0)).await.unwrap(), trashed as u64);
    assert_eq!(store.find_longest_trashed(Some(owner.id), 1000).await.unwrap().len(), trashed);
}

async fn admin(store: &Store) -> User {
    User { id: known(store, Role::Admin).await, ..user("ada@example.com", Role::Admin) }
}

fn work_on(user: UserId, kind: Kind, new_owner: Option<UserId>) -> WindingUp {
    WindingUp { user, kind, new_owner, actor: Actor::System, address: None, due_at: moment(0) }
}

pub async fn restoring_and_deleting_for_good_never_both_win(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    let (mut kept, client) = (0, known(&store, Role::Client).await);
    for _ in 0..ROUNDS {
        let file = stored_file(&store, owner.id, "raced.docx").await;
        store.put_shares(&file, &[new_share(owner.id, Audience::Client(client))], moment(0)).await.unwrap();
        store.trash_file(&file, &event()).await.unwrap();
        assert!(store.find_wrapped_key(file.blob).await.unwrap().is_some());
        let (one, other, restorer, restored_file, deleted_file) =
            (store.clone(), store.clone(), owner.clone(), file.clone(), file.clone());
        let (restored, deleted) =
            both(async move { one.restore_file(&restorer, &restored_file, moment(0), &event()).await }, async move {
                other.delete_trashed_file(&deleted_file, &event()).await
            })
            .await;
        let is_there = store.find_file(file.id).await.unwrap().is_some();
        assert_eq!(store.find_trashed_file(file.id).await.unwrap(), None);
        match (restored, deleted) {
            (Ok(()), Err(Error::Refused(Guard::FileGone))) => {
                assert!(is_there && store.find_wrapped_key(file.blob).await.unwrap().is_some());
                kept += 1;
            }
            (Err(Error::Refused(Guard::FileGone)), Ok(())) => {
                assert!(!is_there, "it came back");
                assert_eq!(store.find_wrapped_key(file.blob).await.unwrap(), None, "the key is gone at once");
                assert!(store.find_doomed_blobs().await.unwrap().contains(&file.blob));
            }
            other => panic!("{other:?}"),
        }
        assert_counted(&store, &owner, kept, 0).await;
        assert_eq!(store.count_files_shared_with(client).await.unwrap(), kept as u64);
    }
}

pub async fn trashing_at_once_happens_once(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    for round in 1..=ROUNDS {
        let file = stored_file(&store, owner.id, "twice.docx").await;
        let (one, other, first, second) = (store.clone(), store.clone(), file.clone(), file.clone());
        let (one, other) = both(
            async move { one.trash_file(&first, &event()).await },
            // As the janitor does it.
            async move { other.trash_files(&[(second, event())]).await },
        )
        .await;
        other.unwrap();
        assert!(matches!(one, Ok(()) | Err(Error::Refused(Guard::FileGone))), "{one:?}");
        assert_counted(&store, &owner, 0, round).await;
    }
}

pub async fn a_file_shared_while_it_is_put_away_leaves_no_share(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    let client = known(&store, Role::Client).await;
    for _ in 0..ROUNDS {
        let file = stored_file(&store, owner.id, "raced.docx").await;
        let (sharing, trashing, shared_file, trashed_file) = (store.clone(), store.clone(), file.clone(), file.clone());
        let shares = [new_share(owner.id, Audience::Client(client))];
        let (shared, trashed) =
            both(async move { sharing.put_shares(&shared_file, &shares, moment(0)).await }, async move {
                trashing.trash_file(&trashed_file, &event()).await
            })
            .await;
        trashed.unwrap();
        assert_eq!(store.find_shares_with(Audience::Client(client), &[file.id]).await.unwrap(), []);
        assert_eq!(store.count_files_shared_with(client).await.unwrap(), 0);
        store.restore_file(&owner, &file, moment(0), &event()).await.unwrap();
        let back = store.find_shares_with(Audience::Client(client), &[file.id]).await.unwrap();
        assert_eq!(back.len(), usize::from(shared.is_ok()));
        assert_eq!(store.count_shares_of(&[file.id], moment(0)).await.unwrap(), [back.len() as u64]);
        store.delete_file(&file, &event()).await.unwrap();
    }
}

/// A share lies in one of two tables, and whoever ends the shares with somebody finds it in either.
pub async fn no_share_slips_past_the_end_of_all(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    let client = known(&store, Role::Client).await;
    let file = stored_file(&store, owner.id, "raced.docx").await;
    store.put_shares(&file, &[new_share(owner.id, Audience::Client(client))], moment(0)).await.unwrap();
    store.trash_file(&file, &event()).await.unwrap();
    let work = work_on(client, Kind::Grants, None);
    let by = admin(&store).await;
    let act = Act { by: &by, on: client, event: &event(), mails: &[] };
    store.set_role(act, Role::Ops, &work).await.unwrap();
    let refused = store.end_winding_up(&work).await;
    assert!(matches!(refused, Err(Error::Refused(Guard::OwnsFiles))), "{refused:?}");
    let trashed = store.find_trashed_shares_with(client, 10).await.unwrap();
    assert_eq!(trashed.len(), 1);
    let ended: Vec<_> = trashed.into_iter().map(|share| (share, event())).collect();
    store.end_trashed_shares(&work, &ended).await.unwrap();
    store.end_winding_up(&work).await.unwrap();
    store.restore_file(&owner, &file, moment(0), &event()).await.unwrap();
    assert_eq!(store.count_shares_of(&[file.id], moment(0)).await.unwrap(), [0]);
    assert_eq!(store.count_files_shared_with(client).await.unwrap(), 0);
}

pub async fn nothing_comes_back_while_the_files_are_given_away(database: &TestDatabase) {
    let store = database.open().await;
    let owner = uploader(known(&store, Role::Ops).await);
    let heir = known(&store, Role::Ops).await;
    let file = stored_file(&store, owner.id, "raced.docx").await;
    store.trash_file(&file, &event()).await.unwrap();
    let by = admin(&store).await;
    let work = work_on(owner.id, Kind::Files, Some(heir));
    let act = Act { by: &by, on: owner.id, event: &event(), mails: &[] };
    store.begin_winding_up(act, &work).await.unwrap();
    let refused = store.restore_file(&owner, &file, moment(0), &event()).await;
    assert!(matches!(refused, Err(Error::Refused(Guard::AccountBusy))), "{refused:?}");
    store.move_trashed_files(&work, heir, &[(file.clone(), event())]).await.unwrap();
    store.end_winding_up(&work).await.unwrap();
    assert_counted(&store, &owner, 0, 0).await;
    assert_counted(&store, &uploader(heir), 0, 1).await;
    let moved = store.find_trashed_file(file.id).await.unwrap().unwrap();
    assert_eq!(moved.file.owner, heir);
}
