//! What a client says, and what comes of it.

use axum::extract::ws::Message;
use serde_json::{Map, Value};

use super::close::{Close, End};
use super::connection::{Connection, Known, Silence};
use super::message::{ClientMessage, ServerMessage};
use crate::graphql::context::RequestContext;
use crate::graphql::refused;
use crate::http::identity::{self, Credential};
use crate::http::operation;
use crate::services::{Caller, Error};

/// Subscriptions of one socket.
const MAX_OPERATIONS: usize = 20;

impl Connection {
    pub(super) async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match received {
            None => return Err(End::Gone),
            Some(Ok(message)) => message,
            Some(Err(failure)) => return Err(end_after(&failure)),
        };
        self.silence = Silence { since: self.state.services.now(), was_asked: false };
        match message {
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
        let operation = if self.operations.len() < MAX_OPERATIONS {
            operation::of_json(payload.into())
        } else {
            Err(Error::TooManyAtOnce { limit: MAX_OPERATIONS as u64 })
        };
        let operation = match operation {
            Ok(operation) => operation,
            Err(failure) => {
                let told = refused(&failure, &self.request_id);
                return self.tell(&id, Some(told)).await;
            }
        };
        let caller = Caller::User(known.signed_in.clone());
        let (visitor, request_id) = (self.visitor.clone(), self.request_id.clone());
        let context = RequestContext { caller, visitor, uploads: None, request_id };
        self.operations.add(id, self.state.api.subscribe(operation, context));
        Ok(())
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
