//! The door to the outside: routes, requests, answers.
//!
//! Floor 4. Imports services, domain and graphql only. Who calls is found out once, in `identity`; every answer that is an
//! error is made in `error`; what is left unread of a refused request is thrown away in `drain`.

mod cross_origin;
mod documents;
mod drain;
mod error;
mod form_page;
mod forwarded;
mod front_end;
mod graphiql;
mod graphql;
mod health;
mod identity;
mod meter;
mod multipart;
mod negotiation;
mod operation;
mod range;
mod request_id;
pub mod serve;
mod signup_page;
mod socket;
mod token_page;
mod uploads;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{get, head, post};

pub use self::front_end::FrontEnd;
use crate::graphql::Api;
use crate::services::Services;

/// Bytes of a form or of a JSON request.
const MAX_SMALL_BODY_BYTES: usize = 1 << 20;

/// What every route needs.
#[derive(Clone)]
struct HttpState {
    services: Arc<Services>,
    api: Arc<Api>,
    places: socket::Places,
}

/// All routes.
pub fn router(services: Arc<Services>, api: Api, front_end: FrontEnd) -> Router {
    let api = Arc::new(api);
    let cross_origin = cross_origin::layer(&services.config().server.allowed_origins);
    let router = Router::new()
        .route("/graphql", get(graphql_get).post(graphql::post))
        .route("/graphiql", get(graphiql::page))
        .route("/playground", get(graphiql::playground))
        .route("/assets/tools/{name}", get(graphiql::asset))
        .route("/d/{token}", get(documents::get).head(documents::head))
        .route("/uploads", post(uploads::collection).options(uploads::collection))
        .route(
            "/uploads/{id}",
            head(uploads::one).patch(uploads::one).delete(uploads::one).post(uploads::one).options(uploads::one),
        )
        .merge(front_end.routes())
        .route("/.well-known/jwks.json", get(health::jwks))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(front_end::no_such_page)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_SMALL_BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&services), visitor::assign));
    // Outside of the routes, for it answers browsers that ask beforehand itself.
    let router = match cross_origin {
        Some(layer) => router.layer(layer),
        None => router,
    };
    router
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&services), request_id::assign))
        .with_state(HttpState { services, api, places: socket::Places::default() })
}

/// Subscriptions where a WebSocket is asked for, else what [`graphql`] answers.
async fn graphql_get(State(state): State<HttpState>, request: Request) -> Response {
    if socket::is_asked_for(request.headers()) {
        socket::upgrade.call(request, state).await
    } else {
        graphql::get.call(request, state).await
    }
}
