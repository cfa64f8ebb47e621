//! The integration tests, one binary: a second one would link the database a second time.

mod accounts;
mod growth;
mod harness;
mod lists;
mod query_plans;
mod store_contract;
