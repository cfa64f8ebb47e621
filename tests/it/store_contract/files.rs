//! Files: what is committed, and what races with it.

use strongroom::domain::name::FileName;
use strongroom::domain::role::Role;
use strongroom::store::file::NewFile;
use strongroom::store::{Error, Guard, List, Scan, Store};

use super::{at_once, both};
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_file, new_user_id, stage, stored_file, uploader};

const ROUNDS: usize = 25;

pub(super) async fn listed(store: &Store, list: List) -> usize {
    let scan = Scan { list, key_field: "newest", after: String::new(), limit: 1000 };
    store.scan_files(&scan).await.unwrap().len()
}

pub async fn commits_of_one_owner_are_all_counted(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    let files: Vec<NewFile> = (0..32).map(|number| new_file(owner, &format!("{number}.docx"))).collect();
    stage(&store, &files).await;
    let commits = files.into_iter().map(|file| {
        let store = store.clone();
        async move { store.commit_files(&uploader(owner), &[file], &[]).await }
    });
    for committed in at_once(commits).await {
        committed.unwrap();
    }
    let list = List::FilesOf(owner.key());
    assert_eq!(store.count_files(&list).await.unwrap(), 32);
    assert_eq!(listed(&store, list).await, 32);
    assert_eq!(store.count_files(&List::Files).await.unwrap(), 32);
}

pub async fn a_commit_is_whole_or_nothing(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    let files = [new_file(owner, "good.docx"), new_file(owner, "never staged.docx")];
    stage(&store, &files[..1]).await;
    let refused = store.commit_files(&uploader(owner), &files, &[]).await;
    assert!(matches!(refused, Err(Error::Refused(Guard::StagingGone))), "{refused:?}");
    assert_eq!(store.find_file(files[0].file.id).await.unwrap(), None);
    assert_eq!(store.find_wrapped_key(files[0].file.blob).await.unwrap(), None);
    assert_eq!(store.count_files(&List::FilesOf(owner.key())).await.unwrap(), 0);
    // What was staged still is, so that the first file alone can be committed.
    store.commit_files(&uploader(owner), &files[..1], &[]).await.unwrap();
    assert_eq!(listed(&store, List::FilesOf(owner.key())).await, 1);
}

pub async fn a_caller_that_goes_away_leaves_it_whole(database: &TestDatabase) {
    let store = database.open().await;
    let (mut whole, mut nothing) = (0, 0);
    for round in 0..20_u64 {
        let owner = known(&store, Role::Ops).await;
        let files: Vec<NewFile> = (0..5).map(|number| new_file(owner, &format!("{number}.docx"))).collect();
        stage(&store, &files).await;
        let caller = tokio::spawn({
            let store = store.clone();
            async move { store.commit_files(&uploader(owner), &files, &[]).await }
        });
        // From before its first step to well into the transaction.
        let begun = std::time::Instant::now();
        while round > 0 && begun.elapsed().as_micros() < u128::from(round * 300) {
            tokio::task::yield_now().await;
        }
        caller.abort();
        let _gone_or_done = caller.await;
        let list = List::FilesOf(owner.key());
        // The transaction goes on without its caller: wait until list and total agree, which they do at rest. Nothing is
        // nothing only when it stays so for a while.
        let left = std::time::Instant::now();
        let found = loop {
            let (rows, total) = (listed(&store, list.clone()).await, store.count_files(&list).await.unwrap());
            assert!(rows == 0 || rows == 5, "{rows} of 5 files");
            if rows as u64 == total && (rows == 5 || left.elapsed().as_millis() > 200) {
                break rows;
            }
        };
        if found == 5 { whole += 1 } else { nothing += 1 }
    }
    assert!(whole > 0, "no caller got as far as its transaction: {nothing} rounds left nothing");
}

pub async fn commit_and_sweep_never_both_win(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    for _ in 0..ROUNDS {
        let new = new_file(owner, "raced.docx");
        let (file, blob) = (new.file.id, new.file.blob);
        store.stage_blob(blob, moment(1)).await.unwrap();
        let (committing, sweeping) = (store.clone(), store.clone());
        let (committed, swept) =
            both(async move { committing.commit_files(&uploader(owner), &[new], &[]).await }, async move {
                sweeping.doom_expired_leases(moment(2)).await.unwrap()
            })
            .await;
        let is_doomed = store.find_doomed_blobs().await.unwrap().contains(&blob);
        assert_eq!(is_doomed, swept == 1);
        match committed {
            Ok(()) => assert_eq!(swept, 0, "both won"),
            Err(Error::Refused(Guard::StagingGone)) => assert_eq!(swept, 1, "neither won"),
            Err(failure) => panic!("{failure:?}"),
        }
        assert_eq!(store.find_file(file).await.unwrap().is_some(), !is_doomed);
    }
}

pub async fn a_renewed_lease_and_the_sweep_never_both_win(database: &TestDatabase) {
    let store = database.open().await;
    for _ in 0..ROUNDS {
        let blob = new_file(new_user_id(), "raced.docx").file.blob;
        store.stage_blob(blob, moment(1)).await.unwrap();
        let (renewing, sweeping) = (store.clone(), store.clone());
        let (renewed, swept) = both(async move { renewing.renew_lease(blob, moment(1000)).await }, async move {
            sweeping.doom_expired_leases(moment(2)).await.unwrap()
        })
        .await;
        match renewed {
            Ok(()) => assert_eq!(swept, 0, "both won"),
            Err(Error::Refused(Guard::StagingGone)) => assert_eq!(swept, 1, "neither won"),
            Err(failure) => panic!("{failure:?}"),
        }
    }
}

pub async fn rename_and_delete_never_both_win(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    for _ in 0..ROUNDS {
        let file = stored_file(&store, owner, "before.docx").await;
        let (renaming, deleting, renamed_file, deleted_file) =
            (store.clone(), store.clone(), file.clone(), file.clone());
        let (renamed, deleted) = both(
            async move { renaming.rename_file(&renamed_file, &FileName::parse("after.docx").unwrap(), &event()).await },
            async move { deleting.delete_file(&deleted_file, &event()).await },
        )
        .await;
        deleted.unwrap();
        assert!(matches!(renamed, Ok(()) | Err(Error::Refused(Guard::FileGone))), "{renamed:?}");
        assert_eq!(store.find_file(file.id).await.unwrap(), None, "the rename has brought it back");
        assert!(store.find_doomed_blobs().await.unwrap().contains(&file.blob));
        let again = store.delete_file(&file, &event()).await;
        assert!(matches!(again, Err(Error::Refused(Guard::FileGone))), "{again:?}");
    }
    assert_eq!(store.count_files(&List::FilesOf(owner.key())).await.unwrap(), 0);
}
