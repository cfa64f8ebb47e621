//! Mail: the only room that uses lettre. Texts, and the transports that take them away.
//!
//! Floor 2. What is to be sent, when, and how often it is tried again is decided by the outbox, not here.

mod account_change;
mod error;
mod folder;
mod letter;
mod second_factor_change;
mod smtp;
mod template;
mod transport;

pub use account_change::AccountChange;
pub use error::{Error, Refusal};
pub use letter::Letter;
pub use second_factor_change::SecondFactorChange;
pub use smtp::{Encryption, SmtpOptions};
pub use template::{Template, Words};
pub use transport::Transport;
