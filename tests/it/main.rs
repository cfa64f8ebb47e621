//! The integration tests, one binary: a second one would link the database a second time.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what is unexpected ends the test")]
#![expect(unreachable_pub, reason = "a test binary has no outside; pub says what tests may use")]

mod accounts;
mod bad_input;
mod harness;
mod refusal;
mod streaming;
mod uploads;
