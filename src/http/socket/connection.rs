//! One socket, from its first message to its end.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::FutureExt;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::close::{Close, End};
use super::message::ServerMessage;
use super::operations::Operations;
use super::places::Place;
use crate::domain::timestamp::Timestamp;
use crate::graphql::Told;
use crate::http::HttpState;
use crate::http::identity::Credential;
use crate::http::request_id::RequestId;
use crate::http::serve::Stopping;
use crate::services::{SignedIn, Standing, Visitor};

/// How often time and sign-in are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long the first message may take.
const INITIALISATION_SECONDS: u64 = 10;
/// How long a client may be silent before it is asked whether it is there, and how long it may take to say so.
const SILENCE_SECONDS: u64 = 25;
/// How long a client may take to take a message.
const SEND_SECONDS: u64 = 30;
/// How long a client is given to hear that it is over.
const FAREWELL: Duration = Duration::from_secs(2);
/// One socket.
pub(super) struct Connection {
    socket: WebSocket,
    pub(super) state: HttpState,
    pub(super) visitor: Visitor,
    pub(super) request_id: String,
    /// What the request brought to say who calls; gone with the first message.
    pub(super) credential: Credential,
    pub(super) place: Place,
    pub(super) caller: Option<Known>,
    pub(super) operations: Operations,
    pub(super) silence: Silence,
    since: Timestamp,
    looks: Interval,
}

/// Who calls, and until when that is known.
pub(super) struct Known {
    pub(super) signed_in: SignedIn,
    pub(super) expires_at: Option<Timestamp>,
}

/// Since when nothing has come.
pub(super) struct Silence {
    pub(super) since: Timestamp,
    pub(super) was_asked: bool,
}

enum Turn {
    Stop,
    Look,
    Told(String, Option<Told>),
    Received(Option<Result<Message, axum::Error>>),
}

impl Connection {
    pub(super) fn new(
        socket: WebSocket,
        state: HttpState,
        visitor: Visitor,
        request_id: RequestId,
        credential: Credential,
        place: Place,
    ) -> Self {
        let since = state.services.now();
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            state,
            visitor,
            request_id: request_id.0,
            credential,
            place,
            caller: None,
            operations: Operations::default(),
            silence: Silence { since, was_asked: false },
            since,
            looks,
        }
    }

    /// To the end.
    pub(super) async fn run(mut self, speaks_our_protocol: bool, stopping: &Stopping) {
        let end =
            if speaks_our_protocol { self.serve(stopping).await } else { End::Closed(Close::SubprotocolNotAcceptable) };
        let End::Closed(close) = end else { return };
        tracing::debug!(?close, request_id = self.request_id, "a socket is closed");
        // Whatever is left in the line when it is cut could eat the frame that says why, so it is read up to the client's own.
        let farewell = async {
            self.socket.send(Message::Close(Some(close.frame()))).await?;
            while self.socket.recv().await.transpose()?.is_some() {}
            Ok::<(), axum::Error>(())
        };
        if !matches!(timeout(FAREWELL, farewell).await, Ok(Ok(()))) {
            tracing::debug!(request_id = self.request_id, "a client did not stay for the end of its socket");
        }
    }

    async fn serve(&mut self, stopping: &Stopping) -> End {
        loop {
            let turn = tokio::select! {
                () = stopping.begun() => Turn::Stop,
                _ = self.looks.tick() => Turn::Look,
                (id, told) = self.operations.next() => Turn::Told(id, told),
                // In their order: a message that comes behind a subscription is answered when that is running.
                received = self.socket.recv(), if self.operations.all_run() => Turn::Received(received),
            };
            let done = match turn {
                Turn::Stop => Err(End::Closed(Close::GoingAway)),
                Turn::Look => self.look().await,
                Turn::Told(id, told) => self.tell(&id, told).await,
                Turn::Received(received) => self.receive(received).await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Whether the time of something is over.
    async fn look(&mut self) -> Result<(), End> {
        let now = self.state.services.now();
        let Some(known) = &self.caller else {
            let is_late = now >= self.since.plus_seconds(INITIALISATION_SECONDS);
            return if is_late { Err(End::Closed(Close::InitialisationTimeout)) } else { Ok(()) };
        };
        known.require_unexpired(now)?;
        match self.state.services.standing_of_sign_in(&known.signed_in).await {
            Ok(Standing::Good) => {}
            Ok(Standing::Over) => return Err(End::Closed(Close::Unauthorized)),
            Ok(Standing::Disabled) => return Err(End::Closed(Close::Forbidden)),
            // Whoever is here already may stay: nothing is told either while nothing can be looked up.
            Err(failure) => tracing::debug!(error = failure.with_causes(), "a sign-in could not be looked at"),
        }
        if now < self.silence.since {
            self.silence.since = now;
        }
        if now < self.silence.since.plus_seconds(SILENCE_SECONDS) {
            return Ok(());
        }
        if self.silence.was_asked {
            return Err(End::Gone);
        }
        self.silence = Silence { since: now, was_asked: true };
        self.send(Message::Ping(Vec::new().into())).await
    }

    pub(super) async fn tell(&mut self, id: &str, told: Option<Told>) -> Result<(), End> {
        if let Some(known) = &self.caller {
            known.require_unexpired(self.state.services.now())?;
        }
        match told {
            Some(Told::Running) => Ok(()),
            Some(Told::Event(payload)) => self.say(&ServerMessage::Next { id, payload }).await,
            Some(Told::Over(payload)) => {
                self.operations.end(id);
                self.say(&ServerMessage::Error { id, payload }).await
            }
            None => {
                self.operations.end(id);
                self.say(&ServerMessage::Complete { id }).await
            }
        }
    }

    pub(super) async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| End::Gone)?;
        self.send(Message::Text(text.into())).await
    }

    /// Sends a message, unless the client takes too long to take it.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let services = &self.state.services;
        let give_up_at = services.now().plus_seconds(SEND_SECONDS);
        let mut sending = std::pin::pin!(self.socket.send(message).fuse());
        loop {
            tokio::select! {
                sent = &mut sending => return sent.map_err(|_| End::Gone),
                _ = self.looks.tick() => {
                    if services.now() >= give_up_at {
                        tracing::debug!(request_id = self.request_id, "a client takes nothing any more");
                        return Err(End::Gone);
                    }
                }
            }
        }
    }
}

impl Known {
    pub(super) fn require_unexpired(&self, now: Timestamp) -> Result<(), End> {
        let is_over = self.expires_at.is_some_and(|expires_at| now >= expires_at);
        if is_over { Err(End::Closed(Close::Unauthorized)) } else { Ok(()) }
    }
}
