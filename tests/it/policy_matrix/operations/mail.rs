//! Mail that was given up.

use serde_json::json;

use super::{NOT_FOUND, field, guard, guarded, to_anything};
use crate::policy_matrix::operation::{Answer, Operation, Outcome};

pub const ROWS: &[Operation] = &[
    field(
        "Query.deadMails",
        "",
        guarded(&[guard("mail:list", to_anything, Outcome::Absent)]),
        "{ deadMails(first: 100) { nodes { id } totalCount } }",
        |_, _| json!({}),
        Answer::Listed("/deadMails/nodes", |world| &world.spent.dead_mail),
    ),
    field(
        "Mutation.retryMail",
        "",
        guarded(&[guard("mail:retry", to_anything, NOT_FOUND)]),
        "mutation($id: ID!) { retryMail(id: $id) }",
        |world, _| json!({"id": world.spent.dead_mail}),
        Answer::Something("/retryMail"),
    ),
];
