//! `/verify-email`: a plain page that works without JavaScript. A GET only shows it, since mail scanners follow links.

use std::time::Duration;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{FromRequest, Query, Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Form};
use http::{StatusCode, header};
use serde::Deserialize;

use super::HttpState;
use super::error::with_retry_after;
use crate::services::{Error, Visitor};

/// How long a browser may take to send the form.
const FORM_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
pub(super) struct LinkQuery {
    #[serde(default)]
    token: String,
}

#[derive(Deserialize)]
pub(super) struct Confirmation {
    token: String,
    password: String,
}

pub(super) async fn get(query: Result<Query<LinkQuery>, QueryRejection>) -> Response {
    let token = query.map(|Query(query)| query.token).unwrap_or_default();
    page(StatusCode::OK, &form(&token, ""))
}

pub(super) async fn post(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let read = tokio::time::timeout(FORM_TIMEOUT, Form::from_request(request, &state)).await;
    let form_data: Result<Form<Confirmation>, FormRejection> = match read {
        Ok(form_data) => form_data,
        Err(_) => return page(StatusCode::REQUEST_TIMEOUT, &form("", "Open the link in the mail again.")),
    };
    let Ok(Form(Confirmation { token, password })) = form_data else {
        return page(StatusCode::BAD_REQUEST, &form("", "Open the link in the mail again."));
    };
    match state.services.verify_email(&token, &password, &visitor).await {
        Ok(_) => page(StatusCode::OK, "<p role=\"status\">Your address is confirmed. You can sign in now.</p>"),
        Err(Error::InvalidCredentials) => {
            page(StatusCode::BAD_REQUEST, &form(&token, "This is not the password chosen at sign-up."))
        }
        Err(failure @ Error::InvalidToken) => page(StatusCode::BAD_REQUEST, &form("", &failure.to_string())),
        Err(failure @ Error::RateLimited { .. }) => {
            let again = page(StatusCode::TOO_MANY_REQUESTS, &form(&token, &failure.to_string()));
            with_retry_after(again, &failure)
        }
        Err(Error::Forbidden) => {
            page(StatusCode::FORBIDDEN, "<p role=\"alert\">Addresses cannot be confirmed here at the moment.</p>")
        }
        Err(failure) => {
            tracing::error!(error = failure.with_causes(), "an address could not be confirmed");
            page(StatusCode::SERVICE_UNAVAILABLE, &form(&token, "Something went wrong. Try again later."))
        }
    }
}

fn form(token: &str, problem: &str) -> String {
    let problem = if problem.is_empty() { String::new() } else { format!("<p role=\"alert\">{}</p>", escape(problem)) };
    format!(
        "<p>Type the password you chose when you signed up.</p>{problem}\
         <form method=\"post\" action=\"verify-email\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <label for=\"password\">Password</label> \
         <input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"current-password\" required autofocus> \
         <button type=\"submit\">Confirm</button></form>",
        escape(token)
    )
}

fn page(status: StatusCode, content: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Confirm your address – Strongroom</title></head>\
         <body><main><h1>Confirm your address</h1>{content}</main></body></html>"
    );
    let policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
