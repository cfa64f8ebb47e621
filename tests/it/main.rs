//! The integration tests, one binary: a second one would link the database a second time.

mod accounts;
mod cli;
mod concurrency;
mod harness;
mod house;
mod links;
mod query_plans;
mod ranges;
mod schema;
mod sharing;
mod store_contract;
mod streaming;
mod survival;
mod uploads;
mod verify_page;
