//! Running a subscription: what its client is told, whatever carries it there.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use async_graphql::{Request, Response, ServerError, Value};
use futures_util::stream::{BoxStream, Stream, StreamExt};
use serde_json::Value as Json;

use super::Schema;
use super::batches::Batches;
use super::error::{coded, coded_response, explain};
use crate::domain::code::Code;
use crate::services::Error;

/// What the client of a subscription is told.
#[derive(Debug)]
pub enum Told {
    /// It is running: nothing that happens from now on is missed.
    Running,
    /// Something happened: data, extensions and errors, as GraphQL writes them.
    Event(Json),
    /// It is over, or was never begun: the list of errors that says why.
    Over(Json),
}

/// How far a subscription is, told by its resolver to whoever sends its answers.
#[derive(Default)]
pub(super) struct Progress {
    has_begun: AtomicBool,
    mark: Mutex<Option<String>>,
}

impl Progress {
    pub(super) fn begin(&self) {
        self.has_begun.store(true, Ordering::Release);
    }

    /// The next answer is about the event with this mark: the library makes one answer after the other.
    pub(super) fn leave_mark(&self, mark: String) {
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
    }

    fn take_mark(&self) -> Option<String> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct Running {
    answers: BoxStream<'static, Response>,
    batches: Batches,
    progress: Arc<Progress>,
    was_said_to_run: bool,
    is_over: bool,
    request_id: String,
}

/// Runs a furnished request, which has to be a subscription.
pub(super) fn run(schema: &Schema, request: Request, batches: Batches, request_id: String) -> BoxStream<'static, Told> {
    let progress = Arc::new(Progress::default());
    let answers = schema.execute_stream(request.data(Arc::clone(&progress)));
    Running { answers, batches, progress, was_said_to_run: false, is_over: false, request_id }.boxed()
}

/// That there is no subscription, and why.
pub fn refused(failure: &Error, request_id: &str) -> Told {
    Told::Over(errors_of(&coded_response(failure, request_id)))
}

/// A subscription that was never begun.
pub(super) fn over(response: &Response) -> BoxStream<'static, Told> {
    let told = Told::Over(errors_of(response));
    futures_util::stream::once(std::future::ready(told)).boxed()
}

fn errors_of(response: &Response) -> Json {
    serde_json::to_value(&response.errors).unwrap_or_default()
}

/// Refuses what is no subscription of one field of its own (GraphQL, section 5.2.3.1). The library runs nothing that stands
/// in a fragment here.
pub(super) fn check(operation: &OperationDefinition, request_id: &str) -> Result<(), Box<Response>> {
    if operation.ty != OperationType::Subscription {
        let failure = Error::input("query", "Send queries and mutations over HTTP; this is for subscriptions.");
        return Err(Box::new(coded_response(&failure, request_id)));
    }
    match operation.selection_set.node.items.as_slice() {
        [only] => match &only.node {
            Selection::Field(field) if !field.node.name.node.starts_with("__") => Ok(()),
            _ => Err(no_single_field()),
        },
        _ => Err(no_single_field()),
    }
}

fn no_single_field() -> Box<Response> {
    let error = ServerError::new("A subscription selects one field of its own, and not by a fragment.", None);
    Box::new(Response::from_errors(vec![coded(error, Code::GraphqlValidationFailed)]))
}

impl Running {
    fn told(&mut self, mut response: Response) -> Told {
        response.errors.iter_mut().for_each(|error| explain(error, &self.request_id));
        let Some(mark) = self.progress.take_mark() else {
            // It is about no event: the subscription was refused, or cannot go on.
            self.is_over = true;
            return Told::Over(errors_of(&response));
        };
        response.extensions.insert("eventId".to_owned(), Value::from(mark));
        Told::Event(serde_json::to_value(&response).unwrap_or_default())
    }
}

impl Stream for Running {
    type Item = Told;

    fn poll_next(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Option<Told>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let Self { answers, batches, .. } = &mut *self;
        match batches.poll(ctx, |ctx| answers.poll_next_unpin(ctx)) {
            Poll::Ready(Some(response)) => Poll::Ready(Some(self.told(response))),
            Poll::Ready(None) => {
                self.is_over = true;
                Poll::Ready(None)
            }
            Poll::Pending if !self.was_said_to_run && self.progress.has_begun.load(Ordering::Acquire) => {
                self.was_said_to_run = true;
                Poll::Ready(Some(Told::Running))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
