//! `/reset-password`: chooses a new password by the link in a mail.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::HttpState;
use super::form_page::{FormPage, LinkQuery, alert, escape, read_form, token_of};
use crate::services::{Error, Visitor};

const PAGE: FormPage = FormPage("Choose a new password");

#[derive(Deserialize)]
struct Choice {
    token: String,
    password: String,
}

pub(super) async fn get(query: Result<Query<LinkQuery>, QueryRejection>) -> Response {
    PAGE.show(StatusCode::OK, &form(&token_of(query), ""))
}

pub(super) async fn post(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let Choice { token, password } = match read_form(&state, request).await {
        Ok(choice) => choice,
        Err(status) => return PAGE.show(status, &form("", "Open the link in the mail again.")),
    };
    match state.services.reset_password(&token, &password, &visitor).await {
        Ok(()) => PAGE.done("You have a new password, and are signed out everywhere. Sign in with it."),
        Err(Error::Forbidden) => PAGE.closed("Passwords cannot be chosen here at the moment."),
        Err(failure @ Error::InvalidToken) => PAGE.again(&failure, |problem| form("", problem)),
        Err(failure) => PAGE.again(&failure, |problem| form(&token, problem)),
    }
}

fn form(token: &str, problem: &str) -> String {
    format!(
        "<p>Use 8 to 1024 characters that nobody guesses. You will be signed out everywhere.</p>{}\
         <form method=\"post\" action=\"reset-password\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <label for=\"password\">New password</label> \
         <input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"new-password\" required autofocus> \
         <button type=\"submit\">Choose</button></form>",
        alert(problem),
        escape(token)
    )
}
