//! `/uploads`: uploads that can be resumed, by tus 1.0 (<https://tus.io/protocols/resumable-upload>) with the extensions creation,
//! creation-with-upload, checksum, expiration and termination.

mod answer;
mod request;

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http::header::{self, HeaderMap};
use http::{Method, Request, StatusCode};

use super::HttpState;
use super::drain::SharedBody;
use super::error::{self, Failure};
use super::identity;
use super::request_id::RequestId;
use crate::domain::id::BlobId;
use crate::domain::permission::Permission;
use crate::services::files::TransferEnded;
use crate::services::transfers::Addition;
use crate::services::{Caller, Error, Visitor};

/// A request and what it is answered with.
struct Exchange<'a> {
    state: &'a HttpState,
    headers: &'a HeaderMap,
    visitor: &'a Visitor,
}

/// `/uploads`: what the server can, and new uploads.
pub(super) async fn collection(
    State(state): State<HttpState>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let body = SharedBody::new(body);
    let exchange = Exchange { state: &state, headers: &head.headers, visitor: &visitor };
    let response = match request::method_of(&head.method, &head.headers) {
        Method::OPTIONS => answer::abilities(state.services.config().uploads.max_file_bytes),
        _ if !request::speaks_tus(&head.headers) => {
            answer::other_version(refuse(request::other_version(), &request_id))
        }
        Method::POST => exchange.create(body.clone()).await.unwrap_or_else(|failure| refuse(failure, &request_id)),
        _ => error::no_such_method(Extension(request_id)).await,
    };
    answer::finish(body.answer_then_drain(response))
}

/// `/uploads/{id}`: one upload.
pub(super) async fn one(
    State(state): State<HttpState>,
    id: Result<Path<String>, PathRejection>,
    Extension(request_id): Extension<RequestId>,
    Extension(visitor): Extension<Visitor>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let body = SharedBody::new(body);
    let exchange = Exchange { state: &state, headers: &head.headers, visitor: &visitor };
    // What is not even text is no id.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let answered = match request::method_of(&head.method, &head.headers) {
        Method::OPTIONS => Ok(answer::abilities(state.services.config().uploads.max_file_bytes)),
        _ if !request::speaks_tus(&head.headers) => {
            Ok(answer::other_version(refuse(request::other_version(), &request_id)))
        }
        Method::HEAD => exchange.find(&id).await,
        Method::PATCH => exchange.add(&id, body.clone()).await,
        Method::DELETE => exchange.end(&id).await,
        _ => Ok(error::no_such_method(Extension(request_id.clone())).await),
    };
    let response = answered.unwrap_or_else(|failure| refuse(failure, &request_id));
    answer::finish(body.answer_then_drain(response))
}

impl Exchange<'_> {
    async fn create(&self, body: SharedBody) -> Result<Response, Error> {
        let caller = self.caller().await?;
        let services = &self.state.services;
        services.admit(&caller, Permission::FileUpload)?;
        let size_bytes = request::length(self.headers)?;
        let name = request::file_name(self.headers)?;
        let checksum = request::checksum(self.headers)?;
        let begins_at_once = self.headers.contains_key(header::CONTENT_TYPE);
        if begins_at_once {
            request::require_content(self.headers)?;
        }
        let mut transfer = services.create_transfer(&caller, &name, size_bytes).await?;
        if begins_at_once {
            let addition = Addition { offset: 0, content: self.content(body), checksum };
            match services.add_to_transfer(&caller, transfer.id, addition).await {
                Ok(added) => transfer = added,
                // The upload is there all the same, and can go on.
                Err(Error::UploadIncomplete) => transfer = services.find_transfer(&caller, transfer.id).await?,
                Err(failure) => {
                    // Nobody learns where it is, so nobody could go on with it, or end it. What does not work, its expiry does.
                    let _ = services.end_transfer(&caller, transfer.id).await;
                    return Err(failure);
                }
            }
        }
        Ok(answer::created(&services.config().server.public_url, &transfer))
    }

    async fn find(&self, id: &str) -> Result<Response, Error> {
        let caller = self.caller().await?;
        let transfer = self.state.services.find_transfer(&caller, self.id(&caller, id)?).await?;
        Ok(answer::standing(StatusCode::OK, &transfer))
    }

    async fn add(&self, id: &str, body: SharedBody) -> Result<Response, Error> {
        let caller = self.caller().await?;
        let id = self.id(&caller, id)?;
        request::require_content(self.headers)?;
        let offset = request::offset(self.headers)?;
        let checksum = request::checksum(self.headers)?;
        let addition = Addition { offset, content: self.content(body), checksum };
        let transfer = self.state.services.add_to_transfer(&caller, id, addition).await?;
        Ok(answer::standing(StatusCode::NO_CONTENT, &transfer))
    }

    async fn end(&self, id: &str) -> Result<Response, Error> {
        let caller = self.caller().await?;
        self.state.services.end_transfer(&caller, self.id(&caller, id)?).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    async fn caller(&self) -> Result<Caller, Error> {
        identity::uploader(&self.state.services, self.headers, self.visitor).await
    }

    /// Whoever may not upload learns nothing of ids.
    fn id(&self, caller: &Caller, id: &str) -> Result<BlobId, Error> {
        self.state.services.admit(caller, Permission::FileUpload)?;
        BlobId::from_key(id).ok_or(Error::NotFound)
    }

    /// The body, given up once nothing has come for too long.
    fn content(&self, body: SharedBody) -> BoxStream<'static, Result<Bytes, TransferEnded>> {
        let seconds = self.state.services.config().uploads.progress_timeout_seconds;
        let timed = stream::unfold(body, move |mut body| async move {
            let next = tokio::time::timeout(Duration::from_secs(seconds), body.next()).await;
            match next {
                Ok(None) => None,
                Ok(Some(Ok(bytes))) => Some((Ok(bytes), body)),
                Ok(Some(Err(_))) | Err(_) => Some((Err(TransferEnded), body)),
            }
        });
        timed.boxed()
    }
}

fn refuse(failure: Error, request_id: &RequestId) -> Response {
    let is_mismatch = matches!(failure, Error::ChecksumMismatch);
    let mut response = Failure::new(failure, request_id).into_response();
    if is_mismatch {
        *response.status_mut() = answer::checksum_mismatch();
    }
    response
}
