//! Errors on routes that are not GraphQL: `{"code","message","requestId"}`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

use super::request_id::RequestId;
use crate::domain::code::Code;
use crate::services::Error;

/// An error with the request it answers.
pub(super) struct Failure {
    error: Error,
    request_id: String,
}

impl Failure {
    pub(super) fn new(error: Error, request_id: &RequestId) -> Self {
        Self { error, request_id: request_id.0.clone() }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { error, request_id } = self;
        if matches!(error, Error::Internal(_) | Error::Unavailable { .. }) {
            tracing::error!(request_id, error = error.with_causes(), "a request failed");
        }
        with_retry_after(answer(error.code(), &error.to_string(), &request_id), &error)
    }
}

/// The response with `Retry-After` (RFC 9110 section 10.2.3), where the error says when to come back. For every route but
/// `/graphql`, which says so in the error itself.
pub(super) fn with_retry_after(mut response: Response, error: &Error) -> Response {
    if let Error::RateLimited { retry_after_seconds } = error {
        response.headers_mut().insert(header::RETRY_AFTER, (*retry_after_seconds).into());
    }
    response
}

fn answer(code: Code, message: &str, request_id: &str) -> Response {
    let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Json(json!({ "code": code.as_str(), "message": message, "requestId": request_id }));
    let mut response = (status, body).into_response();
    if code == Code::Unauthenticated {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
    }
    response
}

/// For paths that nothing answers.
pub(super) async fn no_such_route(request_id: axum::Extension<RequestId>) -> Response {
    answer(Code::NotFound, "There is no such page.", &request_id.0.0)
}

/// For methods that a path does not have.
pub(super) async fn no_such_method(request_id: axum::Extension<RequestId>) -> Response {
    let mut response = answer(Code::BadUserInput, "This method is not taken here.", &request_id.0.0);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// For handlers that panicked; where, the log says.
pub(super) fn panicked(request_id: &str) -> Response {
    tracing::error!(request_id, "a handler panicked");
    answer(Code::Internal, "Something went wrong.", request_id)
}
