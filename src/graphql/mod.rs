//! The GraphQL schema: thin resolvers over the services.
//!
//! Floor 4. Imports services and domain only. A resolver reads its arguments, calls one service function, and wraps the
//! answer. Each guarded field carries its permission twice in one attribute: as the guard, and as `@requires` for readers
//! of the schema; a test holds the two together. Errors leave through one door, `error.rs`.

pub mod context;
mod cookie;
mod error;
mod guard;
mod mutation;
mod query;
mod selection;
mod subscribe;
mod subscription;
mod types;

use std::sync::Arc;

use async_graphql::SDLExportOptions;

use crate::services::Services;

pub use cookie::SessionCookie;
pub use error::coded_response;
pub use subscribe::{Told, refused, subscribe};

/// The schema.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// The deepest selection: introspection needs 13.
const MAX_DEPTH: usize = 20;
/// The most fields one document may select.
const MAX_FIELDS: usize = 1000;
/// The most directives one field may carry.
const MAX_DIRECTIVES: usize = 10;

/// The schema over these services.
pub fn schema(services: Arc<Services>) -> Schema {
    builder().data(services).finish()
}

/// The schema in the schema definition language, as `schema/schema.graphql` keeps it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    let roots = (query::Query::default(), mutation::Mutation::default(), subscription::Subscription::default());
    async_graphql::Schema::build(roots.0, roots.1, roots.2)
        .register_output_type::<types::node::Node>()
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_FIELDS)
        .limit_directives(MAX_DIRECTIVES)
        .disable_suggestions()
        .extension(error::Codes)
}
