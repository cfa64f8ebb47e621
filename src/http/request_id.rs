//! A name for every request, under which its errors are found in the log, and the headers that every answer carries.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::error;
use crate::services::Services;

/// The header that carries it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

/// Names the request. A name that the caller brings is not believed.
pub(super) async fn assign(State(services): State<Arc<Services>>, mut request: Request, next: Next) -> Response {
    let id = services.new_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let is_answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = is_answered.unwrap_or_else(|_| error::panicked(&id));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    set_if_absent(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_if_absent(headers, header::REFERRER_POLICY, "no-referrer");
    set_if_absent(headers, header::X_FRAME_OPTIONS, "DENY");
    set_if_absent(headers, header::CACHE_CONTROL, "no-store");
    set_if_absent(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set_if_absent(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

fn set_if_absent(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
