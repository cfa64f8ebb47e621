//! What the schema is made of, one file a noun.

pub(super) mod active_session;
pub(super) mod audit;
pub(super) mod connection;
pub(super) mod download;
pub(super) mod file;
pub(super) mod invitation;
pub(super) mod key;
pub(super) mod mail;
pub(super) mod node;
pub(super) mod passkey;
pub(super) mod receipt;
pub(super) mod role;
pub(super) mod scalar;
pub(super) mod second_factor;
pub(super) mod session;
pub(super) mod share;
pub(super) mod storage;
pub(super) mod user;
