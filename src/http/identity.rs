//! Who calls: found out once, at the door.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::services::{Caller, Error, Services};

/// Headers that a plain form of another site cannot send.
const PREFLIGHT_HEADERS: [&str; 3] = ["graphql-require-preflight", "apollo-require-preflight", "x-requested-with"];

/// The caller of a request.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn caller(services: &Services, headers: &HeaderMap) -> Result<Caller, Error> {
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    match (authorizations.next(), authorizations.next()) {
        (None, _) => Ok(Caller::Anonymous),
        (Some(authorization), None) => match authorization.to_str().ok().and_then(bearer_token) {
            Some(token) => services.authenticate(token).await,
            None => Ok(Caller::Rejected),
        },
        (Some(_), Some(_)) => Ok(Caller::Rejected),
    }
}

/// The token of `Bearer TOKEN` (RFC 6750 section 2.1); the scheme's name in any case (RFC 9110 section 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// Whether a request can only have been sent by a program or by a page that the browser asked first.
pub(super) fn is_deliberate(headers: &HeaderMap) -> bool {
    let has_bearer =
        |value: &http::HeaderValue| value.to_str().ok().and_then(bearer_token).is_some_and(|token| !token.is_empty());
    headers.get_all(AUTHORIZATION).iter().any(has_bearer)
        || PREFLIGHT_HEADERS.iter().any(|name| headers.contains_key(*name))
}
