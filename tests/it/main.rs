//! The integration tests, one binary: a second one would link the database a second time.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what must not happen fails the test")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod accounts;
mod administration;
mod audit;
mod backends;
mod backup;
mod bad_input;
mod cli;
mod clients;
mod concurrency;
mod cookies;
mod enumeration;
mod growth;
mod harness;
mod house;
mod keys;
mod limits;
mod links;
mod lists;
mod loaders;
mod login_storm;
mod mail;
mod over_http;
mod passkeys;
mod policy_lines;
mod policy_matrix;
mod query_plans;
mod quotas;
mod ranges;
mod recovery;
mod refusal;
mod resumable;
mod schema;
mod second_factor;
mod sharing;
mod storage_copy;
mod store_contract;
mod streaming;
mod subscriptions;
mod survival;
mod tools;
mod trash;
mod uploads;
mod verify;
mod verify_page;
