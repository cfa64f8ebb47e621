//! What the plain pages share: they work without JavaScript, and a GET only shows a form, since mail scanners follow links.
//!
//! The cookie of a session plays no part on them. What their forms do, a stranger's page could make a browser send, but no
//! more than the stranger could send itself: each form proves itself by a secret from a mail, or by nothing at all.

use std::time::Duration;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{FromRequest, Query, Request};
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::HttpState;
use super::error::with_retry_after;
use crate::services::Error;

/// How long a browser may take to send a form.
const FORM_TIMEOUT: Duration = Duration::from_secs(30);

/// What the link in a mail brings along.
#[derive(Deserialize)]
pub(super) struct LinkQuery {
    #[serde(default)]
    token: String,
    #[serde(default)]
    invitation: String,
}

/// The token of a link; empty where it has none.
pub(super) fn token_of(query: Result<Query<LinkQuery>, QueryRejection>) -> String {
    query.map(|Query(query)| query.token).unwrap_or_default()
}

/// The invitation of a link; empty where it has none.
pub(super) fn invitation_of(query: Result<Query<LinkQuery>, QueryRejection>) -> String {
    query.map(|Query(query)| query.invitation).unwrap_or_default()
}

/// Reads a form, or says why not: 408 for one that does not come, 400 for one that is none of ours.
pub(super) async fn read_form<T: DeserializeOwned>(state: &HttpState, request: Request) -> Result<T, StatusCode> {
    let read = tokio::time::timeout(FORM_TIMEOUT, Form::from_request(request, state)).await;
    let form: Result<Form<T>, FormRejection> = read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
    form.map(|Form(form)| form).map_err(|_| StatusCode::BAD_REQUEST)
}

/// A page of this title.
pub(super) struct FormPage(pub(super) &'static str);

impl FormPage {
    /// The page with this content, which is HTML.
    pub(super) fn show(&self, status: StatusCode, content: &str) -> Response {
        let title = self.0;
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title} – Strongroom</title></head>\
             <body><main><h1>{title}</h1>{content}</main></body></html>"
        );
        let policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
    }

    /// That it is done.
    pub(super) fn done(&self, words: &str) -> Response {
        self.show(StatusCode::OK, &format!("<p role=\"status\">{}</p>", escape(words)))
    }

    /// A refusal that no other try would change.
    pub(super) fn closed(&self, words: &str) -> Response {
        self.show(StatusCode::FORBIDDEN, &format!("<p role=\"alert\">{}</p>", escape(words)))
    }

    /// The form once more after a failure: `form` makes it of what is said. What nobody could foresee is logged.
    pub(super) fn again(&self, failure: &Error, form: impl Fn(&str) -> String) -> Response {
        let (status, words) = match failure {
            Error::Unavailable { .. } | Error::Internal(_) => {
                tracing::error!(page = self.0, error = failure.with_causes(), "a form could not be dealt with");
                (StatusCode::SERVICE_UNAVAILABLE, "Something went wrong. Try again later.".to_owned())
            }
            failure @ Error::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, failure.to_string()),
            failure => (StatusCode::BAD_REQUEST, failure.to_string()),
        };
        with_retry_after(self.show(status, &form(&words)), failure)
    }
}

/// What went wrong, as a paragraph; nothing for the empty text.
pub(super) fn alert(problem: &str) -> String {
    if problem.is_empty() { String::new() } else { format!("<p role=\"alert\">{}</p>", escape(problem)) }
}

/// As text and as a quoted attribute of HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
