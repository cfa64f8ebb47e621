//! Shares: what races with them, and that their totals stay right.

use strongroom::domain::file::File;
use strongroom::domain::id::UserId;
use strongroom::domain::name::FileName;
use strongroom::domain::role::Role;
use strongroom::domain::share::{Audience, Share};
use strongroom::store::share::ShareListing;
use strongroom::store::{Error, Guard, List, Scan, Store};

use super::{at_once, both};
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_share, new_user_id, stored_file};

const ROUNDS: usize = 25;

async fn share(store: Store, file: File, audience: Audience) -> Result<Vec<Share>, Error> {
    store.put_shares(&file, &[new_share(file.owner, audience)], moment(0)).await
}

async fn shares_with(store: &Store, client: UserId) -> Vec<ShareListing> {
    let scan = Scan { list: List::SharesWith(client.key()), key_field: "by_name", after: String::new(), limit: 1000 };
    store.scan_shares(&scan).await.unwrap().into_iter().map(|listed| listed.item).collect()
}

pub async fn a_file_deleted_while_it_is_shared_leaves_no_share(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (known(&store, Role::Ops).await, known(&store, Role::Client).await);
    for _ in 0..ROUNDS {
        let file = stored_file(&store, owner, "raced.docx").await;
        let (deleting, deleted_file) = (store.clone(), file.clone());
        let (shared, deleted) = both(share(store.clone(), file.clone(), Audience::Client(client)), async move {
            deleting.delete_file(&deleted_file, &event()).await
        })
        .await;
        deleted.unwrap();
        assert!(matches!(shared, Ok(_) | Err(Error::Refused(Guard::FileGone))), "{shared:?}");
        assert_eq!(store.find_shares_with(Audience::Client(client), &[file.id]).await.unwrap(), []);
        assert_eq!(store.count_files_shared_with(client).await.unwrap(), 0);
    }
}

pub async fn a_share_bears_the_name_its_file_has(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    for _ in 0..ROUNDS {
        let (file, client) = (stored_file(&store, owner, "before.docx").await, known(&store, Role::Client).await);
        let (renaming, renamed_file) = (store.clone(), file.clone());
        let (shared, renamed) = both(share(store.clone(), file.clone(), Audience::Client(client)), async move {
            renaming.rename_file(&renamed_file, &FileName::parse("after.docx").unwrap(), &event()).await
        })
        .await;
        renamed.unwrap();
        let listed = shares_with(&store, client).await;
        match shared {
            Ok(_) => assert_eq!(listed[0].file_name, "after.docx"),
            Err(Error::Refused(Guard::FileChanged)) => assert!(listed.is_empty()),
            Err(failure) => panic!("{failure:?}"),
        }
    }
}

pub async fn a_stale_name_is_refused(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (known(&store, Role::Ops).await, known(&store, Role::Client).await);
    let file = stored_file(&store, owner, "before.docx").await;
    store.rename_file(&file, &FileName::parse("after.docx").unwrap(), &event()).await.unwrap();
    let refused = share(store.clone(), file, Audience::Client(client)).await;
    assert!(matches!(refused, Err(Error::Refused(Guard::FileChanged))), "{refused:?}");
    assert!(shares_with(&store, client).await.is_empty());
}

pub async fn sharing_again_at_once_makes_one_share(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (known(&store, Role::Ops).await, known(&store, Role::Client).await);
    let file = stored_file(&store, owner, "popular.docx").await;
    let shared = at_once((0..16).map(|_| share(store.clone(), file.clone(), Audience::Client(client)))).await;
    let ids: Vec<_> = shared.into_iter().map(|shares| shares.unwrap()[0].id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(store.count_shares_of(&[file.id], moment(0)).await.unwrap(), [1]);
    assert_eq!(store.count_files_shared_with(client).await.unwrap(), 1);
}

pub async fn shares_of_both_kinds_at_once_count_once(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (known(&store, Role::Ops).await, known(&store, Role::Client).await);
    for round in 1..=10 {
        let file = stored_file(&store, owner, "both.docx").await;
        let (named, common) = both(
            share(store.clone(), file.clone(), Audience::Client(client)),
            share(store.clone(), file.clone(), Audience::EveryClient),
        )
        .await;
        named.unwrap();
        common.unwrap();
        assert_eq!(store.count_shares_of(&[file.id], moment(0)).await.unwrap(), [2]);
        assert_eq!(store.count_files_shared_with(client).await.unwrap(), round);
    }
}

pub async fn revoking_and_sharing_again_keep_the_totals_right(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (known(&store, Role::Ops).await, known(&store, Role::Client).await);
    let file = stored_file(&store, owner, "on and off.docx").await;
    share(store.clone(), file.clone(), Audience::EveryClient).await.unwrap();
    for _ in 0..ROUNDS {
        let first = share(store.clone(), file.clone(), Audience::Client(client)).await.unwrap()[0].clone();
        let (revoking, dropped) = (store.clone(), first.clone());
        let (again, revoked) = both(share(store.clone(), file.clone(), Audience::Client(client)), async move {
            revoking.drop_share(&dropped, &event()).await
        })
        .await;
        revoked.unwrap();
        let again = again.unwrap()[0].clone();
        let is_there = store.find_share(again.id).await.unwrap().is_some();
        assert_eq!(is_there, again.id != first.id, "what was updated was revoked, what is new stays");
        assert_eq!(store.count_shares_of(&[file.id], moment(0)).await.unwrap(), [1 + u64::from(is_there)]);
        assert_eq!(store.count_files_shared_with(client).await.unwrap(), 1);
        assert_eq!(store.count_files_shared_with(new_user_id()).await.unwrap(), 1);
        if is_there {
            store.drop_share(&again, &event()).await.unwrap();
        }
        let gone = store.drop_share(&first, &event()).await;
        assert!(matches!(gone, Err(Error::Refused(Guard::ShareGone))), "{gone:?}");
    }
}
