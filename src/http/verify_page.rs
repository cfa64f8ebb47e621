//! `/verify-email`: confirms the address of a sign-up.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::HttpState;
use super::form_page::{FormPage, LinkQuery, alert, escape, read_form, token_of};
use crate::services::{Error, Visitor};

const PAGE: FormPage = FormPage("Confirm your address");

#[derive(Deserialize)]
struct Confirmation {
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
    let Confirmation { token, password } = match read_form(&state, request).await {
        Ok(confirmation) => confirmation,
        Err(status) => return PAGE.show(status, &form("", "Open the link in the mail again.")),
    };
    match state.services.confirm_address(&token, &password, &visitor).await {
        Ok(()) => PAGE.done("Your address is confirmed. You can sign in now."),
        Err(Error::Forbidden) => PAGE.closed("Addresses cannot be confirmed here at the moment."),
        Err(Error::InvalidCredentials) => {
            PAGE.show(StatusCode::BAD_REQUEST, &form(&token, "This is not the password chosen at sign-up."))
        }
        Err(failure @ Error::InvalidToken) => PAGE.again(&failure, |problem| form("", problem)),
        Err(failure) => PAGE.again(&failure, |problem| form(&token, problem)),
    }
}

fn form(token: &str, problem: &str) -> String {
    format!(
        "<p>Type the password you chose when you signed up.</p>{}\
         <form method=\"post\" action=\"verify-email\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <label for=\"password\">Password</label> \
         <input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"current-password\" required autofocus> \
         <button type=\"submit\">Confirm</button></form>",
        alert(problem),
        escape(token)
    )
}
