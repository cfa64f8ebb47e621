//! The integration tests, one binary: a second one would link the database a second time.

mod accounts;
mod bad_input;
mod harness;
mod refusal;
mod streaming;
mod uploads;
