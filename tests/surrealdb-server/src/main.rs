//! A SurrealDB server for the tests. `surrealdb-server` publishes its server as a library only.

use std::process::ExitCode;

fn main() -> ExitCode {
    surrealdb_server::init(surrealdb_server::core::CommunityComposer())
}
