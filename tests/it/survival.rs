//! What was answered survives: a kill, a power failure, a broken disk, a client that goes away. What was not answered
//! leaves nothing behind.

mod answered;
pub mod dice;
mod disk_errors;
mod first_start;
mod forgetful_disk;
mod kills;
mod ledger;
mod lost_clients;
mod power_failures;
mod selftest;
mod torn_log;
mod traffic;
