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
mod subscribe;
mod subscription;
mod tokens;
mod types;

use async_graphql::SDLExportOptions;

pub use api::{Api, Operation, Prepared};
pub use cookie::SessionCookie;
pub use documents::NamedDocument;
pub use error::coded_response;
pub use subscribe::{Told, refused};

type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// The schema in the schema definition language, as `schema/schema.graphql` keeps it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    let roots = (query::Query::default(), mutation::Mutation::default(), subscription::Subscription::default());
    async_graphql::Schema::build(roots.0, roots.1, roots.2)
        .register_output_type::<types::node::Node>()
        .disable_suggestions()
}
