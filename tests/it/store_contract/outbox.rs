//! Mail that waits, is taken, put off, given up and revived.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::email::EmailAddress;
use strongroom::domain::event::Event;
use strongroom::domain::id::MailId;
use strongroom::domain::timestamp::Timestamp;
use strongroom::store::outbox::PendingMail;
use strongroom::store::{Error, Guard, Store};

use super::at_once;
use crate::harness::database::{RawDatabase, TestDatabase};
use crate::harness::rows::{event, moment};

async fn waiting(store: &Store) -> MailId {
    let mail = PendingMail {
        id: MailId::generate(&OsRandom),
        template: "verify_email".to_owned(),
        recipient: EmailAddress::parse("carl@example.com").unwrap(),
        sealed_token: "sealed".to_owned(),
        detail: "word".to_owned(),
        subject: String::new(),
        attempts: 0,
        queued_at: moment(0),
        due_at: moment(0),
        lease_expires_at: Timestamp::from_millis(0),
    };
    store.create_mail(&mail, true).await.unwrap();
    mail.id
}

async fn take(store: &Store, now: u64, until: u64) -> Option<PendingMail> {
    store.take_due_mail(moment(now), moment(until)).await.unwrap()
}

pub async fn no_two_workers_take_one_mail(database: &TestDatabase) {
    const MAILS: usize = 12;
    let store = database.open().await;
    for _ in 0..MAILS {
        waiting(&store).await;
    }
    let workers = (0..4).map(|_| {
        let store = store.clone();
        async move {
            let mut taken = Vec::new();
            while let Some(mail) = take(&store, 0, 100).await {
                taken.push(mail.id);
                assert!(taken.len() <= MAILS, "a mail is taken again and again");
            }
            taken
        }
    });
    let mut taken = at_once(workers).await.concat();
    assert_eq!(taken.len(), MAILS);
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), MAILS);
    assert!(take(&store, 99, 200).await.is_none(), "while the leases last");
    assert!(take(&store, 100, 200).await.is_some(), "a worker that died keeps nothing for ever");
}

pub async fn whoever_lost_its_lease_notes_nothing(database: &TestDatabase) {
    let store = database.open().await;
    let id = waiting(&store).await;
    let slow = take(&store, 0, 100).await.unwrap();
    let quick = take(&store, 100, 200).await.unwrap();
    assert_eq!((slow.id, slow.attempts, quick.attempts), (id, 1, 2));
    store.defer_mail(&slow, moment(101)).await.unwrap();
    store.bury_mail(&slow, moment(101), "late").await.unwrap();
    assert!(take(&store, 150, 300).await.is_none(), "the other has it still");
    assert!(store.find_dead_mail(id).await.unwrap().is_none());
    store.defer_mail(&quick, moment(160)).await.unwrap();
    assert!(take(&store, 159, 300).await.is_none());
    assert_eq!(take(&store, 160, 300).await.unwrap().attempts, 3);
    store.delete_mail(id).await.unwrap();
    assert!(take(&store, 1000, 2000).await.is_none());
}

pub async fn what_a_former_process_had_taken_is_free_again(database: &TestDatabase) {
    let store = database.open().await;
    let id = waiting(&store).await;
    take(&store, 0, 1000).await.unwrap();
    store.release_mails().await.unwrap();
    assert_eq!(take(&store, 1, 1000).await.unwrap().id, id);
}

