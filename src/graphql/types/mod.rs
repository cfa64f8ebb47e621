//! What the schema is made of, one file a noun.

pub(super) mod connection;
pub(super) mod file;
pub(super) mod mail;
pub(super) mod node;
pub(super) mod role;
pub(super) mod scalar;
pub(super) mod session;
pub(super) mod share;
pub(super) mod user;
