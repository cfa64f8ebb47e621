//! `GET /graphql` upgraded to a WebSocket: subscriptions by the protocol `graphql-transport-ws`.
//!
//! Written by hand on top of `graphql::Api::subscribe`, because the library's own socket knows no time-outs, replaces an operation
//! whose id comes again, runs queries and mutations, closes with other codes than the protocol's, and has no bounds.

mod close;
mod connection;
mod message;
mod operations;
mod places;
mod requests;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ORIGIN, UPGRADE};

use super::HttpState;
use super::error::Failure;
use super::identity;
use super::request_id::RequestId;
use super::serve::Stopping;
use crate::services::{Error, Services, Visitor};
use connection::Connection;
pub(super) use places::Places;

/// The only subprotocol that is spoken here.
const PROTOCOL: &str = "graphql-transport-ws";
/// Bytes of a message of a client.
const MAX_MESSAGE_BYTES: usize = 64 << 10;
/// When to come back, where too many are here, in seconds.
const COME_BACK_SECONDS: u64 = 10;

/// Whether a request asks to go on as a WebSocket.
pub(super) fn is_asked_for(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(UPGRADE).iter().filter_map(|value| value.to_str().ok());
    protocols.any(|names| names.split(',').any(|name| name.trim().eq_ignore_ascii_case("websocket")))
}

/// Goes on as a WebSocket. Who calls is said in its first message.
pub(super) async fn upgrade(
    State(state): State<HttpState>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let origin = match origin(&state.services, &headers) {
        Ok(origin) => origin,
        Err(failure) => return Failure::new(failure, &request_id).into_response(),
    };
    let Ok(upgrade) = upgrade else {
        let failure = Error::input("Upgrade", "This is no request for a WebSocket (RFC 6455 section 4.2.1).");
        return Failure::new(failure, &request_id).into_response();
    };
    let Some(place) = state.places.take(visitor.network()) else {
        let failure = Error::RateLimited { retry_after_seconds: COME_BACK_SECONDS };
        return Failure::new(failure, &request_id).into_response();
    };
    let credential = identity::of_socket(&state.services, &headers, origin == Origin::Own);
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .write_buffer_size(0);
    let speaks_our_protocol = upgrade.selected_protocol().is_some();
    let stopping = stopping.map(|Extension(stopping)| stopping).unwrap_or_default();
    let is_waited_for = stopping.hold_up();
    upgrade.on_upgrade(move |socket| async move {
        let connection = Connection::new(socket, state, visitor, request_id, credential, place);
        connection.run(speaks_our_protocol, &stopping).await;
        drop(is_waited_for);
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A page of ours.
    Own,
    /// A page that is allowed; the cookie is not for it.
    Allowed,
    /// No page at all: browsers always say where a page comes from.
    None,
}

/// Where the page comes from that asks. No other page may, whatever it brings: a WebSocket is not held back by the
/// same-origin policy.
fn origin(services: &Services, headers: &HeaderMap) -> Result<Origin, Error> {
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => Ok(Origin::None),
        (Some(origin), None) => {
            let server = &services.config().server;
            match origin.to_str() {
                Ok(origin) if server.is_own_origin(origin) => Ok(Origin::Own),
                Ok(origin) if server.allowed_origins.iter().any(|allowed| allowed == origin) => Ok(Origin::Allowed),
                _ => Err(Error::ForeignOrigin),
            }
        }
        (Some(_), Some(_)) => Err(Error::ForeignOrigin),
    }
}
