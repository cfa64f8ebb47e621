//! The pages behind the links in mails: each has the link's token, and asks for a password.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::HttpState;
use super::form_page::{FormPage, LinkQuery, alert, escape, read_form, token_of};
use crate::services::{Error, Visitor};

/// What one of them says.
struct TokenPage {
    title: FormPage,
    path: &'static str,
    introduction: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    button: &'static str,
    done: &'static str,
    closed: &'static str,
    /// Where the password has to be one that is known already.
    wrong_password: &'static str,
}

const VERIFY: TokenPage = TokenPage {
    title: FormPage("Confirm your address"),
    path: "verify-email",
    introduction: "Type the password you chose when you signed up.",
    label: "Password",
    autocomplete: "current-password",
    button: "Confirm",
    done: "Your address is confirmed. You can sign in now.",
    closed: "Addresses cannot be confirmed here at the moment.",
    wrong_password: "This is not the password chosen at sign-up.",
};

const CONFIRM: TokenPage = TokenPage {
    title: FormPage("Confirm your new address"),
    path: "confirm-email",
    introduction: "Type the password of your account. You will be signed out everywhere.",
    done: "Your new address is confirmed. Sign in with it from now on.",
    wrong_password: "This is not the password of the account.",
    ..VERIFY
};

const RESET: TokenPage = TokenPage {
    title: FormPage("Choose a new password"),
    path: "reset-password",
    introduction: "Use 8 to 1024 characters that nobody guesses. You will be signed out everywhere.",
    label: "New password",
    autocomplete: "new-password",
    button: "Choose",
    done: "You have a new password, and are signed out everywhere. Sign in with it.",
    closed: "Passwords cannot be chosen here at the moment.",
    wrong_password: "",
};

#[derive(Deserialize)]
struct Entries {
    token: String,
    password: String,
}

type LinkResult = Result<Query<LinkQuery>, QueryRejection>;

/// `/verify-email`: the address of a sign-up.
pub(super) async fn get_verify(query: LinkResult) -> Response {
    VERIFY.show(query)
}

pub(super) async fn post_verify(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let confirm =
        async |entries: &Entries| state.services.confirm_address(&entries.token, &entries.password, &visitor).await;
    VERIFY.take(&state, request, confirm).await
}

/// `/confirm-email`: another address of an account.
pub(super) async fn get_confirm(query: LinkResult) -> Response {
    CONFIRM.show(query)
}

pub(super) async fn post_confirm(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let confirm = async |entries: &Entries| {
        state.services.confirm_email_change(&entries.token, &entries.password, &visitor).await
    };
    CONFIRM.take(&state, request, confirm).await
}

/// `/reset-password`: a new password.
pub(super) async fn get_reset(query: LinkResult) -> Response {
    RESET.show(query)
}

pub(super) async fn post_reset(
    State(state): State<HttpState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let reset =
        async |entries: &Entries| state.services.reset_password(&entries.token, &entries.password, &visitor).await;
    RESET.take(&state, request, reset).await
}

impl TokenPage {
    fn show(&self, query: LinkResult) -> Response {
        self.title.show(StatusCode::OK, &self.form(&token_of(query), ""))
    }

    async fn take(
        &self,
        state: &HttpState,
        request: Request,
        act: impl AsyncFnOnce(&Entries) -> Result<(), Error>,
    ) -> Response {
        let entries: Entries = match read_form(state, request).await {
            Ok(entries) => entries,
            Err(status) => return self.title.show(status, &self.form("", "Open the link in the mail again.")),
        };
        let token = entries.token.as_str();
        match act(&entries).await {
            Ok(()) => self.title.done(self.done),
            Err(Error::Forbidden) => self.title.closed(self.closed),
            Err(Error::InvalidCredentials) => {
                self.title.show(StatusCode::BAD_REQUEST, &self.form(token, self.wrong_password))
            }
            Err(failure @ Error::InvalidToken) => self.title.again(&failure, |problem| self.form("", problem)),
            Err(failure) => self.title.again(&failure, |problem| self.form(token, problem)),
        }
    }

    fn form(&self, token: &str, problem: &str) -> String {
        let Self { path, introduction, label, autocomplete, button, .. } = self;
        let (problem, token) = (alert(problem), escape(token));
        format!(
            "<p>{introduction}</p>{problem}\
             <form method=\"post\" action=\"{path}\">\
             <input type=\"hidden\" name=\"token\" value=\"{token}\">\
             <label for=\"password\">{label}</label> \
             <input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"{autocomplete}\" required autofocus> \
             <button type=\"submit\">{button}</button></form>"
        )
    }
}
