//! The integration tests, one binary: a second one would link the database a second time.

mod accounts;
mod cli;
mod concurrency;
mod harness;
mod links;
mod ranges;
mod sharing;
mod survival;
mod verify_page;
