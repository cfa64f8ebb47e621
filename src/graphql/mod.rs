//! The GraphQL schema: thin resolvers over the services.
//!
//! Floor 4. Imports services and domain only. A resolver reads its arguments, calls one service function, and wraps the
//! answer. Each guarded field carries its permission twice in one attribute: as the guard, and as `@requires` for readers
//! of the schema; a test holds the two together. Errors leave through one door, `error.rs`.

mod api;
mod batches;
pub mod context;
mod cookie;
mod documents;
mod error;
mod guard;
mod limits;
mod loaders;
mod mutation;
mod query;
mod tokens;
mod types;

use async_graphql::{EmptySubscription, SDLExportOptions};

pub use api::{Api, Operation, Prepared};
pub use cookie::SessionCookie;
pub use documents::NamedDocument;
pub use error::coded_response;

type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// The schema in the schema definition language, as `schema/schema.graphql` keeps it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, EmptySubscription> {
    async_graphql::Schema::build(query::Query::default(), mutation::Mutation::default(), EmptySubscription)
        .register_output_type::<types::node::Node>()
        .disable_suggestions()
}
