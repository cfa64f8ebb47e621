//! Which other origins' pages may call this server from a browser (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).

use std::time::Duration;

use http::Method;
use http::header::{HeaderName, HeaderValue};
use tower_http::cors::CorsLayer;

/// How long a browser may remember that it may call. Chromium's own limit is two hours.
const MAX_AGE: Duration = Duration::from_secs(7200);

/// What a page may send: sign-in, the headers against forged forms, ranges, and those of tus.
const REQUEST_HEADERS: [&str; 15] = [
    "authorization",
    "content-type",
    "graphql-require-preflight",
    "apollo-require-preflight",
    "x-requested-with",
    "range",
    "if-range",
    "if-none-match",
    "tus-resumable",
    "upload-length",
    "upload-offset",
    "upload-metadata",
    "upload-checksum",
    "upload-defer-length",
    "x-http-method-override",
];

/// What a page may read besides the few that every page may.
const RESPONSE_HEADERS: [&str; 17] = [
    "accept-ranges",
    "content-disposition",
    "content-range",
    "etag",
    "location",
    "retry-after",
    "x-request-id",
    "tus-resumable",
    "tus-version",
    "tus-extension",
    "tus-max-size",
    "tus-checksum-algorithm",
    "upload-length",
    "upload-offset",
    "upload-expires",
    "upload-metadata",
    "strongroom-file",
];

/// The answer to browsers that ask for a page of one of `origins`; `None` where there are none, and no page of another
/// origin may call. Pages elsewhere sign in with a bearer token: the cookie is never for them.
pub(super) fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers(REQUEST_HEADERS.map(HeaderName::from_static))
        .expose_headers(RESPONSE_HEADERS.map(HeaderName::from_static))
        .max_age(MAX_AGE);
    Some(layer)
}
