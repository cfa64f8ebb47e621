//! The passkeys of whoever calls, and signing in with one.

use serde_json::{Value, json};

use super::{FORBIDDEN, field, guard, guarded, public, to_itself};
use crate::harness::client::PASSWORD;
use crate::passkeys::{ADD, BEGIN, BEGIN_LOGIN, LIST, LOGIN, REMOVE};
use crate::policy_matrix::operation::{Answer, Gate, Operation};

const MANAGE: Gate = guarded(&[guard("passkey:manage", to_itself, FORBIDDEN)]);

/// A state and its answer; for whoever has none, something.
fn answer(of: Option<&(String, Value)>) -> Value {
    let (state, answer) = of.cloned().unwrap_or_default();
    json!({"s": state, "c": answer.to_string(), "n": "Another"})
}

pub const ROWS: &[Operation] = &[
    field("Query.passkeys", "", MANAGE, LIST, |_, _| json!({}), Answer::Something("/passkeys/0/id")),
    field(
        "Mutation.beginPasskeyRegistration",
        "",
        MANAGE,
        BEGIN,
        |_, _| json!({"p": PASSWORD}),
        Answer::Something("/beginPasskeyRegistration/state"),
    ),
    field(
        "Mutation.addPasskey",
        "",
        MANAGE,
        ADD,
        |world, who| answer(world.spent.new_passkeys.get(&who)),
        Answer::Something("/addPasskey/id"),
    ),
    field(
        "Mutation.removePasskey",
        "",
        MANAGE,
        REMOVE,
        |world, who| json!({"id": world.spent.passkeys.get(&who).map_or("", String::as_str), "p": PASSWORD}),
        Answer::Something("/removePasskey"),
    ),
    field(
        "Mutation.beginPasskeyLogin",
        "",
        public("session:create"),
        BEGIN_LOGIN,
        |_, _| json!({}),
        Answer::Something("/beginPasskeyLogin/state"),
    ),
    field(
        "Mutation.loginWithPasskey",
        "",
        public("session:create"),
        LOGIN,
        |world, who| answer(world.spent.passkey_logins.get(&who)),
        Answer::Something("/loginWithPasskey/accessToken"),
    ),
];
