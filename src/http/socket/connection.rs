//! One socket, from its first message to its end.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::FutureExt;
use serde_json::{Map, Value};
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::close::Close;
use super::message::{ClientMessage, ServerMessage};
use super::operations::Operations;
use super::places::Place;
use super::{COME_BACK_SECONDS, MAX_MESSAGE_BYTES};
use crate::domain::timestamp::Timestamp;
use crate::graphql::context::RequestContext;
use crate::graphql::{Told, refused};
use crate::http::HttpState;
use crate::http::identity::{self, Credential};
use crate::http::operation;
use crate::http::request_id::RequestId;
use crate::http::serve::Stopping;
use crate::services::{Caller, Error, SignedIn, Standing, Visitor};

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
/// Subscriptions of one socket.
const MAX_OPERATIONS: usize = 20;

/// One socket.
pub(super) struct Connection {
    socket: WebSocket,
    state: HttpState,
    visitor: Visitor,
    request_id: String,
    /// What the request brought to say who calls; gone with the first message.
    credential: Credential,
    place: Place,
    caller: Option<Known>,
    operations: Operations,
    silence: Silence,
    since: Timestamp,
    looks: Interval,
}

/// Who calls, and until when that is known.
struct Known {
    signed_in: SignedIn,
    expires_at: Option<Timestamp>,
}

/// Since when nothing has come.
struct Silence {
    since: Timestamp,
    was_asked: bool,
}

/// How it ends.
enum End {
    /// We close it.
    Closed(Close),
    /// The client has gone, or takes nothing any more.
    Gone,
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

    async fn tell(&mut self, id: &str, told: Option<Told>) -> Result<(), End> {
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

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match received {
            None => return Err(End::Gone),
            Some(Ok(message)) => message,
            Some(Err(failure)) => return Err(end_after(&failure)),
        };
        self.silence = Silence { since: self.state.services.now(), was_asked: false };
        match message {
            Message::Text(text) if text.len() > MAX_MESSAGE_BYTES => Err(End::Closed(Close::TooLong)),
            Message::Text(text) => match ClientMessage::parse(&text) {
                Some(message) => self.answer(message).await,
                None => Err(End::Closed(Close::InvalidMessage)),
            },
            Message::Binary(_) => Err(End::Closed(Close::InvalidMessage)),
            // The library answers pings, and the client's end when it is read on.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }

    async fn answer(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::ConnectionInit { .. } if self.caller.is_some() => {
                Err(End::Closed(Close::TooManyInitialisations))
            }
            ClientMessage::ConnectionInit { payload } => {
                let credential = identity::of_first_message(payload.unwrap_or_default());
                self.begin(credential).await?;
                self.say(&ServerMessage::ConnectionAck).await
            }
            ClientMessage::Ping { payload } => self.say(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong {} => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.operations.end(&id);
                Ok(())
            }
        }
    }

    /// Finds out who calls: by the first message, else by what the request brought.
    async fn begin(&mut self, said: Credential) -> Result<(), End> {
        let brought = std::mem::take(&mut self.credential);
        let credential = if matches!(said, Credential::None) { brought } else { said };
        let caller = match identity::holder_of(&self.state.services, &credential, &self.visitor).await {
            Ok(caller) => caller,
            Err(failure) => {
                tracing::warn!(request_id = self.request_id, error = failure.with_causes(), "who calls is not known");
                return Err(End::Closed(Close::TryAgainLater));
            }
        };
        let (Caller::User(signed_in), expires_at) = caller else { return Err(End::Closed(Close::Forbidden)) };
        if !self.place.give_to(signed_in.user.id) {
            return Err(End::Closed(Close::TryAgainLater));
        }
        self.caller = Some(Known { signed_in, expires_at });
        Ok(())
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> Result<(), End> {
        let Some(known) = &self.caller else { return Err(End::Closed(Close::Unauthorized)) };
        known.require_unexpired(self.state.services.now())?;
        if self.operations.has(&id) {
            return Err(End::Closed(Close::SubscriberExists));
        }
        let told = if self.operations.len() < MAX_OPERATIONS {
            let caller = Caller::User(known.signed_in.clone());
            let (visitor, request_id) = (self.visitor.clone(), self.request_id.clone());
            let context = RequestContext { caller, visitor, uploads: None, request_id };
            operation::of_json(payload.into()).map(|operation| self.state.api.subscribe(operation, context))
        } else {
            Err(Error::RateLimited { retry_after_seconds: COME_BACK_SECONDS })
        };
        let told = match told {
            Ok(told) => told,
            Err(failure) => {
                let told = refused(&failure, &self.request_id);
                return self.tell(&id, Some(told)).await;
            }
        };
        self.operations.add(id, told);
        Ok(())
    }

    async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
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
    fn require_unexpired(&self, now: Timestamp) -> Result<(), End> {
        let is_over = self.expires_at.is_some_and(|expires_at| now >= expires_at);
        if is_over { Err(End::Closed(Close::Unauthorized)) } else { Ok(()) }
    }
}

/// How a socket ends on which something came that is no message.
fn end_after(failure: &axum::Error) -> End {
    let said = failure.to_string();
    if said.contains("too long") {
        End::Closed(Close::TooLong)
    } else if said.contains("protocol") || said.contains("UTF-8") || said.contains("utf-8") {
        End::Closed(Close::BrokenFrame)
    } else {
        End::Gone
    }
}
