//! The integration tests, one binary: a second one would link the database a second time.
#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "nothing of a test is for the outside")]

mod accounts;
mod harness;
mod house;
mod schema;
