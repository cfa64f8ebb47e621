//! The integration tests, one binary: a second one would link the database a second time.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what must not happen fails the test")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod accounts;
mod cli;
mod harness;
mod links;
mod ranges;
mod sharing;
mod verify_page;
