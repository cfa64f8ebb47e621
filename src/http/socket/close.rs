//! Why a socket is closed: the codes of the protocol (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>) and of
//! RFC 6455 section 7.4.1, which every client library knows.

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// Why a socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The server stops.
    GoingAway,
    /// What came is no WebSocket.
    BrokenFrame,
    /// A message was too long.
    TooLong,
    /// As many as may be are here already, or nobody can find out who calls at the moment.
    TryAgainLater,
    /// A message is none of the protocol.
    InvalidMessage,
    /// Nobody is signed in, or no longer.
    Unauthorized,
    /// Whoever calls is let in nowhere.
    Forbidden,
    /// Another subprotocol.
    SubprotocolNotAcceptable,
    /// The first message did not come.
    InitialisationTimeout,
    /// An operation has this id already.
    SubscriberExists,
    /// The first message came twice.
    TooManyInitialisations,
}

/// How a socket ends.
pub(super) enum End {
    /// We close it.
    Closed(Close),
    /// The client has gone, or takes nothing any more.
    Gone,
}

impl Close {
    pub(super) fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::GoingAway => (1001, "Going away"),
            Self::BrokenFrame => (1002, "Protocol error"),
            Self::TooLong => (1009, "Message too long"),
            Self::TryAgainLater => (1013, "Try again later"),
            Self::InvalidMessage => (4400, "Invalid message"),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Forbidden => (4403, "Forbidden"),
            Self::SubprotocolNotAcceptable => (4406, "Subprotocol not acceptable"),
            Self::InitialisationTimeout => (4408, "Connection initialisation timeout"),
            Self::SubscriberExists => (4409, "Subscriber already exists"),
            Self::TooManyInitialisations => (4429, "Too many initialisation requests"),
        };
        CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
    }
}
