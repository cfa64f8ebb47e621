//! Opening a database again, by this program and by others.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::InvitationId;
use strongroom::domain::role::Role;
use strongroom::domain::share::Audience;
use strongroom::domain::timestamp::Timestamp;
use strongroom::store::administration::Act;
use strongroom::store::session::Refreshed;
use strongroom::store::{Error, Guard, List};

use super::at_once;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_session, new_share, stored_file, user};

pub async fn everything_is_there_when_it_is_opened_again(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, client) = (user("owner@example.com", Role::Ops), user("client@example.com", Role::Client));
    store.create_user(&owner, "owner's hash", &event()).await.unwrap();
    store.create_user(&client, "client's hash", &event()).await.unwrap();
    let session = new_session(owner.id, "refresh");
    store.create_session(&session, &event()).await.unwrap();
    let file = stored_file(&store, owner.id, "kept.docx").await;
    let shares = store.put_shares(&file, &[new_share(owner.id, Audience::Client(client.id))], moment(0)).await.unwrap();
    store.bind_key_ring("ring", &[], &event()).await.unwrap();
    store.close().await;
    if !database.remembers() {
        return;
    }
    let store = database.open().await;
    assert_eq!(store.find_user_by_email(&owner.email).await.unwrap(), Some((owner.clone(), "owner's hash".to_owned())));
    assert_eq!(store.count_users(Role::Client).await.unwrap(), 1);
    assert_eq!(store.find_sign_in(session.id, moment(1)).await.unwrap().map(|found| found.user.id), Some(owner.id));
    assert_eq!(store.find_file(file.id).await.unwrap(), Some(file.clone()));
    assert!(store.find_wrapped_key(file.blob).await.unwrap().is_some());
    assert_eq!(store.count_files(&List::FilesOf(owner.id.key())).await.unwrap(), 1);
    assert_eq!(store.find_share(shares[0].id).await.unwrap(), Some(shares[0].clone()));
    assert_eq!(store.count_files_shared_with(client.id).await.unwrap(), 1);
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap().as_deref(), Some("ring"));
    // Its constraints hold as before.
    let again = store.create_user(&user("owner@example.com", Role::Ops), "hash", &event()).await;
    assert!(matches!(again, Err(Error::Conflict)), "{again:?}");
    store.close().await;
}

pub async fn migrating_twice_changes_nothing(database: &TestDatabase) {
    if let TestDatabase::Remote(_) = database {
        // Several instances start at once on a new database.
        let opened = at_once((0..4).map(|_| {
            let (options, random) = (database.options(), std::sync::Arc::new(strongroom::crypto::os_random::OsRandom));
            async move { strongroom::store::Store::connect(&options, random).await.map(|_| ()) }
        }));
        for opened in opened.await {
            opened.unwrap();
        }
    }
    let store = database.open().await;
    let file = stored_file(&store, known(&store, Role::Ops).await, "kept.docx").await;
    store.close().await;
    if database.remembers() {
        let store = database.open().await;
        assert_eq!(store.find_file(file.id).await.unwrap(), Some(file));
        assert_eq!(store.sweep_expired(Timestamp::from_millis(0)).await.unwrap(), 0);
        store.close().await;
    }
}

async fn refusal(database: &TestDatabase, statements: &str) -> Option<String> {
    database.open().await.close().await;
    if !database.remembers() {
        return None;
    }
    database.tamper(statements).await;
    match database.try_open().await.err() {
        Some(Error::Unusable(reason)) => Some(reason),
        other => panic!("{other:?}"),
    }
}

pub async fn a_changed_migration_is_refused(database: &TestDatabase) {
    let reason = refusal(database, "UPDATE migration SET checksum = 'another'").await;
    assert!(reason.as_ref().is_none_or(|reason| reason.contains("0001_main_job")), "{reason:?}");
    assert_eq!(reason.is_some(), database.remembers());
}

pub async fn a_newer_migration_is_refused(database: &TestDatabase) {
    let statements = "CREATE migration:later SET name = '9999_later', checksum = 'unknown'";
    let reason = refusal(database, statements).await;
    assert!(reason.as_ref().is_none_or(|reason| reason.contains("9999_later")), "{reason:?}");
    assert_eq!(reason.is_some(), database.remembers());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_open_is_not_opened_twice() {
    let database = TestDatabase::disk().await;
    let store = database.open().await;
    let second = database.try_open().await;
    assert!(matches!(second.as_ref().err(), Some(Error::Unusable(_))), "{:?}", second.err());
    store.close().await;
    database.open().await.close().await;
}

/// Accounts that an earlier program has stored go on: sessions, tokens of all kinds, and the Admin who is the only one.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_the_first_schema_go_on() {
    let first = include_str!("../../../schema/migrations/0001_main_job.surql");
    let checksum = HEXLOWER.encode(&Sha256::digest(first.as_bytes()));
    let admin = user("ada@example.com", Role::Admin);
    let session = new_session(admin.id, "fresh");
    let (key, session_key) = (admin.id.key(), session.id.key());
    let invitation = InvitationId::generate(&OsRandom).key();
    let (created_at, expires_at) = (moment(0).as_millis(), moment(1000).as_millis());
    let statements = format!(
        "DEFINE TABLE migration SCHEMALESS;
         CREATE migration:0001_main_job SET name = '0001_main_job', checksum = '{checksum}';
         {first}
         CREATE type::record('user', '{key}') SET email = 'ada@example.com', email_reversed = 'x', name = 'Somebody',
             role = 'ADMIN', password_hash = 'hash', created_at = {created_at};
         CREATE type::record('counter', 'users:ADMIN') SET total = 1;
         CREATE type::record('session', '{session_key}') SET user = '{key}', created_at = {created_at},
             expires_at = {expires_at};
         CREATE type::record('refresh_token', 'fresh') SET session = '{session_key}', used = false,
             expires_at = {expires_at};
         CREATE type::record('refresh_token', 'used') SET session = '{session_key}', used = true,
             expires_at = {expires_at};
         CREATE type::record('invitation', '{invitation}') SET token_hash = 'invitation', role = 'OPS', email = '', issuer = '{key}',
             expires_at = {expires_at};"
    );
    let database = TestDatabase::disk().await;
    database.tamper(&statements).await;
    let store = database.open().await;
    let found = store.find_user_by_email(&admin.email).await.unwrap().unwrap();
    assert_eq!(found, (admin.clone(), "hash".to_owned()));
    assert_eq!(store.find_sign_in(session.id, moment(1)).await.unwrap().unwrap().user, admin);
    assert!(store.find_invitation_by_token("invitation").await.unwrap().is_some());
    let act = Act { by: &admin, on: admin.id, event: &event(), mails: &[] };
    assert!(matches!(store.disable_user(act).await, Err(Error::Refused(Guard::LastAdmin))), "it is counted");
    let rotated = store.rotate_refresh_token("fresh", "next", moment(0), moment(2000), &event()).await.unwrap();
    assert!(matches!(rotated, Refreshed::Rotated { .. }), "{rotated:?}");
    let reused = store.rotate_refresh_token("used", "other", moment(0), moment(2000), &event()).await.unwrap();
    assert_eq!(reused, Refreshed::Reused, "what was used before the upgrade is not forgiven");
    assert!(store.find_sign_in(session.id, moment(1)).await.unwrap().is_none());
    store.close().await;
}