pub async fn with_its_death_a_mail_loses_its_token(database: &TestDatabase) {
    let store = database.open().await;
    let id = waiting(&store).await;
    let mail = take(&store, 0, 100).await.unwrap();
    assert_eq!((mail.sealed_token.as_str(), mail.detail.as_str()), ("sealed", "word"));
    store.bury_mail(&mail, moment(5), "recipient_refused 550").await.unwrap();
    assert!(take(&store, 1000, 2000).await.is_none(), "a dead mail is not due");
    let dead = store.find_dead_mail(id).await.unwrap().unwrap();
    assert_eq!((dead.failed_at, dead.attempts, dead.reason.as_str()), (moment(5), 1, "recipient_refused 550"));
    let revivals = (0..4).map(|_| {
        let (store, dead) = (store.clone(), dead.clone());
        async move { store.revive_mail(&dead, None, &Event { at: moment(9), ..event() }).await }
    });
    let revived = at_once(revivals).await;
    assert_eq!(revived.iter().filter(|revived| revived.is_ok()).count(), 1);
    assert!(revived.iter().all(|it| matches!(it, Ok(()) | Err(Error::Refused(Guard::MailGone)))), "{revived:?}");
    assert!(store.find_dead_mail(id).await.unwrap().is_none());
    let mail = take(&store, 9, 100).await.unwrap();
    assert_eq!((mail.attempts, mail.queued_at, mail.sealed_token.as_str()), (1, moment(9), ""));
}

pub async fn the_dead_are_swept_when_their_time_is_over(database: &TestDatabase) {
    let store = database.open().await;
    for seconds in [10, 20, 30] {
        waiting(&store).await;
        let mail = take(&store, 0, 100).await.unwrap();
        store.bury_mail(&mail, moment(seconds), "unreachable").await.unwrap();
    }
    waiting(&store).await;
    assert_eq!(store.sweep_dead_mails(moment(10)).await.unwrap(), 0);
    assert_eq!(store.sweep_dead_mails(moment(21)).await.unwrap(), 2);
    assert_eq!(store.sweep_dead_mails(moment(21)).await.unwrap(), 0);
    assert!(take(&store, 0, 100).await.is_some(), "what waits is not swept");
}

/// The token of the only mail, read behind the store's back.
async fn stored_token(folder: &tempfile::TempDir) -> String {
    let raw = RawDatabase::open(&folder.path().join("db")).await;
    let tokens: Vec<String> = raw.database.query("SELECT VALUE token FROM outbox").await.unwrap().take(0).unwrap();
    raw.close().await;
    assert_eq!(tokens.len(), 1);
    tokens.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_dead_mail_is_erased() {
    let database = TestDatabase::disk().await;
    let TestDatabase::Disk(folder) = &database else { unreachable!() };
    let store = database.open().await;
    waiting(&store).await;
    store.close().await;
    assert_eq!(stored_token(folder).await, "sealed");
    let store = database.open().await;
    let mail = take(&store, 0, 100).await.unwrap();
    store.bury_mail(&mail, moment(5), "unreachable").await.unwrap();
    store.close().await;
    assert_eq!(stored_token(folder).await, "");
}

/// Mails that an earlier program has stored are sent by this one.
#[tokio::test(flavor = "multi_thread")]
async fn mails_of_the_first_schema_are_still_due() {
    const MAILS: usize = 20;
    let first = include_str!("../../../schema/migrations/0001_main_job.surql");
    let checksum = HEXLOWER.encode(&Sha256::digest(first.as_bytes()));
    let mut statements = format!(
        "DEFINE TABLE migration SCHEMALESS;
         CREATE migration:0001_main_job SET name = '0001_main_job', checksum = '{checksum}';
         {first}"
    );
    for _ in 0..MAILS {
        let (id, due_at) = (MailId::generate(&OsRandom).key(), moment(7).as_millis());
        statements += &format!(
            "CREATE type::record('outbox', '{id}') SET template = 'verify_email', recipient = 'carl@example.com',
                 token = 'sealed', subject = 's', attempts = 2, due_at = {due_at};"
        );
    }
    let database = TestDatabase::disk().await;
    database.tamper(&statements).await;
    let store = database.open().await;
    assert!(take(&store, 6, 100).await.is_none());
    for _ in 0..MAILS {
        let mail = take(&store, 7, 100).await.unwrap();
        assert_eq!((mail.attempts, mail.queued_at), (3, moment(7)));
        assert_eq!((mail.sealed_token.as_str(), mail.detail.as_str(), mail.subject.as_str()), ("sealed", "", "s"));
    }
    assert!(take(&store, 7, 100).await.is_none());
    store.close().await;
}
