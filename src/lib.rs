//! Strongroom: a secure file-sharing server with a GraphQL API and sealed, pluggable storage.
//!
//! The rooms stand on floors; a room imports only rooms on lower floors, and `tests/it/house.rs` keeps it so. Where to
//! start reading: `docs/ARCHITECTURE.md`, then [`services::files`] for the way of an upload.
#![recursion_limit = "256"]

pub mod app;
pub mod blobs;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod folders;
pub mod graphql;
pub mod http;
pub mod mail;
pub mod policy;
pub mod services;
pub mod store;
