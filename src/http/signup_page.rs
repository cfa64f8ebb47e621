//! `/signup`: asks for an account, as a Client or as what an invitation says. What comes of it says the mail.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::HttpState;
use super::form_page::{FormPage, LinkQuery, alert, escape, invitation_of, read_form};
use crate::services::accounts::Signup;
use crate::services::{Error, Visitor};

const PAGE: FormPage = FormPage("Sign up");

#[derive(Default, Deserialize)]
struct Entries {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    invitation: String,
}

pub(super) async fn get(query: Result<Query<LinkQuery>, QueryRejection>) -> Response {
    PAGE.show(StatusCode::OK, &form(&Entries { invitation: invitation_of(query), ..Entries::default() }, ""))
}

pub(super) async fn post(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let entries: Entries = match read_form(&state, request).await {
        Ok(entries) => entries,
        Err(status) => return PAGE.show(status, &form(&Entries::default(), "Fill in the form again.")),
    };
    match sign_up(&state, &entries, &visitor).await {
        Ok(()) => PAGE.done("A mail is on its way to this address. Open the link in it to go on."),
        Err(Error::Forbidden) => PAGE.closed("Nobody can sign up here at the moment."),
        Err(Error::InvalidToken) if entries.invitation.is_empty() => {
            PAGE.show(StatusCode::BAD_REQUEST, &form(&entries, "You need an invitation to sign up here."))
        }
        Err(failure) => PAGE.again(&failure, |problem| form(&entries, problem)),
    }
}

async fn sign_up(state: &HttpState, entries: &Entries, visitor: &Visitor) -> Result<(), Error> {
    let invitation = Some(entries.invitation.clone()).filter(|token| !token.is_empty());
    let signup = Signup {
        role: state.services.role_by_invitation(invitation.as_deref(), visitor).await?,
        email: entries.email.clone(),
        name: entries.name.clone(),
        password: entries.password.clone().into(),
        invitation,
    };
    state.services.signup(&signup, visitor).await.map(drop)
}

/// Whatever was typed stands there again, but for the password.
fn form(entries: &Entries, problem: &str) -> String {
    format!(
        "<p>Use 8 to 1024 characters that nobody guesses as a password.</p>{}\
         <form method=\"post\" action=\"signup\">\
         <input type=\"hidden\" name=\"invitation\" value=\"{}\">\
         <p><label for=\"name\">Name</label> \
         <input id=\"name\" name=\"name\" value=\"{}\" autocomplete=\"name\" required autofocus></p>\
         <p><label for=\"email\">E-mail address</label> \
         <input id=\"email\" type=\"email\" name=\"email\" value=\"{}\" autocomplete=\"username\" required></p>\
         <p><label for=\"password\">Password</label> \
         <input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"new-password\" required></p>\
         <button type=\"submit\">Sign up</button></form>",
        alert(problem),
        escape(&entries.invitation),
        escape(&entries.name),
        escape(&entries.email)
    )
}
