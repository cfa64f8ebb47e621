//! A request on a bare connection: a test decides what is on the line, and when.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::client::{Client, Reply, UPLOAD, multipart_body};

/// So little may lie between client and server that what was sent is, but for this, what the server has taken. Such a line is
/// slow: it waits for the acknowledgement of every segment.
const NARROW_SEND_BUFFER_BYTES: u32 = 16 << 10;
/// An answer that does not come within this time does not come.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const CLOSING: &[u8] = b"\r\n--b--\r\n";

/// An open connection.
pub struct Line {
    stream: TcpStream,
}

impl Line {
    pub async fn open(base_url: &str) -> Self {
        Self { stream: TcpStream::connect(address_of(base_url)).await.unwrap() }
    }

    /// A line that takes little before the server does.
    pub async fn open_narrow(base_url: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(NARROW_SEND_BUFFER_BYTES).unwrap();
        Self { stream: socket.connect(address_of(base_url)).await.unwrap() }
    }

    /// Sends the head of a multipart request to `/graphql`.
    pub async fn send_head(&mut self, client: &Client, content_length: u64) {
        let identity = match &client.token {
            Some(token) => format!("Authorization: Bearer {token}"),
            None => "GraphQL-Require-Preflight: 1".to_owned(),
        };
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\n{identity}\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {content_length}\r\n\r\n"
        );
        self.send(head.as_bytes()).await;
    }

    /// Sends bytes, and waits until the line has taken them.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Whether an answer begins to come before `wait` is over.
    pub async fn has_answer(&self, wait: Duration) -> bool {
        tokio::time::timeout(wait, self.stream.peek(&mut [0])).await.is_ok_and(|peeked| peeked.unwrap() > 0)
    }

    /// Reads the answer, whether or not the request is at its end.
    pub async fn answer(&mut self) -> Reply {
        tokio::time::timeout(ANSWER_TIMEOUT, self.read_answer()).await.expect("an answer in time")
    }

    async fn read_answer(&mut self) -> Reply {
        let mut read = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&read).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.expect("an answer of a known length") {
                    let status = StatusCode::from_bytes(&head.as_bytes()[9..12]).unwrap();
                    return Reply {
                        status,
                        body: serde_json::from_str(body).unwrap_or(Value::String(body.to_owned())),
                    };
                }
            }
            assert_ne!(
                self.stream.read_buf(&mut read).await.unwrap(),
                0,
                "the connection ended without an answer: {text}"
            );
        }
    }
}

/// An upload of one file whose content the test sends piece by piece.
pub struct SlowUpload {
    pub line: Line,
}

impl SlowUpload {
    /// Announces a file of `content_bytes` and sends everything that stands in front of its first byte.
    pub async fn begin(client: &Client, name: &str, content_bytes: u64) -> Self {
        Self::begin_on(Line::open(&client.base_url).await, client, name, content_bytes).await
    }

    pub async fn begin_on(mut line: Line, client: &Client, name: &str, content_bytes: u64) -> Self {
        let operations = json!({"query": UPLOAD, "variables": {"file": null}});
        let request = multipart_body("b", &operations, &json!({"0": ["variables.file"]}), &[("0", name, b"")]);
        let opening = request.strip_suffix(CLOSING).unwrap();
        line.send_head(client, request.len() as u64 + content_bytes).await;
        line.send(opening).await;
        Self { line }
    }

    pub async fn send(&mut self, content: &[u8]) {
        self.line.send(content).await;
    }

    /// Sends what stands behind the last byte of the file, and reads the answer.
    pub async fn finish(mut self) -> Reply {
        self.line.send(CLOSING).await;
        self.line.answer().await
    }
}

fn address_of(base_url: &str) -> SocketAddr {
    base_url.trim_start_matches("http://").parse().unwrap()
}
