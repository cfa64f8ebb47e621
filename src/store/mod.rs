//! Metadata in SurrealDB: the only room that uses it.
//!
//! Floor 2. One file a table, and one [`Store`] in front of them. Reads are single queries; everything that must hold
//! together is one `BEGIN … COMMIT` text, run in a task of its own so that a client that goes away cannot cut it in half,
//! and tried again a bounded number of times when another transaction won. Isolation is by snapshot, so an invariant across
//! rows is guarded by writing a row that both sides write.
//!
//! To add a table: define it in a new file under `schema/migrations/`, give it a file here, and let its lists go
//! through `Store::scan`, which the test of the query plans walks.
//!
//! Whatever writes an event does so by the statements of [`feed`], which give it its place in the feed.
//!
//! `find_` answers an `Option`; absent is never an error here.

mod connection;
mod dumped_row;
mod error;
mod held;
mod migration;
mod query;
mod refill;
mod row;
mod scan;
mod shards;
mod snapshot;

pub mod account_token;
pub mod administration;
pub mod attempt;
pub mod blob;
pub mod credential;
pub mod dead_mail;
mod event;
pub mod feed;
pub mod file;
pub mod installation;
pub mod invitation;
pub mod outbox;
pub mod passkey;
pub mod quota;
pub mod receipt;
pub mod registration;
pub mod rewrap;
pub mod ring_key;
pub mod rotation;
pub mod second_factor;
pub mod session;
pub mod share;
pub mod sweep;
pub mod transfer;
pub mod trash;
pub mod usage;
pub mod user;
pub mod winding_up;
pub mod winding_up_trash;

pub use connection::{Options, Store};
pub use dumped_row::DumpedRow;
pub use error::{Error, Guard, Outcome};
pub use scan::{List, Listed, Scan};
pub use snapshot::Snapshot;
