//! `/graphql`: GraphQL over HTTP, and GraphQL multipart requests.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql_axum::GraphQLResponse;
use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, StatusCode};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::drain::SharedBody;
use super::multipart::{self, Limits};
use super::request_id::RequestId;
use super::{HttpState, MAX_SMALL_BODY_BYTES, graphiql, identity};
use crate::graphql::coded_response;
use crate::graphql::context::{RequestContext, SharedUploadBody};
use crate::services::{Error, Visitor};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetParameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// Queries only, or GraphiQL for a browser that asks for a page: what a link or an image can make a browser send must not change anything.
pub(super) async fn get(
    State(state): State<HttpState>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    parameters: Result<Query<GetParameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(parameters)) = parameters else {
        if accepts(&headers, "text/html") {
            return graphiql::page().await;
        }
        return refuse(&headers, StatusCode::BAD_REQUEST, &Error::input("query", "A query is missing."), &request_id);
    };
    let mut request = async_graphql::Request::new(parameters.query);
    request.operation_name = parameters.operation_name;
    if let Some(variables) = parameters.variables {
        match serde_json::from_str(&variables) {
            Ok(variables) => request.variables = variables,
            Err(_) => {
                let failure = Error::input("variables", "The variables are not JSON.");
                return refuse(&headers, StatusCode::BAD_REQUEST, &failure, &request_id);
            }
        }
    }
    if changes_something(&request) {
        let failure = Error::input("query", "Send mutations with POST.");
        let mut response = refuse(&headers, StatusCode::METHOD_NOT_ALLOWED, &failure, &request_id);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    match identity::reader(&state.services, &headers, &visitor).await {
        Ok(caller) => {
            let context = RequestContext { caller, visitor, uploads: None, request_id: request_id.0 };
            execute(&state, &headers, request, context).await
        }
        Err(failure) => refuse(&headers, status_of(&failure), &failure, &request_id),
    }
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
    let response = answer(&state, &head.headers, body.clone(), visitor, &request_id).await;
    body.answer_then_drain(response)
}

async fn answer(
    state: &HttpState,
    headers: &HeaderMap,
    body: SharedBody,
    visitor: Visitor,
    request_id: &RequestId,
) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let read = match essence.as_str() {
        "application/json" | "application/graphql+json" => {
            read_json(body, progress_timeout(state)).await.map(|request| (request, None))
        }
        "multipart/form-data" if !identity::is_deliberate(headers) => {
            return refuse(headers, StatusCode::FORBIDDEN, &Error::CrossSite, request_id);
        }
        "multipart/form-data" => read_multipart(state, content_type, body, request_id).await,
        _ => {
            let failure = Error::input("Content-Type", "Send application/json or multipart/form-data.");
            return refuse(headers, StatusCode::UNSUPPORTED_MEDIA_TYPE, &failure, request_id);
        }
    };
    let (request, uploads) = match read {
        Ok(read) => read,
        Err(failure) => {
            return refuse(headers, status_of(&failure), &failure, request_id);
        }
    };
    match identity::caller(&state.services, headers, &visitor).await {
        Ok(caller) => {
            let context = RequestContext { caller, visitor, uploads, request_id: request_id.0.clone() };
            execute(state, headers, request, context).await
        }
        Err(failure) => refuse(headers, status_of(&failure), &failure, request_id),
    }
}

/// How long a body may rest between two pieces.
fn progress_timeout(state: &HttpState) -> Duration {
    Duration::from_secs(state.services.config().uploads.progress_timeout_seconds)
}

async fn read_json(mut body: SharedBody, progress_timeout: Duration) -> Result<async_graphql::Request, Error> {
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
    let value: serde_json::Value =
        serde_json::from_slice(&text).map_err(|_| Error::input("body", "The body is not JSON."))?;
    operation(value)
}

fn operation(value: serde_json::Value) -> Result<async_graphql::Request, Error> {
    if value.is_array() {
        return Err(Error::input("body", "Send one operation; batches are not taken."));
    }
    if !value.get("query").is_some_and(serde_json::Value::is_string) {
        return Err(Error::input("query", "A query is missing."));
    }
    serde_json::from_value(value).map_err(|_| Error::input("body", "This is not a GraphQL request."))
}

async fn read_multipart(
    state: &HttpState,
    content_type: &str,
    body: SharedBody,
    request_id: &RequestId,
) -> Result<(async_graphql::Request, Option<SharedUploadBody>), Error> {
    let boundary = multer::parse_boundary(content_type)
        .ok()
        .filter(|boundary| !boundary.is_empty())
        .ok_or_else(|| Error::input("Content-Type", "The boundary of the multipart request is missing."))?;
    let uploads = &state.services.config().uploads;
    let limits = Limits { max_files: uploads.max_files_per_request, progress_timeout: progress_timeout(state) };
    let (operations, files) = multipart::read_head(body, &boundary, &limits, &request_id.0).await?;
    Ok((operation(operations)?, Some(Arc::new(Mutex::new(Box::new(files))))))
}

async fn execute(
    state: &HttpState,
    headers: &HeaderMap,
    mut request: async_graphql::Request,
    context: RequestContext,
) -> Response {
    if !state.services.shows_schema_to(&context.caller) {
        request = request.disable_introspection();
    }
    respond(headers, StatusCode::OK, state.schema.execute(request.data(context)).await)
}

/// The document is parsed apart from the request, so that its execution passes every limit.
fn changes_something(request: &async_graphql::Request) -> bool {
    let name = request.operation_name.as_deref();
    let Ok(document) = async_graphql::parser::parse_query(&request.query) else { return false };
    let mut operations = document.operations.iter();
    operations.any(|(operation_name, operation)| {
        let is_meant = name.is_none_or(|name| operation_name.is_none_or(|it| it == name));
        is_meant && operation.node.ty != OperationType::Query
    })
}

fn status_of(failure: &Error) -> StatusCode {
    StatusCode::from_u16(failure.code().http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn refuse(headers: &HeaderMap, status: StatusCode, failure: &Error, request_id: &RequestId) -> Response {
    respond(headers, status, coded_response(failure, &request_id.0))
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains(media_type))
}

/// The media type that the client asks for; JSON where it asks for nothing we know. A request that could not be run is an
/// error of HTTP only in the newer of the two (GraphQL over HTTP, section 6.4).
fn respond(headers: &HeaderMap, status: StatusCode, response: async_graphql::Response) -> Response {
    let newer = accepts(headers, "application/graphql-response+json");
    let was_not_run =
        response.data == async_graphql::Value::Null && response.errors.iter().any(|error| error.path.is_empty());
    let mut answer = GraphQLResponse::from(response).into_response();
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(if newer { GRAPHQL_RESPONSE } else { JSON }));
    *answer.status_mut() =
        if status == StatusCode::OK && newer && was_not_run { StatusCode::BAD_REQUEST } else { status };
    answer
}
