//! Alive, ready, and the public keys.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header;

use super::HttpState;
use super::error::Failure;
use super::request_id::RequestId;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Database and storage answer too.
pub(super) async fn ready(State(state): State<HttpState>, Extension(request_id): Extension<RequestId>) -> Response {
    match state.services.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(failure) => Failure::new(failure, &request_id).into_response(),
    }
}

/// The public keys of the access tokens (RFC 7517).
pub(super) async fn jwks(State(state): State<HttpState>) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(state.services.jwks())).into_response()
}
