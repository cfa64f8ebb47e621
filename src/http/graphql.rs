//! `/graphql`: GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>), and GraphQL multipart requests.

use std::sync::Arc;
use std::time::Duration;

use async_graphql_axum::GraphQLResponse;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use mediatype::{MediaType, Name, ReadParams};
use serde_json::json;
use tokio::sync::Mutex;

use super::drain::SharedBody;
use super::multipart::{self, Limits};
use super::negotiation::AnswerType;
use super::request_id::RequestId;
use super::{HttpState, MAX_SMALL_BODY_BYTES, graphiql, identity, operation};
use crate::domain::code::Code;
use crate::graphql::context::{RequestContext, SharedUploadBody};
use crate::graphql::{Operation, coded_response};
use crate::services::{Error, Visitor};

/// Queries only, or GraphiQL for a browser that asks for a page: what a link or an image can make a browser send must not
/// change anything.
pub(super) async fn get(
    State(state): State<HttpState>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    address: Uri,
    headers: HeaderMap,
) -> Response {
    let read = operation::of_address(&address);
    let wants = if matches!(read, Ok(None)) { AnswerType::for_visitor } else { AnswerType::for_program };
    let Some(answer_type) = wants(&headers) else { return not_acceptable(&request_id) };
    if answer_type == AnswerType::Html {
        return graphiql::page().await;
    }
    let exchange = Exchange { state: &state, headers: &headers, visitor, request_id: &request_id, answer_type };
    let mut response = match read {
        Ok(Some(operation)) => exchange.run(operation, None, Method::GET).await,
        Ok(None) => exchange.refuse(StatusCode::BAD_REQUEST, &Error::input("query", "A query is missing.")),
        Err(failure) => exchange.refuse(StatusCode::BAD_REQUEST, &failure),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Cookie"));
    response
}

/// A JSON request or a multipart request. Whatever the answer, what is left of the body is thrown away behind it.
pub(super) async fn post(
    State(state): State<HttpState>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let body = SharedBody::new(body);
    let response = match AnswerType::for_program(&head.headers) {
        // Before anything is done whose outcome could not be told.
        None => not_acceptable(&request_id),
        Some(answer_type) => {
            let headers = &head.headers;
            let exchange = Exchange { state: &state, headers, visitor, request_id: &request_id, answer_type };
            exchange.answer_post(body.clone()).await
        }
    };
    body.answer_then_drain(response)
}

/// What the body of a POST is.
enum BodyType {
    Json,
    Multipart { boundary: String },
}

/// A request and the way it is answered.
struct Exchange<'a> {
    state: &'a HttpState,
    headers: &'a HeaderMap,
    visitor: Visitor,
    request_id: &'a RequestId,
    answer_type: AnswerType,
}

