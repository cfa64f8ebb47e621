//! A line between the product and its storage that a test breaks: it cuts, delays, loses answers and invents bad ones.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::response::Response;
use futures_util::StreamExt;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed, once so many bytes of the request's content have come.
    CutRequest(usize),
    /// The storage does its work, but the connection is closed before its answer comes.
    LoseAnswer,
    /// The connection is closed in the middle of the answer, behind so many bytes of its content.
    CutAnswer(usize),
    /// Another answer in place of the storage's, which hears nothing of it.
    Answer(u16),
    /// No answer.
    Hang,
    /// The request waits before it goes on.
    Delay(Duration),
}

type Matches = Box<dyn Fn(&str) -> bool + Send>;

/// A fault, the requests it is about, and how many of them it still hits.
struct Rule {
    matches: Matches,
    fault: Fault,
    left: usize,
}

/// Faults that come by themselves, in an order that a seed tells.
struct Chaos {
    state: u64,
    one_in: u64,
    faults: usize,
}

impl Chaos {
    /// Of xorshift64.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state >> 16
    }

    fn fault(&mut self) -> Option<Fault> {
        if !self.next().is_multiple_of(self.one_in) {
            return None;
        }
        self.faults += 1;
        let bytes = (self.next() % 2_000_000) as usize;
        Some(match self.next() % 5 {
            0 => Fault::CutRequest(bytes),
            1 => Fault::LoseAnswer,
            2 => Fault::CutAnswer(bytes),
            3 => Fault::Answer(503),
            _ => Fault::Delay(Duration::from_millis(bytes as u64 % 100)),
        })
    }
}

#[derive(Default)]
struct State {
    target: String,
    rules: Vec<Rule>,
    chaos: Option<Chaos>,
    seen: Vec<String>,
    /// Bytes of content that the storage has answered.
    answered: usize,
}

/// An address that leads to a storage. Closed when it is dropped.
pub struct FaultyLine {
    pub host: String,
    state: Arc<Mutex<State>>,
    _serving: AbortOnDropHandle<()>,
}

impl FaultyLine {
    /// A line whose other end is given later.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::<Mutex<State>>::default();
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { host, state, _serving: AbortOnDropHandle::new(serving) }
    }

    /// Where it leads.
    pub fn lead_to(&self, endpoint: &str) {
        self.state.lock().unwrap().target = endpoint.to_owned();
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.host)
    }

    /// From now on, requests that match suffer the fault, so many times. A request is `METHOD /path?query`.
    pub fn break_for(&self, times: usize, fault: Fault, matches: impl Fn(&str) -> bool + Send + 'static) {
        self.state.lock().unwrap().rules.push(Rule { matches: Box::new(matches), fault, left: times });
    }

    /// From now on, every request suffers the fault.
    pub fn break_down(&self, fault: Fault) {
        self.break_for(usize::MAX, fault, |_| true);
    }

    /// From now on, one of so many requests suffers one fault or another.
    pub fn break_at_random(&self, seed: u64, one_in: u64) {
        self.state.lock().unwrap().chaos = Some(Chaos { state: seed, one_in, faults: 0 });
    }

    /// Nothing is broken any more. Answers how many faults have come by themselves.
    pub fn mend(&self) -> usize {
        let mut state = self.state.lock().unwrap();
        state.rules.clear();
        state.chaos.take().map_or(0, |chaos| chaos.faults)
    }

    /// Whether every fault that was asked for has happened.
    pub fn has_done_its_worst(&self) -> bool {
        self.state.lock().unwrap().rules.iter().all(|rule| rule.left == 0)
    }

    /// How many requests have come that match.
    pub fn count(&self, matches: impl Fn(&str) -> bool) -> usize {
        self.state.lock().unwrap().seen.iter().filter(|request| matches(request)).count()
    }

    /// How many bytes of content the storage has answered since this was asked the last time.
    pub fn take_answered(&self) -> usize {
        std::mem::take(&mut self.state.lock().unwrap().answered)
    }
}

/// A part of a multipart upload, or a chunk of a resumable one.
pub fn is_part(request: &str) -> bool {
    request.starts_with("PUT ") && (request.contains("partNumber=") || request.contains("upload_id="))
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let client = super::client::http().build().unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (state, client) = (Arc::clone(&state), client.clone());
        let service = service_fn(move |request| answer(request, Arc::clone(&state), client.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// The connection is closed without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str("cut")
    }
}

impl std::error::Error for Cut {}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    client: reqwest::Client,
) -> Result<Response, Cut> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let named = format!("{} {path}", parts.method);
    let (target, fault) = {
        let mut state = state.lock().unwrap();
        state.seen.push(named.clone());
        let target = state.target.clone();
        let rule = state.rules.iter_mut().find(|rule| rule.left > 0 && (rule.matches)(&named));
        let fault = rule.map(|rule| {
            rule.left -= 1;
            rule.fault
        });
        let fault = fault.or_else(|| state.chaos.as_mut()?.fault());
        (target, fault)
    };
    let mut body: BodyDataStream = Body::new(body).into_data_stream();
    match fault {
        Some(Fault::CutRequest(bytes)) => {
            let mut read = 0;
            while read < bytes {
                match body.next().await {
                    Some(Ok(piece)) => read += piece.len(),
                    _ => break,
                }
            }
            return Err(Cut);
        }
        Some(Fault::Answer(status)) => {
            // Whoever sends reads no answer before the end of what it sends.
            while let Some(Ok(_)) = body.next().await {}
            let response = Response::builder().status(StatusCode::from_u16(status).unwrap());
            return Ok(response.body(Body::from("<html>not now</html>")).unwrap());
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Fault::LoseAnswer | Fault::CutAnswer(_)) | None => {}
    }
    let sent = client
        .request(parts.method, format!("{target}{path}"))
        .headers(parts.headers)
        .body(reqwest::Body::wrap_stream(body))
        .send()
        .await
        .map_err(|_| Cut)?;
    let mut response = Response::builder().status(sent.status());
    *response.headers_mut().unwrap() = sent.headers().clone();
    match fault {
        Some(Fault::LoseAnswer) => {
            let _wholly_done = sent.bytes().await;
            Err(Cut)
        }
        Some(Fault::CutAnswer(bytes)) => {
            let mut left = bytes;
            let pieces = sent.bytes_stream().map(move |piece| {
                let piece = piece.map_err(|_| Cut)?;
                if piece.len() > left {
                    return Err(Cut);
                }
                left -= piece.len();
                Ok::<Bytes, Cut>(piece)
            });
            Ok(response.body(Body::from_stream(pieces)).unwrap())
        }
        _ => {
            let counted = sent.bytes_stream().inspect(move |piece| {
                state.lock().unwrap().answered += piece.as_ref().map_or(0, Bytes::len);
            });
            Ok(response.body(Body::from_stream(counted)).unwrap())
        }
    }
}
