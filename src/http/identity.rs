//! Who calls: found out once, at the door.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::domain::timestamp::Timestamp;
use crate::graphql::SessionCookie;
use crate::services::{Caller, Error, Presented, Services, Visitor};

/// Headers that a plain form of another site cannot send.
const PREFLIGHT_HEADERS: [&str; 3] = ["graphql-require-preflight", "apollo-require-preflight", "x-requested-with"];

/// The caller of a request that may change something. A cookie, which browsers send by themselves, counts only beside a
/// header that a plain form cannot send; without it the caller is treated like one with a bad token.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn caller(services: &Services, headers: &HeaderMap, visitor: &Visitor) -> Result<Caller, Error> {
    find_caller(services, headers, visitor, is_preflighted(headers)).await
}

/// The caller of a request of tus, whose own header no plain form can send either.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn uploader(services: &Services, headers: &HeaderMap, visitor: &Visitor) -> Result<Caller, Error> {
    let is_deliberate = is_preflighted(headers) || headers.contains_key("tus-resumable");
    find_caller(services, headers, visitor, is_deliberate).await
}

/// The caller of a request that only reads, where the cookie alone will do, unless the browser says that another site
/// has sent it (Fetch Metadata, section 2.1).
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn reader(services: &Services, headers: &HeaderMap, visitor: &Visitor) -> Result<Caller, Error> {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_own = sites.all(|site| ["same-origin", "none"].iter().any(|own| site == own));
    find_caller(services, headers, visitor, is_own || is_preflighted(headers)).await
}

async fn find_caller(
    services: &Services,
    headers: &HeaderMap,
    visitor: &Visitor,
    cookie_counts: bool,
) -> Result<Caller, Error> {
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    match (authorizations.next(), authorizations.next()) {
        (None, _) => match session_cookie(services, headers) {
            None => Ok(Caller::Anonymous),
            Some(cookie) if cookie_counts => services.authenticate(Presented::Cookie(cookie), visitor).await,
            Some(_) => Ok(Caller::Rejected),
        },
        (Some(authorization), None) => match authorization.to_str().ok().and_then(bearer_token) {
            Some(token) => services.authenticate(Presented::Bearer(token), visitor).await,
            None => Ok(Caller::Rejected),
        },
        (Some(_), Some(_)) => Ok(Caller::Rejected),
    }
}

/// What says who calls on a WebSocket, kept until that is asked.
#[derive(Default)]
pub(super) enum Credential {
    /// Nothing.
    #[default]
    None,
    /// Something that is no credential.
    Bad,
    /// An access token.
    Bearer(SecretString),
    /// The value of the session cookie.
    Cookie(SecretString),
}

/// What the request of a WebSocket brings along. The cookie, which browsers send by themselves, counts only where
/// `is_own_page` says that one of our pages asks.
pub(super) fn of_socket(services: &Services, headers: &HeaderMap, is_own_page: bool) -> Credential {
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    match (authorizations.next(), authorizations.next()) {
        (None, _) => match session_cookie(services, headers).filter(|_| is_own_page) {
            Some(cookie) => Credential::Cookie(cookie.into()),
            None => Credential::None,
        },
        (Some(authorization), None) => credential(authorization.to_str().ok()),
        (Some(_), Some(_)) => Credential::Bad,
    }
}

/// What the first message on a WebSocket brings along: `{"authorization": "Bearer …"}`, the name in any case.
pub(super) fn of_first_message(payload: Map<String, Value>) -> Credential {
    let mut authorizations = payload.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    match (authorizations.next(), authorizations.next()) {
        (None, _) => Credential::None,
        (Some((_, authorization)), None) => credential(authorization.as_str()),
        (Some(_), Some(_)) => Credential::Bad,
    }
}

fn credential(authorization: Option<&str>) -> Credential {
    authorization.and_then(bearer_token).map_or(Credential::Bad, |token| Credential::Bearer(token.into()))
}

/// Who holds a credential, and until when it says so.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn holder_of(
    services: &Services,
    credential: &Credential,
    visitor: &Visitor,
) -> Result<(Caller, Option<Timestamp>), Error> {
    let presented = match credential {
        Credential::None => return Ok((Caller::Anonymous, None)),
        Credential::Bad => return Ok((Caller::Rejected, None)),
        Credential::Bearer(token) => Presented::Bearer(token.expose_secret()),
        Credential::Cookie(value) => Presented::Cookie(value.expose_secret()),
    };
    let expires_at = services.expiry_of(presented);
    Ok((services.authenticate(presented, visitor).await?, expires_at))
}

/// The value of the session cookie (RFC 6265 section 4.2); an empty text where it is there more than once.
fn session_cookie<'a>(services: &Services, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = SessionCookie::of(services).name();
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = pairs
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(found, value)| (found == name).then_some(value));
    let first = values.next()?;
    Some(if values.next().is_none() { first } else { "" })
}

/// Whether a session that begins with this request shall be kept in a cookie: a browser page asks for it by the header it
/// needs with the cookie anyway.
pub(super) fn wants_cookie(headers: &HeaderMap) -> bool {
    is_preflighted(headers) && !headers.contains_key(AUTHORIZATION)
}

fn is_preflighted(headers: &HeaderMap) -> bool {
    PREFLIGHT_HEADERS.iter().any(|name| headers.contains_key(*name))
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
    headers.get_all(AUTHORIZATION).iter().any(has_bearer) || is_preflighted(headers)
}
