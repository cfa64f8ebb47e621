//! What a share allows to be downloaded.

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{LinkId, UserId};
use strongroom::domain::role::Role;
use strongroom::domain::share::{Audience, Share};
use strongroom::store::share::NewShare;
use strongroom::store::{Error, Guard, Store};

use super::{at_once, both};
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_share, stored_file};

async fn limited_share(store: &Store, client: UserId) -> Share {
    let file = stored_file(store, known(store, Role::Ops).await, "limited.docx").await;
    let new = NewShare { max_downloads: Some(3), ..new_share(file.owner, Audience::Client(client)) };
    store.put_shares(&file, &[new], moment(0)).await.unwrap()[0].clone()
}

async fn take(store: Store, link: LinkId, share: Share, client: UserId) -> Result<(), Error> {
    store.take_download(link, moment(600), share.id, client, &event()).await
}

pub async fn no_more_downloads_than_allowed(database: &TestDatabase) {
    let store = database.open().await;
    let client = known(&store, Role::Client).await;
    let share = limited_share(&store, client).await;
    let taken = at_once((0..20).map(|_| take(store.clone(), LinkId::generate(&OsRandom), share.clone(), client))).await;
    let refused = taken.iter().filter(|taken| matches!(taken, Err(Error::Refused(Guard::ShareUsedUp)))).count();
    assert_eq!((taken.iter().filter(|taken| taken.is_ok()).count(), refused), (3, 17), "{taken:?}");
    assert_eq!(store.find_receipts(client, &[share.id]).await.unwrap()[0].downloads, 3);
    assert_eq!(store.find_share(share.id).await.unwrap().unwrap().downloads, 3);
}

pub async fn one_link_takes_one_download(database: &TestDatabase) {
    let store = database.open().await;
    let (client, link) = (known(&store, Role::Client).await, LinkId::generate(&OsRandom));
    let share = limited_share(&store, client).await;
    assert!(!store.has_taken_download(link).await.unwrap());
    for taken in at_once((0..20).map(|_| take(store.clone(), link, share.clone(), client))).await {
        taken.unwrap();
    }
    assert!(store.has_taken_download(link).await.unwrap());
    assert_eq!(store.find_receipts(client, &[share.id]).await.unwrap()[0].downloads, 1);
    assert_eq!(store.find_share(share.id).await.unwrap().unwrap().downloads, 1);
}

pub async fn a_revoked_share_leaves_nothing_of_its_downloads(database: &TestDatabase) {
    let store = database.open().await;
    let client = known(&store, Role::Client).await;
    for _ in 0..20 {
        let (share, link) = (limited_share(&store, client).await, LinkId::generate(&OsRandom));
        let (revoking, dropped) = (store.clone(), share.clone());
        let (taken, revoked) = both(take(store.clone(), link, share.clone(), client), async move {
            revoking.drop_share(&dropped, &event()).await
        })
        .await;
        revoked.unwrap();
        assert!(matches!(taken, Ok(()) | Err(Error::Refused(Guard::ShareGone))), "{taken:?}");
        assert_eq!(store.find_receipts(client, &[share.id]).await.unwrap()[0].downloads, 0);
        assert!(!store.has_taken_download(link).await.unwrap());
    }
}