impl Exchange<'_> {
    async fn answer_post(self, body: SharedBody) -> Response {
        let body_type = match self.body_type() {
            Ok(Some(body_type)) => body_type,
            Ok(None) => {
                let failure = Error::input("Content-Type", "Send application/json or multipart/form-data, in UTF-8.");
                return self.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, &failure);
            }
            Err(failure) => return self.refuse(status_of(&failure), &failure),
        };
        let read = match body_type {
            BodyType::Json => {
                let read = read_json(body, self.progress_timeout()).await;
                read.and_then(operation::of_json).map(|operation| (operation, None))
            }
            BodyType::Multipart { boundary } => self.read_multipart(&boundary, body).await,
        };
        match read {
            Ok((operation, uploads)) => self.run(operation, uploads, Method::POST).await,
            Err(failure) => self.refuse(status_of(&failure), &failure),
        }
    }

    /// What is sent; `None` for what is not taken.
    fn body_type(&self) -> Result<Option<BodyType>, Error> {
        let text = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_utf_8 = MediaType::parse(text).is_ok_and(|media_type| {
            let charset = media_type.get_param(Name::new_unchecked("charset"));
            charset.is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
        });
        match essence.as_str() {
            "application/json" | "application/graphql+json" if is_utf_8 => Ok(Some(BodyType::Json)),
            "multipart/form-data" if !identity::is_deliberate(self.headers) => Err(Error::CrossSite),
            "multipart/form-data" => {
                let boundary = multer::parse_boundary(text).ok().filter(|boundary| !boundary.is_empty());
                let missing = || Error::input("Content-Type", "The boundary of the multipart request is missing.");
                Ok(Some(BodyType::Multipart { boundary: boundary.ok_or_else(missing)? }))
            }
            _ => Ok(None),
        }
    }

    async fn read_multipart(
        &self,
        boundary: &str,
        body: SharedBody,
    ) -> Result<(Operation, Option<SharedUploadBody>), Error> {
        let max_files = self.state.services.config().uploads.max_files_per_request;
        let limits = Limits { max_files, progress_timeout: self.progress_timeout() };
        let (operations, files) = multipart::read_head(body, boundary, &limits, &self.request_id.0).await?;
        Ok((operation::of_json(operations)?, Some(Arc::new(Mutex::new(Box::new(files))))))
    }

    /// How long a body may rest between two pieces.
    fn progress_timeout(&self) -> Duration {
        Duration::from_secs(self.state.services.config().uploads.progress_timeout_seconds)
    }

    async fn run(self, operation: Operation, uploads: Option<SharedUploadBody>, method: Method) -> Response {
        let (state, request_id) = (self.state, self.request_id.0.clone());
        let prepared = match state.api.prepare(operation, &request_id) {
            Ok(prepared) => prepared,
            Err(response) => return self.respond(*response),
        };
        let caller = if method == Method::GET {
            if !prepared.is_query() {
                let failure = Error::input("query", "Send mutations with POST.");
                let mut response = self.refuse(StatusCode::METHOD_NOT_ALLOWED, &failure);
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
                return response;
            }
            identity::reader(&state.services, self.headers, &self.visitor).await
        } else {
            identity::caller(&state.services, self.headers, &self.visitor).await
        };
        match caller {
            Ok(caller) => {
                let context = RequestContext { caller, visitor: self.visitor.clone(), uploads, request_id };
                let response = state.api.execute(prepared, context).await;
                self.respond(response)
            }
            Err(failure) => self.refuse(status_of(&failure), &failure),
        }
    }

    /// An answer to something that could not even be read.
    fn refuse(&self, status: StatusCode, failure: &Error) -> Response {
        let mut response = self.respond(coded_response(failure, &self.request_id.0));
        *response.status_mut() = status;
        response
    }

    /// A request that was not run has no `data` at all, and is an error of HTTP in the newer media type only (sections 6.4.1
    /// and 6.4.2).
    fn respond(&self, response: async_graphql::Response) -> Response {
        let was_not_run =
            response.data == async_graphql::Value::Null && response.errors.iter().any(|error| error.path.is_empty());
        let has_failed = |error: &async_graphql::ServerError| {
            let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
            code == Some(&async_graphql::Value::from(Code::Unavailable.as_str()))
        };
        let has_failed = response.errors.iter().any(has_failed);
        let status = if has_failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
        let mut answer = if was_not_run {
            axum::Json(json!({ "errors": response.errors })).into_response()
        } else {
            GraphQLResponse::from(response).into_response()
        };
        if was_not_run && self.answer_type == AnswerType::GraphqlResponse {
            *answer.status_mut() = status;
        }
        answer.headers_mut().insert(header::CONTENT_TYPE, self.answer_type.content_type());
        answer
    }
}

fn status_of(failure: &Error) -> StatusCode {
    StatusCode::from_u16(failure.code().http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// In JSON all the same, for whoever looks.
fn not_acceptable(request_id: &RequestId) -> Response {
    let failure = Error::input("Accept", "Accept application/graphql-response+json or application/json.");
    let body = json!({ "errors": coded_response(&failure, &request_id.0).errors });
    let mut response = (StatusCode::NOT_ACCEPTABLE, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, AnswerType::Json.content_type());
    response
}

async fn read_json(mut body: SharedBody, progress_timeout: Duration) -> Result<serde_json::Value, Error> {
    let mut text = Vec::new();
    loop {
        let piece = tokio::time::timeout(progress_timeout, body.try_next()).await;
        let Some(piece) = piece.map_err(|_| Error::UploadIncomplete)?.map_err(|_| Error::UploadIncomplete)? else {
            break;
        };
        text.extend_from_slice(&piece);
        if text.len() > MAX_SMALL_BODY_BYTES {
            return Err(Error::FileTooLarge { limit_bytes: MAX_SMALL_BODY_BYTES as u64 });
        }
    }
    serde_json::from_slice(&text).map_err(|_| Error::input("body", "The body is not JSON."))
}
