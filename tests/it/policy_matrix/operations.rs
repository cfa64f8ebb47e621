//! The matrix: every operation of the product, with what it needs.

mod accounts;
mod administration;
mod files;
mod keys;
mod mail;
mod passkeys;
mod recovery;
mod routes;
mod second_factor;
mod subscriptions;

use serde_json::Value;

use super::operation::{Answer, Call, Gate, Operation, Outcome, Question};
use super::world::{Who, World};

/// Every row. What uses something up comes after what looks at it.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    let accounts = [accounts::ROWS, keys::ROWS, mail::ROWS, recovery::ROWS];
    let files = [files::LOOKING, subscriptions::ROWS, routes::ROWS, files::CHANGING];
    accounts.into_iter().chain(files).chain([passkeys::ROWS, second_factor::ROWS, administration::ROWS]).flatten()
}

const UNAUTHENTICATED: Outcome = Outcome::Code("UNAUTHENTICATED");
const FORBIDDEN: Outcome = Outcome::Code("FORBIDDEN");
const NOT_FOUND: Outcome = Outcome::Code("NOT_FOUND");

/// What everybody is to the file, and to its share.
fn to_the_file(who: Who) -> &'static str {
    match who {
        Who::Owner => "owner",
        Who::RightClient => "recipient",
        _ => "none",
    }
}

/// Nobody but the owner gets to see whom a file is shared with.
fn owner_only(who: Who) -> &'static str {
    if who == Who::Owner { "owner" } else { "none" }
}

/// The owner sees the file through no share.
fn recipient_only(who: Who) -> &'static str {
    if who == Who::RightClient { "recipient" } else { "none" }
}

fn to_itself(_: Who) -> &'static str {
    "self"
}

fn to_anything(_: Who) -> &'static str {
    "none"
}

/// Clients are the people that files can be shared with.
fn to_a_client(_: Who) -> &'static str {
    "recipient"
}

/// A field with a guard before it.
const fn guarded(questions: &'static [Question]) -> Gate {
    Gate::Guarded { anonymous: UNAUTHENTICATED, bad_token: UNAUTHENTICATED, questions }
}

/// A mutation for everybody.
const fn public(permission: &'static str) -> Gate {
    Gate::Public { permission, refused: FORBIDDEN }
}

/// What the guard of a field asks.
const fn guard(permission: &'static str, relation: fn(Who) -> &'static str, not_this: Outcome) -> Question {
    Question { permission, relation, never: FORBIDDEN, not_this }
}

/// What is asked behind the guard of another field: no role is told that it may never.
const fn behind(permission: &'static str, relation: fn(Who) -> &'static str, no: Outcome) -> Question {
    Question { permission, relation, never: no, not_this: no }
}

/// An operation of the schema, called by POST.
const fn field(
    name: &'static str,
    case: &'static str,
    gate: Gate,
    query: &'static str,
    variables: fn(&World, Who) -> Value,
    answer: Answer,
) -> Operation {
    Operation { name, case, gate, call: Call::Post { query, variables, answer }, ends_session: false }
}
