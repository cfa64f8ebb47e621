//! From where a request comes: found out once, for every route.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::USER_AGENT;

use super::{forwarded, identity};
use crate::services::{Services, Visitor};

/// The other end of a connection, as the listener saw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeerAddress(pub(super) IpAddr);

/// Notes the visitor for the handlers.
pub(super) async fn assign(State(services): State<Arc<Services>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<PeerAddress>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let headers = request.headers();
    let address = forwarded::client_address(peer, headers, |address| services.trusts_proxy(address));
    let visitor = Visitor::new(address, user_agent(headers), identity::wants_cookie(headers));
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
