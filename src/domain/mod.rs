//! The words of the house: ids, people, files, shares, rules for names, error codes, time.
//!
//! Floor 0. Nothing of ours is imported here, nothing is read or written, and every rule that
//! the contract states about a value lives beside that value.

pub mod clock;
pub mod code;
pub mod dead_mail;
pub mod email;
pub mod event;
pub mod feed;
pub mod file;
pub mod id;
pub mod media;
pub mod name;
pub mod page;
pub mod permission;
pub mod random;
pub mod role;
pub mod share;
pub mod sort_key;
pub mod timestamp;
pub mod user;
