//! Another link, another password, another address; and the pages for them.

use reqwest::Method;
use serde_json::json;

use super::{FORBIDDEN, field, guard, guarded, public, to_itself};
use crate::harness::client::PASSWORD;
use crate::policy_matrix::operation::{Answer, Call, Gate, Operation, Outcome};
use crate::policy_matrix::world::{Who, World};

const NEW_PASSWORD: &str = "another-Password-of-mine";

const fn page(name: &'static str, path: fn(&World, Who) -> String) -> Operation {
    let call = Call::Route { method: Method::GET, path, form: None };
    Operation { name, case: "", gate: Gate::Open, call, ends_session: false }
}

const fn sent_form(
    name: &'static str,
    permission: &'static str,
    path: fn(&World, Who) -> String,
    form: fn(&World, Who) -> String,
) -> Operation {
    let gate = Gate::Public { permission, refused: Outcome::Status(403) };
    let call = Call::Route { method: Method::POST, path, form: Some(form) };
    Operation { name, case: "", gate, call, ends_session: false }
}

pub const ROWS: &[Operation] = &[
    field(
        "Mutation.resendVerification",
        "",
        public("account:verify"),
        "mutation($email: String!) { resendVerification(email: $email) }",
        |_, _| json!({"email": "nobody@example.com"}),
        Answer::Something("/resendVerification"),
    ),
    field(
        "Mutation.requestPasswordReset",
        "",
        public("account:recover"),
        "mutation($email: String!) { requestPasswordReset(email: $email) }",
        |_, _| json!({"email": "nobody@example.com"}),
        Answer::Something("/requestPasswordReset"),
    ),
    field(
        "Mutation.resetPassword",
        "",
        public("account:recover"),
        "mutation($t: String!, $p: String!) { resetPassword(token: $t, newPassword: $p) }",
        |world, who| json!({"t": world.spent.reset_tokens[&(who, "schema")], "p": NEW_PASSWORD}),
        Answer::Something("/resetPassword"),
    ),
    Operation {
        name: "Mutation.changePassword",
        case: "",
        gate: guarded(&[guard("account:change_password", to_itself, FORBIDDEN)]),
        call: Call::BySpare {
            query: "mutation($p: String!, $n: String!) {
                changePassword(currentPassword: $p, newPassword: $n) { accessToken } }",
            variables: |_, _| json!({"p": PASSWORD, "n": NEW_PASSWORD}),
            answer: Answer::Something("/changePassword/accessToken"),
        },
        ends_session: false,
    },
    field(
        "Mutation.requestEmailChange",
        "",
        guarded(&[guard("account:change_email", to_itself, FORBIDDEN)]),
        "mutation($e: String!, $p: String!) { requestEmailChange(newEmail: $e, password: $p) }",
        |world, _| json!({"e": world.newcomer()["email"], "p": PASSWORD}),
        Answer::Something("/requestEmailChange"),
    ),
    field(
        "Mutation.confirmEmailChange",
        "",
        public("account:confirm_email"),
        "mutation($t: String!, $p: String!) { confirmEmailChange(token: $t, password: $p) }",
        |world, who| json!({"t": world.spent.email_tokens[&(who, "schema")], "p": PASSWORD}),
        Answer::Something("/confirmEmailChange"),
    ),
    page("GET /reset-password", |_, _| "/reset-password?token=any".to_owned()),
    sent_form(
        "POST /reset-password",
        "account:recover",
        |_, _| "/reset-password".to_owned(),
        |world, who| format!("token={}&password={NEW_PASSWORD}", world.spent.reset_tokens[&(who, "page")]),
    ),
    page("GET /confirm-email", |_, _| "/confirm-email?token=any".to_owned()),
    sent_form(
        "POST /confirm-email",
        "account:confirm_email",
        |_, _| "/confirm-email".to_owned(),
        |world, who| format!("token={}&password={PASSWORD}", world.spent.email_tokens[&(who, "page")]),
    ),
    page("GET /signup", |_, _| "/signup".to_owned()),
    sent_form(
        "POST /signup",
        "account:signup",
        |_, _| "/signup".to_owned(),
        |world, _| {
            let email = world.newcomer()["email"].as_str().unwrap().replace('@', "%40");
            format!("name=Newcomer&email={email}&password={PASSWORD}")
        },
    ),
];
