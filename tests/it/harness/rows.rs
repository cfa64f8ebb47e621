//! Things to put into a store.

use std::net::Ipv4Addr;

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::email::EmailAddress;
use strongroom::domain::event::{Action, Actor, Event};
use strongroom::domain::file::File;
use strongroom::domain::id::{BlobId, EventId, FileId, SessionId, ShareId, UserId};
use strongroom::domain::media::DocumentKind;
use strongroom::domain::name::{FileName, PersonName};
use strongroom::domain::role::Role;
use strongroom::domain::share::Audience;
use strongroom::domain::timestamp::Timestamp;
use strongroom::domain::user::User;
use strongroom::services::Visitor;
use strongroom::store::Store;
use strongroom::store::blob::StoredKey;
use strongroom::store::file::NewFile;
use strongroom::store::session::NewSession;
use strongroom::store::share::NewShare;

/// The moment so many seconds after the tests begin.
pub fn moment(seconds: u64) -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-21T09:30:00Z").unwrap().plus_seconds(seconds)
}

pub fn user(email: &str, role: Role) -> User {
    User {
        id: UserId::generate(&OsRandom),
        email: EmailAddress::parse(email).unwrap(),
        name: PersonName::parse("Somebody").unwrap(),
        role,
        created_at: moment(0),
        disabled: false,
        sign_in_epoch: 0,
    }
}

/// Something that happened one second in.
pub fn event() -> Event {
    Event {
        id: EventId::generate(&OsRandom),
        at: moment(1),
        action: Action::FileUploaded,
        actor: Actor::System,
        object: String::new(),
        address: None,
        detail: String::new(),
    }
}

/// Somebody on this machine.
pub fn visitor() -> Visitor {
    Visitor::new(Ipv4Addr::LOCALHOST.into(), "tests", false)
}

pub fn new_user_id() -> UserId {
    UserId::generate(&OsRandom)
}

/// Somebody who has an account.
pub async fn known(store: &Store, role: Role) -> UserId {
    let id = new_user_id();
    let somebody = User { id, ..user(&format!("{}@example.com", id.key()), role) };
    store.create_user(&somebody, "hash", &event()).await.unwrap();
    id
}

/// The Ops user with this id, as far as an upload looks at it.
pub fn uploader(id: UserId) -> User {
    User { id, ..user("uploader@example.com", Role::Ops) }
}

pub fn new_file(owner: UserId, name: &str) -> NewFile {
    let blob = BlobId::generate(&OsRandom);
    let file = File {
        id: FileId::generate(&OsRandom),
        name: FileName::parse(name).unwrap(),
        kind: DocumentKind::Docx,
        size_bytes: 1000,
        sha256: [7; 32],
        uploaded_at: moment(0),
        owner,
        blob,
        pieces: 0,
    };
    NewFile { file, key: StoredKey { key_id: "k1".to_owned(), sealed: vec![1; 72] }, share: None }
}

pub fn new_share(sharer: UserId, audience: Audience) -> NewShare {
    NewShare {
        id: ShareId::generate(&OsRandom),
        audience,
        shared_by: sharer,
        shared_at: moment(0),
        expires_at: None,
        max_downloads: None,
        made: event(),
        updated: event(),
    }
}

pub fn new_session(user: UserId, refresh_token_hash: &str) -> NewSession {
    NewSession {
        id: SessionId::generate(&OsRandom),
        user,
        created_at: moment(0),
        device: String::new(),
        expires_at: moment(1000),
        refresh_token_hash: refresh_token_hash.to_owned(),
        cookie_hash: None,
        passkey: None,
        sign_in_epoch: 0,
    }
}

/// Stages the object of each file.
pub async fn stage(store: &Store, files: &[NewFile]) {
    for new in files {
        store.stage_blob(new.file.blob, moment(60)).await.unwrap();
    }
}

/// A file that is stored.
pub async fn stored_file(store: &Store, owner: UserId, name: &str) -> File {
    let new = new_file(owner, name);
    stage(store, std::slice::from_ref(&new)).await;
    store.commit_files(&uploader(owner), std::slice::from_ref(&new), &[]).await.unwrap();
    new.file
}
