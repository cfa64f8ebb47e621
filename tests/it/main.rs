//! The integration tests, one binary: a second one would link the database a second time.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that finds something missing has failed")]

mod accounts;
mod growth;
mod harness;
mod lists;
mod query_plans;
mod store_contract;
