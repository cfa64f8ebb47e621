//! Mail: the only room that uses lettre. Texts, and the transport that takes them away.
//!
//! Floor 2. What is to be sent, when, and how often it is tried again is decided by the outbox, not here.

mod template;
mod transport;

pub use template::{Template, Text};
pub use transport::{Letter, Transport};

/// Why a mail could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that no mail server would take.
    #[error("an address cannot be used")]
    Address(#[from] lettre::address::AddressError),
    /// The mail could not be put together.
    #[error("the mail could not be put together")]
    Message(#[from] lettre::error::Error),
    /// The file could not be written.
    #[error("the mail could not be written")]
    File(#[from] std::io::Error),
}
