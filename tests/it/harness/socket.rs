//! A client of `graphql-transport-ws` that says what a test has it say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::client::Client;

/// What has not come within this time does not come.
const PATIENCE: Duration = Duration::from_secs(30);
pub const PROTOCOL: (&str, &str) = ("Sec-WebSocket-Protocol", "graphql-transport-ws");

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What the server says.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    /// The end, with its code; 0 where the connection was cut.
    Closed(u16),
}

impl Socket {
    /// Opens one with these headers, or answers with which status that was refused, and with what.
    pub async fn try_open(base_url: &str, headers: &[(&str, &str)]) -> Result<Self, (StatusCode, Value)> {
        let mut request = format!("{}/graphql", base_url.replace("http://", "ws://")).into_client_request().unwrap();
        for (name, value) in headers {
            let name = tokio_tungstenite::tungstenite::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(answer)) => {
                let body = answer.body().as_ref().and_then(|body| serde_json::from_slice(body).ok());
                Err((answer.status(), body.unwrap_or_default()))
            }
            Err(failure) => panic!("{failure}"),
        }
    }

    /// Opens one and says nothing yet.
    pub async fn open(base_url: &str) -> Self {
        Self::try_open(base_url, &[PROTOCOL]).await.unwrap()
    }

    /// The socket of somebody who has been let in.
    pub async fn of(client: &Client) -> Self {
        let mut socket = Self::open(&client.base_url).await;
        assert_eq!(socket.sign_in(client).await, Heard::Message(json!({"type": "connection_ack"})));
        socket
    }

    /// Says who calls, and answers what comes of it.
    pub async fn sign_in(&mut self, client: &Client) -> Heard {
        let authorization = format!("Bearer {}", client.token.as_deref().unwrap_or_default());
        self.say(json!({"type": "connection_init", "payload": {"authorization": authorization}})).await;
        self.hear().await
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Whether it arrives the answer shows.
    pub async fn send(&mut self, message: Message) {
        let _sent_or_closed = self.stream.send(message).await;
    }

    /// What the server says next.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.hear_frame().await {
                Some(Message::Text(text)) => return Heard::Message(serde_json::from_str(&text).unwrap()),
                Some(Message::Close(frame)) => return Heard::Closed(frame.map_or(0, |frame| frame.code.into())),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                Some(other) => panic!("{other:?}"),
                None => return Heard::Closed(0),
            }
        }
    }

    /// The next frame, whatever it is; `None` where the connection was cut.
    pub async fn hear_frame(&mut self) -> Option<Message> {
        tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("something in time")?.ok()
    }

    /// Whether nothing at all is said for a while. A test that asks this cannot see what comes later.
    pub async fn is_silent_for(&mut self, wait: Duration) -> bool {
        tokio::time::timeout(wait, self.hear()).await.is_err()
    }

    /// The code with which the server closes, whatever it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.hear().await {
                return code;
            }
        }
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.say(json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    /// Subscribes, and waits until that is running: what happens from now on is told.
    pub async fn watch(&mut self, id: &str, query: &str) {
        self.subscribe(id, query, json!({})).await;
        self.is_answered().await;
    }

    /// Subscribes behind an event: what has happened since is told at once.
    pub async fn resume(&mut self, id: &str, query: &str, mark: &str) {
        self.subscribe(id, query, json!({"after": mark})).await;
    }

    /// Waits until all that was said before is answered.
    pub async fn is_answered(&mut self) {
        self.say(json!({"type": "ping"})).await;
        assert_eq!(self.hear().await, Heard::Message(json!({"type": "pong"})));
    }

    /// The payload of the next event of an operation, which is all that may come.
    pub async fn event(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Message(mut message) if message["type"] == "next" && message["id"] == id => {
                message["payload"].take()
            }
            other => panic!("{other:?}"),
        }
    }

    /// The code of the error that ends an operation.
    pub async fn error(&mut self, id: &str) -> String {
        match self.hear().await {
            Heard::Message(message) if message["type"] == "error" && message["id"] == id => {
                message["payload"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The mark of an event.
pub fn event_id(payload: &Value) -> String {
    payload["extensions"]["eventId"].as_str().expect("an eventId").to_owned()
}
