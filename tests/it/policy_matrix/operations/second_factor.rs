//! The second factor of whoever calls. It comes last: confirming one ends the other sessions.

use serde_json::{Value, json};

use super::{FORBIDDEN, field, guard, guarded, to_itself};
use crate::harness::client::PASSWORD;
use crate::policy_matrix::operation::{Answer, Gate, Operation};
use crate::policy_matrix::world::{Who, World};
use crate::second_factor::{CONFIRM, DISABLE, ENROL, RENEW, STATUS};

const MANAGE: Gate = guarded(&[guard("second_factor:manage", to_itself, FORBIDDEN)]);

fn password(_: &World, _: Who) -> Value {
    json!({"p": PASSWORD})
}

/// From one that was begun to one that is begun: the next round finds it as it was.
pub const ROWS: &[Operation] = &[
    field("Query.secondFactor", "", MANAGE, STATUS, |_, _| json!({}), Answer::Something("/secondFactor")),
    field(
        "Mutation.confirmSecondFactor",
        "",
        MANAGE,
        CONFIRM,
        |world, who| json!({"c": world.spent.totp_codes.get(&who).map_or("000000", String::as_str)}),
        Answer::Something("/confirmSecondFactor/codes"),
    ),
    field("Mutation.renewRecoveryCodes", "", MANAGE, RENEW, password, Answer::Something("/renewRecoveryCodes/codes")),
    field("Mutation.disableSecondFactor", "", MANAGE, DISABLE, password, Answer::Something("/disableSecondFactor")),
    field("Mutation.enrolSecondFactor", "", MANAGE, ENROL, password, Answer::Something("/enrolSecondFactor/secret")),
];
