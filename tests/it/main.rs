//! The integration tests, one binary: a second one would link the database a second time.

mod accounts;
mod cli;
mod concurrency;
mod harness;
mod house;
mod links;
mod ranges;
mod schema;
mod sharing;
mod streaming;
mod survival;
mod uploads;
mod verify_page;
